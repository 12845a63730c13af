import { beforeAll, describe, expect, it } from "vitest";
import {
  created,
  endpoints,
  get,
  jsonPatch,
  mergePatch,
  newNamespace,
  patch,
  quietPod,
  registerRack,
  send,
  strategicMergePatch,
} from "./client.ts";

beforeAll(registerRack);

async function aService(spec: object = { ports: [{ name: "http", port: 80 }] }): Promise<string> {
  const { path } = await newNamespace();
  await created(`${path}/services`, { metadata: { name: "web" }, spec });
  return `${path}/services/web`;
}

async function aPod(spec: object = {}, metadata: object = {}): Promise<string> {
  const { path } = await newNamespace();
  await created(`${path}/pods`, quietPod("web", metadata, spec));
  return `${path}/pods/web`;
}

describe("a merge patch", () => {
  it("is what kubectl label and annotate send: null removes", async () => {
    const path = await aPod({}, { labels: { a: "1", z: "2" } });
    const { code, body } = await patch(`${path}?fieldManager=kubectl-label`, mergePatch, {
      metadata: { labels: { z: null, b: "3" }, annotations: { note: "x" } },
    });
    expect(code).toBe(200);
    expect(body.metadata).toMatchObject({ labels: { a: "1", b: "3" }, annotations: { note: "x" } });
    expect(body.metadata.labels).not.toHaveProperty("z");
  });

  it("replaces lists whole", async () => {
    const path = await aService();
    const { body } = await patch(path, mergePatch, { spec: { ports: [{ port: 443, name: "https" }] } });
    expect(body.spec["ports"]).toMatchObject([{ port: 443, name: "https" }]);
  });
});

describe("a JSON patch", () => {
  it("adds, replaces, removes, moves, copies and tests", async () => {
    const path = await aPod({}, { labels: { a: "1", b: "2" } });
    const { code, body } = await patch(path, jsonPatch, [
      { op: "test", path: "/metadata/labels/a", value: "1" },
      { op: "add", path: "/metadata/labels/example.com~1c", value: "3" },
      { op: "replace", path: "/metadata/labels/a", value: "4" },
      { op: "copy", from: "/metadata/labels/a", path: "/metadata/labels/d" },
      { op: "move", from: "/metadata/labels/b", path: "/metadata/labels/e" },
      { op: "add", path: "/metadata/annotations", value: {} },
      { op: "add", path: "/metadata/annotations/note", value: "x" },
      { op: "remove", path: "/metadata/labels/d" },
    ]);
    expect(code).toBe(200);
    expect(body.metadata).toMatchObject({
      labels: { a: "4", "example.com/c": "3", e: "2" },
      annotations: { note: "x" },
    });
    expect(Object.keys(body.metadata.labels ?? {})).toHaveLength(3);
  });

  it.each([
    ["a test that fails", [{ op: "test", path: "/metadata/name", value: "other" }]],
    ["a path that leads nowhere", [{ op: "remove", path: "/metadata/labels/none" }]],
    ["an operation that is none", [{ op: "frob", path: "/metadata/name" }]],
    ["no operation at all", ["nonsense"]],
  ])("with %s is refused, and nothing is written", async (_, operations) => {
    const path = await aPod();
    const before = (await get(path)).body;
    const { code, body } = await patch(path, jsonPatch, [
      { op: "add", path: "/metadata/annotations", value: { half: "written" } },
      ...operations,
    ]);
    expect([code, body]).toEqual([
      422,
      {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: "the server rejected our request due to an error in our request",
        reason: "Invalid",
        details: {},
        code: 422,
      },
    ]);
    expect((await get(path)).body).toEqual(before);
  });

  it("of more than ten thousand operations is too large", async () => {
    const path = await aPod();
    const operation = { op: "test", path: "/kind", value: "Pod" };
    expect(
      (
        await patch(
          path,
          jsonPatch,
          Array.from({ length: 10_000 }, () => operation),
        )
      ).code,
    ).toBe(200);
    const { code, body } = await patch(
      path,
      jsonPatch,
      Array.from({ length: 10_001 }, () => operation),
    );
    expect([code, body.reason, body.message]).toEqual([
      413,
      "RequestEntityTooLarge",
      "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    ]);
  });
});

describe("a strategic merge patch", () => {
  it("is what kubectl apply sends for a service's port", async () => {
    const path = await aService({ ports: [{ name: "http", port: 80, targetPort: "http" }] });
    const { code, body } = await patch(
      `${path}?fieldManager=kubectl-client-side-apply&fieldValidation=Strict`,
      strategicMergePatch,
      {
        metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
        spec: {
          "$setElementOrder/ports": [{ port: 81 }],
          ports: [
            { name: "http", port: 81, targetPort: "http" },
            { $patch: "delete", port: 80 },
          ],
        },
      },
    );
    expect(code).toBe(200);
    expect(body.spec["ports"]).toMatchObject([{ name: "http", port: 81, targetPort: "http", protocol: "TCP" }]);
  });

  it("is what kubectl apply sends for a pod's image", async () => {
    const path = await aPod({
      containers: [
        { name: "web", image: "nginx:1.25" },
        { name: "side", image: "x" },
      ],
    });
    const { body } = await patch(path, strategicMergePatch, {
      spec: {
        "$setElementOrder/containers": [{ name: "web" }, { name: "side" }],
        containers: [{ image: "nginx:1.26", name: "web" }],
      },
    });
    expect(body.spec["containers"]).toMatchObject([
      { name: "web", image: "nginx:1.26" },
      { name: "side", image: "x" },
    ]);
  });

  it("is what kubectl cordon sends", async () => {
    const name = `node-${crypto.randomUUID().slice(0, 8)}`;
    await created("/api/v1/nodes", { metadata: { name } });
    const { body } = await patch(`/api/v1/nodes/${name}`, strategicMergePatch, { spec: { unschedulable: true } });
    expect(body.spec).toMatchObject({ unschedulable: true });
  });

  it("merges finalizers as a set", async () => {
    const path = await aPod({}, { finalizers: ["example.com/a"] });
    const added = await patch(path, strategicMergePatch, { metadata: { finalizers: ["example.com/b"] } });
    expect(added.body.metadata.finalizers).toEqual(["example.com/a", "example.com/b"]);
    const removed = await patch(path, strategicMergePatch, {
      metadata: { "$deleteFromPrimitiveList/finalizers": ["example.com/a"] },
    });
    expect(removed.body.metadata.finalizers).toEqual(["example.com/b"]);
  });

  it("leaves no trace of its directives when validation is strict", async () => {
    const path = await aPod();
    const { code, body } = await patch(`${path}?fieldValidation=Strict`, strategicMergePatch, {
      metadata: { $retainKeys: ["name", "namespace", "labels"], labels: { $patch: "replace", only: "this" } },
    });
    expect([code, body.metadata.labels]).toEqual([200, { only: "this" }]);
  });

  it.each([
    [
      "an item without its merge key",
      { spec: { ports: [{ targetPort: 8080 }] } },
      /does not contain declared merge key: port/,
    ],
    ["a directive that there is none of", { spec: { $patch: "frob" } }, /Unknown patch type found: "frob"/],
    ["an order that is no list", { spec: { "$setElementOrder/ports": "80" } }, /\$setElementOrder/],
  ])("with %s is refused", async (_, body, message) => {
    const path = await aService();
    const before = (await get(path)).body;
    const reply = await patch(path, strategicMergePatch, body);
    expect(reply.code).toBe(400);
    expect(reply.body.message).toMatch(message);
    expect((await get(path)).body).toEqual(before);
  });
});

describe("any patch", () => {
  it("that names a stale resourceVersion is a conflict", async () => {
    const path = await aPod();
    const { resourceVersion } = (await get(path)).body.metadata;
    await patch(path, mergePatch, { metadata: { labels: { x: "y" } } });
    for (const type of [mergePatch, strategicMergePatch]) {
      const { body } = await patch(path, type, { metadata: { resourceVersion, labels: { x: "z" } } });
      expect(body).toMatchObject({ code: 409, reason: "Conflict" });
    }
  });

  it.each([
    [
      "to an invalid object",
      { metadata: { labels: { "not valid!": "x" } } },
      422,
      /^Pod "web" is invalid: metadata\.labels: Invalid value/,
    ],
    [
      "to a wrong type",
      { metadata: { labels: "x" } },
      422,
      /^Pod "web" is invalid: patch: Invalid value: .*cannot unmarshal string/,
    ],
    ["to no containers", { spec: { containers: null } }, 422, /^Pod "web" is invalid: /],
    ["to another name", { metadata: { name: "other" } }, 400, /^the name of the object \(other\) does not match/],
    ["to another namespace", { metadata: { namespace: "other" } }, 400, /^the namespace of the provided object/],
    ["to another kind", { kind: "Service" }, 400, /Service/],
    ["to another version", { apiVersion: "v2" }, 400, /v2/],
    ["to another uid", { metadata: { uid: "other" } }, 409, /UID in precondition/],
  ])("that leads %s is refused", async (_, body, code, message) => {
    const path = await aPod();
    const before = (await get(path)).body;
    const reply = await patch(path, mergePatch, body);
    expect([reply.code, reply.body.message]).toEqual([code, expect.stringMatching(message)]);
    expect((await get(path)).body).toEqual(before);
  });

  it("with unknown fields is refused, warned of or taken, as fieldValidation says", async () => {
    const path = await aPod();
    const odd = { spec: { contianers: [] } };
    const strict = await patch(`${path}?fieldValidation=Strict`, mergePatch, odd);
    expect([strict.code, strict.body.message]).toEqual([
      422,
      expect.stringMatching(
        /^Pod "web" is invalid: patch: Invalid value: .*: strict decoding error: unknown field "spec.contianers"$/,
      ),
    ]);
    expect((await patch(`${path}?fieldValidation=Warn`, mergePatch, odd)).warnings).toEqual([
      'unknown field "spec.contianers"',
    ]);
    expect((await patch(`${path}?fieldValidation=Ignore`, mergePatch, odd)).warnings).toEqual([]);
  });

  it("of what is not there is 404", async () => {
    const { path } = await newNamespace();
    expect((await patch(`${path}/pods/web`, mergePatch, {})).body).toMatchObject({
      code: 404,
      message: 'pods "web" not found',
    });
  });

  it("must say which of the four it is", async () => {
    const path = await aPod();
    for (const type of ["application/json", "application/apply-patch+cbor", ""]) {
      const { body } = await send("PATCH", path, {}, { "Content-Type": type });
      expect(body).toMatchObject({
        code: 415,
        reason: "UnsupportedMediaType",
        message:
          "the body of the request was in an unknown format - accepted media types include: " +
          "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml",
      });
    }
  });

  it.each([
    ["no JSON", mergePatch, "{"],
    ["nothing", mergePatch, ""],
    ["a list where it must be an object", mergePatch, "[]"],
    ["an object where it must be a list", jsonPatch, "{}"],
    ["null", strategicMergePatch, "null"],
  ])("that is %s is a bad request", async (_, type, body) => {
    const path = await aPod();
    expect((await patch(path, type, body)).body).toMatchObject({ code: 400, reason: "BadRequest" });
  });

  it("leaves what it did not name as it was", async () => {
    const { path } = await newNamespace();
    const subsets = [{ addresses: [{ ip: "192.0.2.1" }], ports: [{ port: 80, protocol: "TCP" }] }];
    await created(`${path}/endpoints`, endpoints("db", {}, { subsets }));
    const { body } = await patch(`${path}/endpoints/db`, strategicMergePatch, { metadata: { labels: { a: "b" } } });
    expect(body).toMatchObject({ subsets });
  });
});
