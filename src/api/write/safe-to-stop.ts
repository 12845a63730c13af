/**
 * The promise of DELETE: from which moment on nobody is sent to a pod any more, so that its program may be stopped.
 * That is when its services have dropped it, those that it has left before included, and no answer from before that can
 * be kept any longer. Where a service has not said in time that it has dropped the pod, or hands it out until it is gone,
 * nothing is promised.
 */
import { toTimestamp, type KubeObject } from "../../domain/object.ts";
import { withSafeToStop } from "../../domain/safe-to-stop.ts";
import type { ServiceKey } from "../../domain/service.ts";
import type { Context } from "../context.ts";
import type { Kind } from "../kinds/kind.ts";
import { announce } from "./store.ts";

/** A pod that has gone, or is marked and stays for its grace period. */
export interface Leaving {
  kind: Kind;
  namespace: string;
  stays: boolean;
  /** The services that select it, which have been waited for but for those in `late`. */
  services: readonly ServiceKey[];
  late: readonly ServiceKey[];
}

/** A slash, as in the annotation, is not legal in a header's name (RFC 9110). */
const header = "Rollcall-Safe-To-Stop-At";

/** In a namespace where more services than this are behind, nothing is promised rather than each of them woken. */
const mostBehind = 10;

/** The moment from which on it is safe. */
export async function safeToStopNow(context: Context, pod: Leaving): Promise<string | undefined> {
  if (pod.kind.receivesTraffic !== true || pod.late.length > 0) return undefined;
  const { longestTtlSeconds, pending, lingering } = await context.deps.departure(pod.namespace);
  if (pod.stays && pod.services.some((service) => lingering.includes(service))) return undefined;
  const behind = pending.filter((service) => !pod.services.includes(service));
  if (behind.length > mostBehind) return undefined;
  const concerned = { services: behind, replicationControllers: [], probers: [] };
  if (behind.length > 0 && (await announce(context, concerned, true)).length > 0) return undefined;
  const safeMs = context.deps.nowMs() + longestTtlSeconds * 1000;
  // Whole seconds, and none of them too early.
  return toTimestamp(Math.ceil(safeMs / 1000) * 1000);
}

/** Keeps the moment with the pod while it terminates, whatever else becomes of it meanwhile. */
export async function keepSafeToStop(
  { deps }: Context,
  { kind }: Leaving,
  marked: KubeObject,
  moment: string,
): Promise<KubeObject> {
  const { registry } = deps;
  let current: KubeObject | undefined = marked;
  while (current?.metadata.uid === marked.metadata.uid) {
    const result = await registry.update(kind.resource, current, withSafeToStop(current, moment));
    if (result.outcome === "written") {
      await deps.announce(result.concerned, 0);
      return result.object;
    }
    current = result.outcome === "lost-race" ? result.current : undefined;
  }
  return withSafeToStop(marked, moment);
}

export function safeToStopHeaders(moment: string | undefined): Record<string, string> {
  return moment === undefined ? {} : { [header]: moment };
}
