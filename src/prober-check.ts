/**
 * Which probers do not probe, for /readyz. Asking costs a request for each prober and everybody may ask, so an isolate
 * asks no more than once in a while.
 */
import type { HealthCheck } from "./api/present/health-text.ts";
import { whyNotProbing } from "./domain/edge-node.ts";
import { edgeNodes } from "./probing-wiring.ts";

const keptMs = 10_000;

let kept: { checks: HealthCheck[]; atMs: number } | undefined;

/** One check for all that probe, and one for each that does not. */
export async function proberChecks(env: Env): Promise<HealthCheck[]> {
  if (kept !== undefined && Date.now() - kept.atMs < keptMs) return kept.checks;
  const nodes = await edgeNodes(env);
  const failed = nodes.flatMap((node) => {
    const failure = whyNotProbing(node);
    return failure === undefined ? [] : [{ name: `prober ${node.metadata.name}`, failure }];
  });
  kept = { checks: failed.length === 0 ? [{ name: "probers" }] : failed, atMs: Date.now() };
  return kept.checks;
}
