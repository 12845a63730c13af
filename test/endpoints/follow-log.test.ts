import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointSlice } from "../../src/domain/endpoints.ts";
import { selectorMatches } from "../../src/domain/labels.ts";
import type { KubeObject } from "../../src/domain/object.ts";
import { followLog } from "../../src/endpoints/follow-log.ts";
import type { LoggedChange, ServiceSnapshot } from "../../src/registry/registry.ts";
import { pod, service, slice } from "../objects.ts";
import { deepFreeze } from "./any-cluster.ts";

const kubia = service("kubia", { selector: { app: "kubia" } });

function snapshot(of: Partial<ServiceSnapshot> = {}): ServiceSnapshot {
  return { epoch: "e", revision: 1, service: kubia, pods: [], zones: {}, slices: [], endpoints: undefined, ...of };
}

const labels = fc.constantFrom({ app: "kubia" }, { app: "other" }, {});
const namespace = fc.constantFrom("default", "other");
const name = fc.constantFrom("a", "b", "c");

/** A write, as the whole state would see it: an object in place of its namesake, or none. */
const podWrite = fc.tuple(name, namespace, labels, fc.boolean());

describe("following the log", () => {
  it("comes to the pods that reading all of them would find", () => {
    fc.assert(
      fc.property(fc.array(podWrite, { maxLength: 12 }), (writes) => {
        const known = pod("a", { labels: { app: "kubia" } });
        const state = new Map<string, KubeObject>([["default/a", known]]);
        const changes = writes.map(([of, home, with_, isGone], index): LoggedChange => {
          const object = pod(of, { namespace: home, labels: with_ });
          if (isGone) state.delete(`${home}/${of}`);
          else state.set(`${home}/${of}`, object);
          return { revision: index + 2, resource: "pods", change: isGone ? "DELETED" : "MODIFIED", object };
        });
        const before = deepFreeze(snapshot({ pods: [known] }));
        const found = followLog(before, deepFreeze(changes))?.pods.map(({ metadata }) => metadata.uid);
        const selected = [...state.values()].filter(
          ({ metadata }) => metadata.namespace === "default" && selectorMatches(kubia.spec.selector, metadata.labels),
        );
        expect(new Set(found)).toEqual(new Set(selected.map(({ metadata }) => metadata.uid)));
      }),
    );
  });

  const change = (resource: LoggedChange["resource"], object: KubeObject, isGone = false): LoggedChange[] => [
    { revision: 2, resource, change: isGone ? "DELETED" : "MODIFIED", object },
  ];

  it("takes in the service's slices, and lets those go that are labelled for another", () => {
    const one = slice("s", "kubia");
    expect(followLog(snapshot(), change("endpointslices.discovery.k8s.io", one))?.slices).toEqual([one]);
    const moved: EndpointSlice = { ...one, metadata: { ...one.metadata, labels: {} } };
    expect(followLog(snapshot({ slices: [one] }), change("endpointslices.discovery.k8s.io", moved))?.slices).toEqual(
      [],
    );
  });

  it("takes in the Endpoints of the service's name alone", () => {
    const own = { ...kubia, kind: "Endpoints" };
    expect(followLog(snapshot(), change("endpoints", own))?.endpoints).toBe(own);
    expect(
      followLog(snapshot(), change("endpoints", { ...service("other"), kind: "Endpoints" }))?.endpoints,
    ).toBeUndefined();
    expect(followLog(snapshot(), change("endpoints", own, true))?.endpoints).toBeUndefined();
  });

  it("follows the zones of nodes", () => {
    const { namespace: _, ...metadata } = service("n1").metadata;
    const node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { ...metadata, labels: { "topology.kubernetes.io/zone": "z" } },
    };
    expect(followLog(snapshot(), change("nodes", node))?.zones).toEqual({ n1: "z" });
    expect(followLog(snapshot({ zones: { n1: "z" } }), change("nodes", node, true))?.zones).toEqual({});
  });

  it("gives up when the service itself has changed, or is not known", () => {
    expect(followLog(snapshot(), change("services", kubia))).toBeUndefined();
    expect(followLog(snapshot({ service: undefined }), [])).toBeUndefined();
    expect(followLog(snapshot(), change("services", service("other")))).toBeDefined();
  });
});
