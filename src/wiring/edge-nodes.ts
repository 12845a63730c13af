/** The Nodes of probers as they are at this moment, asked of the probers themselves. */
import { withPulse } from "../domain/edge-node.ts";
import { isProberName, type Node } from "../domain/node.ts";
import { readEdgeNodes } from "../registry/upkeep.ts";
import { proberObject } from "./objects.ts";
import { pokeFeed, registryOf } from "./waking.ts";

/** The Node of a prober as it is at this moment. */
export async function asProbing(env: Env, node: Node): Promise<Node> {
  if (!isProberName(node.metadata.name)) return node;
  const pulse = await proberObject(env, node.metadata.name)
    .pulse()
    .catch(() => "unreachable" as const);
  return withPulse(node, pulse, Date.now());
}

/** Writes down what the Node of a prober says at this moment, if it is news. */
export async function observeProber(env: Env, prober: string): Promise<void> {
  const registry = registryOf(env);
  const node = (await registry.get("nodes", "", prober)) as Node | undefined;
  if (node === undefined) return;
  const observed = await asProbing(env, node);
  if (observed === node) return;
  // Whoever won a race against this is looked at in the next minute.
  const { outcome } = await registry.update("nodes", node, observed);
  if (outcome === "written") await pokeFeed(env);
}

/** All probers' Nodes as they are at this moment. */
export async function edgeNodes(env: Env): Promise<Node[]> {
  const nodes = await readEdgeNodes(env.DB);
  return Promise.all(nodes.map((node) => asProbing(env, node)));
}
