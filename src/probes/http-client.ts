/**
 * One request and one response over an open socket: sends, reads no more than it needs, hangs up on every path.
 * fetch() would not do: it refuses IP literals in production and cannot set Host.
 */
import { hangUp, isConnectionLost } from "./dial.ts";
import { HttpResponseParser, type ParseState, type ResponseHead } from "./http-response.ts";
import { before, type ByteSocket, type Deadline } from "./sockets.ts";

export type Exchange =
  | { exchange: "response"; head: ResponseHead; body: string }
  | { exchange: "broken"; message: string }
  | { exchange: "reset" }
  | { exchange: "timed-out" };

export async function exchangeHttp(socket: ByteSocket, request: Uint8Array, deadline: Deadline): Promise<Exchange> {
  const parser = new HttpResponseParser();
  const writer = socket.writable.getWriter();
  // A peer may answer before it has read everything; whether the answer is good is seen by reading.
  writer.write(request).catch(() => {});
  const reader = socket.readable.getReader();
  try {
    return concluded(parser, await readResponse(reader, parser, deadline));
  } catch (error) {
    const unread = concluded(parser, "ended");
    if (unread.exchange === "response") return unread;
    return isConnectionLost(error) ? { exchange: "reset" } : { exchange: "broken", message: String(error) };
  } finally {
    hangUp(socket);
  }
}

async function readResponse(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  parser: HttpResponseParser,
  deadline: Deadline,
): Promise<"ended" | "expired"> {
  while (isOngoing(parser.state)) {
    const read = await before(deadline, reader.read());
    if (read === "expired") return "expired";
    if (read.done) parser.end();
    else parser.push(read.value);
  }
  return "ended";
}

/** The head decides, however little of the body has come. */
function concluded(parser: HttpResponseParser, reading: "ended" | "expired"): Exchange {
  const { state } = parser;
  switch (state.state) {
    case "body":
    case "done":
      return { exchange: "response", head: state.head, body: parser.body };
    case "broken":
      return { exchange: "broken", message: state.message };
    case "head":
      return reading === "expired" ? { exchange: "timed-out" } : { exchange: "reset" };
  }
}

function isOngoing({ state }: ParseState): boolean {
  return state === "head" || state === "body";
}
