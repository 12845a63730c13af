/**
 * Which service accounts exist, as one isolate knows it: read when a token is shown, and kept for so short a while that
 * the tokens of an account die with it within seconds.
 */
import type { AccountReference } from "../domain/service-account.ts";

export interface KnownAccountsDeps {
  /** The uid of the account of that name; undefined where there is none. */
  readUid(namespace: string, name: string): Promise<string | undefined>;
  nowMs(): number;
}

/** For how long an account that has gone may still be taken for one that exists. */
const keptMs = 5_000;
const mostKept = 1_000;

interface Known {
  uid: string;
  asOfMs: number;
}

export class KnownAccounts {
  readonly #deps: KnownAccountsDeps;
  readonly #known = new Map<string, Known>();

  constructor(deps: KnownAccountsDeps) {
    this.#deps = deps;
  }

  /** Whether the account is there, and is not another of the same name. */
  async exists({ namespace, name, uid }: AccountReference): Promise<boolean> {
    const key = `${namespace}/${name}`;
    const held = this.#known.get(key);
    const asOfMs = this.#deps.nowMs();
    // A token of an account that is not known yet is looked after at once: it may have been made a moment ago.
    if (held?.uid === uid && Math.abs(asOfMs - held.asOfMs) < keptMs) return true;
    const current = await this.#deps.readUid(namespace, name);
    if (current !== undefined) this.#keep(key, { uid: current, asOfMs });
    return current === uid;
  }

  /** Something has been written about accounts. */
  forget(): void {
    this.#known.clear();
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
  }
}
