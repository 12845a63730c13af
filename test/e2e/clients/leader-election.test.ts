/** Controllers in two processes: one leads by a Lease, another takes over, and neither loses what the other wrote. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as k8s from "@kubernetes/client-node";
import { expect, inject, it, onTestFinished } from "vitest";
import { eventually } from "../../../scripts/lab/eventually.ts";

const namespace = "election";
const deadlineMs = 60_000;

interface Candidate {
  lines: string[];
  process: ChildProcess;
}

function candidate(url: string, identity: string): Candidate {
  const child = spawn(process.execPath, [join(import.meta.dirname, "elect.ts"), url, namespace, identity], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  return { lines, process: child };
}

async function ended({ process: child }: Candidate): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "close");
}

it("one of two processes leads, the other takes over when it dies, and no status write is lost", async () => {
  const url = inject("sharedServerUrl");
  const config = new k8s.KubeConfig();
  config.loadFromClusterAndUser({ name: "rollcall", server: url, skipTLSVerify: true }, { name: "admin" });
  const core = config.makeApiClient(k8s.CoreV1Api);
  const leases = config.makeApiClient(k8s.CoordinationV1Api);
  const spec = { nodeName: "rack", containers: [{ name: "main" }] };
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNode({ body: { metadata: { name: "rack" } } });
  await core.createNamespacedPod({ namespace, body: { metadata: { name: "counted" }, spec } });

  const candidates = ["first", "second"].map((identity) => candidate(url, identity));
  onTestFinished(() => Promise.all(candidates.map((each) => ended(each))).then(() => undefined));
  const all = (): string[] => candidates.flatMap(({ lines }) => lines);
  const seen = (what: (lines: string[]) => boolean): Promise<{ found: boolean }> => {
    return eventually(async () => all(), what, { deadlineMs });
  };
  const leader = (): Candidate | undefined => candidates.find(({ lines }) => lines.includes("leads"));
  const isContended = (lines: string[]): boolean => leader() !== undefined && lines.includes("conflict");
  expect(await seen(isContended)).toMatchObject({ found: true });
  expect(all().filter((line) => line === "leads")).toHaveLength(1);

  const [leading, following] = [leader(), candidates.find((each) => each !== leader())];
  if (leading === undefined || following === undefined) throw new Error("there is a leader and a follower");
  await ended(leading);
  expect(await seen(() => following.lines.includes("leads"))).toMatchObject({ found: true });
  const lease = await leases.readNamespacedLease({ name: "leader", namespace });
  expect(lease.spec?.leaseTransitions).toBe(1);

  await ended(following);
  const counts = all()
    .filter((line) => line.startsWith("counted "))
    .map((line) => Number(line.slice(8)));
  expect(new Set(counts).size).toBe(counts.length);
  // A process that is killed may have written without having said so.
  const pod = await core.readNamespacedPod({ name: "counted", namespace });
  expect(Number(pod.status?.message) - counts.length).toBeOneOf([0, 1, 2]);
});
