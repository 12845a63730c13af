import { beforeAll, describe, expect, it } from "vitest";
import {
  created,
  endpoints,
  get,
  leasesOf,
  manyLeases,
  names,
  newNamespace,
  quietPod,
  registerRack,
  send,
  type Document,
} from "./client.ts";

const table =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const metadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** A namespace with endpoints a to e, of which a, b and c are in tier front and a and d in zone x. */
let five: string;

beforeAll(async () => {
  await registerRack();
  const { path } = await newNamespace();
  five = `${path}/endpoints`;
  const labels: Record<string, object> = {
    a: { tier: "front", zone: "x" },
    b: { tier: "front", zone: "y" },
    c: { tier: "front" },
    d: { tier: "back", zone: "x" },
    e: {},
  };
  for (const [name, its] of Object.entries(labels)) await created(five, endpoints(name, { labels: its }));
});

describe("getting", () => {
  it("answers with the object, or with 404", async () => {
    expect((await get(`${five}/a`)).body).toMatchObject({ kind: "Endpoints", metadata: { name: "a" } });
    expect((await get(`${five}/nobody`)).code).toBe(404);
  });

  it("speaks YAML when asked to", async () => {
    const { headers, text } = await get(`${five}/a`, "application/yaml");
    expect(headers.get("Content-Type")).toBe("application/yaml; charset=UTF-8");
    expect(text).toMatch(/^apiVersion: v1\nkind: Endpoints\n/);
  });
});

describe("listing", () => {
  it("is in order of name, with the revision that it is as of", async () => {
    const { code, body } = await get(five);
    expect(code).toBe(200);
    expect(body).toMatchObject({ kind: "EndpointsList", apiVersion: "v1" });
    expect(names(body)).toEqual(["a", "b", "c", "d", "e"]);
    const newest = Math.max(...body.items.map(({ metadata }) => Number(metadata.resourceVersion)));
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(newest);
  });

  it("of nothing is an empty list, in a namespace that does not exist too", async () => {
    for (const path of [`${(await newNamespace()).path}/pods`, "/api/v1/namespaces/no-such/pods"]) {
      const { code, body } = await get(path);
      expect([code, body.kind, body.items]).toEqual([200, "PodList", []]);
      expect(body.metadata).toEqual({ resourceVersion: expect.stringMatching(/^\d+$/) as unknown });
    }
  });

  it("across all namespaces holds what is in each", async () => {
    const [one, two] = [await newNamespace(), await newNamespace()];
    await created(`${one.path}/endpoints`, endpoints("same", { labels: { across: "yes" } }));
    await created(`${two.path}/endpoints`, endpoints("same", { labels: { across: "yes" } }));
    const { body } = await get("/api/v1/endpoints?labelSelector=across");
    expect(body.items.map(({ metadata }) => metadata.namespace)).toEqual([one.name, two.name].toSorted());
  });

  it.each([
    ["tier=front", ["a", "b", "c"]],
    ["tier==front", ["a", "b", "c"]],
    ["tier!=front", ["d", "e"]],
    ["tier in (front,back)", ["a", "b", "c", "d"]],
    ["tier in (front, back),zone notin (y)", ["a", "c", "d"]],
    ["zone", ["a", "b", "d"]],
    ["!zone", ["c", "e"]],
    ["tier=front,zone=x", ["a"]],
    ["tier=nowhere", []],
    ["tier=", []],
    ["tier in ()", []],
    [" tier = front , ! zone ", ["c"]],
    ["", ["a", "b", "c", "d", "e"]],
  ])("selects by labels: %s", async (selector, expected) => {
    expect(names((await get(`${five}?labelSelector=${encodeURIComponent(selector)}`)).body)).toEqual(expected);
  });

  it.each([
    ["metadata.name=b", ["b"]],
    ["metadata.name==b", ["b"]],
    ["metadata.name!=b", ["a", "c", "d", "e"]],
    ["metadata.name!=b,metadata.name!=c", ["a", "d", "e"]],
    ["metadata.namespace=elsewhere", []],
  ])("selects by fields: %s", async (selector, expected) => {
    expect(names((await get(`${five}?fieldSelector=${encodeURIComponent(selector)}`)).body)).toEqual(expected);
  });

  it("selects pods by the fields that kubectl and schedulers ask for", async () => {
    const { path } = await newNamespace();
    await created(`${path}/pods`, quietPod("one", { labels: { app: "x" } }));
    await created(`${path}/pods`, {
      ...quietPod("two", { labels: { app: "x" } }),
      status: { phase: "Succeeded", podIP: "10.9.9.9" },
    });
    const found = async (query: string): Promise<string[]> => names((await get(`${path}/pods?${query}`)).body);
    expect(
      await found("fieldSelector=spec.nodeName%3Drack-1,status.phase%21%3DSucceeded,status.phase%21%3DFailed"),
    ).toEqual(["one"]);
    expect(await found("fieldSelector=status.podIP%3D10.9.9.9")).toEqual(["two"]);
    expect(await found("fieldSelector=status.phase%3DRunning&labelSelector=app%3Dy")).toEqual([]);
    expect(await found("fieldSelector=spec.restartPolicy%3DAlways&labelSelector=app%3Dx")).toEqual(["one", "two"]);
  });
});

/** All pages, one after the other, until there is none. */
async function pages(path: string, limit: number): Promise<Document[]> {
  const found: Document[] = [];
  let next: string | undefined = "";
  while (next !== undefined) {
    const { code, body } = await get(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}&continue=${next}`);
    expect(code).toBe(200);
    found.push(body);
    next = body.metadata.continue;
  }
  return found;
}

describe("listing in pages", () => {
  it("tells everything once, all pages under one revision", async () => {
    for (const limit of [1, 2, 3, 5, 6]) {
      const all = await pages(five, limit);
      expect(all.flatMap((page) => names(page))).toEqual(["a", "b", "c", "d", "e"]);
      expect(new Set(all.map(({ metadata }) => metadata.resourceVersion)).size).toBe(1);
      expect(all).toHaveLength(Math.ceil(5 / limit));
    }
  });

  it("keeps the revision of its first page although others write", async () => {
    const first = (await get(`${five}?limit=2`)).body;
    await newNamespace();
    const second = (await get(`${five}?limit=2&continue=${first.metadata.continue}`)).body;
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect((await get(five)).body.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
  });

  it("goes with selectors", async () => {
    expect((await pages(`${five}?labelSelector=tier%3Dfront`, 2)).map((page) => names(page))).toEqual([
      ["a", "b"],
      ["c"],
    ]);
    const named = await pages(`${five}?fieldSelector=metadata.name%21%3Db`, 2);
    expect(named.map((page) => names(page))).toEqual([
      ["a", "c"],
      ["d", "e"],
    ]);
  });

  it("of a thousand objects has neither gaps nor duplicates, whole or in pages", async () => {
    const { name } = await newNamespace();
    const wanted = await manyLeases(name, 1000);
    expect(names((await get(leasesOf(name))).body)).toEqual(wanted);
    const all = await pages(leasesOf(name), 300);
    expect(all.map(({ items }) => items.length)).toEqual([300, 300, 300, 100]);
    expect(all.flatMap((page) => names(page))).toEqual(wanted);
    expect(
      (await pages(`${leasesOf(name)}?fieldSelector=metadata.name%21%3Dmany-0500`, 400)).flatMap((page) => names(page)),
    ).toHaveLength(999);
  });

  it.each([
    ["what is no token", "continue=xyz"],
    ["nothing of ours", `continue=${btoa('{"v":"other","rv":1,"start":"a/b"}')}`],
    ["a revision that is none", `continue=${btoa('{"v":"meta.k8s.io/v1","rv":-1,"start":"a/b"}')}`],
    ["a limit that is no number", "limit=many"],
    ["a negative limit", "limit=-1"],
  ])("with %s is a bad request", async (_, query) => {
    expect((await get(`${five}?${query}`)).body).toMatchObject({ code: 400, reason: "BadRequest" });
  });

  it("with a token from the future is expired", async () => {
    const forged = btoa('{"v":"meta.k8s.io/v1","rv":999999999,"start":"a/b"}');
    expect((await get(`${five}?continue=${forged}`)).body).toMatchObject({ code: 410, reason: "Expired" });
  });

  it("takes any number for a limit", async () => {
    expect(names((await get(`${five}?limit=9223372036854775807`)).body)).toHaveLength(5);
    expect(names((await get(`${five}?limit=0`)).body)).toHaveLength(5);
  });
});

describe("the resourceVersion of a list", () => {
  it("that is past or 0 is answered with the newest state", async () => {
    const newest = names((await get(five)).body);
    for (const version of ["0", "1", ""]) {
      expect(names((await get(`${five}?resourceVersion=${version}`)).body)).toEqual(newest);
    }
    expect(names((await get(`${five}?resourceVersion=1&resourceVersionMatch=NotOlderThan`)).body)).toEqual(newest);
  });

  it("that is in the future is 504, to be tried again after a second", async () => {
    const { code, body, headers } = await get(`${five}?resourceVersion=999999999`);
    expect(code).toBe(504);
    expect(headers.get("Retry-After")).toBe("1");
    expect(body).toMatchObject({
      reason: "Timeout",
      message: expect.stringMatching(/^Timeout: Too large resource version: 999999999, current: \d+$/) as unknown,
      details: {
        causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
        retryAfterSeconds: 1,
      },
    });
  });

  it("that must match exactly is served while it is the present, and expired afterwards", async () => {
    const { metadata } = (await get(five)).body;
    const exactly = `${five}?resourceVersionMatch=Exact&resourceVersion=${metadata.resourceVersion}`;
    expect((await get(exactly)).code).toBe(200);
    await newNamespace();
    expect((await get(exactly)).body).toMatchObject({ code: 410, reason: "Expired" });
  });

  it.each([
    ["resourceVersionMatch=Exact", "resourceVersionMatch"],
    ["resourceVersionMatch=NotOlderThan", "resourceVersionMatch"],
    ["resourceVersionMatch=Sometimes&resourceVersion=1", "resourceVersionMatch"],
    ["resourceVersionMatch=Exact&resourceVersion=0", "resourceVersionMatch"],
    ["sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=1", "sendInitialEvents"],
  ])("follows Kubernetes' rules: %s", async (query, field) => {
    const { body } = await get(`${five}?${query}`);
    expect(body).toMatchObject({ code: 422, reason: "Invalid", details: { causes: [{ field }] } });
  });

  it("is a number", async () => {
    expect((await get(`${five}?resourceVersion=abc`)).body).toMatchObject({ code: 400, reason: "BadRequest" });
    expect((await get(`${five}?resourceVersion=99999999999999999999999`)).code).toBe(400);
  });
});

describe("a table", () => {
  it("is what kubectl prints: columns, cells, and the metadata beside them", async () => {
    const { body, headers } = await get(`${five}?limit=2`, table);
    expect(headers.get("Content-Type")).toMatch(/^application\/json/);
    expect(body).toMatchObject({ kind: "Table", apiVersion: "meta.k8s.io/v1" });
    expect(body.metadata).toMatchObject({
      resourceVersion: expect.stringMatching(/^\d+$/) as unknown,
      continue: expect.any(String) as unknown,
    });
    expect(body.columnDefinitions.map(({ name, priority }) => `${name}/${priority}`)).toEqual([
      "Name/0",
      "Endpoints/0",
      "Age/0",
    ]);
    expect(body.rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
      ["a", "<none>"],
      ["b", "<none>"],
    ]);
    expect(body.rows[0]?.object).toMatchObject({
      kind: "PartialObjectMetadata",
      apiVersion: "meta.k8s.io/v1",
      metadata: { name: "a", labels: { tier: "front" } },
    });
  });

  it.each([
    ["None", undefined],
    ["Metadata", "PartialObjectMetadata"],
    ["Object", "Endpoints"],
  ])("with includeObject=%s", async (includeObject, kind) => {
    const { body } = await get(`${five}?includeObject=${includeObject}`, table);
    expect(body.rows.map(({ object }) => object?.kind)).toEqual(Array.from({ length: 5 }, () => kind));
  });

  it("is no other includeObject", async () => {
    expect((await get(`${five}?includeObject=All`, table)).code).toBe(400);
  });

  it("may be of one object, or of none", async () => {
    const one = (await get(`${five}/a`, table)).body;
    expect([one.kind, one.rows.length]).toEqual(["Table", 1]);
    const none = (await get(`${five}?labelSelector=no`, table)).body;
    expect([none.rows, none.columnDefinitions.length]).toEqual([[], 3]);
  });

  it("is never what an error comes in", async () => {
    expect((await get(`${five}/nobody`, table)).body).toMatchObject({ kind: "Status", code: 404 });
  });

  it.each(["namespaces", "nodes", "pods", "services", "endpoints"])(
    "has a cell for each column of %s",
    async (plural) => {
      const { path } = await newNamespace();
      await created(`${path}/pods`, quietPod("web"));
      await created(`${path}/services`, { metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
      const { body } = await get(`/api/v1/${plural}`, table);
      expect(body.rows.length).toBeGreaterThan(0);
      for (const { cells } of body.rows) expect(cells).toHaveLength(body.columnDefinitions.length);
    },
  );
});

describe("nothing but metadata", () => {
  it("of one object and of a list", async () => {
    const one = (await get(`${five}/a`, metadataOnly)).body;
    expect(Object.keys(one)).toEqual(["kind", "apiVersion", "metadata"]);
    expect(one).toMatchObject({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: { name: "a" } });
    const { body } = await get(`${five}?limit=2`, metadataList);
    expect(body).toMatchObject({ kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" });
    expect(body.items.map(({ kind }) => kind)).toEqual(["PartialObjectMetadata", "PartialObjectMetadata"]);
    expect(body.metadata.continue).toBeDefined();
  });

  it("is of one object or of a list, as the answer is", async () => {
    expect((await get(five, metadataOnly)).body).toMatchObject({ code: 406, reason: "NotAcceptable" });
    expect((await get(`${five}/a`, metadataList)).code).toBe(406);
  });
});

describe("the form of an answer", () => {
  it.each([
    ["what client-go sends", "application/vnd.kubernetes.protobuf,application/json"],
    ["what Prometheus sends", "application/vnd.kubernetes.protobuf, */*"],
    ["what curl sends", "*/*"],
    ["application of any kind", "application/*"],
    ["what the table falls back to", "application/json;as=Table;v=v9;g=meta.k8s.io,application/json"],
  ])("is JSON for %s", async (_, accept) => {
    const { code, headers, body } = await get(`${five}/a`, accept);
    expect([code, headers.get("Content-Type"), body.kind]).toEqual([
      200,
      "application/json; charset=UTF-8",
      "Endpoints",
    ]);
  });

  it.each(["application/vnd.kubernetes.protobuf", "text/html", "application/cbor"])("cannot be %s", async (accept) => {
    const { code, body } = await get(`${five}/a`, accept);
    expect(code).toBe(406);
    expect(body).toMatchObject({
      reason: "NotAcceptable",
      message: "only the following media types are accepted: application/json, application/yaml",
    });
    const refused = await send("POST", five, endpoints("unborn"), { Accept: accept });
    expect(refused.code).toBe(406);
    expect((await get(`${five}/unborn`)).code).toBe(404);
  });
});
