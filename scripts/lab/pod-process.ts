/** Starts real pods as processes of their own, each on an address of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export interface PodProcess {
  address: string;
  port: number;
  pid: number;
  becomeReady: () => void;
  becomeUnready: () => void;
  /** Ends it at once, as a machine that loses power does. */
  kill: () => Promise<void>;
}

export interface PodPlace {
  address: string;
  port: number;
  /** Where its file `ready` is looked for; made if it is missing. */
  folder: string;
  /** tcp: it accepts connections and closes them, and speaks no HTTP. */
  kind?: "http" | "tcp";
}

/** Returns when the pod listens. Throws what it said if it cannot. */
export async function startPod({ address, port, folder, kind = "http" }: PodPlace): Promise<PodProcess> {
  mkdirSync(folder, { recursive: true });
  const program = join(import.meta.dirname, "pod.ts");
  const child = spawn(process.execPath, [program, address, String(port), folder, kind], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  if (child.pid === undefined || child.exitCode !== null) {
    throw new Error(`there can be no pod on ${address}:${port}: ${complaint.trim()}`);
  }
  return {
    address,
    port,
    pid: child.pid,
    becomeReady: () => writeFileSync(join(folder, "ready"), ""),
    becomeUnready: () => rmSync(join(folder, "ready")),
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Whether something on this machine may listen there: macOS has of 127.0.0.0/8 only 127.0.0.1 unless told. */
export function isOwnAddress(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .on("error", () => resolve(false))
      .listen(0, address, () => server.close(() => resolve(true)));
  });
}

/** A port that nothing listens on, on any address of this machine. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .on("error", reject)
      .listen(0, "0.0.0.0", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
      });
  });
}
