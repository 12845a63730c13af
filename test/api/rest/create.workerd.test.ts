import { beforeAll, describe, expect, it } from "vitest";
import { created, endpoints, get, names, newNamespace, quietPod, registerRack, send } from "./client.ts";

beforeAll(registerRack);

describe("creating", () => {
  it("answers 201 with the object as it is stored", async () => {
    const { name, path } = await newNamespace();
    const { code, body, headers } = await send("POST", `${path}/pods`, quietPod("web", { labels: { app: "web" } }));
    expect(code).toBe(201);
    expect(headers.get("Content-Type")).toBe("application/json; charset=UTF-8");
    expect(body).toMatchObject({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web", namespace: name, generation: 1, labels: { app: "web" } },
      spec: { restartPolicy: "Always", dnsPolicy: "ClusterFirst", terminationGracePeriodSeconds: 30 },
      status: { phase: "Running" },
    });
    expect(body.metadata.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(body.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
    expect((await get(`${path}/pods/web`)).body).toEqual(body);
  });

  it("fills in a service as Kubernetes does", async () => {
    const { path } = await newNamespace();
    const service = await created(`${path}/services`, {
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    expect(service).toMatchObject({
      spec: {
        type: "ClusterIP",
        sessionAffinity: "None",
        ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
        clusterIP: expect.stringMatching(/^10\.\d+\.\d+\.\d+$/) as unknown,
        clusterIPs: [service.spec["clusterIP"]],
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        internalTrafficPolicy: "Cluster",
      },
      status: { loadBalancer: {} },
    });
  });

  it("marks a namespace as every cluster does", async () => {
    const { name, path } = await newNamespace();
    expect((await get(path)).body).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": name } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
  });

  it("makes a name of generateName", async () => {
    const { path } = await newNamespace();
    const manifest = { metadata: { generateName: "web-" }, spec: { nodeName: "rack-1", containers: [{ name: "a" }] } };
    const made = await Promise.all([1, 2, 3].map(() => created(`${path}/pods`, manifest)));
    for (const { metadata } of made) {
      expect(metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(metadata.generateName).toBe("web-");
    }
    expect(names((await get(`${path}/pods`)).body)).toHaveLength(3);
  });

  it("reads YAML as it reads JSON", async () => {
    const { path } = await newNamespace();
    const yaml =
      "apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: db\n  labels: {app: db}\nsubsets:\n- addresses:\n  - ip: 192.0.2.1\n";
    const { code, body } = await send("POST", `${path}/endpoints`, yaml, { "Content-Type": "application/yaml" });
    expect(code).toBe(201);
    expect(body).toMatchObject({
      metadata: { labels: { app: "db" } },
      subsets: [{ addresses: [{ ip: "192.0.2.1" }] }],
    });
  });

  it("reads a body without a content type as JSON", async () => {
    const { path } = await newNamespace();
    const { code } = await send("POST", `${path}/endpoints`, endpoints("db"), { "Content-Type": "" });
    expect(code).toBe(201);
  });

  it("gives a name once", async () => {
    const { path } = await newNamespace();
    await created(`${path}/endpoints`, endpoints("db"));
    const again = await Promise.all([1, 2, 3].map(() => send("POST", `${path}/endpoints`, endpoints("db"))));
    expect(again.map(({ code }) => code)).toEqual([409, 409, 409]);
    const racing = await Promise.all(
      Array.from({ length: 10 }, () => send("POST", `${path}/endpoints`, endpoints("x"))),
    );
    const codes = racing.map(({ code }) => code).toSorted((one, other) => one - other);
    expect(codes).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  it("drops what only the server may say, and says so", async () => {
    const { path } = await newNamespace();
    const reply = await send("POST", `${path}/pods`, {
      ...quietPod("imported", {
        uid: "8f5f2b1e-0000-4000-8000-000000000000",
        resourceVersion: "12345",
        creationTimestamp: "2020-01-01T00:00:00Z",
        generation: 7,
        selfLink: "/api/v1/namespaces/default/pods/imported",
        managedFields: [
          { manager: "kubelet", operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: {} },
        ],
        ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", uid: "abc", controller: true }],
      }),
      status: { podIP: "10.1.2.3" },
    });
    expect(reply.code).toBe(201);
    expect(reply.body.metadata).toMatchObject({ generation: 1 });
    expect(reply.body.metadata.uid).not.toBe("8f5f2b1e-0000-4000-8000-000000000000");
    expect(reply.body.metadata.creationTimestamp).not.toBe("2020-01-01T00:00:00Z");
    for (const field of ["ownerReferences", "selfLink"]) {
      expect(reply.body.metadata).not.toHaveProperty(field);
    }
    expect(reply.body.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["unknown"]);
    expect(reply.warnings).toEqual([
      "metadata.ownerReferences: dropped ReplicaSet web-1, which does not exist here",
      "metadata.uid, metadata.resourceVersion, metadata.creationTimestamp: ignored, the server sets it",
    ]);
  });

  it("keeps the addresses of pods that are imported from a cluster, and owners that came along", async () => {
    const { path } = await newNamespace();
    const owner = await created(`${path}/endpoints`, endpoints("owner"));
    const ownerReferences = [{ apiVersion: "v1", kind: "Endpoints", name: "owner", uid: owner.metadata.uid }];
    const status = { phase: "Running", podIP: "10.1.2.3", podIPs: [{ ip: "10.1.2.3" }, { ip: "fd00::3" }] };
    const { body, warnings } = await send("POST", `${path}/pods`, { ...quietPod("web", { ownerReferences }), status });
    expect(body).toMatchObject({ metadata: { ownerReferences }, status });
    expect(warnings).toEqual([]);
  });
});

describe("field validation", () => {
  const odd = { ...endpoints("odd"), subset: [], subsets: [{ addresses: [{ ip: "192.0.2.1", port: 80 }] }] };
  const doubled = '{"metadata":{"name":"odd","name":"odd"}}';

  it("Strict refuses unknown fields and repeated ones", async () => {
    const { path } = await newNamespace();
    const unknown = await send("POST", `${path}/endpoints?fieldValidation=Strict`, odd);
    expect([unknown.code, unknown.body.reason, unknown.body.message]).toEqual([
      400,
      "BadRequest",
      'Endpoints in version "v1" cannot be handled as a Endpoints: strict decoding error: unknown field "subset", unknown field "subsets[0].addresses[0].port"',
    ]);
    const repeated = await send("POST", `${path}/endpoints?fieldValidation=Strict`, doubled);
    expect(repeated.body.message).toMatch(/strict decoding error: duplicate field "metadata.name"$/);
    expect(names((await get(`${path}/endpoints`)).body)).toEqual([]);
  });

  it("Warn, which is the default, warns of them", async () => {
    const { path } = await newNamespace();
    for (const query of ["?fieldValidation=Warn", ""]) {
      const { code, warnings } = await send(
        "POST",
        `${path}/endpoints${query}&dryRun=All`.replace(/^([^?]*)&/, "$1?"),
        odd,
      );
      expect(code).toBe(201);
      expect(warnings).toEqual(['unknown field "subset"', 'unknown field "subsets[0].addresses[0].port"']);
    }
    const { body } = await send("POST", `${path}/endpoints`, odd);
    expect(body).not.toHaveProperty("subset");
    expect((await send("POST", `${path}/endpoints`, doubled)).warnings).toEqual(['duplicate field "metadata.name"']);
  });

  it("Ignore says nothing", async () => {
    const { path } = await newNamespace();
    const { code, warnings } = await send("POST", `${path}/endpoints?fieldValidation=Ignore`, odd);
    expect([code, warnings]).toEqual([201, []]);
  });

  it("knows no other word", async () => {
    const { path } = await newNamespace();
    const { code, body } = await send("POST", `${path}/endpoints?fieldValidation=Maybe`, odd);
    expect([code, body.details.causes?.[0]]).toMatchObject([
      422,
      { reason: "FieldValueNotSupported", field: "fieldValidation" },
    ]);
  });
});

describe("a dry run", () => {
  it("does everything but write", async () => {
    const { path } = await newNamespace();
    const { code, body } = await send("POST", `${path}/services?dryRun=All`, {
      metadata: { name: "web" },
      spec: { ports: [{ port: 80 }] },
    });
    expect(code).toBe(201);
    expect(body).toMatchObject({
      metadata: { name: "web" },
      spec: { clusterIP: expect.stringMatching(/^10\./) as unknown },
    });
    expect(names((await get(`${path}/services`)).body)).toEqual([]);
  });

  it("fails as the real thing would", async () => {
    const { path } = await newNamespace();
    await created(`${path}/endpoints`, endpoints("db"));
    expect((await send("POST", `${path}/endpoints?dryRun=All`, endpoints("db"))).code).toBe(409);
    expect((await send("POST", `${path}/endpoints?dryRun=All`, endpoints("Bad_Name"))).code).toBe(422);
    const lost = await send("POST", "/api/v1/namespaces/no-such/endpoints?dryRun=All", endpoints("db"));
    expect([lost.code, lost.body.message]).toEqual([404, 'namespaces "no-such" not found']);
  });

  it("is All or nothing", async () => {
    const { path } = await newNamespace();
    const { code, body } = await send("POST", `${path}/endpoints?dryRun=Some`, endpoints("db"));
    expect([code, body.message]).toEqual([
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    ]);
  });
});
