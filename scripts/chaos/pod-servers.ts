/** The servers of the pods, each on a loopback address of its own, within this process: healthy, failing, silent, gone. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** failing: answers 503; silent: accepts and never answers; gone: refuses connections. */
export type PodHealth = "healthy" | "failing" | "silent" | "gone";

export class PodServer {
  readonly #address: string;
  readonly #port: number;
  #health: PodHealth = "gone";
  #server: Server | undefined;

  constructor(address: string, port: number) {
    this.#address = address;
    this.#port = port;
  }

  async become(health: PodHealth): Promise<void> {
    this.#health = health;
    if (health === "gone") return this.stop();
    if (this.#server !== undefined) return;
    this.#server = createServer((_, response) => {
      if (this.#health === "silent") return;
      response.writeHead(this.#health === "healthy" ? 200 : 503, { Connection: "close" }).end();
    });
    this.#server.listen(this.#port, this.#address);
    await once(this.#server, "listening");
  }

  /** Connections that are open are cut. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
