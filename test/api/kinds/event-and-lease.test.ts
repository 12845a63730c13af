import { describe, expect, it } from "vitest";
import { eventKind } from "../../../src/api/kinds/event.ts";
import { leaseKind } from "../../../src/api/kinds/lease.ts";
import { conform } from "../../../src/api/schema/conform.ts";
import { fieldErrorText } from "../../../src/api/validation/field-error.ts";
import { newEvent, type Event } from "../../../src/domain/event.ts";
import type { Lease } from "../../../src/domain/lease.ts";
import { pod } from "../../objects.ts";

const nowMs = Date.parse("2026-11-01T00:05:03Z");

const told = newEvent(
  pod("web"),
  { type: "Warning", reason: "Unhealthy", message: " it failed\n", source: { component: "kubelet", host: "edge-0" } },
  { uid: "e1", suffix: "1", nowMs: nowMs - 60_000 },
);
/** As the recorders of events.k8s.io write it. */
const recorded: Event = {
  apiVersion: "v1",
  kind: "Event",
  metadata: told.metadata,
  involvedObject: { kind: "Pod", namespace: "default", name: "web" },
  eventTime: "2026-11-01T00:00:00.000001Z",
  reportingComponent: "example.com/scheduler",
  reportingInstance: "one",
  action: "Binding",
  reason: "Scheduled",
};

function row(event: Event): (string | number)[] {
  return eventKind.columns.map((column) => column.cell(eventKind.withDefaults(event), nowMs));
}

function errorsOf(event: Event): string[] {
  return eventKind.validate(eventKind.withDefaults(event), undefined).map((error) => fieldErrorText(error));
}

describe("an event", () => {
  it.each<[string, Event, (string | number)[]]>([
    [
      "that happened once",
      told,
      ["60s", "Warning", "Unhealthy", "pod/web", "", "kubelet, edge-0", "it failed", "60s", 1, "web.1"],
    ],
    [
      "with an eventTime",
      recorded,
      ["5m3s", "", "Scheduled", "pod/web", "", "example.com/scheduler, one", "", "5m3s", 1, "web.1"],
    ],
    [
      "of a series",
      { ...recorded, series: { count: 7, lastObservedTime: "2026-11-01T00:05:00.000000Z" } },
      ["3s", "", "Scheduled", "pod/web", "", "example.com/scheduler, one", "", "5m3s", 7, "web.1"],
    ],
    [
      "that says nothing",
      { apiVersion: "v1", kind: "Event", metadata: told.metadata } as Event,
      ["<unknown>", "", "", "", "", "", "", "<unknown>", 1, "web.1"],
    ],
  ])("%s is shown with when, what and about whom", (_, event, cells) => {
    expect(row(event)).toEqual(cells);
  });

  it.each<[string, Event, string[]]>([
    ["beside its object", told, []],
    ["with an eventTime and all that belongs to it", recorded, []],
    [
      "in another namespace than its object",
      { ...told, involvedObject: { ...told.involvedObject, namespace: "other" } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    [
      "about an object without a namespace, elsewhere than in default",
      { ...told, metadata: { ...told.metadata, namespace: "shop" }, involvedObject: { kind: "Node", name: "n" } },
      ['involvedObject.namespace: Invalid value: "": does not match event.namespace'],
    ],
    [
      "with an eventTime alone",
      { ...told, eventTime: "2026-11-01T00:00:00.000000Z", reportingComponent: "", reportingInstance: "" },
      ["reportingComponent: Required value", "reportingInstance: Required value", "action: Required value"],
    ],
    [
      "with words that are too long",
      { ...recorded, action: "x".repeat(129), message: "x".repeat(1025) },
      [
        'action: Invalid value: "": can have at most 128 characters',
        'message: Invalid value: "": can have at most 1024 characters',
      ],
    ],
  ])("%s is judged as Kubernetes does", (_, event, errors) => {
    expect(errorsOf(event)).toEqual(errors);
  });

  it("can be found by whom it is about, and by who says so", () => {
    const fields = Object.entries(eventKind.selectableFields).map(([field, read]) => [field, read(told)]);
    expect(Object.fromEntries(fields)).toEqual({
      "involvedObject.kind": "Pod",
      "involvedObject.namespace": "default",
      "involvedObject.name": "web",
      "involvedObject.uid": told.involvedObject.uid,
      "involvedObject.apiVersion": "v1",
      "involvedObject.resourceVersion": "",
      "involvedObject.fieldPath": "",
      reason: "Unhealthy",
      reportingComponent: "kubelet",
      source: "kubelet",
      type: "Warning",
    });
    expect(eventKind.selectableFields["source"]?.(eventKind.withDefaults(recorded))).toBe("example.com/scheduler");
  });
});

describe("a lease", () => {
  const lease = (spec: Lease["spec"]): Lease => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: pod("leader").metadata,
    ...(spec && { spec }),
  });

  it("shows its holder", () => {
    const cells = (of: Lease) => leaseKind.columns.map((column) => column.cell(leaseKind.withDefaults(of), nowMs));
    expect(cells(lease({ holderIdentity: "one" }))).toEqual(["leader", "one", "5m3s"]);
    expect(cells(lease(undefined))).toEqual(["leader", "", "5m3s"]);
  });

  it.each<[Lease["spec"], string[]]>([
    [undefined, []],
    [{ leaseDurationSeconds: 15, leaseTransitions: 0 }, []],
    [{ leaseDurationSeconds: 0 }, ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]],
    [{ leaseTransitions: -1 }, ["spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"]],
    [
      { preferredHolder: "two" },
      ['spec.preferredHolder: Invalid value: "two": may only be specified if `strategy` is defined'],
    ],
    [{ preferredHolder: "two", strategy: "OldestEmulationVersion" }, []],
  ])("with %j is judged as Kubernetes does", (spec, errors) => {
    const found = leaseKind.validate(leaseKind.withDefaults(lease(spec)), undefined);
    expect(found.map((error) => fieldErrorText(error))).toEqual(errors);
  });
});

it("moments of leases and events keep their microseconds", () => {
  const spec = { acquireTime: "2026-11-20T11:00:00.123456789+01:00", renewTime: "2026-11-20T10:00:00Z" };
  expect(conform({ spec }, "Lease").object).toEqual({
    spec: { acquireTime: "2026-11-20T10:00:00.123456Z", renewTime: "2026-11-20T10:00:00.000000Z" },
  });
  expect(conform({ eventTime: "2026-11-20T10:00:00.000001Z" }, "Event").object).toEqual({
    eventTime: "2026-11-20T10:00:00.000001Z",
  });
});
