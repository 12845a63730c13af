const offsetBasis = 0x811c9dc5;

/**
 * FNV-1a, 32 bits: spreads texts evenly, gives the same number everywhere and always, and keeps nobody out. `from` is the
 * hash of a text that is taken to stand before this one.
 */
export function hashOf(text: string, from: number = offsetBasis): number {
  let hash = from;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
