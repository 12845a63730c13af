/** How much of a TTL that somebody else has written counts. */

/** Longer ones are cut to this: a record that is wrong should go away some day (RFC 8767 §4). */
const longestTtlSeconds = 86_400;

/** A TTL has 31 bits; one with the upper bit set is zero (RFC 2181 §8). */
export function soundTtl(ttlSeconds: number): number {
  return ttlSeconds >= 2 ** 31 ? 0 : Math.min(ttlSeconds, longestTtlSeconds);
}
