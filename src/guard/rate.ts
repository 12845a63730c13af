/**
 * How often somebody may ask, by Cloudflare's rate limiting: counted for each of its locations and roughly, which is
 * what it takes to keep one client from using up what all share. Without a binding nobody is limited.
 */
import { parseIp } from "../domain/ip.ts";

/** What is used of the binding. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** The longest period that wrangler.toml gives a limit: who waits for it may ask again. */
export const retryAfterSeconds = 10;

/** Nobody is refused because the counting has failed. */
export async function isWithin(limiter: RateLimiter | undefined, key: string | undefined): Promise<boolean> {
  if (limiter === undefined || key === undefined) return true;
  try {
    return (await limiter.limit({ key })).success;
  } catch {
    return true;
  }
}

/** Where a request comes from, as the platform says; undefined where there is no platform before us. Of an IPv6 address, its /64. */
export function sourceOf({ headers }: Pick<Request, "headers">): string | undefined {
  const ip = parseIp(headers.get("CF-Connecting-IP") ?? "");
  if (ip === undefined) return undefined;
  return ip.family === 4 ? ip.text : ip.octets.subarray(0, 8).join(".");
}
