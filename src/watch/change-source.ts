/**
 * The changes to one kind of object from a revision on, as a watch stream in the Worker takes them: first what the log
 * already holds, then what the change feed tells. Bounded: a reader that falls behind is told so and cut off.
 */
import type { LogEntry } from "../registry/snapshots.ts";
import type { FeedMessage, Subscription } from "./fan-out.ts";

/** What comes next. After anything but changes the source is at its end. */
export type NextChanges =
  | { type: "changes"; upToRevision: number; entries: LogEntry[] }
  /** The log no longer reaches back that far; the reader must list again. */
  | { type: "too-old"; compactedRevision: number }
  /** More came than the reader took. */
  | { type: "overrun" }
  /** The feed went away; the reader may come back where it left off. */
  | { type: "closed" };

export interface ChangeSourceDeps {
  readChanges(since: number, limit: number): Promise<{ compactedRevision: number; entries: LogEntry[] }>;
  connect(subscription: Subscription): Promise<WebSocket>;
}

const entriesPerRead = 250;
/** So many messages of the feed may wait for the reader. */
const waitingMessages = 64;

/** Ends with `closed` when the signal aborts. */
export async function* changesSince(
  deps: ChangeSourceDeps,
  from: Subscription,
  signal: AbortSignal,
): AsyncGenerator<NextChanges> {
  let told = from.toldRevision;
  for (;;) {
    const { compactedRevision, entries } = await deps.readChanges(told, entriesPerRead);
    if (told < compactedRevision) return yield { type: "too-old", compactedRevision };
    const wanted = entries.filter((entry) => isFor(from, entry));
    told = entries.at(-1)?.revision ?? told;
    if (entries.length > 0) yield { type: "changes", upToRevision: told, entries: wanted };
    if (entries.length < entriesPerRead) break;
  }
  yield* live(await deps.connect({ ...from, toldRevision: told }), signal);
}

async function* live(socket: WebSocket, signal: AbortSignal): AsyncGenerator<NextChanges> {
  const mailbox = new Mailbox();
  socket.addEventListener("message", ({ data }) => mailbox.put(JSON.parse(String(data)) as FeedMessage));
  socket.addEventListener("close", () => mailbox.end());
  socket.addEventListener("error", () => mailbox.end());
  signal.addEventListener("abort", () => mailbox.end());
  socket.accept();
  try {
    for (;;) {
      const next = await mailbox.take();
      yield next;
      if (next.type !== "changes") return;
    }
  } finally {
    socket.close(1000);
  }
}

/** What has come and was not taken yet: at most so much, and then the reader is told that it lost the thread. */
class Mailbox {
  readonly #waiting: NextChanges[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  put(next: NextChanges): void {
    if (this.#ended) return;
    const overrun = this.#waiting.length === waitingMessages;
    if (overrun) this.#ended = true;
    this.#waiting.push(overrun ? { type: "overrun" } : next);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async take(): Promise<NextChanges> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) return next;
      if (this.#ended) return { type: "closed" };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function isFor({ resource, namespace }: Subscription, entry: LogEntry): boolean {
  return entry.resource === resource && (namespace === undefined || entry.object.metadata.namespace === namespace);
}
