/**
 * The Durable Object of one service, named `namespace/service`: it holds the ready endpoint list, answers DNS from
 * memory, and publishes Endpoints and EndpointSlices. A question never creates anything: nothing is stored before
 * there is a service to store something about.
 */
import { DurableObject } from "cloudflare:workers";
import type { ReadyList } from "../domain/endpoints.ts";
import type { ServiceKey } from "../domain/service.ts";
import { serviceEndpointsDeps } from "../wiring/service-endpoints.ts";
import { EndpointsKeeper } from "./endpoints-keeper.ts";
import { loadList, storeList } from "./stored-list.ts";

export class ServiceEndpoints extends DurableObject<Env> {
  readonly #keeper: EndpointsKeeper;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#keeper = new EndpointsKeeper({
      ...serviceEndpointsDeps(env, serviceKeyOf(ctx), (promise) => ctx.waitUntil(promise)),
      load: () => loadList(ctx.storage.kv),
      store: (held) => storeList(ctx.storage.kv, held),
      forget: () => ctx.storage.deleteAll(),
    });
  }

  /**
   * Something that this service may depend on has changed, at `causedMs` if the caller knows. Resolves when the ready
   * list has taken it in.
   */
  async poke(causedMs?: number): Promise<void> {
    await this.#keeper.poke(causedMs);
  }

  /** The ready endpoints of the service with this uid, or of its successor; undefined when there is no such service. */
  async resolve(serviceUid: string): Promise<ReadyList | undefined> {
    return this.#keeper.resolve(serviceUid);
  }
}

/** The object is only ever reached by its name. */
function serviceKeyOf(ctx: DurableObjectState): ServiceKey {
  const { name } = ctx.id;
  if (name === undefined) throw new Error("a service's object was reached by its id instead of its name");
  return name as ServiceKey;
}
