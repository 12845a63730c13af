/**
 * Tokens whose signature one isolate has verified: who shows the same one again is not made to wait for it again. Whether
 * its account still exists is not known here, so that no token outlives it by being known.
 */
import { verifyToken, type VerifiedToken } from "./account-token.ts";

/** Each is some hundred octets. Only good ones are kept, so that guessing pushes none out. */
const mostKept = 1_000;

interface Known {
  verified: VerifiedToken;
  asOfMs: number;
}

export class KnownTokens {
  /** What verified those that are known; under others none of them would be. */
  readonly keys: readonly Uint8Array[];
  readonly #known = new Map<string, Known>();

  constructor(keys: readonly Uint8Array[]) {
    this.keys = keys;
  }

  get size(): number {
    return this.#known.size;
  }

  /** As `verifyToken`. */
  async verify(token: string, nowMs: number): Promise<VerifiedToken | undefined> {
    const held = this.#known.get(token);
    // Whoever set the clock back may have set it to before the token's time.
    if (held !== undefined && nowMs >= held.asOfMs && nowMs < held.verified.expiresMs) return held.verified;
    this.#known.delete(token);
    const verified = await verifyToken(this.keys, token, nowMs);
    if (verified !== undefined) this.#keep(token, { verified, asOfMs: nowMs });
    return verified;
  }

  #keep(token: string, known: Known): void {
    this.#known.set(token, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
  }
}
