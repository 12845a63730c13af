import { describe, expect, it } from "vitest";
import { maxBodyBytes, readBody, textOf } from "../../../src/api/body/read-body.ts";
import { Refusal } from "../../../src/api/refusal.ts";

const accepted = [
  { name: "application/json", format: "json" },
  { name: "application/yaml", format: "yaml" },
];

function post(body: string | ReadableStream<Uint8Array> | null, headers: Record<string, string> = {}): Request {
  const request = new Request("http://api/", { method: "POST", body, headers, ...(body && { duplex: "half" }) });
  // A string brings a Content-Type of its own.
  if (headers["content-type"] === undefined) request.headers.delete("content-type");
  return request;
}

async function readText(request: Request): Promise<string | Refusal> {
  const body = await readBody(request, accepted);
  return body instanceof Refusal ? body : textOf(body.octets);
}

function reasonOf(result: unknown): unknown {
  return result instanceof Refusal ? result.reason : result;
}

describe("a body", () => {
  it.each([
    ["application/json", "json"],
    ["application/json; charset=utf-8", "json"],
    ["Application/JSON", "json"],
    ["application/yaml", "yaml"],
    ["", "json"],
  ])("of type %j is read as %s", async (type, format) => {
    const body = await readBody(post("{}", type === "" ? {} : { "content-type": type }), accepted);
    expect(body).toMatchObject({ octets: new TextEncoder().encode("{}"), type: { format } });
  });

  it("of another type is refused, and the types are named that are not", async () => {
    const body = await readBody(post("a=b", { "content-type": "application/x-www-form-urlencoded" }), accepted);
    const named = ["application/json", "application/yaml"];
    expect(reasonOf(body)).toEqual({ type: "unsupported-media-type", accepted: named });
  });

  it("may be as long as the limit and no longer, whether or not it says how long it is", async () => {
    expect(await readText(post("x".repeat(maxBodyBytes)))).toHaveLength(maxBodyBytes);
    const tooLarge = { type: "too-large", limit: `limit is ${maxBodyBytes}` };
    expect(reasonOf(await readBody(post("x".repeat(maxBodyBytes + 1)), accepted))).toEqual(tooLarge);
    expect(reasonOf(await readBody(post(endless()), accepted))).toEqual(tooLarge);
  });

  it("may be cut anywhere between its octets", async () => {
    const octets = new TextEncoder().encode('{"a":"grün 🌱"}');
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const octet of octets) controller.enqueue(Uint8Array.of(octet));
        controller.close();
      },
    });
    expect(await readText(post(stream))).toBe('{"a":"grün 🌱"}');
  });

  it("that ends early is told so, whoever is there to hear it", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error("the client went away")),
    });
    const body = await readBody(post(stream), accepted);
    expect(reasonOf(body)).toEqual({ type: "bad-request", message: "the body of the request ended early" });
  });

  it("may be missing", async () => {
    expect(await readText(post(null))).toBe("");
  });
});

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536));
    },
  });
}
