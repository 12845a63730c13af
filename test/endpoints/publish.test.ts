import { describe, expect, it } from "vitest";
import { publishEndpoints } from "../../src/endpoints/publish.ts";
import type { CreateResult, Registry } from "../../src/registry/registry.ts";
import { kubia, pods, snapshot } from "./planned.ts";

/** A registry that answers every creation alike, and is asked for nothing else. */
function registry(outcome: CreateResult["outcome"]): { registry: Registry; names: string[] } {
  const names: string[] = [];
  const answering: Partial<Registry> = {
    create: async (_, { metadata }) => {
      names.push(metadata.name);
      return { outcome } as CreateResult;
    },
  };
  return { registry: answering as Registry, names };
}

const source = { nowMs: () => 0, newUid: () => "uid", random: () => 0.999 };

describe("carrying out a publication", () => {
  it.each<[CreateResult["outcome"], boolean]>([
    ["written", true],
    // Somebody else was faster, or a generated name was taken: the next plan sees it.
    ["exists", false],
    // It would never end, and takes the service with it.
    ["namespace-terminating", true],
    ["namespace-missing", true],
  ])("whose objects come out as %s is complete: %s", async (outcome, complete) => {
    const { registry: answering, names } = registry(outcome);
    const published = await publishEndpoints(answering, snapshot({ service: kubia, pods }), source);
    expect(published).toEqual({ complete, wrote: true });
    expect(names).toEqual(["kubia", "kubia-99999"]);
  });
});
