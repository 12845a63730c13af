/** What /readyz tells: whether the registry can be read, and which probers do not probe. */
import type { HealthCheck } from "../api/present/health-text.ts";
import { whyNotProbing } from "../domain/edge-node.ts";
import { readCatalogueRevision } from "../registry/catalogue.ts";
import { edgeNodes } from "./edge-nodes.ts";

/** Asking costs a request for each prober, and everybody may ask: an isolate does no more often than this. */
const keptMs = 10_000;

let kept: { checks: HealthCheck[]; atMs: number } | undefined;

export async function isRegistryReadable(env: Env): Promise<boolean> {
  try {
    await readCatalogueRevision(env.DB);
    return true;
  } catch {
    return false;
  }
}

/** One check for all that probe, and one for each that does not. */
export async function proberChecks(env: Env): Promise<HealthCheck[]> {
  // A clock that was set back must not keep them for as long as it was ahead.
  if (kept !== undefined && Math.abs(Date.now() - kept.atMs) < keptMs) return kept.checks;
  const nodes = await edgeNodes(env);
  const failed = nodes.flatMap((node) => {
    const failure = whyNotProbing(node);
    return failure === undefined ? [] : [{ name: `prober ${node.metadata.name}`, failure }];
  });
  kept = { checks: failed.length === 0 ? [{ name: "probers" }] : failed, atMs: Date.now() };
  return kept.checks;
}
