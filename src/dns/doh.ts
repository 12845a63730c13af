/**
 * DNS over HTTPS (RFC 8484): GET, HEAD and POST of binary messages, and the JSON form on the same path. The URL alone
 * says what comes back, whatever Accept says, so that caches need no Vary.
 */
import { decodeBase64Url } from "./base64url.ts";
import type { Asker } from "./deps.ts";
import type { DnsServer } from "./dns-server.ts";
import { answerJson } from "./doh-json.ts";
import { dnsMessageType, httpError, toHttpError, toResponse, type HttpError } from "./doh-response.ts";
import { readStream } from "./read-stream.ts";
import { maxMessageOctets } from "./wire/encode.ts";

const allowed = "GET, HEAD, POST, OPTIONS";
const maxEncodedCharacters = Math.ceil((maxMessageOctets * 4) / 3);

/** Answers a request whose path is the one that DNS is served at. */
export function handleDoh(request: Request, server: DnsServer, asker?: Asker): Response | Promise<Response> {
  switch (request.method) {
    case "GET":
      return answerUrl(request.url, server, asker);
    case "HEAD":
      return withoutBody(answerUrl(request.url, server, asker));
    case "POST":
      return answerBody(request, server, asker);
    case "OPTIONS":
      return new Response(null, { status: 204, headers: { allow: allowed } });
    default:
      return new Response("method not allowed\n", { status: 405, headers: { allow: allowed } });
  }
}

function answerUrl(url: string, server: DnsServer, asker: Asker | undefined): Response | Promise<Response> {
  const message = messageOfUrl(url);
  if (message instanceof URLSearchParams) return answerJson(message, server, asker);
  if (!(message instanceof Uint8Array)) return toHttpError(message);
  const reply = server.answer(message, asker);
  return reply instanceof Promise ? reply.then(toResponse) : toResponse(reply);
}

async function answerBody(request: Request, server: DnsServer, asker: Asker | undefined): Promise<Response> {
  const message = await readBody(request);
  return message instanceof Uint8Array ? toResponse(await server.answer(message, asker)) : toHttpError(message);
}

/** The message in the variable `dns`; or all variables, when they ask for the JSON form. */
function messageOfUrl(url: string): Uint8Array | URLSearchParams | HttpError {
  const start = url.indexOf("?");
  const query = start === -1 ? "" : url.slice(start + 1);
  // What nearly every client sends, and needs no parser.
  if (query.startsWith("dns=") && !/[&%+#]/.test(query)) return decodeVariable(query.slice(4));
  const variables = new URLSearchParams(query.split("#", 1)[0]);
  const messages = variables.getAll("dns");
  const [message] = messages;
  if (messages.length > 1) return httpError(400, "one query per request: there are two variables dns");
  if (variables.has("name")) {
    return message === undefined ? variables : httpError(400, "either dns or name, not both");
  }
  return message === undefined ? httpError(400, "the variable dns is missing") : decodeVariable(message);
}

function decodeVariable(text: string): Uint8Array | HttpError {
  if (text.length > maxEncodedCharacters) return httpError(414, "a DNS message has at most 65535 octets");
  return decodeBase64Url(text) ?? httpError(400, "the variable dns is not base64url without padding");
}

async function readBody(request: Request): Promise<Uint8Array | HttpError> {
  const mediaType = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== dnsMessageType) return httpError(415, `the content type must be ${dnsMessageType}`);
  const encoding = request.headers.get("content-encoding")?.toLowerCase() ?? "identity";
  if (encoding !== "identity") return httpError(415, "the content must not be encoded");
  return (await readAtMost(request, maxMessageOctets)) ?? httpError(413, "a DNS message has at most 65535 octets");
}

/** The body, or undefined when it is longer than `limit` octets; then the rest is not read. */
async function readAtMost(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const { headers, body } = request;
  if (body === null) return new Uint8Array();
  const declared = headers.get("content-length");
  if (Number(declared ?? 0) > limit) return undefined;
  // HTTP reads no further than the length that it was told, and a stream would cost as much again as the whole query.
  if (declared !== null) return new Uint8Array(await request.arrayBuffer());
  return readStream(body, limit);
}

async function withoutBody(answered: Response | Promise<Response>): Promise<Response> {
  const response = await answered;
  const headers = new Headers(response.headers);
  headers.set("content-length", String((await response.arrayBuffer()).byteLength));
  return new Response(null, { status: response.status, headers });
}
