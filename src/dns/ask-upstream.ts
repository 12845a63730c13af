/** One question to the upstream over HTTPS (RFC 8484), and its reply in octets. Whatever goes wrong is thrown. */
import { encodeBase64Url } from "./base64url.ts";
import { dnsMessageType } from "./doh-response.ts";
import { readStream } from "./read-stream.ts";
import { maxMessageOctets } from "./wire/encode.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface UpstreamReply {
  octets: Uint8Array;
  /** How long an HTTP cache on the way has held it. */
  ageSeconds: number;
}

/** `url` is without a variable `dns`. The errors name neither it nor the question, for they are logged. */
export async function askUpstream(
  fetch: Fetch,
  url: string,
  query: Uint8Array,
  signal: AbortSignal,
): Promise<UpstreamReply> {
  const separator = url.includes("?") ? "&" : "?";
  const response = await fetch(`${url}${separator}dns=${encodeBase64Url(query)}`, {
    headers: { accept: dnsMessageType },
    redirect: "manual",
    cache: "no-store",
    signal,
  });
  const reply = await octetsOf(response);
  if (reply instanceof Uint8Array) return { octets: reply, ageSeconds: ageOf(response) };
  // Whoever does not read a body must say so, or the connection stays.
  await response.body?.cancel();
  throw new Error(reply);
}

/** The octets, or what is wrong with the response. */
async function octetsOf(response: Response): Promise<Uint8Array | string> {
  if (response.status !== 200) return `it answered with HTTP status ${response.status}`;
  const mediaType = response.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== dnsMessageType) return "its answer is no DNS message";
  if (response.body === null) return "its answer is empty";
  return (await readStream(response.body, maxMessageOctets)) ?? `its answer has more than ${maxMessageOctets} octets`;
}

function ageOf({ headers }: Response): number {
  const age = Number(headers.get("age") ?? 0);
  return Number.isInteger(age) && age > 0 ? age : 0;
}
