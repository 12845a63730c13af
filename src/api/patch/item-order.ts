/** In which order the items of a merged list come. Pure. */

/** Items that the order names stand in it; each of the others stays behind the one that it followed. */
export function inOrder<Item, Named>(
  items: readonly Item[],
  order: readonly Named[],
  isNamed: (item: Item, named: Named) => boolean,
): Item[] {
  let last = -1;
  const ranked = items.map((item, index) => {
    const rank = order.findIndex((named) => isNamed(item, named));
    if (rank >= 0) last = rank;
    return { item, rank: rank >= 0 ? rank : last + 0.5, index };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank || a.index - b.index).map(({ item }) => item);
}
