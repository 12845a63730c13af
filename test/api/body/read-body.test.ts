import { describe, expect, it } from "vitest";
import { manifestTypes, maxBodyBytes, readBody } from "../../../src/api/body/read-body.ts";
import { Refusal } from "../../../src/api/refusal.ts";

function post(body: string | ReadableStream<Uint8Array> | null, headers: Record<string, string> = {}): Request {
  const request = new Request("http://api/", { method: "POST", body, headers, ...(body && { duplex: "half" }) });
  // A string brings a Content-Type of its own.
  if (headers["content-type"] === undefined) request.headers.delete("content-type");
  return request;
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
    const body = await readBody(post("{}", type === "" ? {} : { "content-type": type }), manifestTypes);
    expect(body).toMatchObject({ text: "{}", type: { format } });
  });

  it("of another type is refused, and the types are named that are not", async () => {
    const body = await readBody(post("a=b", { "content-type": "application/x-www-form-urlencoded" }), manifestTypes);
    const accepted = ["application/json", "application/yaml"];
    expect(reasonOf(body)).toEqual({ type: "unsupported-media-type", accepted });
  });

  it("may be as long as the limit and no longer, whether or not it says how long it is", async () => {
    expect(await readBody(post("x".repeat(maxBodyBytes)), manifestTypes)).toHaveProperty("text.length", maxBodyBytes);
    const tooLarge = { type: "too-large", limit: `limit is ${maxBodyBytes}` };
    expect(reasonOf(await readBody(post("x".repeat(maxBodyBytes + 1)), manifestTypes))).toEqual(tooLarge);
    expect(reasonOf(await readBody(post(endless()), manifestTypes))).toEqual(tooLarge);
  });

  it("may be cut anywhere between its octets", async () => {
    const octets = new TextEncoder().encode('{"a":"grün 🌱"}');
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const octet of octets) controller.enqueue(Uint8Array.of(octet));
        controller.close();
      },
    });
    expect(await readBody(post(stream), manifestTypes)).toMatchObject({ text: '{"a":"grün 🌱"}' });
  });

  it("may be missing", async () => {
    expect(await readBody(post(null), manifestTypes)).toMatchObject({ text: "" });
  });
});

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536));
    },
  });
}
