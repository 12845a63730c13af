/**
 * Holds the catalogue for an isolate. Its one-row revision is looked at no more than once per TTL, and the whole is
 * read only when that has moved; so names that do not exist cost no I/O.
 */
import { Catalogue } from "./catalogue.ts";
import type { DnsDeps } from "./deps.ts";
import { Kept, type AsOf, type KeptConditions } from "../domain/kept.ts";

/** With a TTL of zero, the revision would be read for every question, those for names that do not exist included. */
const shortestPeriodMs = 1000;

export class CatalogueReader {
  readonly #deps: Pick<DnsDeps, "readCatalogueRevision" | "readCatalogue">;
  readonly #defaultTtlSeconds: number;
  readonly #kept: Kept<Catalogue>;
  readonly #nowMs: () => number;
  #newest: Catalogue | undefined;
  #doubtedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    deps: Pick<DnsDeps, "readCatalogueRevision" | "readCatalogue">,
    defaultTtlSeconds: number,
    conditions: KeptConditions,
  ) {
    this.#deps = deps;
    this.#defaultTtlSeconds = defaultTtlSeconds;
    this.#nowMs = conditions.nowMs;
    this.#kept = new Kept("catalogue", 1, conditions);
  }

  /** Undefined when it cannot be read right now. */
  current(): Promise<AsOf<Catalogue> | undefined> {
    const periodMs = Math.max((this.#newest?.shortestTtlSeconds ?? 0) * 1000, shortestPeriodMs);
    return this.#kept.get("", periodMs, () => this.#read());
  }

  /** The last one that was read, however old. */
  get newest(): Catalogue | undefined {
    return this.#newest;
  }

  /** The next question looks at the revision again. */
  forget(): void {
    this.#kept.clear();
  }

  /**
   * Somebody knows of services that the catalogue does not. Whether that is reason to look at the revision again: not
   * if it has been done within this second, or a service that stays at odds would have it read for every question.
   */
  doubt(): boolean {
    const nowMs = this.#nowMs();
    // Whichever way: the clock may have been set back.
    if (Math.abs(nowMs - this.#doubtedAtMs) < shortestPeriodMs) return false;
    this.#doubtedAtMs = nowMs;
    this.forget();
    return true;
  }

  async #read(): Promise<Catalogue> {
    const revision = await this.#deps.readCatalogueRevision();
    if (this.#newest === undefined || revision > this.#newest.revision) {
      const read = new Catalogue(await this.#deps.readCatalogue(), this.#defaultTtlSeconds);
      // Of two reads that overlapped, the older may arrive last.
      if (this.#newest === undefined || read.revision > this.#newest.revision) this.#newest = read;
    }
    return this.#newest;
  }
}
