import { describe, expect, it } from "vitest";
import type { EndpointSubset } from "../../src/domain/endpoints.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { deriveSubsets, truncateSubsets } from "../../src/endpoints/derive-subsets.ts";
import { readyPod } from "../objects.ts";
import { deepFreeze } from "./any-cluster.ts";
import { kubia, unready, web } from "./kubia.ts";

describe("Endpoints", () => {
  it("list two pods with one address both", () => {
    const pods = [readyPod("a", "10.0.0.1", kubia), readyPod("b", "10.0.0.1", kubia)];
    expect(deriveSubsets(web(), pods)[0]?.addresses).toHaveLength(2);
  });

  it("of a headless service without ports have no ports", () => {
    const by = web({ clusterIP: "None", ports: [] });
    const subsets = deriveSubsets(by, [readyPod("a", "10.0.0.1", kubia)]);
    expect(subsets).toMatchObject([{ addresses: [{ ip: "10.0.0.1" }] }]);
    expect(subsets[0]).not.toHaveProperty("ports");
  });

  it("are cut at a thousand addresses, the ones that are not ready first", () => {
    const pods = Array.from({ length: 1300 }, (_, index) => {
      const one = readyPod(`p${index}`, `10.0.${Math.floor(index / 250)}.${index % 250}`, kubia);
      return index < 900 ? one : unready(one);
    });
    const { subsets, truncated } = truncateSubsets(deriveSubsets(web(), pods));
    expect(truncated).toBe(true);
    expect([subsets[0]?.addresses?.length, subsets[0]?.notReadyAddresses?.length]).toEqual([900, 100]);
  });

  const subsetOf = (port: number, ready: number, notReady: number): EndpointSubset => ({
    addresses: Array.from({ length: ready }, (_, index) => ({ ip: `10.${port}.${index}` })),
    notReadyAddresses: Array.from({ length: notReady }, (_, index) => ({ ip: `10.${port}.${index}` })),
    ports: [{ port }],
  });
  it.each([
    ["nothing that fits", [[500, 500]], [[500, 500]]],
    ["all that are not ready, where the ready ones alone are too many", [[1200, 10]], [[1000, 0]]],
    [
      "of each subset in proportion, to a thousand in all",
      [
        [500, 0],
        [500, 0],
        [500, 0],
      ],
      [
        [334, 0],
        [334, 0],
        [332, 0],
      ],
    ],
    [
      "of each subset in proportion, only of those that are not ready",
      [
        [600, 300],
        [100, 600],
      ],
      [
        [600, 100],
        [100, 200],
      ],
    ],
    [
      "whole subsets, where none of their addresses is left",
      [
        [1000, 0],
        [0, 5],
      ],
      [[1000, 0]],
    ],
  ])("are cut by %s", (_, sizes, left) => {
    const subsets = sizes.map(([ready = 0, notReady = 0], index) => subsetOf(index + 1, ready, notReady));
    const cut = truncateSubsets(deepFreeze(subsets)).subsets;
    expect(cut.map((subset) => [subset.addresses?.length ?? 0, subset.notReadyAddresses?.length ?? 0])).toEqual(left);
  });

  it("keep two pods with one address apart, of which one is ready", () => {
    const both = web({
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 81 },
      ],
    });
    const pods = [readyPod("a", "10.0.0.1", kubia), unready(readyPod("b", "10.0.0.1", kubia))];
    const [subset, ...others] = deriveSubsets(both, pods);
    expect(others).toEqual([]);
    expect(subset?.addresses?.map(({ targetRef }) => targetRef?.name)).toEqual(["a"]);
    expect(subset?.notReadyAddresses?.map(({ targetRef }) => targetRef?.name)).toEqual(["b"]);
    expect(subset?.ports?.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("list addresses in the order of their text, then of the pods' uids", () => {
    const at = (uid: string, ip: string): Pod => {
      const made = readyPod(uid, ip, kubia);
      return { ...made, metadata: { ...made.metadata, uid } };
    };
    const pods = [at("z", "10.0.0.2"), at("b", "10.0.0.10"), at("a", "10.0.0.2")];
    expect(deriveSubsets(web(), pods)[0]?.addresses?.map(({ ip, targetRef }) => `${ip} ${targetRef?.uid}`)).toEqual([
      "10.0.0.10 b",
      "10.0.0.2 a",
      "10.0.0.2 z",
    ]);
  });
});
