/**
 * The platform's connect() and fetch(), as probes get them: they lead nowhere that the policy does not admit, whoever
 * asks and however the address came about, a redirect to another port included. What is refused has made no connection.
 */
import { admitDestination, type Destination, type ProbePolicy } from "../access/address-policy.ts";
import type { Connect, Fetch } from "./sockets.ts";

export function connectWithin(policy: ProbePolicy, connect: Connect): Connect {
  return (address, options) => {
    assertAdmitted({ ...address, hostname: withoutBrackets(address.hostname) }, policy);
    return connect(address, options);
  };
}

export function fetchWithin(policy: ProbePolicy, fetch: Fetch): Fetch {
  return async (url, init) => {
    const { hostname, port, protocol } = new URL(url);
    const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
    assertAdmitted({ hostname: withoutBrackets(hostname), port: number }, policy);
    return fetch(url, init);
  };
}

/** Throws as the platform does for what it refuses; the transports make an unknown outcome of it. */
function assertAdmitted(destination: Destination, policy: ProbePolicy): void {
  const admission = admitDestination(destination, policy);
  if (!admission.allowed) throw new Error(admission.why);
}

export function withoutBrackets(hostname: string): string {
  return /^\[(.*)\]$/.exec(hostname)?.[1] ?? hostname;
}
