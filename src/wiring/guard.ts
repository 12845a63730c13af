/** Fills in the guard's bindings and keeps an isolate's gates. An environment without the bindings has no rates. */
import { anonymous } from "../access/identity.ts";
import type { Config } from "../config/config.ts";
import type { Reason } from "../api/refusal.ts";
import type { User } from "../domain/user.ts";
import type { Effort } from "../guard/effort.ts";
import { Gate } from "../guard/gate.ts";
import { isWithin, retryAfterSeconds, sourceOf, type RateLimiter } from "../guard/rate.ts";

type Rates = Partial<Record<"API_RATE" | "SOURCE_RATE" | "DNS_RATE", RateLimiter>>;

const tooManyRequests: Reason = { type: "too-many-requests", retryAfterSeconds };
/** What holds the place of others is over in a moment. */
const overloaded: Reason = { type: "too-many-requests", retryAfterSeconds: 1 };

/** By source, before anybody knows who asks: guessing a token is asking, too. */
export async function sourceRefusal({ SOURCE_RATE }: Rates, request: Request): Promise<Reason | undefined> {
  return (await isWithin(SOURCE_RATE, sourceOf(request))) ? undefined : tooManyRequests;
}

export function isDnsWithinRate({ DNS_RATE }: Rates, request: Request): true | Promise<boolean> {
  return DNS_RATE === undefined ? true : isWithin(DNS_RATE, sourceOf(request));
}

let gates: { list: Gate; write: Gate } | undefined;

/** Lets a request of so much effort by this user pass, or says why not. */
export async function guarded(
  { API_RATE }: Rates,
  { limits }: Config,
  effort: Effort,
  user: User,
  pass: () => Promise<void>,
): Promise<Reason | undefined> {
  // Those who are nobody share a name and nothing else: one of them must not use up what the others ask with.
  const name = user.username === anonymous.username ? undefined : user.username;
  if (!(await isWithin(API_RATE, name))) return tooManyRequests;
  if (effort === "small") {
    await pass();
    return undefined;
  }
  gates ??= { list: new Gate(limits.concurrency.lists), write: new Gate(limits.concurrency.writes) };
  const leave = gates[effort].enter(Date.now());
  if (leave === undefined) return overloaded;
  try {
    await pass();
  } finally {
    leave();
  }
  return undefined;
}
