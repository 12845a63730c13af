/**
 * Runs one pass at a time towards a target that keeps moving. Whoever pokes while a pass runs gets another one after
 * it, and whoever waits gets a pass that started after its poke: a pass reads the registry when it starts, so an
 * earlier one may have missed the change that the poke is about.
 */
export class Convergence {
  readonly #pass: () => Promise<void>;
  /** The pass that has not started yet, and will see everything up to its start. */
  #next: Promise<void> | undefined;
  #running: Promise<void> | undefined;

  constructor(pass: () => Promise<void>) {
    this.#pass = pass;
  }

  /** Resolves when a pass that started after this call has ended; rejects when that pass failed. */
  poke(): Promise<void> {
    this.#next ??= this.#start(this.#running);
    return this.#next;
  }

  async #start(before: Promise<void> | undefined): Promise<void> {
    // A failure of the pass before belongs to those who waited for that one.
    await before?.catch(() => {});
    // Always a turn later, so that #next is set before the pass begins.
    await Promise.resolve();
    const running = this.#pass();
    this.#next = undefined;
    this.#running = running;
    await running;
  }
}
