/**
 * YAML as JSON text, within bounds: one document, bounded depth, bounded expansion of aliases. The library's composer
 * and its check for unique keys take time that grows faster than their input, so depth is measured before composing
 * and duplicate keys are found here.
 */
import { Composer, isMap, isScalar, isSeq, Lexer, Parser, type CST, type Document } from "yaml";
import { maxDepth } from "./scan-json.ts";

export type YamlAsJson = { text: string; duplicates: string[] } | Problem;

interface Problem {
  problem: string;
  isTooLarge?: true;
}

const maxAliases = 100;
/** An isolate has 128 MB for all its requests. A line of a manifest has about five tokens. */
const maxLexemes = 100_000;
/** No anchor is expanded so often that the whole could pass this many characters by much. */
const maxExpandedLength = 4 * 1024 * 1024;

export function yamlToJson(text: string): YamlAsJson {
  const tokens = tokensOfOneDocument(text);
  if ("problem" in tokens) return tokens;
  const document = compose(tokens.list, text.length);
  const [error] = document?.errors ?? [];
  if (document === undefined || error !== undefined) return { problem: error?.message ?? "the document is empty" };
  try {
    const value: unknown = document.toJS({
      maxAliasCount: Math.min(maxAliases, Math.floor(maxExpandedLength / text.length)),
    });
    return { text: JSON.stringify(value ?? null), duplicates: duplicateKeys(document) };
  } catch (failure) {
    // Aliases that are unknown or too many, and a chain of them that nests too deep to be written.
    return { problem: failure instanceof Error ? failure.message : "the document cannot be expanded" };
  }
}

function tokensOfOneDocument(text: string): { list: CST.Token[] } | Problem {
  if (hasTooManyLexemes(text)) {
    return { problem: `exceeded max number of tokens of ${maxLexemes}`, isTooLarge: true };
  }
  const list: CST.Token[] = [];
  for (const token of new Parser().parse(text)) {
    if (token.type === "error") return { problem: token.message };
    if (token.type === "document" && list.some(({ type }) => type === "document")) {
      return { problem: "more than one document" };
    }
    list.push(token);
  }
  return list.some((token) => isTooDeep(token)) ? { problem: `exceeded max depth of ${maxDepth}` } : { list };
}

/** Found before anything is made of them: the parser keeps half a kilobyte for each. */
function hasTooManyLexemes(text: string): boolean {
  let count = 0;
  for (const _ of new Lexer().lex(text)) if (++count > maxLexemes) return true;
  return false;
}

/** Without recursion: the token may nest as deep as the text is long. */
function isTooDeep(root: CST.Token): boolean {
  const waiting: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > maxDepth) return true;
    for (const token of innerTokens(next.token)) waiting.push({ token, depth: next.depth + 1 });
  }
  return false;
}

function innerTokens(token: CST.Token): CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((inner) => inner !== undefined && inner !== null));
}

function compose(tokens: CST.Token[], length: number): Document | undefined {
  const [document] = new Composer({ uniqueKeys: false, merge: true, logLevel: "error" }).compose(tokens, true, length);
  return document;
}

function duplicateKeys(document: Document): string[] {
  const found: string[] = [];
  collectDuplicates(document.contents, "", found);
  return found;
}

function collectDuplicates(node: unknown, path: string, found: string[]): void {
  if (isSeq(node)) node.items.forEach((item, index) => collectDuplicates(item, `${path}[${index}]`, found));
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const inner = path === "" ? name : `${path}.${name}`;
    if (seen.has(name)) found.push(inner);
    seen.add(name);
    collectDuplicates(value, inner, found);
  }
}
