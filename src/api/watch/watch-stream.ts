/**
 * A watch as a stream of octets: what is there, then what changes, bookmarks in between, until its time is over or the
 * client goes. A client that does not read is cut off rather than waited for without end.
 */
import type { GroupResource, KubeObject } from "../../domain/object.ts";
import type { ApiDeps, NextChanges } from "../deps.ts";
import type { Refusal } from "../refusal.ts";
import { toStatus } from "../status.ts";
import { toWatchEvent, type WatchEvent } from "./watch-events.ts";
import type { WatchOptions } from "./watch-options.ts";

/** What is there when the watch begins, and as of which revision. */
export interface Beginning {
  items: readonly KubeObject[];
  revision: number;
}

export interface WatchRequest {
  deps: Pick<ApiDeps, "follow" | "after" | "nowMs">;
  /** Why whoever watches may no longer, if so, when the log has come to `revision`. */
  whyNotAllowed(revision: number): Promise<Refusal | undefined>;
  resource: GroupResource;
  /** Empty for all namespaces. */
  namespace: string;
  beginning: Beginning;
  options: WatchOptions;
  matches(object: KubeObject): boolean;
  write(event: WatchEvent): Uint8Array;
  /** Aborts when the client goes. */
  signal: AbortSignal;
}

const bookmarkIntervalMs = 60_000;
/** Before the end, so that a client that comes back has the newest revision to come back with. */
const lastBookmarkMs = 2_000;

export function streamEvents(request: WatchRequest): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const gone = new AbortController();
  writer.closed.catch(() => gone.abort());
  const signal = AbortSignal.any([request.signal, gone.signal]);
  // A client that has gone is the usual end of a watch and nobody's fault.
  pump({ ...request, signal }, (event) => writer.write(request.write(event)))
    .then(() => writer.close())
    .catch(() => writer.abort().catch(() => {}));
  return readable;
}

async function pump(request: WatchRequest, send: (event: WatchEvent) => Promise<void>): Promise<void> {
  const { deps, beginning, options, resource, namespace, signal } = request;
  for (const object of beginning.items) await send({ type: "ADDED", object });
  if (options.marksInitialEnd) await send({ type: "BOOKMARK", revision: beginning.revision, endsInitial: true });
  const inNamespace = namespace === "" ? {} : { namespace };
  const source = deps.follow({ resource, ...inNamespace, toldRevision: beginning.revision });
  const stopTimers = startTimers(request, source);
  const close = (): void => source.close();
  signal.addEventListener("abort", close);
  let told = beginning.revision;
  try {
    for await (const next of source.changes()) {
      if (next.type === "changes") told = Math.max(told, next.upToRevision);
      const lost = next.type === "changes" && next.accessChanged ? await request.whyNotAllowed(told) : undefined;
      if (lost !== undefined) return await send({ type: "ERROR", status: toStatus(lost.reason) });
      for (const event of eventsOf(next, told, request)) await send(event);
    }
  } finally {
    stopTimers();
    signal.removeEventListener("abort", close);
  }
}

function eventsOf(next: NextChanges, told: number, request: WatchRequest): WatchEvent[] {
  switch (next.type) {
    case "changes":
      return next.entries.flatMap((entry) => toWatchEvent(entry, (object) => request.matches(object)) ?? []);
    case "nudge":
      return request.options.bookmarks ? [{ type: "BOOKMARK", revision: told, endsInitial: false }] : [];
    case "too-old":
      return [expired(`too old resource version: ${told} (${next.compactedRevision})`)];
    case "overrun":
      return [expired(`too old resource version: ${told}: changes came faster than they were read`)];
    case "closed":
      return [];
  }
}

function expired(message: string): WatchEvent {
  return { type: "ERROR", status: toStatus({ type: "expired", message }) };
}

/** Wakes the stream when a bookmark is due, and ends it when its time is over. */
function startTimers({ deps, options }: WatchRequest, source: { nudge(): void; close(): void }): () => void {
  const { timeoutMs } = options;
  let cancelNext: (() => void) | undefined;
  const repeat = (): void => {
    cancelNext = deps.after(bookmarkIntervalMs, () => {
      source.nudge();
      repeat();
    });
  };
  repeat();
  const cancelLast = deps.after(Math.max(0, timeoutMs - lastBookmarkMs), () => source.nudge());
  const cancelEnd = deps.after(timeoutMs, () => source.close());
  return () => {
    cancelNext?.();
    cancelLast();
    cancelEnd();
  };
}
