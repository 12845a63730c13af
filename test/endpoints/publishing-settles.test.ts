/**
 * Publishing, from any state to any other: one publication is enough, the next one writes nothing, and what readers of
 * the slices find is what DNS hands out.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isPublished,
  type EndpointPort,
  type Endpoints,
  type EndpointSlice,
  type EndpointSubset,
} from "../../src/domain/endpoints.ts";
import { parseIp } from "../../src/domain/ip.ts";
import type { Pod } from "../../src/domain/pod.ts";
import type { Service } from "../../src/domain/service.ts";
import { planPublication, publishedGroups } from "../../src/endpoints/plan-publication.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import type { PlannedWrite, ServiceSnapshot } from "../../src/registry/registry.ts";
import { service, slice } from "../objects.ts";
import { anyPods, anyService, deepFreeze, shuffled, zones } from "./any-cluster.ts";

const meta = service("kubia").metadata;

const anySubset: fc.Arbitrary<EndpointSubset> = fc.record<EndpointSubset>({
  addresses: fc.array(
    fc.record({ ip: fc.constantFrom("10.9.0.1", "10.9.0.2", "FD00:0::9"), hostname: fc.constantFrom("h", "i", "") }),
    { maxLength: 4 },
  ),
  notReadyAddresses: fc.array(fc.record({ ip: fc.constantFrom("10.9.0.1", "fd00::9") }), { maxLength: 2 }),
  ports: fc.constantFrom<EndpointPort[]>([], [{ port: 80 }], [{ name: "", port: 80, protocol: "TCP" }], [{ port: 81 }]),
});

/** Endpoints as somebody might write them by hand, repeating themselves. */
const anyEndpoints: fc.Arbitrary<Endpoints> = fc
  .record({
    labels: fc.constantFrom(undefined, { x: "y" }, { "endpointslice.kubernetes.io/skip-mirror": "true" }),
    annotations: fc.constantFrom(undefined, { note: "z" }, { "control-plane.alpha.kubernetes.io/leader": "{}" }),
    subsets: fc.array(anySubset, { maxLength: 3 }),
  })
  .map(({ labels, annotations, subsets }) => ({
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { ...meta, uid: "endpoints-uid", ...(labels && { labels }), ...(annotations && { annotations }) },
    subsets,
  }));

const anyDecoration = fc.record({
  labels: fc.constantFrom(
    {},
    { team: "a" },
    { "kubernetes.io/service-name": "x", "service.kubernetes.io/headless": "" },
  ),
  annotations: fc.constantFrom({}, { "service.kubernetes.io/topology-mode": "Auto" }),
  trafficDistribution: fc.constantFrom(undefined, "PreferClose", "PreferSameNode"),
  uid: fc.constantFrom("service-uid", "service-uid", "next-uid"),
});

const decorated = fc
  .tuple(anyService, anyDecoration)
  .map(([by, { labels, annotations, trafficDistribution, uid }]) => ({
    ...by,
    metadata: { ...by.metadata, uid, labels, annotations },
    spec: { ...by.spec, ...(trafficDistribution && { trafficDistribution }) },
  }));

/** With a selector more often than without, an alias, or none at all. */
const anyServiceOrNone: fc.Arbitrary<Service | undefined> = fc.oneof(
  { weight: 4, arbitrary: decorated },
  { weight: 2, arbitrary: decorated.map((by) => ({ ...by, spec: { ...by.spec, selector: {} } })) },
  { weight: 1, arbitrary: decorated.map((by) => ({ ...by, spec: { type: "ExternalName" as const } })) },
  { weight: 1, arbitrary: decorated.map((by) => ({ ...by, spec: { ...by.spec, type: "ExternalName" as const } })) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

const byHand: EndpointSlice = slice("by-hand", "kubia", [{ addresses: ["10.8.0.1"] }]);

/** What somebody may do to a slice between two publications. */
const tampering: fc.Arbitrary<(slice: EndpointSlice) => EndpointSlice | undefined> = fc.constantFrom<
  (slice: EndpointSlice) => EndpointSlice | undefined
>(
  (each) => each,
  (each) => each,
  () => undefined,
  (each) => ({ ...each, endpoints: [] }),
  (each) => ({ ...each, endpoints: [...each.endpoints, ...each.endpoints, { addresses: ["10.7.0.1"] }] }),
  (each) => ({ ...each, ports: [{ name: "x", port: 1, protocol: "UDP" }] }),
  (each) => ({ ...each, metadata: { ...each.metadata, annotations: { mine: "1" } } }),
  (each) => ({ ...each, metadata: { ...each.metadata, labels: { ...each.metadata.labels, mine: "1" } } }),
  (each) => ({ ...each, metadata: { ...each.metadata, ownerReferences: [] } }),
);

const anyStep = fc.record({
  service: anyServiceOrNone,
  pods: anyPods,
  endpoints: fc.oneof(fc.constant("kept" as const), fc.constant(undefined), anyEndpoints),
  tamper: tampering,
});

let made = 0;

function carriedOut(state: ServiceSnapshot, writes: readonly PlannedWrite[]): ServiceSnapshot {
  const next = { ...state, slices: [...state.slices] };
  for (const write of writes) {
    const isGone = write.verb === "delete";
    const object = isGone ? write.before : write.object;
    if (write.resource === "endpoints") next.endpoints = isGone ? undefined : (object as Endpoints);
    else {
      next.slices = next.slices.filter(({ metadata }) => metadata.name !== object.metadata.name);
      if (!isGone) next.slices.push(object as EndpointSlice);
    }
  }
  return next;
}

function plan(state: ServiceSnapshot): PlannedWrite[] {
  return planPublication(deepFreeze(state), {
    nowMs: 0,
    newUid: () => `made-${made++}`,
    nameSuffix: () => `${made++}`,
  });
}

/** The plan, with the same new identities each time. */
function writesOf(state: ServiceSnapshot): PlannedWrite[] {
  return planPublication(state, { nowMs: 0, newUid: () => "made", nameSuffix: () => "suffix" });
}

const nothing: ServiceSnapshot = {
  epoch: "e",
  revision: 1,
  service: undefined,
  pods: [],
  zones,
  slices: [byHand],
  endpoints: undefined,
};

type Step = typeof anyStep extends fc.Arbitrary<infer Of> ? Of : never;

/** A state published on top of the one before, after somebody has tampered with that. */
function published(before: ServiceSnapshot, { service: by, pods, endpoints: wanted, tamper }: Step): ServiceSnapshot {
  const slices = before.slices.flatMap((each) => (each === byHand ? each : (tamper(each) ?? [])));
  const endpoints = wanted === "kept" ? before.endpoints : wanted;
  const state = { ...before, service: by, pods, slices, endpoints };
  return carriedOut(state, plan(state));
}

const anyPublished = fc.array(anyStep, { minLength: 1, maxLength: 4 }).map((steps) => steps.reduce(published, nothing));

/** The same value with the fields of its objects the other way round, as another client might send it. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map((each: unknown) => turned(each)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, turned(inner)] as const);
  return Object.fromEntries(entries.reverse()) as T;
}

describe("what is derived of one state after another", () => {
  it("is what is derived of each alone, though pods that stay are derived once", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 6 }), (steps) => {
        const known = new Map<string, Pod>();
        let state = nothing;
        for (const step of steps) {
          // A pod that is as it was comes as the very object that it was, as when the log is followed.
          const pods = step.pods.map((each) => {
            const text = JSON.stringify(each);
            known.set(text, known.get(text) ?? each);
            return known.get(text) ?? each;
          });
          state = published(state, { ...step, pods });
          const alone = structuredClone(state);
          expect(publishedGroups(state)).toEqual(publishedGroups(alone));
          expect(readyList(publishedGroups(state), state.slices)).toEqual(
            readyList(publishedGroups(alone), alone.slices),
          );
          const changed = { ...state, pods: [], slices: state.slices.slice(1) };
          expect(writesOf(changed)).toEqual(writesOf(structuredClone(changed)));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("from any state, one publication", () => {
  it("is enough: the next one writes nothing, in whatever order it finds things", () => {
    const anyFound = anyPublished.chain((state) =>
      fc.record({ state: fc.constant(state), pods: shuffled(state.pods), slices: shuffled(state.slices) }),
    );
    fc.assert(
      fc.property(anyFound, ({ state, pods, slices }) => {
        const found = { ...state, pods, slices: turned(slices), endpoints: turned(state.endpoints) };
        expect(plan(found)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it("makes the slices say what DNS hands out", () => {
    fc.assert(
      fc.property(anyPublished, (state) => {
        if (state.service === undefined) return;
        const read = state.slices.flatMap(({ endpoints }) =>
          endpoints.flatMap(({ addresses, conditions }) => (conditions?.ready === false ? [] : addresses)),
        );
        const listed = readyList(publishedGroups(state), state.slices).map(({ ip }) => ip);
        expect(new Set(listed)).toEqual(new Set(read.map((address) => parseIp(address)?.text)));
      }),
      { numRuns: 400 },
    );
  });

  it("leaves alone what somebody else looks after", () => {
    fc.assert(
      fc.property(anyPublished, (state) => {
        expect(state.slices).toContain(byHand);
      }),
    );
  });

  it("gives every slice an owner that exists, and no slice to a service that is none", () => {
    fc.assert(
      fc.property(anyPublished, ({ service: by, endpoints, slices }) => {
        const owners = slices
          .filter((each) => isPublished(each))
          .map(({ metadata }) => metadata.ownerReferences?.[0]?.uid);
        const living = by === undefined ? [] : [by.metadata.uid, endpoints?.metadata.uid];
        for (const owner of owners) expect(living).toContain(owner);
      }),
    );
  });
});
