/** Creates, lists and watches: how fast the API serves those who use it. */
import { benchClient } from "./api-client.ts";
import { benchPod, createPods, inParallel, podsPath, progress } from "./api-cluster.ts";
import { quantile, type Row } from "./report.ts";

const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
const listRuns = 20;

export async function measureCreates(url: string, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const connections of [1, 8]) {
    progress(`${count} creates over ${connections} connections`);
    const client = benchClient(url, connections);
    const durations: number[] = [];
    const startMs = performance.now();
    await inParallel(connections, count, async (index) => {
      const create = () => client.send("POST", podsPath, benchPod(`c${connections}-${index}`, "none", index));
      durations.push(await timed(create));
    });
    const elapsedSeconds = (performance.now() - startMs) / 1000;
    client.close();
    rows.push({ connections, "creates/s": Math.round(count / elapsedSeconds), ...quantiles(durations) });
  }
  return rows;
}

export async function measureLists(url: string, counts: readonly number[]): Promise<Row[]> {
  const client = benchClient(url, 8);
  const rows: Row[] = [];
  let created = 0;
  for (const count of counts) {
    progress(`${count} pods to list`);
    await createPods(client, created, count, () => "none");
    created = count;
    rows.push({
      pods: count,
      JSON: await listMs(() => client.send("GET", podsPath)),
      Table: await listMs(() => client.send("GET", podsPath, undefined, { Accept: table })),
      "Table, 500 of them": await listMs(() =>
        client.send("GET", `${podsPath}?limit=500`, undefined, { Accept: table }),
      ),
    });
  }
  client.close();
  return rows;
}

/** Each change is timed from its request to the moment when the last watcher has been told of it. */
export async function measureWatch(url: string, watchers: number, changes: number): Promise<Row[]> {
  progress(`${watchers} watchers, ${changes} changes`);
  const client = benchClient(url, 1);
  const stop = new AbortController();
  const waiting = new Map<string, { left: number; done: () => void }>();
  const onEvent = ({ type, object }: { type: string; object: { metadata: { name: string } } }): void => {
    const entry = waiting.get(object.metadata.name);
    if (type !== "ADDED" || entry === undefined) return;
    entry.left -= 1;
    if (entry.left === 0) entry.done();
  };
  const path = `${podsPath}?watch=true&resourceVersion=0`;
  await Promise.all(Array.from({ length: watchers }, () => client.watch(path, onEvent, stop.signal)));
  const durations: number[] = [];
  for (let index = 0; index < changes; index++) {
    const name = `watched-${index}`;
    const everybody = new Promise<void>((done) => waiting.set(name, { left: watchers, done }));
    const change = async (): Promise<void> => {
      await client.send("POST", podsPath, benchPod(name, "none", index));
      await everybody;
    };
    durations.push(await timed(change));
  }
  stop.abort();
  client.close();
  return [{ watchers, changes, ...quantiles(durations) }];
}

async function listMs(list: () => Promise<unknown>): Promise<string> {
  const durations: number[] = [];
  for (let run = 0; run < listRuns; run++) durations.push(await timed(list));
  return quantile(durations, 0.5).toFixed(1);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

function quantiles(durations: readonly number[]): Row {
  return { "p50 ms": quantile(durations, 0.5).toFixed(1), "p99 ms": quantile(durations, 0.99).toFixed(1) };
}
