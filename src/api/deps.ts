/** What the API needs from the rest of Rollcall. worker.ts fills it in for each request. */
import type { IpRange } from "../domain/ip.ts";
import type { ServiceKey } from "../domain/service.ts";
import type { Concerned, Registry } from "../registry/registry.ts";

export interface ApiDeps {
  registry: Registry;
  /**
   * Wakes those concerned. Resolves with the services that had not taken the change in after `waitMs` (0: do not
   * wait).
   */
  announce(concerned: Concerned, waitMs: number): Promise<ServiceKey[]>;
  /** Where cluster IPs are taken from (`SERVICE_CIDRS`), at most one range per family, the preferred one first. */
  serviceRanges: readonly IpRange[];
  nowMs(): number;
  newUid(): string;
  /** At least 0, less than 1. */
  random(): number;
}

/** How Hono is told of them: they travel as its environment. */
export interface ApiEnv {
  Bindings: ApiDeps;
}
