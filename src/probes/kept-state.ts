/**
 * What a prober keeps over an eviction, by keys that begin with a pod's uid. Written only when it differs from what is
 * stored: each write is a row.
 */

/** The object's own storage. */
export interface StateStore<T> {
  load(): Map<string, T>;
  save(key: string, value: T): void;
  remove(key: string): void;
}

export class KeptState<T> {
  readonly #store: StateStore<T>;
  readonly #kept: Map<string, T>;

  constructor(store: StateStore<T>) {
    this.#store = store;
    this.#kept = store.load();
  }

  /** What is kept for one pod. */
  of(uid: string): ReadonlyMap<string, T> {
    return new Map([...this.#kept].filter(([key]) => uidIn(key) === uid));
  }

  keep(key: string, value: T): void {
    if (JSON.stringify(this.#kept.get(key)) === JSON.stringify(value)) return;
    this.#kept.set(key, value);
    this.#store.save(key, value);
  }

  forget(key: string): void {
    if (this.#kept.delete(key)) this.#store.remove(key);
  }

  /** Forgets the pods that are not among `uids`. */
  forgetOthers(uids: ReadonlyMap<string, unknown>): void {
    for (const key of this.#kept.keys()) if (!uids.has(uidIn(key))) this.forget(key);
  }
}

function uidIn(key: string): string {
  return key.slice(0, key.indexOf("/"));
}
