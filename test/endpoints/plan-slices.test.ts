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
function carriedOut(groups: SliceGroup[], existing: EndpointSlice[]): EndpointSlice[] {
  const plan = planSlices(groups, existing);
  const updated = new Map(plan.update.map((update) => [update.slice, update.endpoints]));
  const kept = existing.filter((each) => !plan.delete.includes(each));
  return [
    ...kept.map((each) => ({ ...each, endpoints: updated.get(each) ?? each.endpoints })),
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

  it("replaces the placeholder when the first endpoint comes, and brings it back after the last", () => {
    const placeholder = carriedOut([group([])], []);
    const filled = carriedOut([group(range(1))], placeholder);
    expect(filled).toMatchObject([{ endpoints: [endpoint(0)], ports }]);
    expect(carriedOut([group([])], filled)).toMatchObject([{ endpoints: [], ports: [] }]);
  });

  it("cuts many endpoints into slices of a hundred", () => {
    expect(sizes(carriedOut([group(range(250))], []))).toEqual([100, 100, 50]);
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
