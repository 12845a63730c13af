/** Programs that people ask names with, as Debian has them. */
import { spawnSync } from "node:child_process";

/** Continuous integration sets this, so that a missing program fails there instead of skipping its tests. */
const required = process.env["REQUIRE_DNS_PROGRAMS"] === "1";

/** Whether it can be run, with all that its tests need besides. */
export function hasPrograms(...programs: string[]): boolean {
  // One that runs and dislikes its arguments is there all the same.
  const missing = programs.filter((program) => spawnSync(program, ["--version"]).error !== undefined);
  if (required && missing.length > 0) throw new Error(`REQUIRE_DNS_PROGRAMS is set, and there is no ${missing.join()}`);
  return missing.length === 0;
}
