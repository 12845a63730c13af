/**
 * Zeroed octets for replies, cut from larger pieces. In workerd an ArrayBuffer of its own costs a reply more than
 * everything else that is done for it. No octet is given out twice, so that a reply may be kept for as long as anybody likes.
 */

const slabOctets = 16 * 1024;
/** Longer ones get a buffer of their own, so that little is lost at the end of a slab. */
const mostFromSlab = 2048;

let slab = new Uint8Array(slabOctets);
let used = 0;

export function newOctets(length: number): Uint8Array<ArrayBuffer> {
  if (length > mostFromSlab) return new Uint8Array(length);
  if (used + length > slabOctets) {
    slab = new Uint8Array(slabOctets);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}
