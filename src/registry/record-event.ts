/**
 * Writes that something happened to an object: a new event, or a higher count of the one that is there. Best effort, as
 * in Kubernetes: an event that cannot be written is let go.
 */
import { happenedAgain, newEvent, type Event, type Happening } from "../domain/event.ts";
import type { KubeObject } from "../domain/object.ts";
import type { Registry } from "./registry.ts";

export interface EventIdentity {
  /** Makes the event's name, together with its object's. */
  suffix: string;
  /** For a new event. */
  uid: string;
  /** How often it has happened since it was last recorded. */
  times: number;
  atMs: number;
}

const attempts = 3;

/** Whether it was written. */
export async function recordEvent(
  registry: Registry,
  about: KubeObject,
  happening: Happening,
  { suffix, uid, times, atMs }: EventIdentity,
): Promise<boolean> {
  const first: Event = { ...newEvent(about, happening, { uid, suffix, nowMs: atMs }), count: times };
  const { namespace = "", name } = first.metadata;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = (await registry.get("events", namespace, name)) as Event | undefined;
    const result =
      known === undefined
        ? await registry.create("events", first)
        : await registry.update("events", known, {
            ...happenedAgain(known, (known.count ?? 1) + times, atMs),
            message: happening.message,
          } as Event);
    if (result.outcome === "written") return true;
    if (result.outcome !== "exists" && result.outcome !== "lost-race") return false;
  }
  return false;
}
