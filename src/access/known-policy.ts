/**
 * The policy as one isolate knows it: held for seconds, and then read anew only if its revision has moved. What was
 * written here counts at once.
 */
import type { Attributes, PolicyRule, RoleRef } from "../domain/rbac.ts";
import type { User } from "../domain/user.ts";
import { isMaster, Policy, type PolicyObjects } from "./policy.ts";

export interface KnownPolicyDeps {
  /** Moves when a role or a binding changes, and then only. */
  readRevision(): Promise<number>;
  readPolicy(): Promise<PolicyObjects & { revision: number }>;
  nowMs(): number;
}

/** For how long what has been written elsewhere may go unnoticed. */
const keptMs = 5_000;

interface Held {
  policy: Policy;
  revision: number;
  asOfMs: number;
}

export class KnownPolicy {
  readonly #deps: KnownPolicyDeps;
  #held: Held | undefined;
  /** Counts what was written here: a reading from before may not have seen it. */
  #writes = 0;

  constructor(deps: KnownPolicyDeps) {
    this.#deps = deps;
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

  /** Something was written: what is held is compared before it is used again. */
  forget(): void {
    this.#writes++;
    if (this.#held !== undefined) this.#held = { ...this.#held, asOfMs: Number.NEGATIVE_INFINITY };
  }

  /** For several decisions about one request. */
  async current(): Promise<{ policy: Policy; revision: number }> {
    const held = this.#held;
    const asOfMs = this.#deps.nowMs();
    if (held !== undefined && Math.abs(asOfMs - held.asOfMs) < keptMs) return held;
    const writes = this.#writes;
    const isUnmoved = held !== undefined && (await this.#deps.readRevision()) === held.revision;
    const next = isUnmoved ? { ...held, asOfMs } : await this.#read(asOfMs);
    if (writes === this.#writes && asOfMs >= (this.#held?.asOfMs ?? asOfMs)) this.#held = next;
    return next;
  }

  async #read(asOfMs: number): Promise<Held> {
    const { revision, ...objects } = await this.#deps.readPolicy();
    return { policy: new Policy(objects), revision, asOfMs };
  }
}
