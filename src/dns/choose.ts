/**
 * Which endpoints a name that chooses stands for: computed from the list for each question, so that memory does not
 * grow with the names that are asked for. Pure; chance and the asker's places are given.
 */
import { hashOf } from "../domain/hash.ts";
import type { Choice } from "./choice.ts";
import { foldLabel } from "./wire/name.ts";

/** What there is to choose from: an address of one family, and whose it is. */
export interface Candidate {
  /** The pod, or what else tells it from others when it comes back under another address. */
  identity: string;
  /** The topology zone that it is in. */
  zone: string | undefined;
  /** The region that it is probed from. */
  region: string | undefined;
}

export interface Circumstances {
  /** At least 0, below 1. */
  random(): number;
  /** Names of the places where the asker is, the nearest first. */
  places(): readonly string[];
}

/** Never empty unless `all` is, and then nobody is asked for chance or places. */
export function choose<Item extends Candidate>(
  choice: Choice,
  all: readonly Item[],
  circumstances: Circumstances,
): readonly Item[] {
  if (all.length === 0) return all;
  switch (choice.kind) {
    case "any":
      return drawn(all, choice.count, () => circumstances.random());
    case "key":
      return ofKey(all, choice.key);
    case "zone":
      return orAll(all, ({ zone }) => zone?.length === choice.zone.length && foldLabel(zone) === choice.zone);
    case "near":
      return nearest(all, circumstances.places());
    case "parent":
      return [];
  }
}

/** The first steps of a Fisher-Yates shuffle: every choice of so many is equally likely. */
function drawn<Item>(all: readonly Item[], count: number, random: () => number): readonly Item[] {
  if (count >= all.length) return all;
  const items = [...all];
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(random() * (items.length - index));
    const [one, another] = [items[index], items[other]];
    if (one === undefined || another === undefined) break;
    items[index] = another;
    items[other] = one;
  }
  return items.slice(0, count);
}

/**
 * Rendezvous hashing: each candidate has a weight for the key, and the heaviest is it. So when one leaves, its keys alone
 * go elsewhere, and in equal shares. All addresses of the one that is chosen.
 */
function ofKey<Item extends Candidate>(all: readonly Item[], key: string): readonly Item[] {
  const keyHash = hashOf(key);
  let heaviest: { identity: string; weight: number } | undefined;
  for (const { identity } of all) {
    const weight = weightOf(keyHash, identity);
    const isHeavier = heaviest === undefined || weight > heaviest.weight;
    const breaksTie = weight === heaviest?.weight && identity < heaviest.identity;
    if (isHeavier || breaksTie) heaviest = { identity, weight };
  }
  return all.filter(({ identity }) => identity === heaviest?.identity);
}

/** FNV-1a leaves the last letters in the low bits; MurmurHash3's finalizer spreads them over all. */
function weightOf(keyHash: number, identity: string): number {
  let weight = hashOf(identity, keyHash);
  weight = Math.imul(weight ^ (weight >>> 16), 0x85ebca6b);
  weight = Math.imul(weight ^ (weight >>> 13), 0xc2b2ae35);
  return (weight ^ (weight >>> 16)) >>> 0;
}

/** Those at the nearest place at which there is any; all when there is none at any of them. */
function nearest<Item extends Candidate>(all: readonly Item[], asker: readonly string[]): readonly Item[] {
  for (const place of asker) {
    const there = all.filter(({ zone, region }) => zone === place || region === place);
    if (there.length > 0) return there;
  }
  return all;
}

function orAll<Item>(all: readonly Item[], isMeant: (item: Item) => boolean): readonly Item[] {
  const meant = all.filter(isMeant);
  return meant.length === 0 ? all : meant;
}
