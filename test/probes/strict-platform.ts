/**
 * A network behind the rules of production, none of which the local runtime enforces (platform facts, November 2026):
 * six connections may wait at a time and the seventh queues without a word; a connection that is not answered holds its
 * place for 20 s, and closing it waits as long; private, loopback and the proxy's own addresses and port 25 are refused
 * with the words of a refused connection; fetch() of an IP literal is answered with 403, error 1003.
 */
import { admitAddress } from "../../src/access/address-policy.ts";
import { parseIp } from "../../src/domain/ip.ts";
import { isCloudflareAddress } from "../../src/probes/cloudflare-ranges.ts";
import { policyOf } from "../probe-policy.ts";
import type { ByteSocket, Clock, Connect, Fetch } from "../../src/probes/sockets.ts";

/** What listens at `host:port`. A pod that answers gets the request's text, and gives back pieces of its response. */
export type Peer =
  | { peer: "answers"; answer: (request: string) => string[] | Promise<string[]>; keepsOpen?: boolean }
  | { peer: "refuses" }
  | { peer: "swallows" }
  | { peer: "resets" };

export const answering = (status: number, body = ""): Peer => ({
  peer: "answers",
  answer: () => [`HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
});
export const silent: Peer = { peer: "answers", answer: () => [], keepsOpen: true };

const defaults = policyOf();

const waitingAtMost = 6;
const refusal = "proxy request failed, cannot connect to the specified address";

/** One per Durable Object: each has six connections of its own. */
export class StrictPlatform {
  /** By `host:port`; what is not named here refuses. */
  readonly peers: Map<string, Peer>;
  /** The addresses that connections were made to, in order of the calls. */
  readonly dialled: { to: string; atMs: number }[] = [];
  readonly #clock: Clock;
  readonly #unansweredMs: number;
  #waiting = 0;
  #queue: (() => void)[] = [];
  mostQueued = 0;
  mostWaiting = 0;

  constructor(clock: Clock, peers: Map<string, Peer> = new Map(), unansweredMs = 20_000) {
    this.#clock = clock;
    this.#unansweredMs = unansweredMs;
    this.peers = peers;
  }

  readonly connect: Connect = ({ hostname, port }) => {
    const to = `${hostname}:${port}`;
    this.dialled.push({ to, atMs: this.#clock.nowMs() });
    const pipe = new Pipe(this.peers.get(to) ?? { peer: "refuses" });
    const opened = this.#open(to, port, hostname, pipe);
    opened.catch(() => {});
    return {
      readable: pipe.readable,
      writable: pipe.writable,
      opened,
      closed: opened,
      close: async () => {
        await opened.catch(() => {});
        pipe.hangUp();
      },
    } satisfies ByteSocket;
  };

  readonly fetch: Fetch = async (url) => {
    const { hostname, host } = new URL(url);
    if (parseIp(hostname.replace(/[[\]]/g, "")) !== undefined) return new Response("error code: 1003", { status: 403 });
    const peer = this.peers.get(host);
    if (peer?.peer !== "answers") return new Response("error code: 522", { status: 522 });
    const [answer = ""] = await peer.answer(url);
    const [, status = "200"] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
    return new Response(answer.split("\r\n\r\n")[1] || null, { status: Number(status) });
  };

  async #open(to: string, port: number, hostname: string, pipe: Pipe): Promise<void> {
    await this.#takePlace();
    try {
      const address = parseIp(hostname.replace(/[[\]]/g, ""));
      const refused =
        address !== undefined && (!admitAddress(address, defaults).allowed || isCloudflareAddress(address));
      if (refused || port === 25) throw new Error(refusal);
      if (this.peers.get(to)?.peer === "swallows") {
        await new Promise<void>((resolve) => {
          this.#clock.after(this.#unansweredMs, resolve);
        });
        throw new Error(refusal);
      }
      if (pipe.peer.peer === "refuses") throw new Error(refusal);
    } finally {
      this.#waiting -= 1;
      this.#queue.shift()?.();
    }
  }

  async #takePlace(): Promise<void> {
    if (this.#waiting >= waitingAtMost) {
      this.mostQueued = Math.max(this.mostQueued, this.#queue.length + 1);
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
      });
    }
    this.#waiting += 1;
    this.mostWaiting = Math.max(this.mostWaiting, this.#waiting);
  }
}

/** The two directions of a connection to a peer. */
class Pipe {
  readonly peer: Peer;
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly #out: WritableStreamDefaultWriter<Uint8Array>;
  #request = "";

  constructor(peer: Peer) {
    this.peer = peer;
    const inbound = new TransformStream<Uint8Array, Uint8Array>();
    this.readable = inbound.readable;
    this.#out = inbound.writable.getWriter();
    this.#out.closed.catch(() => {});
    this.writable = new WritableStream({ write: (octets) => this.#take(octets) });
  }

  hangUp(): void {
    this.#out.close().catch(() => {});
  }

  async #take(octets: Uint8Array): Promise<void> {
    this.#request += new TextDecoder().decode(octets);
    if (!this.#request.includes("\r\n\r\n")) return;
    if (this.peer.peer === "resets") await this.#out.abort(new Error("Network connection lost."));
    if (this.peer.peer !== "answers") return;
    for (const piece of await this.peer.answer(this.#request)) {
      this.#out.write(new TextEncoder().encode(piece)).catch(() => {});
    }
    if (!this.peer.keepsOpen) this.hangUp();
  }
}
