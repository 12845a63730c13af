/**
 * Which headers pass the front, in either direction. What only the platform may say of a request (CF-*: who sent it and
 * from where; MF-*: the same for Miniflare) is never taken from a client.
 */

/** They concern one connection (RFC 9110, section 7.6.1), or what the front itself has answered (Expect). */
const ofOneConnection = new Set([
  "connection",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const ofThePlatform = /^(cf|mf)-/;

export interface ReceivedRequest {
  /** Name, value, name, value: with HTTP/2's pseudo-headers, as Node gives them. */
  rawHeaders: readonly string[];
  /** The host that was asked for, where HTTP/2 says so beside the headers. */
  authority: string | undefined;
  /** Who sent it; undefined if the connection has ended meanwhile. */
  address: string | undefined;
  /** There is a body, and nobody has said how long it is. */
  bodyOfUnknownLength: boolean;
}

/** Name, value, name, value. */
export function headersForWorker(request: ReceivedRequest): string[] {
  const { rawHeaders, authority, address, bodyOfUnknownLength } = request;
  const passed = entries(rawHeaders).filter(([name]) => !ofThePlatform.test(name.toLowerCase()));
  return [
    ...endToEnd(passed).filter(([name]) => {
      const lower = name.toLowerCase();
      return !(lower === "host" && authority !== undefined) && !(lower === "content-length" && bodyOfUnknownLength);
    }),
    ...(authority === undefined ? [] : [["Host", authority] as const]),
    ...(address === undefined ? [] : [["CF-Connecting-IP", address.replace(/^::ffff:(?=\d+\.)/, "")] as const]),
    ...(bodyOfUnknownLength ? [["Transfer-Encoding", "chunked"] as const] : []),
  ].flat();
}

/** Name, value, name, value. */
export function headersForClient(rawHeaders: readonly string[]): string[] {
  return endToEnd(entries(rawHeaders)).flat();
}

type Entry = readonly [name: string, value: string];

function endToEnd(headers: readonly Entry[]): Entry[] {
  const named = headers
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(","));
  const dropped = new Set([...ofOneConnection, ...named.map((name) => name.trim().toLowerCase())]);
  return headers.filter(([name]) => !name.startsWith(":") && !dropped.has(name.toLowerCase()));
}

function entries(raw: readonly string[]): Entry[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}
