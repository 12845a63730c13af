/** Where probes may go beside, and where they may not go despite, what is open by default. */
import { isHostName, type ProbePolicy } from "../access/address-policy.ts";
import { parseIpRange, type Ip, type IpRange } from "../domain/ip.ts";
import type { VariableReader } from "./variable-reader.ts";

/** `own` are the addresses that Rollcall is known by; its own names can be added to PROBE_DENY. */
export function readProbePolicy(reader: VariableReader, own: readonly Ip[]): ProbePolicy {
  const denied = readDenied(reader);
  const deniedRanges = denied.filter((entry) => typeof entry !== "string");
  return {
    allow: reader.ranges("PROBE_ALLOW"),
    deny: [
      ...own.map((ip) => ({ range: { network: ip, prefixLength: ip.octets.length * 8 }, kind: "Rollcall's own" })),
      ...deniedRanges.map((range) => ({ range, kind: "denied by PROBE_DENY" })),
    ],
    denyNames: denied.filter((entry) => typeof entry === "string"),
    denyPorts: reader.ports("PROBE_DENY_PORTS", "25"),
    ownPorts: reader.ports("ROLLCALL_PORTS").map(({ first }) => first),
  };
}

function readDenied(reader: VariableReader): (IpRange | string)[] {
  return reader.entries("PROBE_DENY", parseDenied, "is neither an address range such as 10.0.0.0/8 nor a host name");
}

/** A host name in lower case, without a dot at the end. */
function parseDenied(text: string): IpRange | string | undefined {
  return parseIpRange(text) ?? (isHostName(text) ? text.toLowerCase().replace(/\.$/, "") : undefined);
}
