/** Brings what is published of a service in accord with a snapshot of it; what the plan comes to is written elsewhere. */
import type { Endpoints } from "../domain/endpoints.ts";
import type { Happening } from "../domain/event.ts";
import type { PlannedWrite, Publication, ServiceSnapshot } from "../registry/registry.ts";
import { isMirrored, maxMirroredEndpoints, skippedAddresses } from "./mirror-endpoints.ts";
import { planPublication } from "./plan-publication.ts";

export interface PublishDeps {
  write(writes: readonly PlannedWrite[]): Promise<Publication>;
  recordEvent(about: Endpoints, happening: Happening): Promise<void>;
  nowMs(): number;
  newUid(): string;
  /** At least 0, below 1. */
  random(): number;
}

/** Kubernetes' alphabet for generated names: no vowels, no digits that read as letters. */
const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

export async function publishEndpoints(deps: PublishDeps, snapshot: ServiceSnapshot): Promise<Publication> {
  const plan = planPublication(snapshot, {
    nowMs: deps.nowMs(),
    newUid: () => deps.newUid(),
    nameSuffix: () => Array.from({ length: 5 }, () => pick(deps)).join(""),
  });
  const publication = await deps.write(plan);
  if (publication.written.length > 0) await tellOfSkipped(deps, snapshot);
  return publication;
}

/** Source: pkg/controller/endpointslicemirroring (reconciler.go, events.go). */
async function tellOfSkipped(deps: PublishDeps, { service, endpoints }: ServiceSnapshot): Promise<void> {
  if (!isMirrored(service, endpoints)) return;
  const skipped = skippedAddresses(endpoints);
  if (skipped === 0) return;
  const most = `A max of ${maxMirroredEndpoints} addresses can be mirrored to EndpointSlices per Endpoints subset`;
  await deps.recordEvent(endpoints, {
    type: "Warning",
    reason: "TooManyAddressesToMirror",
    message: `${most}. ${skipped} addresses were skipped`,
    source: { component: "endpoint-slice-mirroring-controller" },
  });
}

function pick(deps: PublishDeps): string {
  return suffixAlphabet.charAt(Math.floor(deps.random() * suffixAlphabet.length));
}
