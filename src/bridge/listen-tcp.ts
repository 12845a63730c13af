/**
 * Questions over TCP: several per connection, answered as the answers come (RFC 7766 §6.2.1, §7). Connections are
 * bounded in number, in what is under way on each, and in how long they may be silent or dawdle.
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Endpoint } from "./endpoint.ts";
import type { Answer, Listener } from "./listen-udp.ts";
import { framed, StreamMessages } from "./stream-messages.ts";

const mostConnections = 256;
const mostUnderWay = 64;
const idleMs = 20_000;

/** Throws what the system says if it cannot listen there. */
export async function listenTcp(
  { address, port }: Endpoint,
  answer: Answer,
  idleTimeoutMs = idleMs,
): Promise<Listener> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    serve(socket, answer, idleTimeoutMs);
  });
  server.maxConnections = mostConnections;
  server.listen({ host: address, port, ipv6Only: true });
  await once(server, "listening");
  return {
    port: portOf(server),
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}

function serve(socket: Socket, answer: Answer, idleTimeoutMs: number): void {
  const messages = new StreamMessages();
  let underWay = 0;
  let hasEnded = false;
  // The time runs from message to message: single octets now and then do not keep a connection.
  let timer = setTimeout(() => socket.destroy(), idleTimeoutMs);
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(), idleTimeoutMs);
  };
  const goOn = (): void => {
    if (hasEnded && underWay === 0) socket.end();
    else if (underWay < mostUnderWay && !socket.writableNeedDrain) socket.resume();
  };
  const reply = async (query: Uint8Array): Promise<void> => {
    const octets = await answer(query);
    underWay--;
    if (octets !== undefined && socket.writable) socket.write(framed(octets));
    rest();
    goOn();
  };
  socket.on("data", (chunk: Buffer) => {
    for (const query of messages.take(chunk)) {
      underWay++;
      rest();
      void reply(query);
    }
    // Whoever asks more than it reads waits until it has read.
    if (underWay >= mostUnderWay || socket.writableNeedDrain) socket.pause();
  });
  socket.on("drain", goOn);
  socket.on("end", () => {
    hasEnded = true;
    goOn();
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => clearTimeout(timer));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
