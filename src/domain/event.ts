/**
 * A core/v1 Event: something worth knowing happened to an object. Repeated happenings are counted in one event, not
 * written again. Source: Kubernetes API reference, core/v1 Event, and client-go's tools/record.
 */
import { toTimestamp, type KubeObject, type ObjectMeta } from "./object.ts";

/** How long an event is kept after it was last written: kube-apiserver's default for --event-ttl. */
export const eventTtlSeconds = 3600;

export interface EventSubject {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid: string;
  resourceVersion?: string;
  /** Which part of it, `spec.containers{web}`. */
  fieldPath?: string;
}

export interface Event extends KubeObject {
  kind: "Event";
  involvedObject: Partial<EventSubject>;
  type?: string;
  reason?: string;
  message?: string;
  source?: { component?: string; host?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  count?: number;
  /** RFC 3339 with microseconds (metav1.MicroTime); set by recorders of events.k8s.io, which leave the two above empty. */
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string };
  action?: string;
  reportingComponent?: string;
  reportingInstance?: string;
}

/** What happened, without when and how often. */
export interface Happening {
  type: "Normal" | "Warning";
  /** UpperCamelCase, for machines: `Unhealthy`. */
  reason: string;
  /** For people. */
  message: string;
  source: { component: string; host?: string };
  /** Which part of the object, `spec.containers{web}`. */
  fieldPath?: string;
}

/** The first event of its kind about an object, under a name made unique by `suffix`. */
export function newEvent(
  about: KubeObject,
  { fieldPath, source, ...happening }: Happening,
  { uid, suffix, nowMs }: { uid: string; suffix: string; nowMs: number },
): Event {
  const { name, namespace = "default", uid: subjectUid, resourceVersion } = about.metadata;
  const now = toTimestamp(nowMs);
  const metadata: Omit<ObjectMeta, "resourceVersion"> = {
    name: `${cut(name, maxNameLength - suffix.length - 1)}.${suffix}`,
    namespace,
    uid,
    creationTimestamp: now,
  };
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: metadata as ObjectMeta,
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      namespace,
      name,
      uid: subjectUid,
      resourceVersion,
      ...(fieldPath !== undefined && { fieldPath }),
    },
    ...happening,
    source,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    reportingComponent: source.component,
    reportingInstance: source.host ?? "",
  };
}

/** Names of objects are DNS subdomains (RFC 1123), and an event about one of the longest needs a name as well. */
const maxNameLength = 253;

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/[^a-z0-9]+$/, "");
}

/** The same event, having happened again. */
export function happenedAgain(event: Event, count: number, nowMs: number): Event {
  return { ...event, count, lastTimestamp: toTimestamp(nowMs) };
}
