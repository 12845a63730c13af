/** Carries out a planned publication, write by write; one that somebody else got ahead of is left for the next plan. */
import type { CreateResult, Registry, ServiceSnapshot } from "../registry/registry.ts";
import { planPublication } from "./plan-publication.ts";
import type { PlannedWrite } from "./planned-write.ts";

export interface IdentitySource {
  nowMs(): number;
  newUid(): string;
  /** At least 0, below 1. */
  random(): number;
}

/** Kubernetes' alphabet for generated names: no vowels, no digits that read as letters. */
const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

export async function publishEndpoints(
  registry: Registry,
  snapshot: ServiceSnapshot,
  source: IdentitySource,
): Promise<{ complete: boolean; wrote: boolean }> {
  const plan = planPublication(snapshot, {
    nowMs: source.nowMs(),
    newUid: () => source.newUid(),
    nameSuffix: () => Array.from({ length: 5 }, () => pick(source)).join(""),
  });
  let complete = true;
  for (const write of plan) complete = (await apply(registry, write)) && complete;
  return { complete, wrote: plan.length > 0 };
}

async function apply(registry: Registry, write: PlannedWrite): Promise<boolean> {
  switch (write.verb) {
    case "create":
      return isSettled(await registry.create(write.resource, write.object));
    case "update":
      return (await registry.update(write.resource, write.before, write.object)).outcome === "written";
    case "delete":
      return (await registry.delete(write.resource, write.before)).outcome === "written";
  }
}

/** A namespace that goes away takes the service with it; nothing more can be made in it, however often it is tried. */
function isSettled({ outcome }: CreateResult): boolean {
  return outcome === "written" || outcome === "namespace-terminating" || outcome === "namespace-missing";
}

function pick(source: IdentitySource): string {
  return suffixAlphabet.charAt(Math.floor(source.random() * suffixAlphabet.length));
}
