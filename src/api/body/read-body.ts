/** Takes a request's body in: its size is bounded, and its media type must be one of those the caller can read. */
import { badRequest, Refusal } from "../refusal.ts";

export const maxBodyBytes = 1024 * 1024;

export interface MediaType<Format> {
  /** `application/json`, in lower case and without parameters. */
  name: string;
  format: Format;
}

export interface Body<Format> {
  octets: Uint8Array;
  type: MediaType<Format>;
}

export async function readBody<Format>(
  request: Request,
  accepted: readonly MediaType<Format>[],
): Promise<Body<Format> | Refusal> {
  const type = mediaTypeOf(request, accepted);
  if (type === undefined) {
    return new Refusal({ type: "unsupported-media-type", accepted: accepted.map(({ name }) => name) });
  }
  const octets = await readOctets(request).catch(() => endedEarly);
  if (octets instanceof Refusal) return octets;
  if (octets === undefined) return new Refusal({ type: "too-large", limit: `limit is ${maxBodyBytes}` });
  return { octets, type };
}

/** What reading the body can fail with is the connection, and whoever would hear of it is probably gone. */
const endedEarly = badRequest("the body of the request ended early");

export function textOf(octets: Uint8Array): string {
  return new TextDecoder().decode(octets);
}

/** A request without a Content-Type is taken for JSON, as Kubernetes does. */
function mediaTypeOf<Format>(request: Request, accepted: readonly MediaType<Format>[]): MediaType<Format> | undefined {
  const header = request.headers.get("content-type") ?? "";
  const name = (header.split(";")[0] ?? "").trim().toLowerCase() || "application/json";
  return accepted.find((candidate) => candidate.name === name);
}

/** Undefined when the body is longer than it may be; then no more of it is read. */
async function readOctets(request: Request): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return undefined;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    length += chunk.byteLength;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const octets = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    octets.set(chunk, at);
    at += chunk.byteLength;
  }
  return octets;
}
