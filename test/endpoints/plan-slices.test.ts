import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointSlice, SliceEndpoint } from "../../src/domain/endpoints.ts";
import type { SliceGroup } from "../../src/endpoints/derive-slices.ts";
import { maxEndpointsPerSlice, planSlices } from "../../src/endpoints/plan-slices.ts";
import { slice } from "../objects.ts";

const ports = [{ name: "", port: 8080, protocol: "TCP" as const }];

function endpoint(index: number, ready = true): SliceEndpoint {
  const address = `10.0.${Math.floor(index / 250)}.${index % 250}`;
  const conditions = { ready, serving: ready, terminating: false };
  return { addresses: [address], conditions, targetRef: { kind: "Pod", uid: `uid-${index}` } };
}

function group(endpoints: SliceEndpoint[]): SliceGroup {
  return { addressType: "IPv4", ports: endpoints.length === 0 ? [] : ports, endpoints };
}

function range(count: number, from = 0): SliceEndpoint[] {
  return Array.from({ length: count }, (_, index) => endpoint(from + index));
}

/** The slices after the plan has been carried out. */
function carriedOut(groups: SliceGroup[], existing: EndpointSlice[], capacity?: number): EndpointSlice[] {
  const plan = planSlices(groups, existing, capacity);
  const updated = new Map(plan.update.map(({ slice: of, to }) => [of, to]));
  const kept = existing.filter((each) => !plan.delete.includes(each));
  return [
    ...kept.map((each) => ({ ...each, ...updated.get(each) })),
    ...plan.create.map((each, index) => ({ ...slice(`new-${existing.length}-${index}`, "kubia"), ...each })),
  ];
}

const sizes = (slices: EndpointSlice[]): number[] => slices.map(({ endpoints }) => endpoints.length);

describe("fitting endpoints into slices", () => {
  it("starts with one placeholder, which has no ports and stays as it is", () => {
    const placeholder = carriedOut([group([])], []);
    expect(placeholder).toMatchObject([{ endpoints: [], ports: [] }]);
    expect(planSlices([group([])], placeholder)).toEqual({ create: [], update: [], delete: [] });
  });

  it("makes the placeholder the slice of the first endpoint, and the last slice the placeholder, under its name", () => {
    const placeholder = carriedOut([group([])], []);
    const { name } = placeholder[0]?.metadata ?? {};
    const filled = carriedOut([group(range(1))], placeholder);
    expect(filled).toMatchObject([{ metadata: { name }, endpoints: [endpoint(0)], ports }]);
    expect(carriedOut([group([])], filled)).toMatchObject([{ metadata: { name }, endpoints: [], ports: [] }]);
  });

  it("leaves one placeholder of many slices whose endpoints have all gone", () => {
    const slices = carriedOut([group(range(250))], []);
    expect(carriedOut([group([])], slices)).toMatchObject([{ metadata: slices[0]?.metadata, endpoints: [] }]);
  });

  it("gives the slices other ports in place, when the ports of all change", () => {
    const slices = carriedOut([group(range(150))], []);
    const elsewhere = [{ name: "", port: 9090, protocol: "TCP" as const }];
    const plan = planSlices([{ ...group(range(150)), ports: elsewhere }], slices);
    expect([plan.create.length, plan.update.length, plan.delete.length]).toEqual([0, 2, 0]);
    expect(plan.update.map(({ to }) => to.ports)).toEqual([elsewhere, elsewhere]);
  });

  it("makes no IPv4 slice an IPv6 slice", () => {
    const slices = carriedOut([group(range(1))], []);
    const plan = planSlices([{ addressType: "IPv6", ports, endpoints: [{ addresses: ["fd00::1"] }] }], slices);
    expect(plan).toMatchObject({ create: [{ addressType: "IPv6" }], update: [], delete: slices });
  });

  it("knows an endpoint by address and name: a pod made again with both takes the place of the old one", () => {
    const named = (uid: string): SliceEndpoint => ({ ...endpoint(0), targetRef: { kind: "Pod", name: "p", uid } });
    const slices = carriedOut([group([named("old"), ...range(99, 1)])], []);
    const plan = planSlices([group([...range(99, 1), named("new")])], slices);
    expect(plan).toMatchObject({ create: [], delete: [] });
    expect(plan.update.map(({ to }) => to.endpoints[0])).toEqual([named("new")]);
  });

  it("keeps two pods with one address apart, and one pod under two names", () => {
    const named = (name: string, hostname: string): SliceEndpoint => ({
      ...endpoint(0),
      hostname,
      targetRef: { kind: "Pod", name },
    });
    const all = [named("a", "h"), named("b", "h"), named("b", "i")];
    const slices = carriedOut([group(all)], []);
    expect(slices[0]?.endpoints).toEqual(all);
    expect(planSlices([group(all)], slices)).toEqual({ create: [], update: [], delete: [] });
  });

  it("cuts many endpoints into slices of a hundred", () => {
    expect(sizes(carriedOut([group(range(250))], []))).toEqual([100, 100, 50]);
  });

  it("fills a slice before it opens the next, for endpoints that come one by one", () => {
    let slices: EndpointSlice[] = [];
    for (let count = 1; count <= 105; count++) {
      const plan = planSlices([group(range(count))], slices);
      expect(plan.create.length + plan.update.length).toBe(1);
      slices = carriedOut([group(range(count))], slices);
    }
    expect(sizes(slices)).toEqual([100, 5]);
  });

  it("opens a slice for what fits into none as a whole, though there is room in two", () => {
    const slices = [...carriedOut([group(range(96))], []), ...carriedOut([group(range(97, 100))], [])];
    const wanted = [...range(96), ...range(97, 100), ...range(5, 300)];
    expect(sizes(carriedOut([group(wanted)], slices))).toEqual([96, 97, 5]);
  });

  it("fills a new slice with the first hundred, and an unchanged one with the rest", () => {
    const slices = carriedOut([group(range(40))], []);
    expect(sizes(carriedOut([group(range(190))], slices))).toEqual([90, 100]);
  });

  it("holds as many in a slice as it is told", () => {
    expect(sizes(carriedOut([group(range(300))], [], 1000))).toEqual([300]);
  });

  it("touches one slice for one flip", () => {
    const slices = carriedOut([group(range(300))], []);
    const flipped = range(300).map((each, index) => (index === 150 ? endpoint(150, false) : each));
    const plan = planSlices([group(flipped)], slices);
    expect([plan.create.length, plan.update.length, plan.delete.length]).toEqual([0, 1, 0]);
    expect(plan.update[0]?.slice).toBe(slices[1]);
  });

  it("fills the slice that changes anyway before any other", () => {
    const slices = [...carriedOut([group(range(90))], []), ...carriedOut([group(range(50, 90))], [])];
    const wanted = [...range(139, 1), ...range(3, 200)];
    expect(sizes(carriedOut([group(wanted)], slices))).toEqual([92, 50]);
  });

  it("fills the fullest of the slices that change anyway", () => {
    const slices = [...carriedOut([group(range(90))], []), ...carriedOut([group(range(95, 100))], [])];
    const wanted = [...range(89), ...range(94, 100), ...range(6, 300)];
    expect(sizes(carriedOut([group(wanted)], slices))).toEqual([89, 100]);
  });

  it("else takes the fullest slice that has room for all the rest", () => {
    const slices = [20, 96, 99].flatMap((size, index) => carriedOut([group(range(size, index * 100))], []));
    const wanted = [...range(20), ...range(96, 100), ...range(99, 200), ...range(4, 300)];
    expect(sizes(carriedOut([group(wanted)], slices))).toEqual([20, 100, 99]);
  });

  it("never merges what has thinned out", () => {
    const slices = carriedOut([group(range(200))], []);
    const thin = [...range(1), ...range(1, 100)];
    expect(sizes(carriedOut([group(thin)], slices))).toEqual([1, 1]);
  });

  it("holds exactly what is wanted after any history, in slices that are not too large", () => {
    const step = fc.uniqueArray(fc.tuple(fc.nat(320), fc.boolean()), { maxLength: 320, selector: ([index]) => index });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (history) => {
        let slices: EndpointSlice[] = [];
        for (const wanted of history) {
          const endpoints = wanted.map(([index, ready]) => endpoint(index, ready));
          slices = carriedOut([group(endpoints)], slices);
          const held = slices.flatMap((each) => each.endpoints);
          const text = (list: SliceEndpoint[]): string[] => list.map((each) => JSON.stringify(each)).sort();
          expect(text(held)).toEqual(text(endpoints));
          expect(Math.max(...sizes(slices))).toBeLessThanOrEqual(maxEndpointsPerSlice);
          expect(planSlices([group(endpoints)], slices)).toEqual({ create: [], update: [], delete: [] });
        }
      }),
      { numRuns: 40 },
    );
  });
});
