/** What the demo plays on: a server with an empty registry, pods that it starts, and a folder for it all. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPod, type PodProcess } from "../lab/pod-process.ts";
import { startServer } from "../lab/server-process.ts";

export interface Stage {
  /** Where the server is. */
  url: string;
  folder: string;
  startPod(name: string, address: string, kind?: "http" | "tcp"): Promise<PodProcess>;
  /** Ends every process and removes the folder. */
  clear(): Promise<void>;
}

/** The port that the demo's pods listen on. */
export const podPort = 8080;

export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-demo-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const pods: PodProcess[] = [];
  try {
    const server = await startServer(join(folder, "data"));
    return {
      url: server.url,
      folder,
      startPod: async (name, address, kind = "http") => {
        const pod = await startPod({ address, port: podPort, folder: join(folder, name), kind });
        pods.push(pod);
        return pod;
      },
      clear: async () => {
        await Promise.all([...pods.map((pod) => pod.kill()), server.stop()]);
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
