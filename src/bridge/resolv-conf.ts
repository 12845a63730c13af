/** The host's resolvers, as /etc/resolv.conf lists them, without those that are this bridge itself. */
import { isIP } from "node:net";
import type { Endpoint } from "./endpoint.ts";

const dnsPort = 53;

/** The addresses of its `nameserver` lines (resolv.conf(5)). */
export function parseResolvConf(text: string): Endpoint[] {
  return text.split("\n").flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    return address !== undefined && isIP(address) !== 0 ? [{ address, port: dnsPort }] : [];
  });
}

const anyAddress: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/**
 * Those of `resolvers` that `listening` does not cover: a question to oneself comes back for ever. Who listens on any
 * address listens on all of `ownAddresses`.
 */
export function withoutSelf(
  resolvers: readonly Endpoint[],
  listening: readonly Endpoint[],
  ownAddresses: readonly string[],
): Endpoint[] {
  const isOwn = (address: string): boolean => ownAddresses.includes(address) || address.startsWith("127.");
  return resolvers.filter(
    ({ address, port }) =>
      !listening.some(
        (own) => own.port === port && (own.address === address || (anyAddress.has(own.address) && isOwn(address))),
      ),
  );
}
