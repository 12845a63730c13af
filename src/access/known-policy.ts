/**
 * The policy as one isolate knows it: held for seconds, and then read anew only if its revision has moved, once for all
 * who need it at the same time. What was written here counts at once.
 */
import { Kept, type KeptConditions } from "../domain/kept.ts";
import type { Attributes, PolicyRule, RoleRef } from "../domain/rbac.ts";
import type { User } from "../domain/user.ts";
import { RegistryUnreadable } from "../registry/registry-failure.ts";
import { isMaster, Policy, type PolicyObjects } from "./policy.ts";

export interface KnownPolicyDeps {
  /** Moves when a role or a binding changes, and then only. */
  readRevision(): Promise<number>;
  readPolicy(): Promise<PolicyObjects & { revision: number }>;
}

/** For how long what has been written elsewhere may go unnoticed. */
const keptMs = 5_000;

interface Known {
  policy: Policy;
  revision: number;
}

export class KnownPolicy {
  readonly #deps: KnownPolicyDeps;
  readonly #kept: Kept<Known>;
  /** What was read last, however old: as long as the revision is the same, so is all else. */
  #last: Known | undefined;

  constructor(deps: KnownPolicyDeps, conditions: KeptConditions) {
    this.#deps = deps;
    this.#kept = new Kept("policy", 1, conditions);
  }

  /** Nothing needs to be known of masters, whose requests therefore wait for nothing. */
  async allows(user: User, attributes: Attributes): Promise<boolean> {
    return isMaster(user) || (await this.current()).policy.allows(user, attributes);
  }

  async rulesOf(user: User, namespace: string): Promise<readonly PolicyRule[]> {
    return (await this.current()).policy.rulesOf(user, namespace);
  }

  async rulesOfRole(role: RoleRef, namespace: string): Promise<readonly PolicyRule[] | undefined> {
    return (await this.current()).policy.rulesOfRole(role, namespace);
  }

  /** Something was written: what is known, or being read, is compared before it is used again. */
  forget(): void {
    this.#kept.clear();
  }

  /** For several decisions about one request. */
  async current(): Promise<Known> {
    const known = await this.#kept.get("", keptMs, () => this.#read());
    if (known === undefined) throw new RegistryUnreadable("the policy");
    return known.value;
  }

  async #read(): Promise<Known> {
    const last = this.#last;
    if (last !== undefined && (await this.#deps.readRevision()) === last.revision) return last;
    const { revision, ...objects } = await this.#deps.readPolicy();
    const read = { policy: new Policy(objects), revision };
    this.#last = read;
    return read;
  }
}
