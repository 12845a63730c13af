/** Where the cluster's things are put: cluster IPs, and the Durable Objects. */
import type { IpRange } from "../domain/ip.ts";
import { regions, type Region } from "../domain/node.ts";
import type { VariableReader } from "./variable-reader.ts";

export interface ClusterPlaces {
  /** Where cluster IPs come from, at most one range per family. */
  serviceRanges: IpRange[];
  /** Where the Durable Objects are asked to live that have no region of their own. */
  homeRegion: Region | undefined;
}

export function readClusterPlaces(reader: VariableReader): ClusterPlaces {
  return { serviceRanges: readServiceRanges(reader), homeRegion: readHomeRegion(reader) };
}

const usualServiceRange = "10.96.0.0/12";

function readServiceRanges(reader: VariableReader): IpRange[] {
  const ranges = reader.ranges("SERVICE_CIDRS", usualServiceRange);
  const families = new Set(ranges.map((range) => range.network.family));
  const isTwice = families.size !== ranges.length;
  if (isTwice) reader.errors.push("SERVICE_CIDRS must hold at most one range per address family");
  const isEmpty = reader.list("SERVICE_CIDRS", usualServiceRange).length === 0;
  if (isEmpty) reader.errors.push("SERVICE_CIDRS must hold at least one range");
  return ranges;
}

function readHomeRegion(reader: VariableReader): Region | undefined {
  const region = regions.find((known) => known === reader.text("HOME_REGION"));
  if (region === undefined && reader.isSet("HOME_REGION")) reader.refuse("HOME_REGION", `one of ${regions.join(", ")}`);
  return region;
}
