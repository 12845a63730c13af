/** What a request brings along besides its words: the rest of Rollcall, one moment, and the warnings it collects. */
import type { ApiDeps } from "./deps.ts";
import type { Warnings } from "./warnings.ts";

export interface Context {
  deps: ApiDeps;
  warnings: Warnings;
  /** Read once, so that all of a request happens at one moment. */
  nowMs: number;
}
