/** In which order the items of a merged list come. Pure. */

/** Items that the order names, as `nameOf` does, stand in it; each of the others stays behind the one that it followed. */
export function inOrder<Item>(
  items: readonly Item[],
  order: readonly (string | undefined)[],
  nameOf: (item: Item) => string | undefined,
): Item[] {
  const ranks = new Map(order.map((name, rank) => [name, rank] as const).toReversed());
  let last = -1;
  const ranked = items.map((item, index) => {
    const name = nameOf(item);
    const rank = name === undefined ? -1 : (ranks.get(name) ?? -1);
    if (rank >= 0) last = rank;
    return { item, rank: rank >= 0 ? rank : last + 0.5, index };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank || a.index - b.index).map(({ item }) => item);
}
