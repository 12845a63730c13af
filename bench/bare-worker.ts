/** A Worker of a benchmark's own, that does nothing but what its script says: what the platform itself costs. */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { ownChildren } from "./process-usage.ts";

/** A Worker that is listened to directly, and the process that runs it. */
export interface Target {
  url: URL;
  /** Undefined where the system does not say. */
  workerdPid: number | undefined;
  stop(): Promise<void>;
}

export async function startBareWorker(script: string): Promise<Target> {
  const before = new Set(ownChildren());
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: "bare",
      modules: [{ type: "ESModule", path: "worker.js", contents: script }],
      compatibilityDate: "2026-11-01",
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      cf: false,
      telemetry: { enabled: false },
    }),
  );
  const url = await miniflare.unsafeGetDirectURL();
  const workerdPid = ownChildren().find((pid) => !before.has(pid));
  return { url, workerdPid, stop: () => miniflare.dispose() };
}
