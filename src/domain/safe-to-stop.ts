/** From when on nobody is sent to a terminating pod any more: how the pod tells. */
import type { KubeObject } from "./object.ts";

/** Annotation of a terminating pod. Its program may be stopped from this moment on. */
export const safeToStopAnnotation = "rollcall.dev/safe-to-stop-at";

/** On a pod that is not terminating the annotation means nothing. */
export function safeToStopOf({ metadata }: KubeObject): string | undefined {
  return metadata.deletionTimestamp === undefined ? undefined : metadata.annotations?.[safeToStopAnnotation];
}

/** The object with this moment, or with none. */
export function withSafeToStop<T extends KubeObject>(object: T, moment: string | undefined): T {
  const { annotations, ...metadata } = object.metadata;
  const { [safeToStopAnnotation]: _, ...others } = annotations ?? {};
  const next = moment === undefined ? others : { ...others, [safeToStopAnnotation]: moment };
  return { ...object, metadata: { ...metadata, ...(Object.keys(next).length > 0 && { annotations: next }) } };
}
