/**
 * The promise of DELETE: from which moment on nobody is sent to a pod any more, so that its program may be stopped.
 * That is when its services have dropped it, and no answer from before that can be kept any longer. Where a service has
 * not said in time that it has dropped the pod, nothing is promised.
 */
import { toTimestamp, type KubeObject } from "../../domain/object.ts";
import { withSafeToStop } from "../../domain/safe-to-stop.ts";
import type { ServiceKey } from "../../domain/service.ts";
import type { Call } from "../call.ts";

type Place = Pick<Call, "deps" | "kind" | "namespace">;

/** A slash, as in the annotation, is not legal in a header's name (RFC 9110). */
const header = "Rollcall-Safe-To-Stop-At";

/** The moment from which on it is safe, now that all services concerned have been waited for but those in `late`. */
export async function safeToStopNow(call: Place, late: readonly ServiceKey[]): Promise<string | undefined> {
  if (call.kind.receivesTraffic !== true || late.length > 0) return undefined;
  const droppedMs = call.deps.nowMs();
  const safeMs = droppedMs + (await call.deps.longestTtlSeconds(call.namespace)) * 1000;
  // Whole seconds, and none of them too early.
  return toTimestamp(Math.ceil(safeMs / 1000) * 1000);
}

/** Keeps the moment with the pod while it terminates, whatever else becomes of it meanwhile. */
export async function keepSafeToStop(call: Place, marked: KubeObject, moment: string): Promise<KubeObject> {
  const { registry } = call.deps;
  let current: KubeObject | undefined = marked;
  while (current?.metadata.uid === marked.metadata.uid) {
    const result = await registry.update(call.kind.resource, current, withSafeToStop(current, moment));
    if (result.outcome === "written") {
      await call.deps.announce(result.concerned, 0);
      return result.object;
    }
    current = result.outcome === "lost-race" ? result.current : undefined;
  }
  return withSafeToStop(marked, moment);
}

export function safeToStopHeaders(moment: string | undefined): Record<string, string> {
  return moment === undefined ? {} : { [header]: moment };
}
