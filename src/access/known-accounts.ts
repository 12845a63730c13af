/**
 * Which service accounts exist, as one isolate knows it: read when a token is shown, once for all who show theirs at the
 * same time, and kept for so short a while that the tokens of an account die with it within seconds.
 */
import { Kept, type KeptConditions } from "../domain/kept.ts";
import type { AccountReference } from "../domain/service-account.ts";
import { RegistryUnreadable } from "../registry/registry-failure.ts";

export interface KnownAccountsDeps {
  /** The uid of the account of that name; undefined where there is none. */
  readUid(namespace: string, name: string): Promise<string | undefined>;
}

/** For how long an account that has gone may still be taken for one that exists. */
const keptMs = 5_000;
const mostKept = 1_000;

export class KnownAccounts {
  readonly #deps: KnownAccountsDeps;
  readonly #nowMs: () => number;
  readonly #uids: Kept<string | undefined>;

  constructor(deps: KnownAccountsDeps, conditions: KeptConditions) {
    this.#deps = deps;
    this.#nowMs = conditions.nowMs;
    this.#uids = new Kept("service account", mostKept, conditions);
  }

  /** Whether the account is there, and is not another of the same name. */
  async exists({ namespace, name, uid }: AccountReference): Promise<boolean> {
    const cameMs = this.#nowMs();
    // A token of an account that is not known yet is looked after at once: it may have been made a moment ago.
    const maxAgeMs = (known: string | undefined): number => (known === uid ? keptMs : 0);
    const look = () => {
      return this.#uids.get(`${namespace}/${name}`, maxAgeMs, () => this.#deps.readUid(namespace, name));
    };
    let known = await look();
    // For the same reason, what somebody was told who asked earlier is good news only.
    if (known !== undefined && known.value !== uid && known.asOfMs < cameMs) known = await look();
    if (known === undefined) throw new RegistryUnreadable("service accounts");
    return known.value === uid;
  }

  /** Something has been written about accounts. */
  forget(): void {
    this.#uids.clear();
  }
}
