/**
 * Resolves names outside our zones: asks the upstream, keeps what it says for its TTL, and a failure for a second, so
 * that an upstream in trouble is not asked for the same thing over and over (RFC 9520). Never rejects, never hangs.
 */
import { askUpstream, type Fetch } from "./ask-upstream.ts";
import { Kept, type AsOf, type KeptConditions } from "../domain/kept.ts";
import { lifetimeSeconds, parseUpstreamReply, toUpstreamQuery, type Asked, type Relayed } from "./relayed.ts";
import { wireNameOf } from "./wire/name.ts";

export interface UpstreamConditions extends Pick<KeptConditions, "nowMs" | "waitUntil" | "reportFailure"> {
  fetch: Fetch;
}

/** Long enough for a resolver that has to ask around; a client asks again after five seconds (resolv.conf(5)). */
const askTimeoutMs = 2500;
const waitTimeoutMs = 1500;
const failureMs = 1000;
/** Whatever goes wrong upstream goes wrong for everybody: it is told of once in a while. */
const reportIntervalMs = 60_000;

/** An isolate has 128 MB: together a few of these at most. Longer answers are rare, and not kept. */
const mostKept = 1024;
const mostKeptOctets = 4096;

type Outcome = { kind: "answered"; relayed: Relayed; octetCount: number } | { kind: "failed" };

export class Upstream {
  readonly #url: string;
  readonly #conditions: UpstreamConditions;
  readonly #outcomes: Kept<Outcome>;
  #reportedMs = Number.NEGATIVE_INFINITY;

  constructor(url: string, conditions: UpstreamConditions) {
    this.#url = url;
    this.#conditions = conditions;
    this.#outcomes = new Kept("upstream", mostKept, {
      ...conditions,
      // The request is aborted before; this is for a platform that does not heed it.
      askTimeoutMs: askTimeoutMs + 500,
      waitTimeoutMs,
      reportFailure: (_, error) => this.#report(error),
    });
  }

  /** Undefined when there is no answer to be had. */
  async resolve(asked: Asked): Promise<AsOf<Relayed> | undefined> {
    const outcome = await this.#outcomes.get(keyOf(asked), maxAgeMs, () => this.#ask(asked));
    if (outcome === undefined || outcome.value.kind === "failed") return undefined;
    return { value: outcome.value.relayed, asOfMs: outcome.asOfMs };
  }

  async #ask(asked: Asked): Promise<Outcome> {
    const { fetch } = this.#conditions;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new Error(`no answer within ${askTimeoutMs} ms`)), askTimeoutMs);
    try {
      const { octets, ageSeconds } = await askUpstream(fetch, this.#url, toUpstreamQuery(asked), patience.signal);
      const relayed = parseUpstreamReply(octets, asked, ageSeconds);
      return relayed === undefined ? { kind: "failed" } : { kind: "answered", relayed, octetCount: octets.length };
    } catch (error) {
      this.#report(error);
      return { kind: "failed" };
    } finally {
      clearTimeout(timer);
    }
  }

  #report(error: unknown): void {
    const nowMs = this.#conditions.nowMs();
    if (nowMs - this.#reportedMs < reportIntervalMs) return;
    this.#reportedMs = nowMs;
    this.#conditions.reportFailure("upstream", error);
  }
}

function maxAgeMs(outcome: Outcome): number {
  if (outcome.kind === "failed") return failureMs;
  return outcome.octetCount > mostKeptOctets ? 0 : lifetimeSeconds(outcome.relayed) * 1000;
}

function keyOf({ name, type, dnssecOk, checkingDisabled, authenticData }: Asked): string {
  return `${wireNameOf(name)}${type} ${Number(dnssecOk)}${Number(checkingDisabled)}${Number(authenticData)}`;
}
