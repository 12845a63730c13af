/**
 * Endpoints written by hand, for a service without a selector, as EndpointSlices. Pure.
 * Source: pkg/controller/endpointslicemirroring (reconciler.go, utils.go).
 */
import type { EndpointAddress, Endpoints, EndpointSubset, SliceEndpoint } from "../domain/endpoints.ts";
import { parseIp } from "../domain/ip.ts";
import { selectsPods, type Service } from "../domain/service.ts";
import type { IpFamily } from "./candidates.ts";
import type { SliceGroup } from "./derive-slices.ts";

const skipMirrorLabel = "endpointslice.kubernetes.io/skip-mirror";
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader";
/** kube-controller-manager's default for --mirroring-max-endpoints-per-subset. */
const maxEndpointsPerSubset = 1000;

/** Whether somebody's Endpoints stand for the endpoints of the service. */
export function isMirrored(service: Service | undefined, endpoints: Endpoints | undefined): endpoints is Endpoints {
  if (service === undefined || endpoints === undefined || selectsPods(service)) return false;
  const { labels, annotations } = endpoints.metadata;
  return labels?.[skipMirrorLabel] !== "true" && annotations?.[leaderAnnotation] === undefined;
}

/** A group for each subset and address family; none where nothing is written. */
export function mirrorGroups(endpoints: Endpoints): SliceGroup[] {
  return (endpoints.subsets ?? []).flatMap((subset) =>
    (["IPv4", "IPv6"] as const).flatMap((family) => {
      const group = { addressType: family, ports: subset.ports ?? [], endpoints: mirrorSubset(subset, family) };
      return group.endpoints.length === 0 ? [] : [group];
    }),
  );
}

function mirrorSubset(subset: EndpointSubset, family: IpFamily): SliceEndpoint[] {
  const ready = (subset.addresses ?? []).map((address) => ({ address, ready: true }));
  const notReady = (subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false }));
  return [...ready, ...notReady].flatMap((entry) => toEndpoint(entry, family)).slice(0, maxEndpointsPerSubset);
}

function toEndpoint(
  { address, ready }: { address: EndpointAddress; ready: boolean },
  family: IpFamily,
): SliceEndpoint[] {
  const ip = parseIp(address.ip);
  if (ip === undefined || (ip.family === 4) !== (family === "IPv4")) return [];
  const { hostname, nodeName, targetRef } = address;
  return [
    {
      addresses: [ip.text],
      conditions: { ready },
      ...(hostname === undefined ? {} : { hostname }),
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(targetRef === undefined ? {} : { targetRef }),
    },
  ];
}
