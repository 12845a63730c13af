/**
 * What a client of list and watch holds, and whether the events that reach it can be right: revisions rise, nothing is
 * added twice, nothing changes that is not there. Pure.
 */

export interface WatchedObject {
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string };
}

export interface WatchEvent {
  type: string;
  object: WatchedObject & { code?: number; message?: string };
}

/** What the client does next. */
export type Reaction = { do: "go on" } | { do: "list again" } | { do: "complain"; why: string };

const goOn: Reaction = { do: "go on" };

export class WatchCache {
  readonly #held = new Map<string, { uid: string; revision: number }>();
  /** The revision from which the watch goes on. */
  revision = 0;

  /** Begins anew with what a list says. */
  replace(items: readonly WatchedObject[], revision: number): void {
    this.#held.clear();
    for (const item of items) this.#keep(item);
    this.revision = revision;
  }

  take({ type, object }: WatchEvent): Reaction {
    if (type === "ERROR") {
      return object.code === 410 ? { do: "list again" } : { do: "complain", why: `ERROR ${object.message}` };
    }
    const revision = Number(object.metadata.resourceVersion);
    const key = keyOf(object);
    const why = this.#whyWrong(type, key, object.metadata.uid, revision);
    if (why !== undefined) return { do: "complain", why: `${type} ${key} at ${revision}: ${why}` };
    this.revision = revision;
    if (type === "DELETED") this.#held.delete(key);
    else if (type !== "BOOKMARK") this.#keep(object);
    return goOn;
  }

  /** What of a list this cache should know by now and does not. */
  missing(items: readonly WatchedObject[], listRevision: number): string[] {
    const listed = new Map(items.map((item) => [keyOf(item), Number(item.metadata.resourceVersion)]));
    const behind = [...listed].filter(([key, revision]) => {
      const held = this.#held.get(key);
      // What is not held may have been deleted since.
      return held === undefined ? this.revision < revision : held.revision < revision;
    });
    const extra = [...this.#held].filter(([key, { revision }]) => !listed.has(key) && revision <= listRevision);
    return [
      ...behind.map(([key, revision]) => `${key} at ${revision} has not been told of`),
      ...extra.map(([key, { revision }]) => `the deletion of ${key}, held at ${revision}, has not been told of`),
    ];
  }

  /** Whether it holds what is listed, no more and no less, each in the same revision. */
  holdsExactly(items: readonly WatchedObject[]): boolean {
    const isHeld = (item: WatchedObject): boolean =>
      this.#held.get(keyOf(item))?.revision === Number(item.metadata.resourceVersion);
    return items.length === this.#held.size && items.every(isHeld);
  }

  #whyWrong(type: string, key: string, uid: string, revision: number): string | undefined {
    if (type === "BOOKMARK") return revision < this.revision ? `bookmark behind ${this.revision}` : undefined;
    if (revision <= this.revision) return `comes after ${this.revision}`;
    const held = this.#held.get(key);
    if (type === "ADDED") return held === undefined ? undefined : "is held already";
    if (held === undefined) return "is not held";
    return held.uid === uid ? undefined : `is another one than ${held.uid}`;
  }

  #keep(object: WatchedObject): void {
    const { uid, resourceVersion } = object.metadata;
    this.#held.set(keyOf(object), { uid, revision: Number(resourceVersion) });
  }
}

function keyOf({ metadata }: WatchedObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
