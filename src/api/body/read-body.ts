/** Takes a request's body in: its size is bounded, and its media type must be one of those the caller can read. */
import { Refusal } from "../refusal.ts";
import type { TextFormat } from "./parse-text.ts";

export const maxBodyBytes = 1024 * 1024;

export interface MediaType {
  /** `application/json`, in lower case and without parameters. */
  name: string;
  format: TextFormat;
}

export interface Body {
  text: string;
  type: MediaType;
}

export const manifestTypes: readonly MediaType[] = [
  { name: "application/json", format: "json" },
  { name: "application/yaml", format: "yaml" },
];

/** A request without a Content-Type is taken for JSON, as Kubernetes does. */
export async function readBody(request: Request, accepted: readonly MediaType[]): Promise<Body | Refusal> {
  const type = mediaTypeOf(request, accepted);
  if (type === undefined) {
    return new Refusal({ type: "unsupported-media-type", accepted: accepted.map(({ name }) => name) });
  }
  const text = await readText(request);
  if (text === undefined) return new Refusal({ type: "too-large", limit: `limit is ${maxBodyBytes}` });
  return { text, type };
}

function mediaTypeOf(request: Request, accepted: readonly MediaType[]): MediaType | undefined {
  const header = request.headers.get("content-type") ?? "";
  const name = (header.split(";")[0] ?? "").trim().toLowerCase() || "application/json";
  return accepted.find((candidate) => candidate.name === name);
}

/** Undefined when the body is longer than it may be; then no more of it is read. */
async function readText(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return undefined;
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    length += chunk.byteLength;
    if (length > maxBodyBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
