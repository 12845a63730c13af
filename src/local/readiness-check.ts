/** Asks a server whether it can serve, until it can or has had long enough. */
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 50;
const patienceMs = 30_000;

/** What it last said if it does not become ready; undefined once it is. */
export async function becomesReady(url: URL): Promise<string | undefined> {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const complaint = await askReadiness(url);
    if (complaint === undefined || Date.now() >= deadlineMs) return complaint;
    await sleep(pollMs);
  }
}

async function askReadiness(url: URL): Promise<string | undefined> {
  try {
    const response = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    return response.ok ? undefined : `not ready: ${text.trim()}`;
  } catch (error) {
    return `${url.href} does not answer: ${String(error)}`;
  }
}
