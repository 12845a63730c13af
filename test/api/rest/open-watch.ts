/** Reads a watch line by line. */
import { fetchApi, type Document } from "./client.ts";

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: Document;
}

export interface OpenWatch {
  response: Response;
  /** The next event; fails when the stream ends before it. */
  next(): Promise<WatchEvent>;
  take(count: number): Promise<WatchEvent[]>;
  /** Everything up to the end of the stream. */
  rest(): Promise<WatchEvent[]>;
  /** Goes away, as a client does that has seen enough. */
  close(): Promise<void>;
}

/** `path` is the collection, with the rest of the query. */
export async function openWatch(
  path: string,
  accept = "*/*",
  headers: Record<string, string> = {},
): Promise<OpenWatch> {
  const url = `${path}${path.includes("?") ? "&" : "?"}watch=true`;
  const response = await fetchApi(url, { headers: { Accept: accept, ...headers } });
  if (response.body === null) throw new Error("a watch has a body");
  const reader = response.body.getReader();
  const lines = linesOf(reader);
  const next = async (): Promise<WatchEvent> => {
    const line = await lines.next();
    if (line.done === true) throw new Error("the watch ended before the next event");
    return JSON.parse(line.value) as WatchEvent;
  };
  return {
    response,
    next,
    async take(count) {
      const taken: WatchEvent[] = [];
      while (taken.length < count) taken.push(await next());
      return taken;
    },
    async rest() {
      const found: WatchEvent[] = [];
      for await (const line of lines) found.push(JSON.parse(line) as WatchEvent);
      return found;
    },
    close: () => reader.cancel(),
  };
}

/** `ADDED web` */
export function short({ type, object }: WatchEvent): string {
  return `${type} ${object.metadata.name}`;
}

async function* linesOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const end = text.indexOf("\n");
    if (end >= 0) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
      continue;
    }
    const { done, value } = await reader.read();
    if (done) return undefined;
    text += decoder.decode(value, { stream: true });
  }
}
