/**
 * Starts a Rollcall, with its data in a temporary folder, and sends it hostile requests, one after another or several at
 * once: each must be answered in time, with nothing that says it was at a loss, by the workerd that it began with. Leaves
 * nothing behind.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endServer } from "../lab/end-server.ts";
import { startServer, type ServerProcess } from "../lab/server-process.ts";
import type { HostileRequest } from "./hostile-request.ts";
import { hostileRequests } from "./requests.ts";
import { send } from "./send.ts";

const requestsARound = 200;
/** By turns, so that what happens among many is found, and what one does alone is told from it. */
const requestsAtATime = [1, 8] as const;

/** Nothing by itself, nothing to other machines. */
const environment = { ROLLCALL_CRON: "off", AUDIT: "off", DNS_TTL: "1", PROBE_DENY: "0.0.0.0/0,::/0" };

/** One a second. */
const mostAttempts = 60;

export interface ServerRun {
  minutes: number;
  seed: number;
  interrupted: AbortSignal;
}

/** What was found, undefined for nothing. */
export async function fuzzServer(run: ServerRun): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-fuzz-"));
  const dataFolder = join(folder, "data");
  const agent = new Agent({ keepAlive: true, maxSockets: Math.max(...requestsAtATime) });
  let server: ServerProcess | undefined;
  try {
    server = await startServer(dataFolder, environment);
    return await sendRounds({ server, agent, interrupted: run.interrupted }, run);
  } finally {
    agent.destroy();
    await endServer(server, dataFolder);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Target {
  server: ServerProcess;
  agent: Agent;
  interrupted: AbortSignal;
}

async function sendRounds(target: Target, { minutes, seed }: ServerRun): Promise<string | undefined> {
  const { server, interrupted } = target;
  const endMs = Date.now() + minutes * 60_000;
  let toldMs = Date.now();
  const workerd = server.workerdPid();
  const counts = new Map<number, number>();
  for (let round = seed; Date.now() < endMs && !interrupted.aborted; round++) {
    const count = (status: number): void => void counts.set(status, (counts.get(status) ?? 0) + 1);
    const found = await sendRound(target, round, count);
    if (interrupted.aborted) break; // Ctrl-C ends the server too
    if (found !== undefined) return `${found}\nfound in round ${round}: ${replay(round, seed)}`;
    if (server.workerdPid() !== workerd) return `workerd died; found in round ${round}: ${replay(round, seed)}`;
    if (Date.now() < toldMs + 10_000) continue;
    toldMs = Date.now();
    tell(round, counts);
  }
  tell(undefined, counts);
  const complaints = interrupted.aborted ? "" : server.complaints();
  return complaints === "" ? undefined : `the server wrote:\n${complaints}`;
}

/** What was found in it. */
async function sendRound(
  { server, agent, interrupted }: Target,
  round: number,
  count: (status: number) => void,
): Promise<string | undefined> {
  const atATime = requestsAtATime[round % requestsAtATime.length] ?? 1;
  const requests = hostileRequests(round, requestsARound);
  for (let at = 0; at < requests.length && !interrupted.aborted; at += atATime) {
    const together = requests.slice(at, at + atATime);
    const outcomes = await Promise.all(together.map((request) => tried(server, request, agent)));
    for (const [index, outcome] of outcomes.entries()) {
      const request = together[index];
      if (typeof outcome === "number") count(outcome);
      else if (request !== undefined) return `${outcome}\n${inWords(request)}`;
    }
  }
  return undefined;
}

/** The status, or what is wrong. Sends again what came too soon, until that is what is wrong. */
async function tried(server: ServerProcess, request: HostileRequest, agent: Agent): Promise<number | string> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    if (!server.isRunning()) return "the server has died";
    try {
      const { status, fault } = await send(server.url, request, agent);
      if (status !== 429) return fault ?? status;
    } catch (error) {
      return (error as Error).message;
    }
    await sleep(1000);
  }
  return `429 for ${mostAttempts} s`;
}

function tell(round: number | undefined, counts: ReadonlyMap<number, number>): void {
  const sorted = [...counts].toSorted(([one], [other]) => one - other);
  const answers = sorted.map(([status, times]) => `${status} × ${times}`).join(", ");
  console.log(`${round === undefined ? "in all" : `seed ${round}`}: ${answers}`);
}

function command(seed: number): string {
  return `npm run fuzz -- --server --seed ${seed}`;
}

function replay(round: number, seed: number): string {
  return round === seed ? command(seed) : `${command(round)}; if it needs what came before: ${command(seed)}`;
}

function inWords({ method, path, contentType, body }: HostileRequest): string {
  const text = Buffer.from(body).toString("base64");
  return `${method} ${path}\ncontent-type: ${contentType}\nbody, ${body.length} octets in base64: ${text}`;
}
