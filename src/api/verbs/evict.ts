/**
 * POST of an Eviction: a deletion that asks nicely. There are no disruption budgets here, so it is always granted; from an
 * edge node that is cordoned, the pod moves instead.
 */
import { isProberName, type Node } from "../../domain/node.ts";
import { isPodTerminating, type Pod } from "../../domain/pod.ts";
import { readTyped } from "../body/read-typed.ts";
import { notFound, subjectOf, type Answer, type Call } from "../call.ts";
import { isJsonObject } from "../json.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { success } from "../status.ts";
import { parseDeleteOptions } from "../write/delete-options.ts";
import { toDraft } from "../write/read-draft.ts";
import { announce } from "../write/store.ts";
import { deleteFound } from "./delete.ts";

export async function evict(call: Call): Promise<Answer | Refusal> {
  const expected = { apiVersion: undefined, kind: "Eviction", schema: "Eviction" } as const;
  const body = await readTyped(call.request, expected, call.warnings, "Ignore");
  if (body instanceof Refusal) return body;
  const { name } = toDraft(body ?? {}).metadata;
  if (name && name !== call.name) return badRequest("name in URL does not match name in Eviction object");
  const asked = body?.["deleteOptions"];
  const options = parseDeleteOptions(isJsonObject(asked) ? asked : undefined, call.query);
  if (options instanceof Refusal) return options;
  const pod = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  if (pod === undefined) return notFound(call);
  const moved = await moveOff(call, pod as Pod, options.dryRun);
  if (moved !== undefined) return moved;
  const result = await deleteFound(call, pod, options);
  if (result instanceof Refusal || result.form === "list") return result;
  return { form: "status", status: success(undefined, 201), ...(result.headers && { headers: result.headers }) };
}

/** Each lost race means that another writer made progress. */
const maxAttempts = 30;

/**
 * A pod of an edge node that is cordoned goes to another edge node and keeps its verdict. It is then not found on the one
 * that is drained, which is how `kubectl drain` is told that there is nothing left to wait for. Undefined for other pods.
 */
async function moveOff(call: Call, found: Pod, dryRun: boolean): Promise<Refusal | undefined> {
  let pod: Pod | undefined = found;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (pod === undefined) return notFound(call);
    const { nodeName = "" } = pod.spec;
    if (isPodTerminating(pod) || !(await isDrained(call, nodeName))) return undefined;
    if (dryRun) return goneFrom(call, nodeName);
    const result = await call.deps.registry.reassign(pod);
    if (result.outcome === "written") {
      await announce(call, result.concerned, false);
      return goneFrom(call, nodeName);
    }
    const current = result.current as Pod | undefined;
    // Nobody was faster: its namespace is going, and the pod with it.
    if (current?.metadata.resourceVersion === pod.metadata.resourceVersion) return undefined;
    pod = current;
  }
  const why = "the object has been modified again and again; please try again";
  return new Refusal({ type: "conflict", subject: subjectOf(call), why });
}

async function isDrained({ deps }: Call, nodeName: string): Promise<boolean> {
  if (!isProberName(nodeName)) return false;
  const node = (await deps.registry.get("nodes", "", nodeName)) as Node | undefined;
  return node?.spec?.unschedulable === true;
}

function goneFrom(call: Call, nodeName: string): Refusal {
  return new Refusal({
    type: "not-found",
    subject: subjectOf(call),
    where: `on ${nodeName}: another edge node probes it`,
  });
}
