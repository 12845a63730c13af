/**
 * What `JSON.parse` does not tell of a text that it accepts: how deep it nests, how much is in it, and which keys it
 * gives twice. Only for texts that have been parsed; on others the answer means nothing.
 */
export interface JsonScan {
  /** How many objects and lists are nested in one another. */
  depth: number;
  /** How many objects, lists, and commas between their members: as many values, or a few more. */
  values: number;
  /** Paths such as `spec.containers[0].name`, at most a hundred. */
  duplicates: string[];
}

interface Level {
  isList: boolean;
  /** Of an object, once there is one. */
  keys: Set<string> | undefined;
  /** The key or the index of the value that comes next. */
  at: string | number;
}

const maxDuplicates = 100;

/** Deeper than any manifest of the kinds at hand, and shallow enough for recursion. */
export const maxDepth = 100;

/** A megabyte of the smallest values there are would keep the CPU busy for seconds; manifests have twenty octets to one. */
export const maxValues = 50_000;

export function scanJson(text: string): JsonScan {
  const levels: Level[] = [];
  const scan: JsonScan = { depth: 0, values: 1, duplicates: [] };
  for (let index = 0; index < text.length; index++) {
    const level = levels.at(-1);
    if (scan.values > maxValues) return scan;
    switch (text.charAt(index)) {
      case "{":
      case "[":
        levels.push({ isList: text[index] === "[", keys: undefined, at: 0 });
        scan.values++;
        scan.depth = Math.max(scan.depth, levels.length);
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        scan.values++;
        if (level?.isList === true && typeof level.at === "number") level.at++;
        break;
      case '"': {
        const end = endOfString(text, index);
        if (level?.isList === false && isKey(text, end)) enterKey(levels, level, text.slice(index, end), scan);
        index = end - 1;
        break;
      }
      default:
    }
  }
  return scan;
}

function enterKey(levels: readonly Level[], level: Level, literal: string, scan: JsonScan): void {
  const key = String(JSON.parse(literal));
  level.at = key;
  level.keys ??= new Set();
  if (level.keys.has(key) && scan.duplicates.length < maxDuplicates) scan.duplicates.push(pathOf(levels));
  level.keys.add(key);
}

/** Where the walk is. */
function pathOf(levels: readonly Level[]): string {
  return levels.map(({ isList, at }, index) => (isList ? `[${at}]` : `${index === 0 ? "" : "."}${at}`)).join("");
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === '"') return index + 1;
  }
  return text.length;
}

/** Whether a colon follows, past white space. */
function isKey(text: string, end: number): boolean {
  let index = end;
  while (index < text.length && " \t\r\n".includes(text[index] ?? "")) index++;
  return text[index] === ":";
}
