/** How long a change of readiness takes to the Endpoints object and to DNS, in namespaces of different sizes. */
import { setTimeout as sleep } from "node:timers/promises";
import { serviceManifest } from "../scripts/lab/manifests.ts";
import { askDns } from "../test/e2e/ask-dns.ts";
import { benchClient } from "./api-client.ts";
import { addressOf, createPods, inParallel, podsPath, progress, servicesPath, statusOf } from "./api-cluster.ts";
import { quantile, type Row } from "./report.ts";

export interface NamespaceSize {
  pods: number;
  /** Each selects its share of the pods. */
  services: number;
}

/** Publications of one service are at least so far apart; whoever measures one waits until it is free again. */
const publishIntervalMs = 1300;
const mergePatch = { "Content-Type": "application/merge-patch+json" };

export async function measureReadiness(url: string, size: NamespaceSize, flips: number): Promise<Row> {
  progress(`readiness with ${size.pods} pods and ${size.services} services`);
  const client = benchClient(url, 8);
  const appOf = (index: number): string => `app-${index % size.services}`;
  await inParallel(8, size.services, (index) =>
    client.send("POST", servicesPath, headlessService(`svc-${index}`, appOf(index))),
  );
  const registrationStartMs = performance.now();
  await createPods(client, 0, size.pods, appOf);
  const registrationSeconds = (performance.now() - registrationStartMs) / 1000;

  const stop = new AbortController();
  const published = new Map<string, (atMs: number) => void>();
  const path = "/api/v1/namespaces/default/endpoints?watch=true";
  const onEvent = ({ object }: { object: { metadata: { name: string } } }): void => {
    published.get(object.metadata.name)?.(performance.now());
  };
  await client.watch(path, onEvent, stop.signal);

  const [toEndpoints, toDns]: [number[], number[]] = [[], []];
  /** One change of one pod; its service must have published nothing for a second. */
  const flip = async (index: number, ready: boolean): Promise<void> => {
    const service = `svc-${index % size.services}`;
    const inEndpoints = new Promise<number>((resolve) => published.set(service, resolve));
    const startMs = performance.now();
    await client.send("PATCH", `${podsPath}/pod-${index}/status`, { status: statusOf(index, ready) }, mergePatch);
    await untilInDns(url, service, addressOf(index), ready);
    toDns.push(performance.now() - startMs);
    toEndpoints.push((await inEndpoints) - startMs);
    published.delete(service);
    await sleep(publishIntervalMs / Math.min(size.services, 10));
  };
  await sleep(publishIntervalMs);
  for (let index = 0; index < flips; index++) {
    await flip(index % size.pods, false);
    await flip(index % size.pods, true);
  }
  stop.abort();
  client.close();
  return {
    ...size,
    "registered/s": Math.round(size.pods / registrationSeconds),
    "Endpoints p50": ms(toEndpoints, 0.5),
    "Endpoints p90": ms(toEndpoints, 0.9),
    "Endpoints p99": ms(toEndpoints, 0.99),
    "DNS p50": ms(toDns, 0.5),
    "DNS p99": ms(toDns, 0.99),
  };
}

function ms(samples: readonly number[], fraction: number): string {
  return quantile(samples, fraction).toFixed(1);
}

function headlessService(name: string, app: string) {
  return serviceManifest(name, { targetPort: 8080, headless: true, selector: { app } });
}

async function untilInDns(url: string, service: string, ip: string, wanted: boolean): Promise<void> {
  for (;;) {
    const { addresses } = await askDns(url, `${service}.default.svc.cluster.local`);
    if (addresses.includes(ip) === wanted) return;
  }
}
