import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateClusterIPs, pickAddress } from "../../../src/api/kinds/service/allocate.ts";
import { Refusal } from "../../../src/api/refusal.ts";
import { parseIp, parseIpRange, rangeContains, type IpRange } from "../../../src/domain/ip.ts";
import type { ServiceSpec } from "../../../src/domain/service.ts";
import { service } from "../../objects.ts";

function range(text: string): IpRange {
  const parsed = parseIpRange(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
}

const v4 = range("10.96.0.0/12");
const v6 = range("fd00:96::/108");

function allocated(spec: ServiceSpec, ranges = [v4], taken: string[] = []): ServiceSpec | string[] {
  const result = allocateClusterIPs(service("web", spec), { ranges, taken: new Set(taken), random: () => 0 });
  if (!(result instanceof Refusal)) return result.spec;
  if (result.reason.type !== "invalid") throw new Error(result.reason.type);
  return result.reason.errors.map(({ field, message }) => `${field}: ${message}`);
}

const seeds = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

function drawFrom(stream: Iterator<number>): () => number {
  return () => Number(stream.next().value);
}

describe("picking an address", () => {
  it.each([
    "10.96.0.0/12",
    "192.168.7.248/29",
    "10.0.0.0/30",
    "0.0.0.0/0",
    "fd00::/108",
    "fd00:1::/64",
    "fd00:2::/127",
    "fd00::/120",
  ])("of %s gives a usable one of the range", (text) => {
    const whole = range(text);
    fc.assert(
      fc.property(seeds, (stream) => {
        const address = pickAddress(whole, new Set(), drawFrom(stream));
        if (address === undefined) return;
        const ip = parseIp(address);
        expect(ip?.text).toBe(address);
        expect(ip !== undefined && rangeContains(whole, ip)).toBe(true);
      }),
    );
  });

  it("goes through all addresses but the first two and the last of an IPv4 range, until it is full", () => {
    fc.assert(
      fc.property(seeds, (stream) => {
        const taken = new Set<string>();
        const random = drawFrom(stream);
        for (let picked = pickAddress(range("192.168.7.0/28"), taken, random); picked !== undefined;) {
          expect(taken.has(picked)).toBe(false);
          taken.add(picked);
          picked = pickAddress(range("192.168.7.0/28"), taken, random);
        }
        expect([...taken].map((ip) => Number(ip.split(".")[3])).sort((one, other) => one - other)).toEqual(
          Array.from({ length: 13 }, (_, index) => index + 2),
        );
      }),
    );
  });

  it.each(["10.0.0.0/31", "10.0.0.0/32", "fd00::/128"])("finds none in %s", (text) => {
    expect(pickAddress(range(text), new Set(), () => 0.5)).toBeUndefined();
  });
});

describe("a service", () => {
  it("gets an address of the first range", () => {
    const first = {
      clusterIP: "10.96.0.2",
      clusterIPs: ["10.96.0.2"],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
    };
    expect(allocated({})).toMatchObject(first);
    expect(allocated({}, [v4, v6])).toMatchObject(first);
    expect(allocated({}, [v6, v4])).toMatchObject({ clusterIP: "fd00:96::2", ipFamilies: ["IPv6"] });
  });

  it("gets an address of each family that it asks for", () => {
    const both = { clusterIPs: ["10.96.0.2", "fd00:96::2"], ipFamilies: ["IPv4", "IPv6"] };
    expect(allocated({ ipFamilyPolicy: "PreferDualStack" }, [v4, v6])).toMatchObject(both);
    expect(allocated({ ipFamilyPolicy: "RequireDualStack" }, [v4, v6])).toMatchObject(both);
    expect(allocated({ ipFamilies: ["IPv6", "IPv4"] }, [v4, v6])).toMatchObject({
      clusterIP: "fd00:96::2",
      ipFamilyPolicy: "RequireDualStack",
    });
    expect(allocated({ ipFamilyPolicy: "PreferDualStack" })).toMatchObject({ clusterIPs: ["10.96.0.2"] });
  });

  it("keeps an address that it asks for, inside the ranges or not", () => {
    expect(allocated({ clusterIP: "203.0.113.9", clusterIPs: ["203.0.113.9"] })).toMatchObject({
      clusterIP: "203.0.113.9",
      ipFamilies: ["IPv4"],
    });
    expect(allocated({ clusterIP: "2001:db8::9", clusterIPs: ["2001:db8::9"] })).toMatchObject({
      ipFamilies: ["IPv6"],
    });
  });

  it("that is headless has None, and any family", () => {
    expect(allocated({ clusterIP: "None", clusterIPs: ["None"] })).toMatchObject({
      clusterIPs: ["None"],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
    });
    expect(allocated({ clusterIP: "None", clusterIPs: ["None"], ipFamilies: ["IPv6"] })).toMatchObject({
      ipFamilies: ["IPv6"],
    });
  });

  it("that is an alias has none", () => {
    const spec = allocated({
      type: "ExternalName",
      externalName: "example.com",
      clusterIP: "10.96.0.9",
      ipFamilies: ["IPv4"],
    });
    expect(spec).toEqual({ type: "ExternalName", externalName: "example.com" });
  });

  it("drops its second address when it comes down to one family", () => {
    expect(
      allocated(
        {
          ipFamilyPolicy: "SingleStack",
          ipFamilies: ["IPv4", "IPv6"],
          clusterIP: "10.96.0.9",
          clusterIPs: ["10.96.0.9", "fd00:96::9"],
        },
        [v4, v6],
      ),
    ).toMatchObject({ clusterIPs: ["10.96.0.9"], ipFamilies: ["IPv4"] });
  });

  it("is what it was when it is given out to again", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ServiceSpec>(
          {},
          { ipFamilyPolicy: "PreferDualStack" },
          { clusterIP: "None", clusterIPs: ["None"] },
          { ipFamilies: ["IPv6"] },
        ),
        (spec) => {
          const once = allocated(spec, [v4, v6]) as ServiceSpec;
          expect(allocated(once, [v4, v6])).toEqual(once);
        },
      ),
    );
  });

  it.each<[string, ServiceSpec, string[], string]>([
    [
      "whose address is taken",
      { clusterIP: "10.96.0.10", clusterIPs: ["10.96.0.10"] },
      ["10.96.0.10"],
      'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ],
    [
      "of a family without a range",
      { ipFamilies: ["IPv6"] },
      [],
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
    [
      "that needs both families where there is one",
      { ipFamilyPolicy: "RequireDualStack" },
      [],
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
  ])("%s is refused", (_, spec, taken, error) => {
    expect(allocated(spec, [v4], taken)).toEqual([error]);
  });

  it("is refused when all addresses are taken", () => {
    expect(allocated({}, [range("10.0.0.0/30")], ["10.0.0.2"])).toEqual([
      "spec.clusterIPs: Invalid value: []: failed to allocate a serviceIP: range is full",
    ]);
  });
});
