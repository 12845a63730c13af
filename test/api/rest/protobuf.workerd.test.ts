import { beforeAll, describe, expect, it } from "vitest";
import type { TypeName } from "../../../src/api/schema/schema.ts";
import { encodeMessage, encodeObject } from "../../../scripts/lab/encode-protobuf.ts";
import { fetchApi, get, newNamespace, quietPod, registerRack, send, type Document } from "./client.ts";

beforeAll(registerRack);

interface Answer {
  code: number;
  type: string | null;
  body: Document;
}

async function sendBinary(method: string, path: string, body: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const headers = {
    "Content-Type": "application/vnd.kubernetes.protobuf",
    Accept: "application/vnd.kubernetes.protobuf,application/json",
  };
  const response = await fetchApi(path, { method, headers, body });
  return {
    code: response.status,
    type: response.headers.get("Content-Type"),
    body: await response.json<Document>(),
  };
}

function encoded(apiVersion: string, kind: TypeName, document: object): Uint8Array<ArrayBuffer> {
  const json = JSON.parse(JSON.stringify(document)) as Parameters<typeof encodeMessage>[0];
  return encodeObject(apiVersion, kind, encodeMessage(json, kind));
}

describe("a client that speaks protobuf", () => {
  it("creates, replaces and deletes, and is answered in JSON", async () => {
    const { path } = await newNamespace();
    const made = await sendBinary("POST", `${path}/pods?fieldValidation=Strict`, encoded("v1", "Pod", quietPod("web")));
    expect(made).toMatchObject({ code: 201, type: "application/json; charset=UTF-8" });
    expect((await get(`${path}/pods/web`)).body).toEqual(made.body);

    const labelled = { ...made.body, metadata: { ...made.body.metadata, labels: { app: "web" } } };
    const replaced = await sendBinary("PUT", `${path}/pods/web`, encoded("v1", "Pod", withoutTimes(labelled)));
    expect(replaced).toMatchObject({ code: 200, body: { metadata: { labels: { app: "web" } }, spec: made.body.spec } });

    const options = encoded("v1", "DeleteOptions", { gracePeriodSeconds: 0, preconditions: { uid: "another" } });
    expect((await sendBinary("DELETE", `${path}/pods/web`, options)).code).toBe(409);
    const now = encoded("meta.k8s.io/v1", "DeleteOptions", { gracePeriodSeconds: 0 });
    expect((await sendBinary("DELETE", `${path}/pods/web`, now)).code).toBe(200);
    expect((await get(`${path}/pods/web`)).code).toBe(404);
  });

  it("holds a lease, tells events, scales and evicts", async () => {
    const { name, path } = await newNamespace();
    const leases = path.replace("/api/v1", "/apis/coordination.k8s.io/v1");
    const renewTime = "2026-11-24T08:00:00.123456000Z";
    const lease = { metadata: { name: "leader" }, spec: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime } };
    const held = await sendBinary("POST", `${leases}/leases`, encoded("coordination.k8s.io/v1", "Lease", lease));
    expect(held).toMatchObject({ code: 201, body: { spec: { renewTime: "2026-11-24T08:00:00.123456Z" } } });

    const event = {
      metadata: { name: "told" },
      involvedObject: { kind: "Pod", namespace: name, name: "web" },
      reason: "Told",
      message: "hello",
      count: 1,
      firstTimestamp: "2026-11-24T08:00:00.000000000Z",
    };
    expect(await sendBinary("POST", `${path}/events`, encoded("v1", "Event", event))).toMatchObject({
      code: 201,
      body: { firstTimestamp: "2026-11-24T08:00:00Z", count: 1 },
    });

    await send("POST", `${path}/replicationcontrollers`, {
      metadata: { name: "web" },
      spec: { replicas: 2, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "a" }] } } },
    });
    const scale = { metadata: { name: "web", namespace: name }, spec: { replicas: 0 } };
    const scaled = await sendBinary(
      "PUT",
      `${path}/replicationcontrollers/web/scale`,
      encoded("autoscaling/v1", "Scale", scale),
    );
    expect(scaled).toMatchObject({ code: 200, body: { kind: "Scale", spec: { replicas: 0 } } });

    await send("POST", `${path}/pods`, quietPod("web"));
    const eviction = { metadata: { name: "web", namespace: name }, deleteOptions: { gracePeriodSeconds: 0 } };
    const evicted = await sendBinary("POST", `${path}/pods/web/eviction`, encoded("policy/v1", "Eviction", eviction));
    expect(evicted).toMatchObject({ code: 201, body: { status: "Success" } });
    expect((await get(`${path}/pods/web`)).code).toBe(404);
  });

  it.each([
    ["a pod without anything", [0x6b, 0x38, 0x73, 0x00], 422],
    ["no protobuf", [0x7b, 0x7d], 400],
    ["a message that is cut off", [0x6b, 0x38, 0x73, 0x00, 0x12, 0x7f, 0x0a], 400],
  ])("and sends %s gets an answer", async (_name, octets, code) => {
    const { path } = await newNamespace();
    const reply = await sendBinary("POST", `${path}/pods`, Uint8Array.from(octets));
    expect(reply).toMatchObject({ code, body: { kind: "Status" } });
  });
});

/** The reference encoder takes times with nine digits only; of these, none is needed. */
function withoutTimes(document: object): object {
  const text = JSON.stringify(document, (_key, value: unknown) => {
    return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? undefined : value;
  });
  return JSON.parse(text) as object;
}
