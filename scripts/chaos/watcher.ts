/** Follows one resource by list and watch, across every restart, as Kubernetes' client libraries do. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { attemptUntilKnown } from "./attempt.ts";
import { complain, type Run } from "./run.ts";
import { WatchCache, type WatchedObject, type WatchEvent } from "./watch-cache.ts";

export const watchedPaths = {
  pods: "/api/v1/pods",
  services: "/api/v1/services",
  endpoints: "/api/v1/endpoints",
  endpointslices: "/apis/discovery.k8s.io/v1/endpointslices",
} as const;

export type WatchedResource = keyof typeof watchedPaths;

export class Watcher {
  readonly resource: WatchedResource;
  readonly #run: Run;
  readonly #chance: Chance;
  readonly #cache = new WatchCache();

  constructor(run: Run, resource: WatchedResource, chance: Chance) {
    this.#run = run;
    this.resource = resource;
    this.#chance = chance;
  }

  async follow(signal: AbortSignal): Promise<void> {
    let isListed = false;
    while (!signal.aborted) {
      isListed ||= await this.#list(signal);
      if (isListed) isListed = (await this.#watch(signal).catch(() => "ended")) === "ended";
      // What has ended early would end early again.
      await sleep(100);
    }
  }

  missing(items: readonly WatchedObject[], revision: number): string[] {
    return this.#cache.missing(items, revision);
  }

  holdsExactly(items: readonly WatchedObject[]): boolean {
    return this.#cache.holdsExactly(items);
  }

  async #list(signal: AbortSignal): Promise<boolean> {
    const found = await attemptUntilKnown(() => this.#run.api("GET", watchedPaths[this.resource]), signal);
    if (found?.known.outcome !== "answered") return false;
    const { items = [], metadata } = found.known.answer.body;
    this.#cache.replace(items, Number(metadata.resourceVersion));
    return true;
  }

  /** Until the stream ends, or says that the list must be read again. */
  async #watch(signal: AbortSignal): Promise<"ended" | "list again"> {
    const { counts } = this.#run;
    const url = new URL(watchedPaths[this.resource], this.#run.url);
    const timeoutSeconds = Math.round(this.#chance.between(5, 120));
    url.search = `watch=true&allowWatchBookmarks=true&resourceVersion=${this.#cache.revision}&timeoutSeconds=${timeoutSeconds}`;
    const response = await fetch(url, { signal });
    counts.watchResumptions += 1;
    if (response.status === 410) return "list again";
    if (!response.ok || response.body === null) return "ended";
    for await (const line of linesOf(response.body)) {
      counts.watchEvents += 1;
      const event = JSON.parse(line) as WatchEvent;
      const reaction = this.#cache.take(event);
      if (reaction.do === "complain") complain(this.#run, "wrong watch", `${this.resource}: ${reaction.why}`);
      if (reaction.do === "go on") continue;
      counts.watchRelists += 1;
      return "list again";
    }
    return "ended";
  }
}

/** Whole lines alone: what is cut in the middle was not told. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
