/** The table of contents of the Worker: what it answers, what wakes it, which objects it keeps. No logic lives here. */
import { DurableObject } from "cloudflare:workers";

export default {
  fetch: () => new Response("ok\n"),
} satisfies ExportedHandler<Env>;

export class ServiceEndpoints extends DurableObject<Env> {}
export class Prober extends DurableObject<Env> {}
export class ChangeFeed extends DurableObject<Env> {}
