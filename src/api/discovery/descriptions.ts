/**
 * What Rollcall makes of the fields that it reads, by type or `Type.field`: what `kubectl explain` shows. Fields that are not
 * listed here are kept as they come.
 */
import { accessDescriptions } from "./descriptions/access.ts";
import { clusterDescriptions } from "./descriptions/cluster.ts";
import { metadataDescriptions } from "./descriptions/metadata.ts";
import { podDescriptions } from "./descriptions/pod.ts";
import { serviceDescriptions } from "./descriptions/service.ts";

export const descriptions: Readonly<Record<string, string>> = {
  ...metadataDescriptions,
  ...podDescriptions,
  ...serviceDescriptions,
  ...clusterDescriptions,
  ...accessDescriptions,
};

/** What is said of every other field. */
export const keptDescription = "Rollcall keeps this as it comes, and ignores it.";
