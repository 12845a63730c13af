/**
 * How fast a pod's state reaches DNS: from its failing answer at the threshold to the answer without it, and from its
 * registration to the answer with it. The pods are probed every second, so that many flips fit into a minute.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { podManifest, serviceManifest } from "../scripts/lab/manifests.ts";
import { askDns } from "../test/e2e/ask-dns.ts";
import { inParallel, podsPath, servicesPath } from "./api-cluster.ts";
import { farmAddress } from "./pod-farm.ts";
import type { ProbedCluster } from "./probed-cluster.ts";
import { quantile, type Row } from "./report.ts";

const failureThreshold = 3;
/** Few, and asking not too often: whoever measures shares the machine with what is measured. */
const atOnce = 3;
const pollMs = 5;
/** Beyond the pods that are merely probed. */
const firstIndex = 200_000;

/** In each run the service is a new one, with addresses of its own. */
export async function measureReactions(cluster: ProbedCluster, samples: number, run: number): Promise<Row> {
  const { client, server } = cluster;
  const service = `reaction-${run}`;
  await client.send(
    "POST",
    servicesPath,
    serviceManifest(service, { targetPort: 80, headless: true, selector: { service } }),
  );
  const resolve = async (): Promise<string[]> =>
    (await askDns(server.url, `${service}.default.svc.cluster.local`)).addresses;
  const untilInDns = async (ip: string, wanted: boolean): Promise<void> => {
    while ((await resolve()).includes(ip) !== wanted) await sleep(pollMs);
  };
  const [toReady, toGone]: [number[], number[]] = [[], []];
  await inParallel(atOnce, samples, async (sample) => {
    const ip = farmAddress(firstIndex + 1000 * run + sample);
    const startMs = performance.now();
    await client.send("POST", podsPath, probedPod(`${service}-${sample}`, ip, cluster.farmPort, service));
    await untilInDns(ip, true);
    toReady.push(performance.now() - startMs);
    const failedMs = await failingAt(cluster, ip);
    await untilInDns(ip, false);
    toGone.push(performance.now() - failedMs);
    await client.send("DELETE", `${podsPath}/${service}-${sample}?gracePeriodSeconds=0`);
  });
  return {
    samples,
    "registration to DNS p50 (ms)": Math.round(quantile(toReady, 0.5)),
    p99: Math.round(quantile(toReady, 0.99)),
    "failing answer to DNS p50 (ms)": Math.round(quantile(toGone, 0.5)),
    "p99 ": Math.round(quantile(toGone, 0.99)),
  };
}

function probedPod(name: string, ip: string, port: number, service: string) {
  const readinessProbe = { httpGet: { path: "/ready", port }, periodSeconds: 1, failureThreshold };
  return podManifest(name, { ip, port, labels: { service }, readinessProbe });
}

/** Has the pod fail, and waits for the answer that reaches its threshold. */
function failingAt({ farm }: ProbedCluster, ip: string): Promise<number> {
  return new Promise((resolve) => {
    let failures = 0;
    const stop = farm.listen((arrival) => {
      if (arrival.ip !== ip || arrival.status === 200) return;
      failures += 1;
      if (failures < failureThreshold) return;
      stop();
      resolve(performance.now());
    });
    farm.answer(ip, 503);
  });
}
