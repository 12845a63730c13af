/** One run from the first write to the last comparison. Leaves nothing behind, however it ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { apiClient } from "../lab/api-client.ts";
import { eventually } from "../lab/eventually.ts";
import { findFreePort } from "../lab/pod-process.ts";
import { Arrivals } from "./arrivals.ts";
import { Auditor } from "./auditor.ts";
import { chance } from "./chance.ts";
import { DnsObserver } from "./dns-observer.ts";
import { FaultLog } from "./fault-log.ts";
import type { FaultCounts } from "./fault-order.ts";
import { planFaults, type FaultPace } from "./fault-plan.ts";
import { injectFaults, noteStalls } from "./inject-faults.ts";
import { liveIn } from "./namespace-life.ts";
import { newModel } from "./new-model.ts";
import type { Options } from "./options.ts";
import { PodServer } from "./pod-servers.ts";
import { complain, noCounts, type Run } from "./run.ts";
import { ServerUnderChaos } from "./server-under-chaos.ts";
import { Watcher, watchedPaths, type WatchedResource } from "./watcher.ts";

const dnsTtlSeconds = 5;
/** A lost poke is made good within a minute. */
const healingSeconds = 60;

const patientPace: FaultPace = { calm: [4, 25], fault: [3, 12] };
const briskPace: FaultPace = { calm: [1, 2], fault: [1, 2] };

export interface Played {
  run: Run;
  injected: FaultCounts;
  /** From the last fault, or the last write, until everything agreed; undefined when it did not. */
  convergedMs: number | undefined;
  playedMs: number;
}

export async function play(
  options: Options,
  interrupted: AbortSignal,
  onProgress: (run: Run) => void,
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-chaos-"));
  const server = new ServerUnderChaos(join(folder, "data"), await findFreePort(), dnsTtlSeconds);
  const podPort = await findFreePort();
  const run = newRun(options, server.url);
  const pods = new Map(run.namespaces.flatMap(({ pods }) => pods).map(({ ip }) => [ip, new PodServer(ip, podPort)]));
  const progress = setInterval(() => onProgress(run), 10_000);
  try {
    await server.start();
    return await playOn(run, { options, server, pods, podPort, interrupted });
  } finally {
    clearInterval(progress);
    await Promise.all([server.stop(), ...[...pods.values()].map((pod) => pod.stop())]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function newRun({ seed, namespaces }: Options, url: string): Run {
  const startMs = Date.now();
  return {
    url,
    api: apiClient(url),
    startMs,
    namespaces: newModel(namespaces, chance(seed, "model"), startMs),
    faults: new FaultLog(),
    arrivals: new Arrivals(),
    counts: noCounts(),
    violations: [],
    patienceMs: (dnsTtlSeconds + healingSeconds) * 1000,
  };
}

interface Stage {
  options: Options;
  server: ServerUnderChaos;
  pods: ReadonlyMap<string, PodServer>;
  podPort: number;
  interrupted: AbortSignal;
}

async function playOn(run: Run, { options, server, pods, podPort, interrupted }: Stage): Promise<Played> {
  const { seed, minutes, brisk, only } = options;
  const over = new AbortController();
  const writing = AbortSignal.any([interrupted, AbortSignal.timeout(minutes * 60_000)]);
  const observing = AbortSignal.any([interrupted, over.signal]);
  const watchers = (Object.keys(watchedPaths) as WatchedResource[]).map(
    (resource) => new Watcher(run, resource, chance(seed, `watch of ${resource}`)),
  );
  const auditor = new Auditor(run, watchers);
  const observers = run.namespaces.map((model) => new DnsObserver(run, model));
  const looking = [
    ...watchers.map((watcher) => watcher.follow(observing)),
    ...observers.map((observer) => observer.observe(observing)),
    auditor.audit(observing),
    noteStalls(run, observing),
  ];
  const living = run.namespaces.map((model, index) => {
    const dice = chance(seed, model.namespace);
    const dropped = async (sinceMs: number): Promise<void> => observers[index]?.checkDropped(sinceMs);
    return liveIn({ run, model, chance: dice, port: podPort, signal: writing, dropped }, pods);
  });
  const dice = chance(seed, "faults");
  const plan = planFaults(dice, brisk ? briskPace : patientPace, only);
  const injected = await injectFaults({ run, server, chance: dice, signal: writing }, plan);
  await Promise.all(living);
  const endMs = Date.now();
  if (brisk) server.sweep();
  const convergedMs = interrupted.aborted ? undefined : await converge(run, auditor, observers);
  if (!interrupted.aborted) await auditor.auditOnce();
  over.abort();
  await Promise.allSettled(looking);
  return { run, injected, convergedMs, playedMs: endMs - run.startMs };
}

/** Until DNS, Endpoints, slices and watches all say what they should at this moment. */
async function converge(run: Run, auditor: Auditor, observers: readonly DnsObserver[]): Promise<number | undefined> {
  const isConverged = async (): Promise<boolean> => {
    for (const [index, { services }] of run.namespaces.entries()) {
      for (const service of services) if (!(await observers[index]?.isConverged(service))) return false;
    }
    return auditor.isConverged();
  };
  const slowestProbeMs = 10_000;
  const deadlineMs = run.patienceMs + slowestProbeMs;
  const { found, elapsedMs } = await eventually(isConverged, (converged) => converged, { deadlineMs });
  if (found) return elapsedMs;
  complain(run, "not converged", `not everything agreed ${deadlineMs / 1000} s after the last write`);
  await sleep(0);
  return undefined;
}
