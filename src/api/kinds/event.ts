/**
 * core/v1 Event. Source: kubernetes, pkg/apis/core/validation/events.go (legacyValidateEvent) and
 * pkg/printers/internalversion/printers.go (printEvent).
 */
import type { Event } from "../../domain/event.ts";
import { humanDuration } from "../present/duration.ts";
import { invalid, required, type FieldError } from "../validation/field-error.ts";
import { check } from "../validation/metadata.ts";
import { isDnsSubdomain, isQualifiedName } from "../validation/names.ts";
import { column, nameColumn, wideColumn } from "./columns.ts";
import type { Column, Kind } from "./kind.ts";

export const eventKind: Kind<Event> = {
  group: "",
  version: "v1",
  kind: "Event",
  resource: "events",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  managedFromFirstApply: true,
  schema: "Event",
  isName: isDnsSubdomain,
  columns: [
    sinceColumn("Last Seen", "Time since it happened last.", 0, lastSeen),
    column("Type", "Normal or Warning.", ({ type = "" }) => type),
    column("Reason", "What happened, in one word.", ({ reason = "" }) => reason),
    column("Object", "What it happened to.", subjectText),
    wideColumn("Subobject", "The part that it happened to.", ({ involvedObject }) => involvedObject.fieldPath ?? ""),
    wideColumn("Source", "Who says so.", sourceText),
    column("Message", "What happened.", ({ message = "" }) => message.trim()),
    sinceColumn("First Seen", "Time since it happened first.", 1, firstSeen),
    {
      name: "Count",
      type: "integer",
      description: "How often it has happened.",
      priority: 1,
      cell: ({ series, count }) => series?.count ?? (count || 1),
    },
    { ...nameColumn, priority: 1 },
  ],
  selectableFields: {
    "involvedObject.kind": ({ involvedObject }) => involvedObject.kind ?? "",
    "involvedObject.namespace": ({ involvedObject }) => involvedObject.namespace ?? "",
    "involvedObject.name": ({ involvedObject }) => involvedObject.name ?? "",
    "involvedObject.uid": ({ involvedObject }) => involvedObject.uid ?? "",
    "involvedObject.apiVersion": ({ involvedObject }) => involvedObject.apiVersion ?? "",
    "involvedObject.resourceVersion": ({ involvedObject }) => involvedObject.resourceVersion ?? "",
    "involvedObject.fieldPath": ({ involvedObject }) => involvedObject.fieldPath ?? "",
    reason: ({ reason = "" }) => reason,
    reportingComponent: ({ reportingComponent = "" }) => reportingComponent,
    source: ({ source, reportingComponent = "" }) => source?.component || reportingComponent,
    type: ({ type = "" }) => type,
  },
  replaceCreates: true,
  deleteReturnsObject: false,

  withDefaults: (event) => ({
    ...event,
    involvedObject: event.involvedObject ?? {},
    source: event.source ?? {},
    reportingComponent: event.reportingComponent ?? "",
    reportingInstance: event.reportingInstance ?? "",
  }),
  validate: (event) => [...placeErrors(event), ...(event.eventTime ? recordErrors(event) : [])],
};

/** An event lives beside its object; those about objects without a namespace live in `default`. */
function placeErrors({ metadata, involvedObject, eventTime }: Event): FieldError[] {
  const { namespace = "" } = involvedObject;
  const homes = namespace === "" ? ["default", ...(eventTime ? ["kube-system"] : [])] : [namespace];
  if (homes.includes(metadata.namespace ?? "")) return [];
  return [invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
}

/** What recorders that give an eventTime must say besides. */
function recordErrors(event: Event): FieldError[] {
  const { reportingComponent = "", reportingInstance, action, reason, message = "" } = event;
  return [
    ...(reportingComponent === ""
      ? [required("reportingComponent")]
      : check("reportingComponent", reportingComponent, isQualifiedName)),
    ...wordErrors("reportingInstance", reportingInstance),
    ...wordErrors("action", action),
    ...wordErrors("reason", reason),
    ...lengthErrors("message", message, 1024),
  ];
}

function wordErrors(field: string, text: string | undefined): FieldError[] {
  return text ? lengthErrors(field, text, 128) : [required(field)];
}

function lengthErrors(field: string, text: string, limit: number): FieldError[] {
  return text.length <= limit ? [] : [invalid(field, "", `can have at most ${limit} characters`)];
}

function sinceColumn(
  name: string,
  description: string,
  priority: 0 | 1,
  moment: (event: Event) => string | undefined,
): Column<Event> {
  const cell = (event: Event, nowMs: number): string => {
    const text = moment(event);
    return text === undefined ? "<unknown>" : humanDuration(nowMs - Date.parse(text));
  };
  return { name, type: "string", description, priority, cell };
}

function firstSeen({ firstTimestamp, eventTime }: Event): string | undefined {
  return firstTimestamp ?? eventTime ?? undefined;
}

function lastSeen(event: Event): string | undefined {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen(event);
}

function subjectText({ involvedObject: { kind = "", name } }: Event): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

function sourceText({ source = {}, reportingComponent = "", reportingInstance = "" }: Event): string {
  const [component, instance] = [source.component || reportingComponent, source.host || reportingInstance];
  return instance === "" ? component : `${component}, ${instance}`;
}
