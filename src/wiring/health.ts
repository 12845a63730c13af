/** Fills in what /readyz needs to know, once for an isolate. */
import { readCatalogueRevision } from "../registry/catalogue.ts";
import { edgeNodes } from "./edge-nodes.ts";
import { keptConditions } from "./isolate.ts";
import { KnownHealth } from "./known-health.ts";

let known: KnownHealth | undefined;

export function knownHealth(env: Env): KnownHealth {
  known ??= new KnownHealth(
    { readRegistry: () => readCatalogueRevision(env.DB), edgeNodes: () => edgeNodes(env) },
    keptConditions,
  );
  return known;
}
