import { serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import type { ReadyEndpoint } from "../../src/domain/endpoints.ts";
import type { Held } from "../../src/endpoints/endpoints-keeper.ts";
import { loadList, storeList, type KeyValueStorage } from "../../src/endpoints/stored-list.ts";

/** Cloudflare's bound for a key and its value together. */
const mostOctets = 2_000_000;

function storage(): KeyValueStorage & { octets: () => number[] } {
  const values = new Map<string, unknown>();
  return {
    get: (key) => structuredClone(values.get(key)),
    put: (key, value) => void values.set(key, structuredClone(value)),
    octets: () => [...values].map(([key, value]) => key.length + serialize(value).length),
  };
}

function held(endpoints: number, ports = 1): Held {
  const each = (at: number): ReadyEndpoint => ({
    ip: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
    hostname: `pod-${at}`,
    pod: `pod-${at}`,
    zone: "rack-1",
    ports: Array.from({ length: ports }, (_, port) => ({ name: `port-${port}`, protocol: "TCP", port })),
  });
  return {
    epoch: "e1",
    list: { serviceUid: "u1", revision: 7, endpoints: Array.from({ length: endpoints }, (_, at) => each(at)) },
  };
}

describe("a stored list", () => {
  it.each([
    ["without endpoints", held(0), 1],
    ["of three endpoints", held(3), 1],
    ["of twenty thousand endpoints", held(20_000), 6],
    ["of two hundred endpoints with 256 ports each", held(200, 256), 5],
  ])("%s is as it was, in values that the storage takes", (_, list, pieces) => {
    const at = storage();
    storeList(at, list);
    expect(loadList(at)).toEqual(list);
    expect(at.octets()).toHaveLength(pieces);
    for (const octets of at.octets()) expect(octets).toBeLessThan(mostOctets);
  });

  it("fits whatever its letters are", () => {
    const list = held(10_000);
    const [first] = list.list.endpoints;
    if (first === undefined) throw new Error("there are endpoints");
    first.zone = "\u6771\u4eac";
    const at = storage();
    storeList(at, list);
    expect(loadList(at)).toEqual(list);
    for (const octets of at.octets()) expect(octets).toBeLessThan(mostOctets);
  });

  it("that has become shorter ends where it ends", () => {
    const at = storage();
    storeList(at, held(20_000));
    storeList(at, held(3));
    expect(loadList(at)).toEqual(held(3));
  });

  it("that was never stored is none", () => {
    expect(loadList(storage())).toBeUndefined();
  });
});
