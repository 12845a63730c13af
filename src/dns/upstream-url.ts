/** Reads `DNS_UPSTREAM`. What is wrong is said without the text: a resolver's URL may hold whose it is. */
import { isLoopback, parseIp } from "../domain/ip.ts";

/** `https://dns.example/dns-query`, and the same with the `{?dns}` of RFC 8484. */
export function parseUpstreamUrl(text: string): { url: string } | { error: string } {
  const url = URL.parse(text.replace(/\{\?dns\}$/, ""));
  if (url === null) return { error: "is no URL" };
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "localhost" || isLoopback(host);
  if (url.protocol !== "https:" && !(isLocal && url.protocol === "http:")) return { error: "must begin with https://" };
  // In production a fetch of an address is refused (error 1003, November 2026).
  const isAddress = parseIp(host) !== undefined && !isLocal;
  if (isAddress) return { error: "must name its host, since a Worker cannot fetch from an address" };
  if (url.username !== "" || url.password !== "") return { error: "must be without a user and a password" };
  if (url.searchParams.has("dns")) return { error: "must be without the variable dns" };
  url.hash = "";
  return { url: url.href };
}
