import { describe, expect, it } from "vitest";
import type { Endpoints, EndpointSubset } from "../../src/domain/endpoints.ts";
import { publishEndpoints, type PublishDeps } from "../../src/endpoints/publish.ts";
import type { PlannedWrite } from "../../src/registry/registry.ts";
import { service } from "../objects.ts";
import { kubia, pods, snapshot, summary } from "./planned.ts";

it("writes what is planned all at once, with generated names in Kubernetes' alphabet", async () => {
  const asked: string[][] = [];
  const write = async (writes: readonly PlannedWrite[]) => {
    asked.push(summary(writes));
    return { written: [...writes], complete: false };
  };
  const deps = { write, recordEvent: async () => undefined, nowMs: () => 0, newUid: () => "uid", random: () => 0.999 };
  const { written, complete } = await publishEndpoints(deps, snapshot({ service: kubia, pods }));
  expect(asked).toEqual([["create endpoints kubia", "create endpointslices.discovery.k8s.io kubia-99999"]]);
  expect([summary(written), complete]).toEqual([asked[0], false]);
});

describe("addresses that a mirror has no room for", () => {
  const addresses = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ ip: `10.1.${at >> 8}.${at & 255}` }));
  const told = async (subsets: EndpointSubset[], complete = true): Promise<string[]> => {
    const events: string[] = [];
    const byHand: Endpoints = { apiVersion: "v1", kind: "Endpoints", metadata: service("plain").metadata, subsets };
    const deps: PublishDeps = {
      write: async (writes) => ({ written: complete ? [...writes] : [], complete }),
      recordEvent: async (about, { type, reason, message }) => {
        events.push(`${about.kind} ${type} ${reason}: ${message}`);
      },
      nowMs: () => 0,
      newUid: () => "uid",
      random: () => 0,
    };
    await publishEndpoints(deps, snapshot({ service: service("plain", {}), endpoints: byHand }));
    return events;
  };
  const most = "A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset.";

  it.each([
    ["a subset of a thousand", [{ addresses: addresses(1000) }], []],
    ["two subsets of less", [{ addresses: addresses(600) }, { addresses: addresses(600) }], []],
    [
      "a subset of more, ready or not",
      [{ addresses: addresses(700), notReadyAddresses: addresses(302) }, { addresses: addresses(1001) }],
      [`Endpoints Warning TooManyAddressesToMirror: ${most} 3 addresses were skipped`],
    ],
  ])("are told of in an event: %s", async (_, subsets, events) => {
    expect(await told(subsets)).toEqual(events);
  });

  it("are not told of again while nothing is written", async () => {
    expect(await told([{ addresses: addresses(1001) }], false)).toEqual([]);
  });
});
