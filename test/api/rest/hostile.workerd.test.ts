import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  created,
  endpoints,
  fetchApi,
  get,
  jsonPatch,
  mergePatch,
  names,
  newNamespace,
  patch,
  quietPod,
  registerRack,
  send,
  strategicMergePatch,
} from "./client.ts";

// Some of these send a megabyte, and the property tests send hundreds of requests.
vi.setConfig({ testTimeout: 60_000 });

let path: string;

beforeAll(async () => {
  await registerRack();
  ({ path } = await newNamespace());
  await created(`${path}/endpoints`, endpoints("target", { labels: { a: "b" } }));
});

const yaml = { "Content-Type": "application/yaml" };

describe("a body", () => {
  it("may nest so deep and no deeper, in JSON, YAML and patches", async () => {
    const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    const nested = `{"metadata":{"name":"deep"},"spec":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`;
    for (const text of [deep, nested]) {
      for (const headers of [{}, yaml]) {
        expect((await send("POST", `${path}/endpoints`, text, headers)).body).toMatchObject({
          code: 400,
          reason: "BadRequest",
        });
      }
      expect((await patch(`${path}/endpoints/target`, mergePatch, text)).code).toBe(400);
    }
    const flowing = `a: ${"[".repeat(300_000)}`;
    expect((await send("POST", `${path}/endpoints`, flowing, yaml)).code).toBe(413);
  });

  it("of a megabyte of the smallest values is not looked at, in any of its forms", async () => {
    const many = `{"metadata":{"name":"many"},"subsets":[${"{},".repeat(300_000)}{}]}`;
    const rejected = { code: 413, reason: "RequestEntityTooLarge" };
    expect((await send("POST", `${path}/endpoints`, many)).body).toMatchObject(rejected);
    expect((await send("POST", `${path}/endpoints`, many, yaml)).body).toMatchObject(rejected);
    expect((await send("POST", `${path}/endpoints`, `- a\n`.repeat(250_000), yaml)).body).toMatchObject(rejected);
    expect((await patch(`${path}/endpoints/target`, mergePatch, many)).code).toBe(413);
    const apply = `${path}/endpoints/target?fieldManager=m`;
    expect((await patch(apply, "application/apply-patch+yaml", many)).code).toBe(413);
  });

  it("may list five thousand items, and no more", async () => {
    const listed = (count: number): string =>
      `{"metadata":{"name":"listed"},"subsets":[{"addresses":[${Array.from({ length: count }, () => '{"ip":"10.1.1.1"}').join(",")}]}]}`;
    expect((await send("POST", `${path}/endpoints`, listed(5001))).body).toMatchObject({
      code: 400,
      message:
        'Endpoints in version "v1" cannot be handled as a Endpoints: subsets[0].addresses: too many items: 5001: must have at most 5000',
    });
    expect((await send("POST", `${path}/endpoints?dryRun=All`, listed(5000))).code).toBe(201);
  });

  it("may name sixty-four owners, and no more are looked up", async () => {
    const owner = { apiVersion: "v1", kind: "Pod", name: "gone", uid: "u" };
    const owned = { metadata: { name: "owned", ownerReferences: Array.from({ length: 65 }, () => owner) } };
    expect((await send("POST", `${path}/endpoints`, JSON.stringify(owned))).body).toMatchObject({
      code: 422,
      message: 'Endpoints "owned" is invalid: metadata.ownerReferences: Too many: 65: must have at most 64 items',
    });
  });

  it("of YAML cannot grow by its aliases", async () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x,x]",
      ..."bcdefghij"
        .split("")
        .map(
          (key, index) => `${key}: &${key} [${Array.from({ length: 10 }, () => `*${"abcdefghij"[index]}`).join(",")}]`,
        ),
    ].join("\n");
    expect((await send("POST", `${path}/endpoints`, bomb, yaml)).body).toMatchObject({
      code: 400,
      reason: "BadRequest",
    });
    const cycle = "metadata: &m\n  name: loop\n  labels: *m\n";
    expect((await send("POST", `${path}/endpoints`, cycle, yaml)).code).toBe(400);
  });

  it("of YAML is one document", async () => {
    const two = "metadata: {name: one}\n---\nmetadata: {name: two}\n";
    expect((await send("POST", `${path}/endpoints`, two, yaml)).code).toBe(400);
  });

  it("cannot reach into what all objects share", async () => {
    const text =
      '{"metadata":{"name":"proto","annotations":{"__proto__":"x","constructor":"y"}},"__proto__":{"polluted":"yes"},"constructor":1}';
    const { code, body } = await send("POST", `${path}/endpoints?fieldValidation=Ignore`, text);
    expect(code).toBe(422);
    expect(body.message).toMatch(/metadata\.annotations: Invalid value: "__proto__"/);
    const kept = await send("POST", `${path}/endpoints?fieldValidation=Ignore`, text.replace('"__proto__":"x",', ""));
    expect([kept.code, kept.body.metadata.annotations]).toEqual([201, { constructor: "y" }]);
    for (const type of [mergePatch, strategicMergePatch]) {
      await patch(
        `${path}/endpoints/target`,
        type,
        '{"metadata":{"__proto__":{"polluted":"yes"}},"__proto__":{"polluted":"yes"}}',
      );
    }
    await patch(`${path}/endpoints/target`, jsonPatch, [{ op: "add", path: "/__proto__/polluted", value: "yes" }]);
    await patch(`${path}/endpoints/target`, jsonPatch, [
      { op: "add", path: "/metadata/labels/__proto__", value: { polluted: "yes" } },
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("with halves of characters is read as Kubernetes reads it, and can be read back", async () => {
    const text = String.raw`{"metadata":{"name":"half","annotations":{"note":"a\ud800b","whole":"\ud83d\ude00"}}}`;
    const { code, body } = await send("POST", `${path}/endpoints`, text);
    expect([code, body.metadata.annotations]).toEqual([201, { note: "a\ufffdb", whole: "\u{1f600}" }]);
    expect((await get(`${path}/endpoints/half`)).body).toEqual(body);
    const nul = String.raw`{"metadata":{"name":"nul","annotations":{"note":"a\u0000b"}}}`;
    expect((await send("POST", `${path}/endpoints`, nul)).body.metadata.annotations).toEqual({ note: "a\u0000b" });
    expect((await get(`${path}/endpoints/nul`)).body.metadata.annotations).toEqual({ note: "a\u0000b" });
  });

  it("that is no UTF-8 is read with marks where it is not", async () => {
    const octets = new Uint8Array([
      ...new TextEncoder().encode('{"metadata":{"name":"utf","annotations":{"note":"'),
      0xff,
      0xc0,
      ...new TextEncoder().encode('"}}}'),
    ]);
    const response = await fetchApi(`${path}/endpoints`, {
      method: "POST",
      body: octets,
      headers: { "Content-Type": "application/json" },
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ metadata: { annotations: { note: "\ufffd\ufffd" } } });
  });

  it("that comes without a length is bounded all the same", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const response = await fetchApi(`${path}/endpoints`, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(4 * 1024 * 1024);
  });

  it("of many keys is read in time that follows its length", async () => {
    const labels = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`k${index}`, "v"]));
    const { code } = await send("POST", `${path}/endpoints`, endpoints("labelled", { labels }));
    expect([201, 422]).toContain(code);
    expect((await get(`${path}/endpoints?labelSelector=k29999`)).code).toBe(200);
  });
});

describe("a patch", () => {
  it("of a megabyte and half a million operations is too large", async () => {
    expect(
      (await patch(`${path}/endpoints/target`, jsonPatch, `[${Array.from({ length: 500_000 }, () => "1").join(",")}]`))
        .code,
    ).toBe(413);
  });

  it("cannot make a document of a few bytes grow without end", async () => {
    const operations = [
      { op: "add", path: "/metadata/annotations", value: { a: "x".repeat(1000) } },
      ...Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "/metadata", path: `/metadata/m${index}` })),
    ];
    expect((await patch(`${path}/endpoints/target`, jsonPatch, operations)).code).toBe(422);
  });

  it("of ten thousand operations on a large object takes no longer than one request may", async () => {
    const annotations = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, ""]));
    await created(`${path}/endpoints`, endpoints("large", { annotations }));
    const operations = Array.from({ length: 10_000 }, (_, index) => ({
      op: "replace",
      path: `/metadata/annotations/k${index}`,
      value: "x",
    }));
    const { code, body } = await patch(`${path}/endpoints/large`, jsonPatch, operations);
    expect([code, body.metadata.annotations?.["k9999"]]).toEqual([200, "x"]);
  });
});

describe("a query", () => {
  it.each([
    ["a label of 10 kB", `labelSelector=${"a".repeat(10_000)}`],
    ["a value of 10 kB", `labelSelector=a%3D${"b".repeat(10_000)}`],
    ["nothing but brackets", `labelSelector=${"(".repeat(10_000)}`],
    ["commas", `labelSelector=${",".repeat(10_000)}`],
    ["a field of 10 kB", `fieldSelector=metadata.name%3D${"x".repeat(10_000)}`],
    ["backslashes", `fieldSelector=${encodeURIComponent("\\".repeat(5_000))}`],
    ["a token of 10 kB", `continue=${"A".repeat(10_000)}`],
    [
      "a token of foreign making",
      `continue=${btoa(JSON.stringify({ v: "meta.k8s.io/v1", rv: 1, start: "'; DROP TABLE objects; --/x" }))}`,
    ],
    [
      "a token with halves of characters",
      `continue=${btoa(String.raw`{"v":"meta.k8s.io/v1","rv":1,"start":"\ud800/\u0000"}`)}`,
    ],
    ["numbers beyond all bounds", "limit=9999999999999999999&resourceVersion=1"],
    ["what is no percent-encoding", "labelSelector=%E0%A4%A&fieldSelector=%"],
  ])("with %s is answered as any other", async (_, query) => {
    for (const url of [`${path}/endpoints?${query}`, `/api/v1/endpoints?${query}`]) {
      const { code } = await get(url);
      expect([200, 400, 410, 504]).toContain(code);
      expect([200, 400]).toContain((await send("DELETE", `${url}&dryRun=All`)).code);
    }
  });

  it("may require a thousand labels", async () => {
    const all = Array.from({ length: 1000 }, (_, index) => `k${index}!=v`);
    expect(
      names((await get(`${path}/endpoints?labelSelector=${encodeURIComponent(["a=b", ...all].join(","))}`)).body),
    ).toEqual(["target"]);
    const values = Array.from({ length: 2000 }, (_, index) => `v${index}`);
    expect(
      names((await get(`${path}/endpoints?labelSelector=${encodeURIComponent(`a in (b,${values.join(",")})`)}`)).body),
    ).toEqual(["target"]);
  });
});

describe("a path", () => {
  it.each(["a%2Fb", "%00", "..%2f..", "%E0%A4%A", "%F0%9F%98%80", "x".repeat(3000), "a%20b", "'%3B--", "%ED%A0%80"])(
    "with the name %s names nothing",
    async (name) => {
      for (const method of ["GET", "DELETE"]) {
        const { code } = await send(method, `${path}/endpoints/${name}`);
        expect([400, 404]).toContain(code);
      }
      expect((await patch(`${path}/endpoints/${name}`, mergePatch, {})).code).toBe(404);
      expect([200, 400, 404]).toContain((await get(`/api/v1/namespaces/${name}/pods`)).code);
    },
  );
});

describe("whatever is sent to whatever verb", () => {
  const field = fc.constantFrom(
    "metadata",
    "spec",
    "status",
    "name",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "containers",
    "ports",
    "subsets",
    "kind",
    "apiVersion",
    "$patch",
    "__proto__",
    "0",
    "-",
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        -1,
        1e300,
        "",
        "x",
        "target",
        "\ud800",
        "__proto__",
        "2026-01-01T00:00:00Z",
      ),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(field, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  const kinds = ["pods", "services", "endpoints", "events", "replicationcontrollers"];
  const plural = fc.constantFrom(...kinds);

  beforeAll(async () => {
    await created(`${path}/pods`, quietPod("target"));
    await created(`${path}/services`, { metadata: { name: "target" }, spec: { ports: [{ port: 80 }] } });
  });

  it("is answered, and never with 500", async () => {
    const failed = vi.spyOn(console, "error").mockImplementation(() => {});
    const verb = fc.constantFrom("POST", "PUT", "DELETE");
    await fc.assert(
      fc.asyncProperty(verb, plural, value, async (method, kind, body) => {
        const url = method === "POST" ? `${path}/${kind}` : `${path}/${kind}/target`;
        const { code, text } = await send(method, `${url}?dryRun=All`, JSON.stringify(body), {
          "Content-Type": "application/json",
        });
        expect([code < 500, text]).toEqual([true, text]);
      }),
      { numRuns: 150 },
    );
    expect(failed).not.toHaveBeenCalled();
    failed.mockRestore();
  });

  it("as a patch too", async () => {
    const failed = vi.spyOn(console, "error").mockImplementation(() => {});
    const pointer = fc.array(field, { maxLength: 4 }).map((tokens) => tokens.map((token) => `/${token}`).join(""));
    const operation = fc.record({
      op: fc.constantFrom("add", "replace", "remove", "copy", "move", "test"),
      path: pointer,
      from: pointer,
      value,
    });
    const body = fc.oneof(
      fc.tuple(fc.constant(jsonPatch), fc.array(operation, { maxLength: 4 })),
      fc.tuple(fc.constantFrom(mergePatch, strategicMergePatch, jsonPatch), value),
      fc.tuple(
        fc.constantFrom(mergePatch, strategicMergePatch),
        fc.record({ metadata: value, spec: value, status: value }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(plural, fc.constantFrom("", "/status"), body, async (kind, subresource, [type, sent]) => {
        const { code, text } = await patch(
          `${path}/${kind}/target${subresource}?dryRun=All`,
          type,
          JSON.stringify(sent),
        );
        expect([code < 500, text]).toEqual([true, text]);
      }),
      { numRuns: 150 },
    );
    expect(failed).not.toHaveBeenCalled();
    failed.mockRestore();
  });
});
