/**
 * Which object a question overflows to, each with slots of its own. Pods that are known to swallow connections fill one
 * object before they open the next: each keeps its object awake, and billed, for as long as the platform waits, and they
 * are all asked at the same time, so that these times are one. The others are spread: when many begin to swallow
 * connections at once, each takes slots from few.
 */
import type { Question } from "./asker.ts";
import { authorityOf } from "./probe-target.ts";
import { hashOf } from "../domain/hash.ts";

/** As many probes as an object lets wait. */
const suspectsPerObject = 5;
const objectsForOthers = 16;

export class Overflows {
  readonly #prober: string;
  /** The object of each suspect, by where it is asked; it stays there, beside its attempt that may still wait. */
  readonly #suspects = new Map<string, number>();

  constructor(prober: string) {
    this.#prober = prober;
  }

  nameFor({ target, use }: Question): string {
    const to = authorityOf(target);
    if (use === "suspect") return `${this.#prober}/suspects-${this.#suspects.get(to) ?? this.#admit(to)}`;
    this.#suspects.delete(to);
    return `${this.#prober}/overflow-${hashOf(to) % objectsForOthers}`;
  }

  /** The first object with room. */
  #admit(to: string): number {
    const members = Map.groupBy(this.#suspects.values(), (object) => object);
    let object = 0;
    while ((members.get(object)?.length ?? 0) >= suspectsPerObject) object += 1;
    this.#suspects.set(to, object);
    return object;
  }
}
