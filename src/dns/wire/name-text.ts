/**
 * Names as people write them: `web.default.svc.cluster.local.` with the escapes of master files. Only what comes from
 * or goes to text passes here: configuration, an object's externalName, the JSON form.
 * Source: RFC 1035 §5.1, RFC 4343 §2.1.
 */
import { maxLabelOctets, maxNameOctets, nameOctets, type Name } from "./name.ts";

/**
 * Reads a name; a trailing dot makes no difference. Undefined for empty text or labels, labels above 63 octets, names
 * above 255, characters outside ASCII and unfinished escapes.
 */
export function parseNameText(text: string): Name | undefined {
  if (text === ".") return [];
  const labels = [""];
  for (let at = 0; at < text.length;) {
    if (text[at] === ".") {
      labels.push("");
      at++;
      continue;
    }
    const octet = octetAt(text, at);
    if (octet === undefined) return undefined;
    labels[labels.length - 1] += String.fromCharCode(octet.code);
    at += octet.length;
  }
  if (labels.length > 1 && labels.at(-1) === "") labels.pop();
  const sound = labels.every((label) => label !== "" && label.length <= maxLabelOctets);
  return sound && nameOctets(labels) <= maxNameOctets ? labels : undefined;
}

/** The octet written at `at`: a printable ASCII character, `\.` for a character as it is, or `\046` for any octet. */
function octetAt(text: string, at: number): { code: number; length: number } | undefined {
  if (text[at] !== "\\") return isPrintable(text.charCodeAt(at)) ? { code: text.charCodeAt(at), length: 1 } : undefined;
  const digits = text.slice(at + 1, at + 4);
  if (/^\d{3}$/.test(digits)) return Number(digits) <= 255 ? { code: Number(digits), length: 4 } : undefined;
  const code = text.charCodeAt(at + 1);
  return isPrintable(code) && !isDigit(code) ? { code, length: 2 } : undefined;
}

/** Absolute, with the final dot. */
export function nameToText(name: Name): string {
  return name.length === 0 ? "." : name.map((label) => `${escapeLabel(label)}.`).join("");
}

function escapeLabel(label: string): string {
  return label.replaceAll(/[^!-~]|[.\\"();@$]/g, (character) =>
    isPrintable(character.charCodeAt(0)) ? `\\${character}` : escapeOctet(character.charCodeAt(0)),
  );
}

/** `\007`, for octets that have no character of their own. */
export function escapeOctet(octet: number): string {
  return `\\${String(octet).padStart(3, "0")}`;
}

function isPrintable(code: number): boolean {
  return code >= 0x21 && code <= 0x7e;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
