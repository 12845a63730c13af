import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/domain/object.ts";
import type { PlannedWrite, ServiceSnapshot } from "../../src/registry/registry.ts";
import { carriedOut, kubia, plan, pods, summary } from "./planned.ts";

describe("what somebody changed by hand of what is published", () => {
  const published = carriedOut({ service: kubia, pods });
  const [own] = published.slices;
  const after = (change: Partial<ServiceSnapshot>): PlannedWrite[] =>
    plan({ service: kubia, pods, ...published, ...change });
  const mendsSlice = ["update endpointslices.discovery.k8s.io kubia-abcde"];
  const mendsEndpoints = ["update endpoints kubia"];
  const relabelled = <T extends KubeObject>(object: T, labels: Record<string, string>): T => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
  });

  if (own === undefined || published.endpoints === undefined) throw new Error("nothing was published");
  const { endpoints: ownEndpoints } = published;
  it.each<[string, Partial<ServiceSnapshot>, string[]]>([
    ["endpoints of a slice", { slices: [{ ...own, endpoints: [] }] }, mendsSlice],
    ["ports of a slice", { slices: [{ ...own, ports: [] }] }, mendsSlice],
    ["labels of a slice", { slices: [relabelled(own, { team: "b" })] }, mendsSlice],
    ["a slice, deleted", { slices: [] }, ["create endpointslices.discovery.k8s.io kubia-abcde"]],
    ["addresses of Endpoints", { endpoints: { ...ownEndpoints, subsets: [] } }, mendsEndpoints],
    ["labels of Endpoints", { endpoints: relabelled(ownEndpoints, { team: "b" }) }, mendsEndpoints],
    ["Endpoints, deleted", { endpoints: undefined }, ["create endpoints kubia"]],
  ])("is put right: %s", (_, change, writes) => {
    expect(summary(after(change))).toEqual(writes);
  });

  it("is left as it is: annotations of one's own, which updates keep", () => {
    const annotations = { mine: "1" };
    const slices = [{ ...own, metadata: { ...own.metadata, annotations } }];
    const endpoints = { ...ownEndpoints, metadata: { ...ownEndpoints.metadata, annotations } };
    expect(after({ slices, endpoints })).toEqual([]);
    for (const write of after({ slices, endpoints, pods: [] })) {
      expect("object" in write && write.object.metadata.annotations).toEqual(annotations);
    }
  });

  it("counts a generation of a slice for another content, and none for labels", () => {
    const generations = (change: Partial<ServiceSnapshot>): (number | undefined | false)[] =>
      after(change).map((write) => "object" in write && write.object.metadata.generation);
    expect(own.metadata.generation).toBe(1);
    expect(generations({ slices: [{ ...own, endpoints: [] }] })).toEqual([2]);
    expect(generations({ slices: [relabelled(own, { team: "b" })] })).toEqual([1]);
  });
});
