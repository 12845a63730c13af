/** One call of the API under chaos: what can be known of its outcome from its answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { UnreadableAnswer, type ApiAnswer } from "../lab/api-client.ts";

export type Attempt =
  | { outcome: "answered"; answer: ApiAnswer }
  /** Nothing was changed. */
  | { outcome: "refused"; status: number; why: string }
  /** It may have been carried out or not. `status` is 0 when there was no answer at all. */
  | { outcome: "unknown"; status: number; why: string };

export async function attempt(call: Promise<ApiAnswer>): Promise<Attempt> {
  try {
    const answer = await call;
    const { status, body } = answer;
    if (status < 300) return { outcome: "answered", answer };
    const why = `${status} ${body.reason ?? ""}: ${body.message ?? ""}`;
    return { outcome: status < 500 ? "refused" : "unknown", status, why };
  } catch (error) {
    const status = error instanceof UnreadableAnswer ? error.status : 0;
    return { outcome: "unknown", status, why: reasonOf(error) };
  }
}

/** Calls until an answer says something, pausing in between; undefined when that is over before. */
export async function attemptUntilKnown(
  call: () => Promise<ApiAnswer>,
  signal: AbortSignal,
): Promise<{ known: Exclude<Attempt, { outcome: "unknown" }>; askedMs: number } | undefined> {
  while (!signal.aborted) {
    const askedMs = Date.now();
    const known = await attempt(call());
    if (known.outcome !== "unknown") return { known, askedMs };
    await sleep(100);
  }
  return undefined;
}

/** fetch hides why it failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
