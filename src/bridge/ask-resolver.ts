/**
 * Asks resolvers over plain DNS, one after the other and more than once, since a datagram may be lost. Each question
 * has a port and an ID of its own, so that nobody who does not see it can answer it (RFC 5452 §9).
 */
import { createSocket } from "node:dgram";
import { randomInt } from "node:crypto";
import { connect, isIPv6 } from "node:net";
import { Rcode } from "../dns/wire/codes.ts";
import type { Endpoint } from "./endpoint.ts";
import { answersTo, isTruncated, withId } from "./outgoing.ts";
import { framed, StreamMessages } from "./stream-messages.ts";

/** How long is waited for a datagram in each round. All of it is less than the five seconds that a client has. */
const roundsMs = [1000, 2000];
const tcpTimeoutMs = 3000;
const patienceMs = 4000;

/** Undefined when none answers in time; a SERVFAIL when nothing better comes. */
export async function askResolvers(
  resolvers: readonly Endpoint[],
  query: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array | undefined> {
  const deadlineMs = Date.now() + patienceMs;
  let failure: Uint8Array | undefined;
  for (const roundMs of roundsMs) {
    for (const resolver of resolvers) {
      const leftMs = deadlineMs - Date.now();
      if (leftMs <= 0) return failure;
      const reply = await askOne(resolver, withId(query, randomInt(0x1_0000)), Math.min(roundMs, leftMs));
      if (reply === undefined) continue;
      if (((reply[3] ?? 0) & 0x0f) !== Rcode.servFail) return reply;
      failure = reply;
    }
    if (failure !== undefined) return failure;
  }
  return failure;
}

async function askOne(resolver: Endpoint, query: Uint8Array, timeoutMs: number): Promise<Uint8Array | undefined> {
  const reply = await overUdp(resolver, query, timeoutMs);
  if (reply === undefined || !isTruncated(reply)) return reply;
  return (await overTcp(resolver, query)) ?? reply;
}

function overUdp({ address, port }: Endpoint, query: Uint8Array, timeoutMs: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const settle = (reply?: Uint8Array): void => {
      clearTimeout(timer);
      socket.removeAllListeners().on("error", () => undefined);
      socket.close();
      resolve(reply);
    };
    const timer = setTimeout(() => settle(), timeoutMs);
    socket.on("error", () => settle());
    socket.on("message", (reply) => {
      if (answersTo(query, reply)) settle(reply);
    });
    // Connected, so that the system drops what comes from elsewhere and tells of a closed port.
    socket.connect(port, address, () => socket.send(query));
  });
}

function overTcp({ address, port }: Endpoint, query: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const messages = new StreamMessages();
    const socket = connect({ host: address, port, signal: AbortSignal.timeout(tcpTimeoutMs) });
    socket.on("connect", () => socket.write(framed(query)));
    socket.on("data", (chunk: Buffer) => {
      const reply = messages.take(chunk).find((message) => answersTo(query, message));
      if (reply === undefined) return;
      resolve(reply);
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(undefined));
  });
}
