/**
 * Opens a socket within a deadline, and says what came of it. Nothing can abort a connection attempt: one that is not
 * answered holds its slot until the platform gives it up (about 20 s), long after the probe has ended.
 */
import { bracketed } from "./probe-target.ts";
import { before, type ByteSocket, type Connect, type Deadline } from "./sockets.ts";

export type Dialled =
  | { dial: "open"; socket: ByteSocket }
  /** The platform says the same of a peer that refuses, a route that does not exist and a handshake that fails. */
  | { dial: "refused" }
  | { dial: "lost" }
  /** The attempt goes on; `leftBehind` resolves with whether the peer accepted it in the end. */
  | { dial: "timed-out"; leftBehind: Promise<boolean> }
  | { dial: "impossible"; message: string };

type SettledDial = Exclude<Dialled, { dial: "timed-out" }>;

export interface Endpoint {
  hostname: string;
  port: number;
  secure: boolean;
}

export async function dial(connect: Connect, endpoint: Endpoint, deadline: Deadline): Promise<Dialled> {
  let socket: ByteSocket;
  try {
    socket = connect(
      { hostname: bracketed(endpoint.hostname), port: endpoint.port },
      { secureTransport: endpoint.secure ? "on" : "off", allowHalfOpen: false },
    );
  } catch (error) {
    return { dial: "impossible", message: messageOf(error) };
  }
  socket.closed.catch(() => {});
  const opened = socket.opened.then(
    (): SettledDial => ({ dial: "open", socket }),
    (error: unknown): SettledDial => failedDial(messageOf(error)),
  );
  const dialled = await before(deadline, opened);
  if (dialled !== "expired") return dialled;
  hangUp(socket);
  return { dial: "timed-out", leftBehind: opened.then(({ dial }) => dial === "open") };
}

/** Closes without waiting: before the socket is open, that would take as long as the opening. */
export function hangUp(socket: ByteSocket): void {
  socket.close().catch(() => {});
}

export function isConnectionLost(error: unknown): boolean {
  return messageOf(error).startsWith("Network connection lost");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** By the platform's words (workerd, November 2026); words that are not known say nothing about the pod. */
function failedDial(message: string): SettledDial {
  if (message.startsWith("proxy request failed")) return { dial: "refused" };
  if (message.startsWith("Network connection lost")) return { dial: "lost" };
  return { dial: "impossible", message };
}
