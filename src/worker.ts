/** The table of contents of the Worker: what it answers, what wakes it, which objects it keeps. No logic lives here. */
import { DurableObject } from "cloudflare:workers";

export { ServiceEndpoints } from "./endpoints/service-endpoints.ts";
export { ChangeFeed } from "./watch/change-feed.ts";

export default {
  fetch: () => new Response("ok\n"),
} satisfies ExportedHandler<Env>;

export class Prober extends DurableObject<Env> {
  async poke(): Promise<void> {}
}
