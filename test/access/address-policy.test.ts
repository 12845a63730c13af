import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admitAddress, admitDestination, admitHostName } from "../../src/access/address-policy.ts";
import { ipFromOctets, parseIp, type Ip } from "../../src/domain/ip.ts";
import { policyOf } from "../probe-policy.ts";

function ip(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

const defaults = policyOf();

/** "open", or the kind of address that a refusal names. */
function verdict(text: string, allow: readonly string[] = []): string {
  const admission = admitAddress(ip(text), policyOf({ PROBE_ALLOW: allow.join(",") }));
  return admission.allowed ? "open" : (/\((.*)\)$/.exec(admission.why)?.[1] ?? admission.why);
}

describe("the address policy", () => {
  it.each([
    ["8.8.8.8", "open"],
    ["100.63.255.255", "open"],
    ["172.15.255.255", "open"],
    ["172.32.0.0", "open"],
    ["223.255.255.255", "open"],
    ["10.1.0.1", "private"],
    ["172.16.0.0", "private"],
    ["172.31.255.255", "private"],
    ["192.168.1.1", "private"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["169.254.169.254", "link-local"],
    ["100.64.0.1", "carrier-grade NAT"],
    ["100.127.255.255", "carrier-grade NAT"],
    ["0.0.0.0", "unspecified"],
    ["0.1.2.3", "unspecified"],
    ["224.0.0.1", "multicast"],
    ["239.255.255.255", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["192.0.2.1", "documentation"],
    ["198.51.100.7", "documentation"],
    ["203.0.113.9", "documentation"],
    ["192.0.0.8", "reserved"],
    ["198.18.0.1", "reserved"],
    ["240.0.0.1", "reserved"],
    ["2606:2800::1", "open"],
    ["2a00::1", "open"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["fe80::1", "link-local"],
    ["febf::1", "link-local"],
    ["fc00::1", "private"],
    ["fd12::1", "private"],
    ["fec0::1", "private"],
    ["ff02::1", "multicast"],
    ["2001:db8::1", "documentation"],
    ["3fff:0:1::", "documentation"],
    ["2001::1", "reserved"],
    ["100::1", "reserved"],
    ["4000::1", "reserved"],
    ["::808:808", "reserved"],
    ["::127.0.0.1", "loopback"],
    ["::169.254.169.254", "link-local"],
    ["2001:0:1:2:3:4:5601:5601", "link-local"],
    ["2001:0:1:2:3:4:f7f7:f7f7", "reserved"],
    ["::ffff:8.8.8.8", "open"],
    ["::ffff:10.0.0.1", "private"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:0:127.0.0.1", "loopback"],
    ["64:ff9b::8.8.8.8", "open"],
    ["64:ff9b::169.254.169.254", "link-local"],
    ["64:ff9b:1::10.0.0.1", "private"],
    ["2002:0808:0808::1", "open"],
    ["2002:7f00:0001::1", "loopback"],
    ["2002:e000:0001::", "multicast"],
  ])("says of %s: %s", (address, expected) => {
    expect(verdict(address)).toBe(expected);
  });

  it.each([
    ["127.0.0.2", ["127.0.0.0/8"], "open"],
    ["128.0.0.1", ["127.0.0.0/8"], "open"],
    ["10.1.0.1", ["127.0.0.0/8"], "private"],
    ["10.1.0.1", ["10.0.0.0/8"], "open"],
    ["::ffff:10.1.0.1", ["10.0.0.0/8"], "open"],
    ["fd12::1", ["fd12::/16"], "open"],
    ["fd13::1", ["fd12::/16"], "private"],
    ["169.254.169.254", ["169.254.169.254/32"], "open"],
    ["0.0.0.0", ["0.0.0.0/0"], "unspecified"],
    ["224.0.0.1", ["0.0.0.0/0"], "multicast"],
    ["255.255.255.255", ["0.0.0.0/0"], "broadcast"],
    ["ff02::1", ["::/0"], "multicast"],
    ["::", ["::/0"], "unspecified"],
  ])("says of %s with %j allowed: %s", (address, allow, expected) => {
    expect(verdict(address, allow)).toBe(expected);
  });

  it("judges an IPv4 address alike in each of its IPv6 spellings", () => {
    const spellings = [
      (octets: Uint8Array) => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets],
      (octets: Uint8Array) => [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ...octets],
      (octets: Uint8Array) => [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, ...octets],
      (octets: Uint8Array) => [0x20, 0x02, ...octets, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ];
    const octet = fc.oneof(fc.constantFrom(0, 10, 127, 169, 172, 192, 224, 255), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (four) => {
        const octets = Uint8Array.from(four);
        const plain = admitAddress(ipFromOctets(octets), defaults).allowed;
        for (const spell of spellings) {
          expect(admitAddress(ipFromOctets(Uint8Array.from(spell(octets))), defaults).allowed).toBe(plain);
        }
      }),
    );
  });

  it("names the address and the kind in a refusal", () => {
    expect(admitAddress(ip("10.1.0.1"), defaults)).toEqual({
      allowed: false,
      why: "probes may not go to 10.1.0.1 (private)",
    });
  });
});

describe("the policy for host names", () => {
  it.each([
    ["web.example.com", true],
    ["web.example.com.", true],
    ["xn--bcher-kva.example", true],
    ["a_b.example", true],
    ["localhost", false],
    ["LOCALHOST", false],
    ["pod.localhost", false],
    ["ip6-localhost", false],
    ["metadata.google.internal", false],
    ["instance-data.ec2.internal.", false],
    ["127.1", false],
    ["2130706433", false],
    ["0x7f000001", false],
    ["0x7f.0.0.1", false],
    ["0177.0.0.1", false],
    ["1.2.3.0x4", false],
    ["web example", false],
    ["web\r\n", false],
    ["bücher.example", false],
    ["a..b", false],
    ["", false],
    [`${"a".repeat(64)}.example`, false],
    ["-a.example", false],
    ["web:80", false],
  ])("lets a probe go to %j: %j", (name, allowed) => {
    expect(admitHostName(name, defaults).allowed).toBe(allowed);
  });

  it("opens names of this machine with the loopback addresses", () => {
    const open = policyOf({ PROBE_ALLOW: "127.0.0.0/8" });
    expect(admitHostName("localhost", open).allowed).toBe(true);
    expect(admitHostName("127.1", open).allowed).toBe(false);
    expect(admitHostName("metadata.google.internal", open).allowed).toBe(false);
  });
});

describe("what the configuration denies", () => {
  const policy = policyOf({
    PROBE_ALLOW: "10.0.0.0/8, 127.0.0.0/8",
    PROBE_DENY: "10.9.0.0/16, 2a00:1::/32, Rollcall.example.com",
    PROBE_DENY_PORTS: "25, 6000-6063",
    DNS_NS_ADDRESSES: "20.0.0.53",
    ROLLCALL_PORTS: "8787",
  });

  it.each([
    ["10.9.1.1", 80, "10.9.1.1 (denied by PROBE_DENY)"],
    ["10.8.1.1", 80, "open"],
    ["::ffff:10.9.1.1", 80, "::ffff:a09:101 (denied by PROBE_DENY)"],
    ["64:ff9b::10.9.1.1", 80, "64:ff9b::a09:101 (denied by PROBE_DENY)"],
    ["2002:a09:101::", 80, "2002:a09:101:: (denied by PROBE_DENY)"],
    ["2a00:1::5", 443, "2a00:1::5 (denied by PROBE_DENY)"],
    ["rollcall.example.com", 443, "rollcall.example.com (denied by PROBE_DENY)"],
    ["API.ROLLCALL.example.com.", 443, "API.ROLLCALL.example.com. (denied by PROBE_DENY)"],
    ["notrollcall.example.com", 443, "open"],
    ["20.0.0.53", 53, "20.0.0.53 (Rollcall's own)"],
    ["127.0.0.1", 8787, "127.0.0.1:8787 (Rollcall's own)"],
    ["::ffff:127.0.0.1", 8787, "::ffff:127.0.0.1:8787 (Rollcall's own)"],
    ["localhost", 8787, "localhost:8787 (Rollcall's own)"],
    ["127.0.0.1", 8788, "open"],
    ["10.8.1.1", 8787, "open"],
    ["8.8.8.8", 25, "port 25"],
    ["8.8.8.8", 6063, "port 6063"],
    ["8.8.8.8", 6064, "open"],
  ])("%s port %i: %s", (hostname, port, expected) => {
    const admission = admitDestination({ hostname, port }, policy);
    expect(admission.allowed ? "open" : admission.why.replace("probes may not go to ", "")).toBe(expected);
  });
});
