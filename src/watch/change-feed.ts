/**
 * The Durable Object that tells the watch streams of every change: it reads the log once for all of them when it is
 * poked, and sends each what it has not had. The sockets are hibernatable, so a quiet cluster costs nothing, and with
 * no stream connected a poke reads nothing.
 */
import { DurableObject } from "cloudflare:workers";
import { configOf } from "../config/config.ts";
import { Convergence } from "../domain/convergence.ts";
import { hashOf } from "../domain/hash.ts";
import { readChanges } from "../registry/log.ts";
import { fanOut, type Listener, type Subscription } from "./fan-out.ts";

export class ChangeFeed extends DurableObject<Env> {
  readonly #telling = new Convergence(() =>
    fanOut({
      listeners: () => this.#openSockets().map(toListener),
      readChanges: (since) => readChanges(this.env.DB, since),
    }),
  );

  /** The log has grown. */
  async poke(): Promise<void> {
    if (this.#openSockets().length > 0) await this.#telling.poke();
  }

  /** Whether this user may have one more watch. */
  async hasRoom(watcher: string): Promise<boolean> {
    const { watchesPerIdentity } = configOf(this.env).limits;
    return watchesPerIdentity === 0 || this.ctx.getWebSockets(tagOf(watcher)).length < watchesPerIdentity;
  }

  /** A stream connects, with its subscription as JSON in the query parameter of that name, and who watches in another. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const [subscription, watcher] = [searchParams.get("subscription"), searchParams.get("watcher")];
    if (subscription === null || watcher === null || request.headers.get("Upgrade") !== "websocket") {
      return new Response("a watch stream connects by WebSocket\n", { status: 426 });
    }
    // Looked at again, since several may have been told at once that there is room.
    if (!(await this.hasRoom(watcher))) return new Response("too many watches\n", { status: 429 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [tagOf(watcher)]);
    server.serializeAttachment(JSON.parse(subscription) as Subscription);
    // What was written between the stream's own reading and this moment has poked nobody for it.
    this.ctx.waitUntil(this.#telling.poke());
    return new Response(null, { status: 101, webSocket: client });
  }

  #openSockets(): WebSocket[] {
    return this.ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 say that there was no code, and may not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

/** A tag has at most 256 characters, and names of users may have more. */
function tagOf(watcher: string): string {
  return `${hashOf(watcher)} ${watcher.slice(-200)}`;
}

function toListener(socket: WebSocket): Listener {
  const subscription = (): Subscription => socket.deserializeAttachment() as Subscription;
  return {
    subscription,
    tell: (message, toldRevision) => {
      // It may have gone while the log was read, and the others are still to be told.
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify(message));
      socket.serializeAttachment({ ...subscription(), toldRevision });
    },
    close: () => socket.close(1000),
  };
}
