/** Brings what is published of a service in accord with a snapshot of it; what the plan comes to is written elsewhere. */
import type { PlannedWrite, Publication, ServiceSnapshot } from "../registry/registry.ts";
import { planPublication } from "./plan-publication.ts";

export interface PublishDeps {
  write(writes: readonly PlannedWrite[]): Promise<Publication>;
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
  return deps.write(plan);
}

function pick(deps: PublishDeps): string {
  return suffixAlphabet.charAt(Math.floor(deps.random() * suffixAlphabet.length));
}
