/** One question over HTTPS (RFC 8484), on connections that are kept for the next. Follows no redirect. */
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { maxMessageOctets } from "../dns/wire/encode.ts";
import type { AskDoh, DohAnswer } from "./upstreams.ts";

const mediaType = "application/dns-message";
const mostConnections = 64;

export interface DohClient {
  ask: AskDoh;
  close(): void;
}

/** `ca` are certificates in PEM that are trusted as well as Node's own. */
export function dohClient(ca: readonly string[] | undefined): DohClient {
  const keptOpen = { keepAlive: true, maxSockets: mostConnections };
  const http = new HttpAgent(keptOpen);
  const https = new HttpsAgent({ ...keptOpen, ...(ca !== undefined && { ca: [...ca] }) });
  const ask: AskDoh = async (upstream, query, timeoutMs) => {
    const options = {
      method: "POST",
      headers: { accept: mediaType, "content-type": mediaType, "content-length": query.length },
      signal: AbortSignal.timeout(timeoutMs),
    };
    const send = (): ClientRequest =>
      upstream.protocol === "https:"
        ? requestHttps(upstream, { ...options, agent: https })
        : requestHttp(upstream, { ...options, agent: http });
    try {
      return await readAnswer(await responseTo(send, query));
    } catch (error) {
      return { failed: failureOf(error) };
    }
  };
  return {
    ask,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/** A kept connection may have been closed by the other side meanwhile; then the question goes out once more. */
async function responseTo(send: () => ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  const request = send();
  try {
    return await exchange(request, body);
  } catch (error) {
    if (!request.reusedSocket || !isReset(error)) throw error;
    return exchange(send(), body);
  }
}

function exchange(request: ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<DohAnswer> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    response.resume();
    return { failed: `HTTP status ${statusCode}` };
  }
  if (headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() !== mediaType) {
    response.destroy();
    return { failed: "what it answers is no DNS message" };
  }
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    octets += chunk.length;
    if (octets > maxMessageOctets) return { failed: "what it answers is longer than a DNS message" };
  }
  return {
    octets: Buffer.concat(chunks),
    ageSeconds: Number(/^\d{1,9}$/.exec(headers.age ?? "")?.[0] ?? 0),
    mayBeKept: !/\bno-store\b/i.test(headers["cache-control"] ?? ""),
  };
}

function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** Node's own words, which name addresses and certificates, and never a path. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError" || error.name === "TimeoutError") return "timed out";
  const code = "code" in error ? String(error.code) : "";
  return error.message === "" ? code : error.message;
}
