/** The Durable Object that wakes the watch streams when the log has grown. */
import { DurableObject } from "cloudflare:workers";

export class ChangeFeed extends DurableObject<Env> {
  /** The log has grown. */
  async poke(): Promise<void> {}
}
