/**
 * What a transport is told: where to connect and what to say. Everything is resolved and serialisable (a target may be
 * handed to another Durable Object); nothing here knows of thresholds, periods or pods.
 */

export interface TcpTarget {
  transport: "tcp";
  /** An address in canonical text, or a host name. */
  hostname: string;
  port: number;
}

export interface HttpTarget {
  /** fetch: for a host behind Cloudflare's own proxy, where connect() is refused. */
  transport: "http" | "fetch";
  scheme: "http" | "https";
  hostname: string;
  port: number;
  /** Path and query, percent-encoded, beginning with a slash. */
  path: string;
  /** As declared; a header named Host replaces the one derived from the URL. */
  headers: { name: string; value: string }[];
}

export type ProbeTarget = TcpTarget | HttpTarget;

/** `host:port`, with brackets around an IPv6 address. */
export function authorityOf({ hostname, port }: { hostname: string; port: number }): string {
  return `${bracketed(hostname)}:${port}`;
}

/** The URL that a failure's text names, as Go prints it. */
export function urlOf(target: HttpTarget): string {
  return `${target.scheme}://${authorityOf(target)}${target.path}`;
}

/** What Go puts before the error of a request; nothing for a bare connection. */
export function contextOf(target: ProbeTarget): string {
  return target.transport === "tcp" ? "" : `Get ${JSON.stringify(urlOf(target))}: `;
}

/** connect() takes an IPv6 address in brackets only: without them it reads the last group as the port (workerd, November 2026). */
export function bracketed(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
