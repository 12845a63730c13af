/**
 * Domain names as sequences of labels. A label is a string with one character per octet (0 to 255), so that a dot or a
 * zero inside a label is an octet like any other; nothing in dns/ joins labels into dotted text and splits it again.
 * Source: RFC 1035 §3.1 and §4.1.4, RFC 2181 §11, RFC 4343.
 */

import { headerOctets } from "./codes.ts";

/** Labels from the left, without the root. The root itself is the empty name. */
export type Name = readonly string[];

export const maxLabelOctets = 63;
export const maxNameOctets = 255;
/** A name holds at most 127 labels, and each pointer of an honest encoder follows at least one. */
const maxPointers = 126;

/**
 * The offset behind the name that starts at `start`; -1 when it is malformed. A pointer must point before the run of
 * labels that it ends, which makes every walk come to an end.
 */
export function skipName(octets: Uint8Array, start: number): number {
  let offset = start;
  let runStart = start;
  let end = -1;
  let nameOctets = 1;
  for (let pointers = 0; ;) {
    const length = octets[offset];
    if (length === undefined) return -1;
    if (length === 0) return end === -1 ? offset + 1 : end;
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | (octets[offset + 1] ?? 0xffff);
      if (target >= runStart || target < headerOctets || ++pointers > maxPointers) return -1;
      if (end === -1) end = offset + 2;
      offset = runStart = target;
      continue;
    }
    nameOctets += length + 1;
    if (length > maxLabelOctets || nameOctets > maxNameOctets) return -1;
    offset += length + 1;
  }
}

/** The name at `start`, which `skipName` has found to be sound, with its letters as they came. */
export function readName(octets: Uint8Array, start: number): Name {
  const labels: string[] = [];
  for (let offset = start; ;) {
    const length = octets[offset] ?? 0;
    if (length === 0) return labels;
    if (length >= 0xc0) {
      offset = ((length & 0x3f) << 8) | (octets[offset + 1] ?? 0);
      continue;
    }
    labels.push(String.fromCharCode(...octets.subarray(offset + 1, offset + 1 + length)));
    offset += length + 1;
  }
}

/**
 * The octets of an uncompressed name in `octets` from `start` up to `end`, length octets included, A to Z folded: equal
 * for equal names and for no others, so that it can be a key. Length octets are below 64 and so never fold.
 */
export function foldedWireName(octets: Uint8Array, start: number, end: number): string {
  const folded: number[] = [];
  for (let offset = start; offset < end; offset++) {
    const octet = octets[offset] ?? 0;
    folded.push(isUpper(octet) ? octet + 0x20 : octet);
  }
  return String.fromCharCode(...folded);
}

/** The labels of a name in the form of `foldedWireName`. */
export function nameOfWireName(wireName: string): Name {
  const labels: string[] = [];
  for (let offset = 0; ;) {
    const length = wireName.charCodeAt(offset);
    // Not a number behind the end; zero is the root.
    if (!(length > 0)) return labels;
    labels.push(wireName.slice(offset + 1, offset + 1 + length));
    offset += length + 1;
  }
}

/** The uncompressed form of a name on the wire, one character per octet. */
export function wireNameOf(name: Name): string {
  return `${name.map((label) => String.fromCharCode(label.length) + label).join("")}\0`;
}

/** Only A to Z fold (RFC 4343 §3): `toLowerCase` alone would fold À as well. */
export function foldLabel(label: string): string {
  return label.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function isUpper(octet: number): boolean {
  return octet >= 0x41 && octet <= 0x5a;
}

/** How many labels `name` and `other` share from the right, octet for octet. */
export function commonLabels(name: Name, other: Name): number {
  const most = Math.min(name.length, other.length);
  let common = 0;
  while (common < most && name[name.length - 1 - common] === other[other.length - 1 - common]) common++;
  return common;
}

/** Octets that the name takes on the wire without compression. */
export function nameOctets(name: Name): number {
  return name.reduce((sum, label) => sum + 1 + label.length, 1);
}

/** Whether `name` is `zone` or below it. */
export function isWithin(name: Name, zone: Name): boolean {
  return commonLabels(name, zone) === zone.length;
}

export function isSameName(name: Name, other: Name): boolean {
  return name.length === other.length && isWithin(name, other);
}
