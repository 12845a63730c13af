/**
 * Tells those concerned by a write to look again. A poke that fails is no error: its target stays pending in the
 * registry, and the sweep comes back to it within a minute.
 */
import type { ServiceKey } from "../domain/service.ts";
import type { Concerned } from "../registry/registry.ts";

export interface AnnouncementDeps {
  pokeService(key: ServiceKey): Promise<void>;
  pokeProber(name: string): Promise<void>;
  pokeFeed(): Promise<void>;
  sleep(durationMs: number): Promise<void>;
  waitUntil(promise: Promise<unknown>): void;
}

/** Resolves with the services that had not looked `waitMs` after the call; with none at once when that is 0. */
export async function announce(
  deps: AnnouncementDeps,
  concerned: Pick<Concerned, "services" | "probers">,
  waitMs: number,
): Promise<ServiceKey[]> {
  const late = new Set(concerned.services);
  const services = concerned.services.map(async (key) => {
    await deps.pokeService(key);
    late.delete(key);
  });
  const others = [...concerned.probers.map((name) => deps.pokeProber(name)), deps.pokeFeed()];
  deps.waitUntil(Promise.allSettled([...services, ...others]));
  if (waitMs === 0 || services.length === 0) return [];
  await Promise.race([Promise.allSettled(services), deps.sleep(waitMs)]);
  return [...late];
}
