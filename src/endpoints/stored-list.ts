/**
 * A service's list in the storage of its object: as text, in pieces, since a value there may have 2 MB and a list of
 * 20,000 endpoints has more. What is put in one turn of the event loop is stored together or not at all.
 */
import type { Held } from "./endpoints-keeper.ts";

/** What is needed of `ctx.storage.kv`. */
export interface KeyValueStorage {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
}

interface Piece {
  text: string;
  /** What was stored behind it is left of a longer list. */
  isLast: boolean;
}

/** A character has one or two octets in storage. */
const pieceCharacters = 500_000;

export function storeList(storage: KeyValueStorage, held: Held): void {
  const text = JSON.stringify(held);
  for (let from = 0; from < text.length; from += pieceCharacters) {
    const isLast = from + pieceCharacters >= text.length;
    const piece: Piece = { text: text.slice(from, from + pieceCharacters), isLast };
    storage.put(keyOf(from / pieceCharacters), piece);
  }
}

export function loadList(storage: KeyValueStorage): Held | undefined {
  let text = "";
  for (let index = 0; ; index++) {
    const piece = storage.get(keyOf(index)) as Piece | undefined;
    if (piece === undefined) return undefined;
    text += piece.text;
    if (piece.isLast) return JSON.parse(text) as Held;
  }
}

function keyOf(index: number): string {
  return `list/${index}`;
}
