/**
 * Plain DNS beside the local runtime, for nslookup and whatever else speaks no DNS over HTTPS. Keeps nothing, so that it
 * is never behind the Worker, and leaves it to the Worker what becomes of names outside its zones.
 */
import { startBridge, type Bridge } from "../bridge/bridge.ts";
import type { Settings } from "./settings.ts";

const loopback = "127.0.0.1";

/** Where it is switched off, a bridge that does nothing. */
export async function startPlainDns(url: URL, { dnsPort, zones }: Settings): Promise<Bridge | { refused: string }> {
  if (dnsPort === undefined) return { endpoints: [], close: () => Promise.resolve() };
  const bridge = await startBridge(
    {
      upstreams: [new URL("/dns-query", url)],
      listen: [{ address: loopback, port: dnsPort }],
      zones,
      searchList: [],
      ndots: 0,
      outside: "upstream",
      resolvers: [],
      ca: undefined,
      keepsAnswers: false,
      staleForSeconds: 0,
      staleTtlSeconds: 0,
    },
    (line) => console.error(`plain DNS: ${line}`),
  );
  return "refused" in bridge ? { refused: `${bridge.refused}; set DNS_PORT to use another, or to 0 for none` } : bridge;
}
