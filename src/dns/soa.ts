/** The SOA record of a zone, with CoreDNS's timers (dns.md K54). */
import type { Soa } from "./wire/message.ts";
import type { Zone } from "./zones.ts";

/**
 * The serial is the catalogue's revision, so it moves when names come and go. `minimumSeconds` says how long the
 * negative answer that carries the record may be kept, and so differs between answers about services with TTLs of
 * their own (RFC 2308 §5).
 */
export function soaOf(zone: Zone, serial: number, minimumSeconds: number): Soa {
  return {
    kind: "SOA",
    nameServer: zone.nameServer,
    mailbox: zone.mailbox,
    serial,
    refreshSeconds: 7200,
    retrySeconds: 1800,
    expireSeconds: 86_400,
    minimumSeconds,
  };
}
