/**
 * The changes to one kind of object from a revision on, as a watch stream in the Worker takes them: first what the log
 * already holds, then what the change feed tells. Bounded: a reader that falls behind is told so and cut off.
 */
import type { FilteredLogPart, LogEntry } from "../registry/log.ts";
import type { FeedMessage, Subscription } from "./fan-out.ts";

/** What comes next. After `too-old`, `overrun` and `closed` there is nothing more. */
export type NextChanges =
  | { type: "changes"; upToRevision: number; entries: LogEntry[]; accessChanged?: true }
  /** Nothing has changed; whoever reads asked to be woken. */
  | { type: "nudge" }
  /** The log no longer reaches back that far; the reader must list again. */
  | { type: "too-old"; compactedRevision: number }
  /** More came than the reader took. */
  | { type: "overrun" }
  /** The feed went away, or the source was closed; the reader may come back where it left off. */
  | { type: "closed" };

export interface ChangeSourceDeps {
  /** Of what the reader asks for. */
  readChanges(since: number): Promise<FilteredLogPart>;
  connect(subscription: Subscription): Promise<FeedSocket>;
}

/** What is needed of the platform's WebSocket. */
export interface FeedSocket {
  addEventListener(type: "message", onMessage: (event: { data: unknown }) => void): void;
  addEventListener(type: "close" | "error", onEnd: () => void): void;
  accept(): void;
  close(code: number): void;
}

/** So much of what the feed has sent may wait for the reader; an isolate has 128 MB for all of its readers. */
const maxWaitingCharacters = 1_000_000;

export class ChangeSource {
  readonly #deps: ChangeSourceDeps;
  readonly #from: Subscription;
  readonly #mailbox = new Mailbox();

  constructor(deps: ChangeSourceDeps, from: Subscription) {
    this.#deps = deps;
    this.#from = from;
  }

  /** To be iterated once. */
  async *changes(): AsyncGenerator<NextChanges> {
    let told = this.#from.toldRevision;
    for (;;) {
      const { compactedRevision, entries, upToRevision, more, accessChanged } = await this.#deps.readChanges(told);
      if (told < compactedRevision) return yield { type: "too-old", compactedRevision };
      if (upToRevision > told) {
        yield { type: "changes", upToRevision, entries, ...(accessChanged && { accessChanged }) };
      }
      told = upToRevision;
      if (!more) break;
    }
    yield* this.#live(told);
  }

  /** Wakes the reader although nothing has changed. */
  nudge(): void {
    this.#mailbox.nudge();
  }

  close(): void {
    this.#mailbox.end();
  }

  async *#live(toldRevision: number): AsyncGenerator<NextChanges> {
    const socket = await this.#deps.connect({ ...this.#from, toldRevision });
    const mailbox = this.#mailbox;
    socket.addEventListener("message", ({ data }) => mailbox.put(String(data)));
    socket.addEventListener("close", () => mailbox.end());
    socket.addEventListener("error", () => mailbox.end());
    socket.accept();
    try {
      for (;;) {
        const next = await mailbox.take();
        yield next;
        if (next.type !== "changes" && next.type !== "nudge") return;
      }
    } finally {
      socket.close(1000);
    }
  }
}

/** What has come and was not taken yet: at most so much, and then the reader is told that it lost the thread. */
class Mailbox {
  /** Messages as they came: parsed, they would take several times the room. */
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #overrun = false;
  #nudged = false;
  #ended = false;
  #wake: (() => void) | undefined;

  put(message: string): void {
    if (this.#ended) return;
    this.#waiting.push(message);
    this.#waitingCharacters += message.length;
    // A single message may be larger than that, and somebody has to take it.
    if (this.#waiting.length > 1 && this.#waitingCharacters > maxWaitingCharacters) this.#giveUp();
    this.#wake?.();
  }

  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async take(): Promise<NextChanges> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message !== undefined) {
        this.#waitingCharacters -= message.length;
        return JSON.parse(message) as FeedMessage;
      }
      if (this.#overrun) return { type: "overrun" };
      if (this.#ended) return { type: "closed" };
      if (this.#nudged) {
        this.#nudged = false;
        return { type: "nudge" };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #giveUp(): void {
    this.#waiting = [];
    this.#overrun = true;
    this.#ended = true;
  }
}
