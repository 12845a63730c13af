/**
 * A port of every loopback address that answers at first, and then swallows connections: the process that listens is
 * stopped and its backlog filled, so that the kernel drops what comes, as a firewall would.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { connect } from "node:net";

const listener = `
  const answer = "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n";
  const server = require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(answer));
  });
  server.listen({ port: 0, host: "0.0.0.0", backlog: 8 }, () => console.log(server.address().port));
`;

export class BlackHole {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = spawn(process.execPath, ["-e", listener], { stdio: ["ignore", "pipe", "inherit"] });
  }

  async start(): Promise<number> {
    return new Promise((resolve) => {
      this.#child.stdout?.once("data", (text: Buffer) => resolve(Number(String(text))));
    });
  }

  async swallow(port: number): Promise<void> {
    this.#child.kill("SIGSTOP");
    while (await connects(port));
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Whether a connection still finds room in the backlog; it is left there. */
function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(false);
    }, 500);
    socket.on("error", () => {});
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.unref();
      resolve(true);
    });
  });
}
