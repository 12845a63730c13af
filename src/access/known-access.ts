/**
 * All that one isolate knows of who may do what, and when it is to be forgotten: at once after what was written here; and
 * once after what the log tells that others have written, however many watches hear of it.
 */
import type { KeptConditions } from "../domain/kept.ts";
import { KnownAccounts, type KnownAccountsDeps } from "./known-accounts.ts";
import { KnownPolicy, type KnownPolicyDeps } from "./known-policy.ts";

export class KnownAccess {
  readonly policy: KnownPolicy;
  readonly accounts: KnownAccounts;
  /** All that is known was read after the log had come to this revision. */
  #sinceRevision = 0;

  constructor(deps: KnownPolicyDeps & KnownAccountsDeps, conditions: KeptConditions) {
    this.policy = new KnownPolicy(deps, conditions);
    this.accounts = new KnownAccounts(deps, conditions);
  }

  /** Something has been written here. */
  forget(): void {
    this.policy.forget();
    this.accounts.forget();
  }

  /** The log has come to `revision`: what was read before counts no longer, and what has been read since is as good as new. */
  forgetBefore(revision: number): void {
    if (revision <= this.#sinceRevision) return;
    this.#sinceRevision = revision;
    this.forget();
  }
}
