/** How each Durable Object is reached: under which name, and near which place. */
import { configOf } from "../config/config.ts";
import { regionOfProber, type Region } from "../domain/node.ts";
import type { ServiceKey } from "../domain/service.ts";

export function serviceObject(env: Env, key: ServiceKey) {
  return env.SERVICE_ENDPOINTS.getByName(key, near(configOf(env).homeRegion));
}

/** A region's probers belong into that region. */
export function proberObject(env: Env, name: string) {
  return env.PROBER.getByName(name, near(regionOfProber(name) ?? configOf(env).homeRegion));
}

/** One feed serves all watches. */
export function feedObject(env: Env) {
  return env.CHANGE_FEED.getByName("feed", near(configOf(env).homeRegion));
}

/** An object stays where it is first asked for, unless it is asked for with a hint: so every call gives it. */
function near(region: Region | undefined): { locationHint?: Region } {
  return region === undefined ? {} : { locationHint: region };
}
