/**
 * A declared path as it may stand in a request line: percent-encoded like Go does it, so that no path can end the line
 * or begin another header. What is encoded already stays.
 * Source: RFC 3986 section 3.3 and 3.4; Go net/url.
 */

/** Everything but unreserved, sub-delims, ":", "@", "/", "?" and "%". */
const unsafe = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]/gu;
const utf8 = new TextEncoder();

export function encodePath(path: string): string {
  const [beforeFragment = ""] = path.toWellFormed().split("#", 1);
  const encoded = beforeFragment.replace(/%(?![0-9A-Fa-f]{2})/g, "%25").replace(unsafe, percentEncoded);
  return encoded.startsWith("/") ? encoded : `/${encoded}`;
}

function percentEncoded(character: string): string {
  return Array.from(utf8.encode(character), (octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`).join(
    "",
  );
}
