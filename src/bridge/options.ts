/** What `rollcall dns` was told on its command line, as options, or what is wrong with it. */
import { parseArgs } from "node:util";
import { isLoopback } from "../domain/ip.ts";
import { isWithin, foldLabel, type Name } from "../dns/wire/name.ts";
import { nameToText, parseNameText } from "../dns/wire/name-text.ts";
import { parseEndpoint, type Endpoint } from "./endpoint.ts";
import type { OutsidePolicy } from "./route.ts";
import type { BridgeOptions } from "./bridge.ts";

/** With the names of the files that certificates are in. */
export type CommandOptions = Omit<BridgeOptions, "ca"> & { caFiles: string[] };

export type ParsedOptions =
  | { kind: "options"; options: CommandOptions }
  | { kind: "help" }
  | { kind: "wrong"; errors: string[] };

export const help = `Rollcall's names over plain DNS: npx rollcall dns --upstream https://.../dns-query

Listens on UDP and TCP, asks a deployed Rollcall over HTTPS, and keeps what it answers for its TTL.

  --upstream URL        where Rollcall answers DNS over HTTPS; of several, the first that does
  --listen ADDRESS:PORT where to listen (127.0.0.1:5354); several are fine
  --zone NAME           a zone of Rollcall's (cluster.local); several are fine, reverse zones too
  --search NAME         looks for short names here, as in resolv.conf: default.svc.cluster.local; several in their order
  --ndots N             names with fewer dots are short (1)
  --outside WHAT        names outside the zones: forward to this host's resolver, refuse, or upstream to ask Rollcall
                        (forward)
  --resolver ADDRESS    instead of the resolvers in /etc/resolv.conf; several in their order
  --stale-for SECONDS   how long beyond its TTL an answer is given while Rollcall cannot be asked (3600); 0 for never
  --stale-ttl SECONDS   the TTL of such an answer (30)
  --ca FILE             certificates to trust as well, in PEM, as with NODE_EXTRA_CA_CERTS; several are fine
  -h, --help            this

Ctrl-C ends it.`;

const flags = {
  upstream: { type: "string", multiple: true },
  listen: { type: "string", multiple: true },
  zone: { type: "string", multiple: true },
  search: { type: "string", multiple: true },
  ndots: { type: "string" },
  outside: { type: "string" },
  resolver: { type: "string", multiple: true },
  "stale-for": { type: "string" },
  "stale-ttl": { type: "string" },
  ca: { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

const defaultListen = "127.0.0.1:5354";
const mostNdots = 15;
const weekSeconds = 604_800;

export function parseOptions(args: readonly string[]): ParsedOptions {
  const read = readFlags(args);
  if ("error" in read) return { kind: "wrong", errors: [read.error] };
  const { values } = read;
  if (values.help === true) return { kind: "help" };
  const errors: string[] = [];
  const zones = names("--zone", values.zone ?? ["cluster.local"], errors);
  const options: CommandOptions = {
    upstreams: upstreams(values.upstream ?? [], errors),
    listen: endpoints("--listen", values.listen ?? [defaultListen], undefined, errors),
    zones,
    searchList: searchList(values.search ?? [], zones, errors),
    ndots: number("--ndots", values.ndots ?? "1", mostNdots, errors),
    outside: outside(values.outside ?? "forward", errors),
    resolvers: values.resolver && endpoints("--resolver", values.resolver, 53, errors),
    keepsAnswers: true,
    staleForSeconds: number("--stale-for", values["stale-for"] ?? "3600", weekSeconds, errors),
    staleTtlSeconds: number("--stale-ttl", values["stale-ttl"] ?? "30", weekSeconds, errors),
    caFiles: values.ca ?? [],
  };
  return errors.length === 0 ? { kind: "options", options } : { kind: "wrong", errors };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: false });
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split(". ", 1)[0] ?? "") : String(error) };
  }
}

/** What is wrong is said without the URL: its path may hold a secret, and what is said may end up in a log. */
function upstreams(texts: readonly string[], errors: string[]): URL[] {
  if (texts.length === 0) errors.push("--upstream is missing: the URL where Rollcall answers DNS over HTTPS");
  return texts.flatMap((text) => {
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      errors.push("--upstream must be a URL such as https://rollcall.example.workers.dev/dns-query");
      return [];
    }
    const isHere = url.hostname === "localhost" || isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
    if (url.protocol === "http:" && !isHere) errors.push("--upstream must be https, except on this machine");
    return [url];
  });
}

function names(flag: string, texts: readonly string[], errors: string[]): Name[] {
  return texts.flatMap((text) => {
    const name = parseNameText(text)?.map(foldLabel);
    if (name !== undefined && name.length > 0) return [name];
    errors.push(`${flag} must be a domain name, not ${JSON.stringify(text)}`);
    return [];
  });
}

function searchList(texts: readonly string[], zones: readonly Name[], errors: string[]): Name[] {
  const list = names("--search", texts, errors);
  const strayed = list.find((name) => !zones.some((zone) => isWithin(name, zone)));
  if (strayed !== undefined) errors.push(`--search ${nameToText(strayed)} is in none of the zones: see --zone`);
  return list;
}

function endpoints(
  flag: string,
  texts: readonly string[],
  usualPort: number | undefined,
  errors: string[],
): Endpoint[] {
  return texts.flatMap((text) => {
    const endpoint = parseEndpoint(text, usualPort);
    if (endpoint !== undefined) return [endpoint];
    const form = usualPort === undefined ? "an IP address and a port, such as 127.0.0.1:53" : "an IP address";
    errors.push(`${flag} must be ${form}, not ${JSON.stringify(text)}`);
    return [];
  });
}

function number(flag: string, text: string, most: number, errors: string[]): number {
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  errors.push(`${flag} must be a whole number from 0 to ${most}, not ${JSON.stringify(text)}`);
  return 0;
}

function outside(text: string, errors: string[]): OutsidePolicy {
  const policy = (["forward", "refuse", "upstream"] as const).find((known) => known === text);
  if (policy === undefined) errors.push(`--outside must be forward, refuse or upstream, not ${JSON.stringify(text)}`);
  return policy ?? "refuse";
}
