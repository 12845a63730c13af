/** What one isolate keeps between requests, and how its writes are seen by its own answers at once. */
import type { ServiceKey } from "./domain/service.ts";

/** Drops the DNS answers about a service that this isolate holds. Others live on for at most their TTL. */
export function forgetAnswers(_service: ServiceKey): void {}
