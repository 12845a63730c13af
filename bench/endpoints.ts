/**
 * `npm run bench:endpoints`: what a readiness flip costs in services of different sizes, and a rolling restart. The
 * keeper and the registry run on Node against a D1 in memory, so rows and octets are those of production, and times are
 * those of the local runtime without the network to D1.
 */
import { performance } from "node:perf_hooks";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { D1Database } from "@cloudflare/workers-types";
import type { Pod } from "../src/domain/pod.ts";
import { EndpointsKeeper } from "../src/endpoints/endpoints-keeper.ts";
import { publishEndpoints } from "../src/endpoints/publish.ts";
import { migrate } from "../src/local/migrate.ts";
import { D1Registry } from "../src/registry/d1-registry.ts";
import type { PlannedWrite } from "../src/registry/registry.ts";
import { readService, readServiceSince } from "../src/registry/snapshots.ts";
import { writePublication } from "../src/registry/write-publication.ts";
import { readyPod, service } from "../test/objects.ts";
import { CountingDatabase, type Usage } from "./counting-database.ts";
import { machine, printTable } from "./report.ts";

const sizes = [10, 100, 1000, 5000];
const flips = 5;
const restarted = 1000;
/** A rolling restart takes a tenth down at a time, as a Deployment with maxUnavailable 10 % does. */
const restartedAtOnce = 100;

interface Cost extends Usage {
  listMs: number;
  publishedMs: number;
}

async function main(database: CountingDatabase): Promise<void> {
  const bench = new Bench(database);
  const rows: Record<string, string | number>[] = [];
  const evicted: Record<string, string | number>[] = [];
  for (const size of sizes) {
    process.stderr.write(`a service of ${size} pods ...\n`);
    const pods = await bench.makeService(`s${size}`, size);
    const costs: Cost[] = [];
    for (let flip = 0; flip < flips; flip++) costs.push(await bench.flip(`s${size}`, pods, [flip]));
    rows.push({ pods: size, ...rounded(median(costs)) });
    const cold: Cost[] = [];
    for (let flip = 0; flip < flips; flip++) {
      bench.evict(`s${size}`);
      cold.push(await bench.flip(`s${size}`, pods, [flip]));
    }
    evicted.push({ pods: size, ...rounded(median(cold)) });
  }
  process.stderr.write(`a rolling restart of ${restarted} pods ...\n`);
  const restart = await bench.rollingRestart("s1000");
  printTable("one readiness flip (median of 5)", rows);
  printTable("one readiness flip after the object was evicted (median of 5)", evicted);
  printTable(`rolling restart of ${restarted} pods, ${restartedAtOnce} at a time`, [rounded(restart)]);
  console.log(JSON.stringify({ machine: machine(), flip: rows, evictedFlip: evicted, rollingRestart: restart }));
}

class Bench {
  readonly #database: CountingDatabase;
  readonly #db: D1Database;
  readonly #registry: D1Registry;
  readonly #keepers = new Map<string, { keeper: EndpointsKeeper; published(): Promise<void> }>();
  readonly #pods = new Map<string, Pod[]>();

  constructor(database: CountingDatabase) {
    this.#database = database;
    this.#db = database.asDatabase();
    this.#registry = new D1Registry({ db: this.#db, nowMs: Date.now, newUid });
  }

  async makeService(name: string, size: number): Promise<Pod[]> {
    await this.#registry.create("services", service(name, { selector: { app: name }, ports: [{ port: 80 }] }));
    const pods: Pod[] = [];
    for (let index = 0; index < size; index++) {
      const ip = `10.${sizes.indexOf(size)}.${Math.floor(index / 250)}.${index % 250}`;
      const created = await this.#registry.create("pods", readyPod(`${name}-${index}`, ip, { labels: { app: name } }));
      if (created.outcome !== "written") throw new Error(`pod ${index}: ${created.outcome}`);
      pods.push(created.object as Pod);
    }
    this.#pods.set(name, pods);
    await this.#converge(name);
    return pods;
  }

  /** The service's object loses its memory; it reads its pods anew at the next poke. */
  evict(name: string): void {
    this.#keepers.delete(name);
  }

  /** Turns the readiness of some pods over, and waits until the list and the published objects say so. */
  async flip(name: string, pods: Pod[], indexes: readonly number[]): Promise<Cost> {
    this.#database.take();
    for (const index of indexes) await this.#turn(pods, index);
    const startMs = performance.now();
    const { listMs, publishedMs } = await this.#converge(name, startMs);
    return { ...this.#database.take(), listMs, publishedMs };
  }

  async rollingRestart(name: string): Promise<Cost> {
    const pods = this.#pods.get(name) ?? [];
    const total: Cost = { roundTrips: 0, rowsRead: 0, rowsWritten: 0, octetsWritten: 0, listMs: 0, publishedMs: 0 };
    for (let from = 0; from < restarted; from += restartedAtOnce) {
      const wave = Array.from({ length: restartedAtOnce }, (_, index) => from + index);
      for (const _ of ["down", "up"]) add(total, await this.flip(name, pods, wave));
    }
    return total;
  }

  async #turn(pods: Pod[], index: number): Promise<void> {
    const before = pods[index];
    if (before === undefined) throw new Error(`there is no pod ${index}`);
    const status = before.status.conditions?.[0]?.status === "True" ? "False" : "True";
    const after: Pod = { ...before, status: { ...before.status, conditions: [{ type: "Ready", status }] } };
    const updated = await this.#registry.update("pods", before, after);
    if (updated.outcome !== "written") throw new Error(updated.outcome);
    pods[index] = updated.object as Pod;
  }

  async #converge(name: string, startMs = performance.now()): Promise<{ listMs: number; publishedMs: number }> {
    const kept = this.#keeperOf(name);
    await kept.keeper.poke();
    const listMs = performance.now() - startMs;
    await kept.published();
    return { listMs, publishedMs: performance.now() - startMs };
  }

  /** A keeper as the Durable Object wires it, but without the second between publications. */
  #keeperOf(name: string): { keeper: EndpointsKeeper; published(): Promise<void> } {
    const known = this.#keepers.get(name);
    if (known !== undefined) return known;
    const key = `default/${name}` as const;
    const db = this.#db;
    let background: Promise<unknown> = Promise.resolve();
    const keeper = new EndpointsKeeper({
      read: () => readService(db, key),
      readSince: (seen) => readServiceSince(db, key, seen),
      publish: (snapshot, latencies) => {
        const looked = { service: key, revision: snapshot.revision, latencies };
        const write = (writes: readonly PlannedWrite[]) =>
          writePublication(db, writes, looked, { nowMs: Date.now(), newUid });
        return publishEndpoints(
          { write, recordEvent: nothing, nowMs: Date.now, newUid, random: Math.random },
          snapshot,
        );
      },
      changed: () => {},
      load: () => undefined,
      store: () => {},
      forget: nothing,
      nowMs: Date.now,
      sleep: nothing,
      waitUntil: (promise) => {
        background = Promise.all([background, promise]);
      },
    });
    const made = {
      keeper,
      published: async () => {
        await background;
      },
    };
    this.#keepers.set(name, made);
    return made;
  }
}

function newUid(): string {
  return crypto.randomUUID();
}

function median(costs: readonly Cost[]): Cost {
  const sorted = [...costs].sort((a, b) => a.publishedMs - b.publishedMs);
  const [middle] = sorted.slice(Math.floor(sorted.length / 2));
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

function add(total: Cost, cost: Cost): void {
  for (const key of Object.keys(total) as (keyof Cost)[]) total[key] += cost[key];
}

async function nothing(): Promise<void> {}

function rounded(cost: Cost): Record<string, number> {
  return Object.fromEntries(Object.entries(cost).map(([key, value]) => [key, Math.round(value * 10) / 10]));
}

const miniflare = new Miniflare(
  convertV4MiniflareOptions({ modules: true, script: "export default {}", d1Databases: { DB: "DB" } }),
);
try {
  const database = await miniflare.getD1Database("DB");
  await migrate(database, new URL("../migrations", import.meta.url).pathname);
  await main(new CountingDatabase(database));
} finally {
  await miniflare.dispose();
}
