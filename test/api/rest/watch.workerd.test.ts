import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { compactLog } from "../../../src/registry/log.ts";
import {
  created,
  endpoints,
  get,
  leasesOf,
  manyLeases,
  mergePatch,
  newNamespace,
  patch,
  quietPod,
  registerRack,
  send,
} from "./client.ts";
import { openWatch, short } from "./open-watch.ts";

const table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

beforeAll(registerRack);

/** A namespace with endpoints `a`, and the revision of their list. */
async function one(): Promise<{ name: string; path: string; list: string; revision: string }> {
  const { name, path } = await newNamespace();
  const list = `${path}/endpoints`;
  await created(list, endpoints("a"));
  const { metadata } = (await get(list)).body;
  return { name, path, list, revision: metadata.resourceVersion };
}

describe("a watch", () => {
  it("streams as nobody may compress or keep it", async () => {
    const { list } = await one();
    const watch = await openWatch(list);
    expect(watch.response.status).toBe(200);
    expect(watch.response.headers.get("Content-Type")).toBe("application/json");
    expect(watch.response.headers.get("Content-Encoding")).toBe("identity");
    expect(watch.response.headers.get("Cache-Control")).toBe("no-cache, private, no-transform");
    await watch.close();
  });

  it.each(["", "?resourceVersion=0", "?resourceVersion="])(
    "without a resourceVersion (%s) begins with what is there",
    async (query) => {
      const { list } = await one();
      const watch = await openWatch(`${list}${query}`);
      const [first] = await watch.take(1);
      expect(first).toMatchObject({
        type: "ADDED",
        object: { kind: "Endpoints", apiVersion: "v1", metadata: { name: "a" } },
      });
      await created(list, endpoints("b"));
      expect(short(await watch.next())).toBe("ADDED b");
      await watch.close();
    },
  );

  it("from a list's resourceVersion tells what came after it, whole and in order", async () => {
    const { list, revision } = await one();
    await created(list, endpoints("b"));
    const watch = await openWatch(`${list}?resourceVersion=${revision}`);
    await patch(`${list}/b`, mergePatch, { metadata: { labels: { x: "y" } } });
    const deleted = await send("DELETE", `${list}/b`);
    expect(deleted.code).toBe(200);
    const events = await watch.take(3);
    expect(events.map((event) => short(event))).toEqual(["ADDED b", "MODIFIED b", "DELETED b"]);
    const [, modified, last] = events;
    expect(modified?.object.metadata.labels).toEqual({ x: "y" });
    expect(last?.object.metadata.labels).toEqual({ x: "y" });
    const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((one, other) => one - other));
    expect(new Set(revisions).size).toBe(3);
    await watch.close();
  });

  it("resumes where the last one ended, without gaps or duplicates", async () => {
    const { list, revision } = await one();
    const wanted = Array.from({ length: 40 }, (_, index) => `e${index}`);
    const writing = (async () => {
      for (const name of wanted) await created(list, endpoints(name));
    })();
    const told: string[] = [];
    let since = revision;
    while (told.length < wanted.length) {
      const watch = await openWatch(`${list}?resourceVersion=${since}`);
      for (const event of await watch.take(Math.min(3, wanted.length - told.length))) {
        told.push(event.object.metadata.name);
        since = event.object.metadata.resourceVersion;
      }
      await watch.close();
    }
    await writing;
    expect(told).toEqual(wanted);
  });

  it("tells many watchers the same", async () => {
    const { list, revision } = await one();
    const watches = await Promise.all(
      Array.from({ length: 20 }, () => openWatch(`${list}?resourceVersion=${revision}`)),
    );
    const wanted = Array.from({ length: 10 }, (_, index) => `e${index}`);
    await Promise.all(wanted.map((name) => created(list, endpoints(name))));
    const seen = await Promise.all(watches.map(async (watch) => (await watch.take(10)).map((event) => short(event))));
    for (const its of seen) expect(its).toEqual(seen[0]);
    expect(seen[0]?.toSorted()).toEqual(wanted.map((name) => `ADDED ${name}`));
    await Promise.all(watches.map((watch) => watch.close()));
  });

  it("of one namespace hears nothing of others, of all namespaces hears all", async () => {
    const [here, there] = [await one(), await one()];
    const [inHere, everywhere] = await Promise.all([
      openWatch(`${here.list}?resourceVersion=${there.revision}`),
      openWatch(`/api/v1/endpoints?resourceVersion=${there.revision}`),
    ]);
    await created(there.list, endpoints("x"));
    await created(here.list, endpoints("y"));
    expect(short(await inHere.next())).toBe("ADDED y");
    expect((await everywhere.take(2)).map((event) => short(event))).toEqual(["ADDED x", "ADDED y"]);
    await Promise.all([inHere.close(), everywhere.close()]);
  });

  it("from a resourceVersion in the future is held open", async () => {
    const { list } = await one();
    const watch = await openWatch(`${list}?resourceVersion=999999999&timeoutSeconds=1`);
    expect(watch.response.status).toBe(200);
    expect(await watch.rest()).toEqual([]);
  });

  it("ends when its time is over", async () => {
    const { list, revision } = await one();
    const watch = await openWatch(`${list}?resourceVersion=${revision}&timeoutSeconds=1`);
    expect(await watch.rest()).toEqual([]);
  });

  it("may be asked to last for longer than any timer", async () => {
    const { list, revision } = await one();
    const watch = await openWatch(`${list}?resourceVersion=${revision}&timeoutSeconds=999999999`);
    await created(list, endpoints("b"));
    expect(short(await watch.next())).toBe("ADDED b");
    await watch.close();
  });

  it.each([
    ["/api/v1/widgets", 404],
    ["/api/v1/namespaces/default/widgets", 404],
    ["/apis/apps/v1/deployments", 404],
    ["/api/v1/pods?resourceVersion=abc", 400],
    ["/api/v1/pods?timeoutSeconds=soon", 400],
    ["/api/v1/pods?labelSelector=%3D", 400],
  ])("of %s is refused with %i", async (path, code) => {
    expect((await get(`${path}${path.includes("?") ? "&" : "?"}watch=true`)).code).toBe(code);
  });

  it("is asked for by watch=1, watch=True, watch= and watch too", async () => {
    const { list, revision } = await one();
    const queries = ["watch=1", "watch=True", "watch=", "watch"];
    const answers = await Promise.all(
      queries.map(async (query) => {
        const { headers, text } = await get(`${list}?${query}&resourceVersion=${revision}&timeoutSeconds=1`);
        return [query, headers.get("Content-Encoding"), text];
      }),
    );
    expect(answers).toEqual(queries.map((query) => [query, "identity", ""]));
  });

  it.each(["watch=false", "watch=0"])("is not asked for by %s", async (query) => {
    expect((await get(`/api/v1/namespaces?${query}`)).body.kind).toBe("NamespaceList");
  });
});

describe("a watch with selectors", () => {
  it("tells an object that begins to match as added, and one that ceases to as deleted", async () => {
    const { list, revision } = await one();
    const watch = await openWatch(`${list}?resourceVersion=${revision}&labelSelector=tier%3Dfront`);
    const label = (tier: string | null): Promise<unknown> =>
      patch(`${list}/a`, mergePatch, { metadata: { labels: { tier } } });
    await label("back");
    await label("front");
    await patch(`${list}/a`, mergePatch, { metadata: { annotations: { x: "y" } } });
    await label(null);
    await label("front");
    await send("DELETE", `${list}/a`);
    const events = await watch.take(5);
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"]);
    // The last state that matched, under the revision that took it away.
    expect(events[2]?.object.metadata.labels).toEqual({ tier: "front" });
    expect(Number(events[2]?.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(events[1]?.object.metadata.resourceVersion),
    );
    await watch.close();
  });

  it("follows one object by name, as kubectl get -w does", async () => {
    const { list } = await one();
    await created(list, endpoints("b"));
    const watch = await openWatch(`${list}?fieldSelector=metadata.name%3Db&resourceVersion=0`);
    expect(short(await watch.next())).toBe("ADDED b");
    await patch(`${list}/a`, mergePatch, { metadata: { labels: { x: "y" } } });
    await send("DELETE", `${list}/b`);
    expect(short(await watch.next())).toBe("DELETED b");
    await watch.close();
  });

  it("sees a pod leave a phase", async () => {
    const { path } = await newNamespace();
    const pod = await created(`${path}/pods`, quietPod("web"));
    const { resourceVersion } = pod.metadata;
    const watch = await openWatch(
      `${path}/pods?resourceVersion=${resourceVersion}&fieldSelector=status.phase%3DRunning`,
    );
    await patch(`${path}/pods/web/status`, mergePatch, { status: { phase: "Succeeded" } });
    expect(short(await watch.next())).toBe("DELETED web");
    await watch.close();
  });
});

describe("bookmarks", () => {
  it("come before the end, with a revision to come back with", async () => {
    const { name, list, revision } = await one();
    const watch = await openWatch(`${list}?resourceVersion=${revision}&allowWatchBookmarks=true&timeoutSeconds=1`);
    await created(`/api/v1/namespaces/${name}/services`, {
      metadata: { name: "other" },
      spec: { ports: [{ port: 80 }] },
    });
    const events = await watch.rest();
    const last = events.at(-1);
    expect(last).toMatchObject({
      type: "BOOKMARK",
      object: { kind: "Endpoints", apiVersion: "v1", metadata: { creationTimestamp: null } },
    });
    expect(Number(last?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(revision));
  });

  it("come to those who ask for them alone", async () => {
    const { list, revision } = await one();
    expect(await (await openWatch(`${list}?resourceVersion=${revision}&timeoutSeconds=1`)).rest()).toEqual([]);
  });
});

describe("a streamed list", () => {
  const streaming = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

  it("ends with a bookmark that says so, and goes on live", async () => {
    const { list, revision } = await one();
    for (const query of ["", "&resourceVersion=", "&resourceVersion=0", `&resourceVersion=${revision}`]) {
      const watch = await openWatch(`${list}?${streaming}${query}`);
      const [added, bookmark] = await watch.take(2);
      expect(added).toMatchObject({ type: "ADDED", object: { metadata: { name: "a" } } });
      expect(bookmark).toMatchObject({
        type: "BOOKMARK",
        object: {
          kind: "Endpoints",
          apiVersion: "v1",
          metadata: { annotations: { "k8s.io/initial-events-end": "true" } },
        },
      });
      expect(Number(bookmark?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(revision));
      await patch(`${list}/a`, mergePatch, { metadata: { labels: { round: `r${query.length}` } } });
      expect(short(await watch.next())).toBe("MODIFIED a");
      await watch.close();
    }
  });

  it("of nothing is a bookmark", async () => {
    const { path } = await newNamespace();
    const watch = await openWatch(`${path}/pods?${streaming}`);
    expect((await watch.next()).type).toBe("BOOKMARK");
    await watch.close();
  });

  it("of a thousand objects has each once", async () => {
    const { name } = await newNamespace();
    const wanted = await manyLeases(name, 1000);
    const watch = await openWatch(`${leasesOf(name)}?${streaming}`);
    const events = await watch.take(1001);
    expect(events.slice(0, 1000).map(({ object }) => object.metadata.name)).toEqual(wanted);
    expect(events[1000]?.type).toBe("BOOKMARK");
    await watch.close();
  });

  it("from the future is 504, as a list is", async () => {
    const { list } = await one();
    const { code, body } = await get(`${list}?watch=true&${streaming}&resourceVersion=999999999`);
    expect([code, body.reason]).toEqual([504, "Timeout"]);
  });

  it("may be declined by name: then nothing comes first", async () => {
    const { list } = await one();
    const watch = await openWatch(
      `${list}?sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    await created(list, endpoints("b"));
    expect(short(await watch.next())).toBe("ADDED b");
    await watch.close();
  });

  it.each([
    ["sendInitialEvents=true", "resourceVersionMatch"],
    ["sendInitialEvents=true&resourceVersionMatch=Exact", "resourceVersionMatch"],
    ["resourceVersionMatch=NotOlderThan", "resourceVersionMatch"],
  ])("follows Kubernetes' rules: %s", async (query, field) => {
    const { list } = await one();
    expect((await get(`${list}?watch=true&${query}`)).body).toMatchObject({
      code: 422,
      reason: "Invalid",
      details: { causes: [{ field }] },
    });
  });
});

describe("a watch from before what the log still holds", () => {
  it("is answered with 200, one error of 410, and the end", async () => {
    const { list, revision } = await one();
    await patch(`${list}/a`, mergePatch, { metadata: { labels: { x: "y" } } });
    await patch(`${list}/a`, mergePatch, { metadata: { labels: { x: "z" } } });
    await newNamespace();
    await compactLog(env.DB, Math.floor(Date.now() / 1000) + 60);
    const watch = await openWatch(`${list}?resourceVersion=${Number(revision) - 1}`);
    expect(watch.response.status).toBe(200);
    expect(await watch.rest()).toEqual([
      {
        type: "ERROR",
        object: {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message: expect.stringMatching(
            new RegExp(`^too old resource version: ${Number(revision) - 1} \\(\\d+\\)$`),
          ) as unknown,
          reason: "Expired",
          code: 410,
        },
      },
    ]);
  });

  it("may begin anew, from what is there", async () => {
    const { list } = await one();
    await newNamespace();
    await compactLog(env.DB, Math.floor(Date.now() / 1000) + 60);
    const watch = await openWatch(list);
    expect(short(await watch.next())).toBe("ADDED a");
    await send("DELETE", `${list}/a`);
    expect(short(await watch.next())).toBe("DELETED a");
    await watch.close();
  });
});

describe("the form of events", () => {
  it("is a table of one row each, the columns told once", async () => {
    const { list } = await one();
    const watch = await openWatch(list, table);
    await created(list, endpoints("b"));
    const events = await watch.take(2);
    expect(events.map(({ object }) => [object.kind, object.rows.length, object.rows[0]?.cells[0]])).toEqual([
      ["Table", 1, "a"],
      ["Table", 1, "b"],
    ]);
    expect(events[0]?.object.columnDefinitions.map(({ name }) => name)).toEqual(["Name", "Endpoints", "Age"]);
    expect(events[1]?.object.columnDefinitions).toBeNull();
    expect(events[0]?.object.rows[0]?.object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
    await watch.close();
  });

  it("is nothing but metadata for those who ask for that", async () => {
    const { list } = await one();
    const watch = await openWatch(
      `${list}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      metadataOnly,
    );
    const [added, bookmark] = await watch.take(2);
    expect(Object.keys(added?.object ?? {})).toEqual(["kind", "apiVersion", "metadata"]);
    expect(added?.object).toMatchObject({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" });
    expect(bookmark?.object.kind).toBe("PartialObjectMetadata");
    await watch.close();
  });

  it("is what a list may be refused in", async () => {
    const { list } = await one();
    expect((await get(`${list}?watch=true`, "application/yaml")).code).toBe(406);
    expect((await get(`${list}?watch=true`, "text/html")).code).toBe(406);
    const { headers } = await get(`${list}?watch=true&timeoutSeconds=1`, "application/json;stream=watch");
    expect(headers.get("Content-Type")).toBe("application/json");
  });
});
