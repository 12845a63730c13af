/**
 * The secrets that tokens of service accounts are signed with, as `TOKEN_KEYS` lists them: base64, separated by commas.
 * The first signs and all verify, so that a new one can be put before an old one until no token of the old one is left.
 */
export type ParsedTokenKeys = { ok: true; keys: readonly Uint8Array[] } | { ok: false; error: string };

/** HMAC with SHA-256 is as strong as its key up to this length (RFC 7518, section 3.2, demands it). */
const leastOctets = 32;

export function parseTokenKeys(text: string): ParsedTokenKeys {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const keys = entries.map((entry) => octetsOf(entry));
  // What is wrong is said without the secret.
  const wrong = keys.findIndex((key) => key === undefined || key.length < leastOctets);
  if (wrong < 0) return { ok: true, keys: keys.filter((key) => key !== undefined) };
  return { ok: false, error: `key ${wrong + 1} must be at least ${leastOctets} random octets in base64` };
}

function octetsOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (octet) => octet.charCodeAt(0));
  } catch {
    return undefined;
  }
}
