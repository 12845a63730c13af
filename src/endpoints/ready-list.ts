/**
 * The addresses that DNS hands out for a service: those of all its slices, the derived ones and those written by hand,
 * each address and name once. Pure. Source: dns.md K9 to K17, of which K12 says what counts as ready.
 */
import {
  isPublished,
  type EndpointPort,
  type EndpointSlice,
  type ReadyEndpoint,
  type SliceEndpoint,
} from "../domain/endpoints.ts";
import { parseIp } from "../domain/ip.ts";
import { regionOfProber } from "../domain/node.ts";
import { compareText } from "./candidates.ts";
import type { SliceGroup } from "./derive-slices.ts";
import { keptFor, oncePer } from "./once-per.ts";

/** Of the slices only those count that somebody else looks after; what is published of the groups may lag behind them. */
export function readyList(
  groups: readonly Pick<SliceGroup, "ports" | "endpoints">[],
  slices: readonly EndpointSlice[],
): ReadyEndpoint[] {
  const found = new Map<string, ReadyEndpoint>();
  const usable = slices.filter((slice) => !isPublished(slice) && slice.addressType !== "FQDN");
  for (const { ports = [], endpoints } of [...groups, ...usable]) {
    const behind = JSON.stringify(ports.flatMap(toReadyPort));
    for (const endpoint of endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue;
      for (const ready of readyBehind(endpoint)(behind)) merge(found, ready);
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.ip, b.ip) || compareText(a.hostname ?? "", b.hostname ?? ""));
}

/** What an endpoint comes to behind ports, given as JSON. */
const readyBehind = oncePer((endpoint: SliceEndpoint) =>
  keptFor((ports) => toReadyEndpoints(endpoint, JSON.parse(ports) as ReadyEndpoint["ports"])),
);

function toReadyEndpoints(endpoint: SliceEndpoint, ports: ReadyEndpoint["ports"]): ReadyEndpoint[] {
  const { hostname, zone, nodeName, targetRef } = endpoint;
  const pod = targetRef?.kind === "Pod" ? targetRef.name : undefined;
  const region = regionOfProber(nodeName ?? "");
  const known = {
    ...(hostname ? { hostname } : {}),
    ...(pod ? { pod } : {}),
    ...(zone ? { zone } : {}),
    ...(region ? { region } : {}),
  };
  return endpoint.addresses.flatMap((address) => {
    const ip = parseIp(address);
    if (ip === undefined) return [];
    return [{ ip: ip.text, ...known, ports }];
  });
}

/** A slice's port without a number means any port; nothing can be published of it. */
function toReadyPort({ name = "", protocol = "TCP", port }: EndpointPort): ReadyEndpoint["ports"] {
  return port === undefined ? [] : [{ name, protocol, port }];
}

/** The same address may stand in two slices while endpoints move between them: it comes out once, with the ports of both. */
function merge(found: Map<string, ReadyEndpoint>, next: ReadyEndpoint): void {
  const key = `${next.ip} ${next.hostname ?? ""}`;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, next);
    return;
  }
  const isNew = (port: ReadyEndpoint["ports"][number]): boolean =>
    !known.ports.some((other) => JSON.stringify(other) === JSON.stringify(port));
  found.set(key, { ...known, ports: [...known.ports, ...next.ports.filter(isNew)] });
}
