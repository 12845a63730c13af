import { expect, it } from "vitest";
import { parseQuestion, type Question } from "../../src/dns/question.ts";
import { soundZones } from "./fake-cluster.ts";

const zones = soundZones("cluster.local,second.test,10.in-addr.arpa");

/** The question without its zone, in words. */
function inWords(question: Question): string {
  const parts = Object.entries(question).filter(([key]) => key !== "zone");
  return parts.map(([, value]) => (typeof value === "string" ? value : partInWords(value))).join(" ");
}

function partInWords(value: object): string {
  return "text" in value ? String(value.text) : `(${Object.values(value).join(" ")})`;
}

it.each([
  ["example.com", "outside"],
  ["cluster.local", "apex"],
  ["second.test", "apex"],
  ["dns-version.cluster.local", "dns-version"],
  ["x.dns-version.cluster.local", "no-such-name"],
  ["dns.cluster.local", "non-terminal"],
  ["ns.dns.cluster.local", "name-server"],
  ["x.ns.dns.cluster.local", "no-such-name"],
  ["x.dns.cluster.local", "no-such-name"],
  ["svc.cluster.local", "non-terminal"],
  ["default.svc.cluster.local", "namespace default"],
  ["web.default.svc.cluster.local", "service default web (itself)"],
  ["web.default.svc.second.test", "service default web (itself)"],
  ["web-0.web.default.svc.cluster.local", "service default web (endpoint web-0)"],
  ["_tcp.web.default.svc.cluster.local", "service default web (protocol tcp)"],
  ["_icmp.web.default.svc.cluster.local", "service default web (nothing)"],
  ["_http._tcp.web.default.svc.cluster.local", "service default web (port http tcp)"],
  ["_._tcp.web.default.svc.cluster.local", "service default web (nothing)"],
  ["http._tcp.web.default.svc.cluster.local", "service default web (nothing)"],
  ["x._http._tcp.web.default.svc.cluster.local", "service default web (nothing)"],
  ["pod.cluster.local", "non-terminal"],
  ["default.pod.cluster.local", "pod-namespace default"],
  ["10-0-0-1.default.pod.cluster.local", "pod default 10-0-0-1"],
  ["x.10-0-0-1.default.pod.cluster.local", "no-such-name"],
  ["foo.cluster.local", "no-such-name"],
  ["10.in-addr.arpa", "apex"],
  ["0.96.10.in-addr.arpa", "non-terminal"],
  ["10.0.96.10.in-addr.arpa", "address 10.96.0.10"],
  ["1.10.0.96.10.in-addr.arpa", "no-such-name"],
])("%s is %s", (name, expected) => {
  expect(inWords(parseQuestion(name.split("."), zones))).toBe(expected);
});
