/** Plain DNS over UDP and TCP in front of Rollcall's DNS over HTTPS: what belongs together, put together. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { dohClient } from "./ask-doh.ts";
import { askResolvers } from "./ask-resolver.ts";
import type { Endpoint } from "./endpoint.ts";
import { listenTcp } from "./listen-tcp.ts";
import { listenUdp, type Answer, type Listener } from "./listen-udp.ts";
import { parseResolvConf, withoutSelf } from "./resolv-conf.ts";
import { Responder, type ResponderPolicy } from "./responder.ts";
import { Upstreams } from "./upstreams.ts";

export interface BridgeOptions extends ResponderPolicy {
  /** Where Rollcall answers DNS over HTTPS; the first that does is asked. */
  upstreams: readonly URL[];
  listen: readonly Endpoint[];
  /** Instead of those in /etc/resolv.conf. */
  resolvers: readonly Endpoint[] | undefined;
  /** All certificates that are trusted, in PEM; undefined for those that Node trusts. */
  ca: readonly string[] | undefined;
}

export interface Bridge {
  /** Where it listens, with the ports that were found where any would do. */
  endpoints: readonly Endpoint[];
  close(): Promise<void>;
}

/** refused: why it cannot listen, in one line. */
export async function startBridge(
  options: BridgeOptions,
  log: (line: string) => void,
): Promise<Bridge | { refused: string }> {
  const doh = dohClient(options.ca);
  const upstreams = new Upstreams(options.upstreams, {
    ask: doh.ask,
    nowMs: Date.now,
    log,
    withoutUpstream:
      options.staleForSeconds === 0
        ? "until it does, there are no answers"
        : `until it does, what is known is answered for up to ${options.staleForSeconds} s beyond its TTL`,
  });
  const endpoints: Endpoint[] = [];
  const responder = new Responder(options, {
    nowMs: Date.now,
    random: Math.random,
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    askRollcall: (query) => upstreams.ask(query),
    rollcallIsLost: () => upstreams.areLost,
    askResolver: (query) => askResolvers(resolversBut(endpoints, options.resolvers), query),
  });
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    doh.close();
  };
  for (const endpoint of options.listen) {
    try {
      endpoints.push({ ...endpoint, port: await listen(endpoint, responder, listeners) });
    } catch (error) {
      await close();
      return { refused: whyNot(endpoint, error) };
    }
  }
  return { endpoints, close };
}

/** On one port over UDP and TCP, which it returns. */
async function listen(endpoint: Endpoint, responder: Responder, listeners: Listener[]): Promise<number> {
  const answer =
    (transport: "udp" | "tcp"): Answer =>
    (query) =>
      responder.answer(query, transport);
  const tcp = await listenTcp(endpoint, answer("tcp"));
  listeners.push(tcp);
  listeners.push(await listenUdp({ ...endpoint, port: tcp.port }, answer("udp")));
  return tcp.port;
}

function whyNot({ address, port }: Endpoint, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} of ${address} is in use`;
    case "EADDRNOTAVAIL":
      return `${address} is no address of this machine`;
    case "EACCES":
    case "EPERM":
      return `port ${port} of ${address} needs more rights (root, or CAP_NET_BIND_SERVICE)`;
    default:
      return `cannot listen on port ${port} of ${address}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Read anew each time: a laptop's resolvers change with its networks, and the file is in memory. */
function resolversBut(listening: readonly Endpoint[], chosen: readonly Endpoint[] | undefined): Endpoint[] {
  const ownAddresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return withoutSelf(chosen ?? parseResolvConf(readResolvConf()), listening, ownAddresses);
}

function readResolvConf(): string {
  try {
    return readFileSync("/etc/resolv.conf", "utf8");
  } catch {
    return "";
  }
}
