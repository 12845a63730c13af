/**
 * Pods by the thousand in one process: one listener behind all loopback addresses, that answers probes over HTTP and
 * remembers when each pod was asked. What a pod answers is its own.
 */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface Arrival {
  ip: string;
  atMs: number;
  status: number;
}

export class PodFarm {
  readonly #server: Server;
  readonly #statuses = new Map<string, number>();
  #arrivals: Arrival[] = [];
  readonly #listeners = new Set<(arrival: Arrival) => void>();

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** The port on which every pod listens. */
  async start(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen({ port: 0, host: "0.0.0.0", backlog: 4096 }, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
  }

  /** From now on this pod answers so. */
  answer(ip: string, status: number): void {
    this.#statuses.set(ip, status);
  }

  /** The probes that came since the last call. */
  take(): Arrival[] {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    return arrivals;
  }

  /** Calls back after every answer, until the function that it returns is called. */
  listen(onAnswer: (arrival: Arrival) => void): () => void {
    this.#listeners.add(onAnswer);
    return () => this.#listeners.delete(onAnswer);
  }

  #serve(socket: Socket): void {
    const atMs = Date.now();
    const ip = socket.localAddress ?? "";
    socket.on("error", () => {});
    socket.once("data", () => {
      const status = this.#statuses.get(ip) ?? 200;
      socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      const arrival = { ip, atMs, status };
      this.#arrivals.push(arrival);
      for (const onAnswer of this.#listeners) onAnswer({ ...arrival, atMs: Date.now() });
    });
  }
}

/** The loopback address of the pod of this number. */
export function farmAddress(index: number): string {
  return `127.${50 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}
