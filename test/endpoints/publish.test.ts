import { expect, it } from "vitest";
import type { PlannedWrite } from "../../src/registry/registry.ts";
import { publishEndpoints } from "../../src/endpoints/publish.ts";
import { kubia, pods, snapshot, summary } from "./planned.ts";

it("writes what is planned all at once, with generated names in Kubernetes' alphabet", async () => {
  const asked: string[][] = [];
  const write = async (writes: readonly PlannedWrite[]) => {
    asked.push(summary(writes));
    return { written: [...writes], complete: false };
  };
  const deps = { write, nowMs: () => 0, newUid: () => "uid", random: () => 0.999 };
  const { written, complete } = await publishEndpoints(deps, snapshot({ service: kubia, pods }));
  expect(asked).toEqual([["create endpoints kubia", "create endpointslices.discovery.k8s.io kubia-99999"]]);
  expect([summary(written), complete]).toEqual([asked[0], false]);
});
