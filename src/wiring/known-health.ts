/**
 * What an isolate knows of how well Rollcall is. Anybody may ask, without a token, so that neither the registry nor the
 * probers are asked more often than once in a while, however many come at once.
 */
import type { HealthCheck } from "../api/present/health-text.ts";
import { whyNotProbing } from "../domain/edge-node.ts";
import { Kept, type KeptConditions } from "../domain/kept.ts";
import type { Node } from "../domain/node.ts";

export interface KnownHealthDeps {
  /** Anything small; rejects when the registry cannot be read. */
  readRegistry(): Promise<unknown>;
  /** The Nodes of all probers as they are at this moment, which costs a request for each. */
  edgeNodes(): Promise<Node[]>;
}

const registryKeptMs = 1_000;
const probersKeptMs = 10_000;

export class KnownHealth {
  readonly #deps: KnownHealthDeps;
  readonly #registry: Kept<boolean>;
  readonly #probers: Kept<HealthCheck[]>;

  constructor(deps: KnownHealthDeps, conditions: KeptConditions) {
    this.#deps = deps;
    this.#registry = new Kept("readiness of the registry", 1, conditions);
    this.#probers = new Kept("readiness of the probers", 1, conditions);
  }

  async isRegistryReadable(): Promise<boolean> {
    const known = await this.#registry.get("", registryKeptMs, () => {
      return this.#deps.readRegistry().then(
        () => true,
        () => false,
      );
    });
    return known?.value ?? false;
  }

  /** One check for all that probe, and one for each that does not. */
  async proberChecks(): Promise<HealthCheck[]> {
    const known = await this.#probers.get("", probersKeptMs, async () => checksOf(await this.#deps.edgeNodes()));
    return known?.value ?? [{ name: "probers", failure: "they could not be asked" }];
  }
}

function checksOf(nodes: readonly Node[]): HealthCheck[] {
  const failed = nodes.flatMap((node) => {
    const failure = whyNotProbing(node);
    return failure === undefined ? [] : [{ name: `prober ${node.metadata.name}`, failure }];
  });
  return failed.length === 0 ? [{ name: "probers" }] : failed;
}
