import { expect, it } from "vitest";
import { parseZones, zoneOfName } from "../../src/dns/zones.ts";
import { soundZones } from "./fake-cluster.ts";

it.each([
  "",
  "cluster..local",
  "cluster.local,",
  ".",
  "cluster.local,1.2.3.4.in-addr.arpa",
  "cluster.local,x.in-addr.arpa",
])("are refused as a whole when one is wrong: %j", (text) => {
  expect(parseZones(text)).toHaveProperty("error");
});

it("begin with the cluster domain", () => {
  expect(parseZones("10.in-addr.arpa")).toEqual({ error: "the first zone must be the cluster domain" });
});

it("may have any case, spaces around them and final dots", () => {
  const { primary, all } = soundZones("Cluster.Local. , 10.IN-ADDR.arpa,8.b.d.0.1.0.0.2.ip6.arpa");
  expect(primary).toMatchObject({ kind: "cluster", name: ["cluster", "local"] });
  expect(all.map((zone) => zone.kind).sort()).toEqual(["cluster", "ipv4", "ipv6"]);
});

it("take a name by the longest match", () => {
  const zones = soundZones("local,cluster.local,in-addr.arpa,10.in-addr.arpa");
  const zoneOf = (...labels: string[]) => zoneOfName(zones, labels)?.name;
  expect(zoneOf("svc", "cluster", "local")).toEqual(["cluster", "local"]);
  expect(zoneOf("svc", "local")).toEqual(["local"]);
  expect(zoneOf("1", "10", "in-addr", "arpa")).toEqual(["10", "in-addr", "arpa"]);
  expect(zoneOf("11", "in-addr", "arpa")).toEqual(["in-addr", "arpa"]);
  expect(zoneOf("arpa")).toBeUndefined();
});
