/**
 * One server for the clients that neither configure nor stop it, as a global setup of Vitest's. It is theirs together:
 * each file has a namespace of its own, and says nothing of what there is besides.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startServer } from "../../../scripts/lab/server-process.ts";

declare module "vitest" {
  interface ProvidedContext {
    sharedServerUrl: string;
  }
}

export default async function shareServer(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-clients-"));
  const server = await startServer(join(folder, "data"));
  project.provide("sharedServerUrl", server.url);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
}
