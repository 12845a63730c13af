/**
 * One reading of the log for all listeners: decides from where to read, who gets which entries, and how far each has
 * come. Knows no sockets; the change feed fills in its Deps.
 */
import { accessResources } from "../domain/rbac.ts";
import type { GroupResource } from "../domain/object.ts";
import type { LogEntry, LogPart } from "../registry/log.ts";

/** What a watch stream listens to, and the revision up to which it has been told. */
export interface Subscription {
  resource: GroupResource;
  /** All namespaces when absent. */
  namespace?: string;
  toldRevision: number;
}

/** What a stream is sent: the entries for it, in order, and how far the log has been read for it. */
export type FeedMessage =
  | { type: "changes"; upToRevision: number; entries: LogEntry[]; accessChanged?: true }
  /** The log no longer reaches back to where the stream is. */
  | { type: "too-old"; compactedRevision: number };

export interface Listener {
  subscription(): Subscription;
  /** Sends, and remembers that it was told up to the revision. */
  tell(message: FeedMessage, toldRevision: number): void;
  close(): void;
}

export interface FanOutDeps {
  listeners(): Listener[];
  readChanges(since: number): Promise<LogPart>;
}

/** Tells every listener of everything that it has not been told of. */
export async function fanOut(deps: FanOutDeps): Promise<void> {
  for (;;) {
    const listeners = deps.listeners();
    if (listeners.length === 0) return;
    const since = Math.min(...listeners.map((listener) => listener.subscription().toldRevision));
    const { compactedRevision, entries, more } = await deps.readChanges(since);
    for (const listener of listeners) tellOne(listener, compactedRevision, entries);
    if (!more) return;
  }
}

function tellOne(listener: Listener, compactedRevision: number, entries: readonly LogEntry[]): void {
  const { resource, namespace, toldRevision } = listener.subscription();
  if (toldRevision < compactedRevision) {
    listener.tell({ type: "too-old", compactedRevision }, toldRevision);
    listener.close();
    return;
  }
  const upToRevision = entries.at(-1)?.revision ?? toldRevision;
  if (upToRevision <= toldRevision) return;
  const news = entries.filter((entry) => entry.revision > toldRevision);
  const wanted = news.filter(
    (entry) =>
      entry.resource === resource && (namespace === undefined || entry.object.metadata.namespace === namespace),
  );
  listener.tell({ type: "changes", upToRevision, entries: wanted, ...accessMark(news) }, upToRevision);
}

/** Whether who may do what may have changed with these entries: then streams ask whether they may go on. */
function accessMark(entries: readonly LogEntry[]): { accessChanged?: true } {
  return entries.some(({ resource }) => accessResources.has(resource)) ? { accessChanged: true } : {};
}
