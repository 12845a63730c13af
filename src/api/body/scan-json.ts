/**
 * What `JSON.parse` does not tell of a text that it accepts: how deep it nests, and which keys it gives twice. Only
 * for texts that have been parsed; on others the answer means nothing.
 */
export interface JsonScan {
  /** How many objects and lists are nested in one another. */
  depth: number;
  /** Paths such as `spec.containers[0].name`, at most a hundred. */
  duplicates: string[];
}

interface Level {
  path: string;
  /** Undefined in a list. */
  keys: Set<string> | undefined;
  /** The key or the index of the value that comes next. */
  at: string | number;
}

const maxDuplicates = 100;

/** Deeper than any manifest of the kinds at hand, and shallow enough for recursion. */
export const maxDepth = 100;

export function scanJson(text: string): JsonScan {
  const levels: Level[] = [];
  const scan: JsonScan = { depth: 0, duplicates: [] };
  for (let index = 0; index < text.length; index++) {
    const level = levels.at(-1);
    switch (text.charAt(index)) {
      case "{":
      case "[":
        levels.push({ path: pathBelow(level), keys: text[index] === "{" ? new Set() : undefined, at: 0 });
        scan.depth = Math.max(scan.depth, levels.length);
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (level?.keys === undefined && typeof level?.at === "number") level.at++;
        break;
      case '"': {
        const end = endOfString(text, index);
        if (level?.keys !== undefined && isKey(text, end)) enterKey(level, level.keys, text.slice(index, end), scan);
        index = end - 1;
        break;
      }
      default:
    }
  }
  return scan;
}

function enterKey(level: Level, keys: Set<string>, literal: string, scan: JsonScan): void {
  const key = String(JSON.parse(literal));
  level.at = key;
  if (keys.has(key) && scan.duplicates.length < maxDuplicates) scan.duplicates.push(pathBelow(level));
  keys.add(key);
}

function pathBelow(level: Level | undefined): string {
  if (level === undefined) return "";
  if (level.keys === undefined) return `${level.path}[${level.at}]`;
  return level.path === "" ? `${level.at}` : `${level.path}.${level.at}`;
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
