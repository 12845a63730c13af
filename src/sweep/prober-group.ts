/** Drives a part of the probers for the sweep, in an invocation with limits of its own. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { driveProbers } from "./drive-probers.ts";
import type { DueProber } from "../registry/upkeep.ts";
import { driveDeps } from "../wiring/probing.ts";

export class ProberGroup extends WorkerEntrypoint<Env> {
  /** Until `endMs`. Resolves with what failed. */
  async drive(probers: readonly DueProber[], endMs: number): Promise<string[]> {
    return driveProbers(driveDeps(this.env), probers, endMs);
  }
}
