import { beforeAll, describe, expect, it } from "vitest";
import { created, endpoints, get, newNamespace, quietPod, registerRack, send, type Reply } from "./client.ts";

beforeAll(registerRack);

function failure(code: number, reason: string, message: string, details?: object): object {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
  return details === undefined ? status : { ...status, details };
}

/** What came back, whole: a Status is the only form that an error has. */
function told({ code, body, headers }: Reply): object {
  expect(code).toBe((body as { code?: number }).code);
  expect(headers.get("Content-Type")).toBe("application/json; charset=UTF-8");
  return body;
}

const json = { "Content-Type": "application/json" };

describe("what is not there", () => {
  it("is not found, by name", async () => {
    const { path, name } = await newNamespace();
    expect(told(await get(`${path}/pods/x`))).toEqual(
      failure(404, "NotFound", 'pods "x" not found', { name: "x", kind: "pods" }),
    );
    expect(told(await get(`/apis/discovery.k8s.io/v1/namespaces/${name}/endpointslices/x`))).toEqual(
      failure(404, "NotFound", 'endpointslices.discovery.k8s.io "x" not found', {
        name: "x",
        group: "discovery.k8s.io",
        kind: "endpointslices",
      }),
    );
    expect(told(await send("DELETE", `${path}/pods/x`))).toMatchObject({ code: 404, message: 'pods "x" not found' });
  });

  it("may be a namespace", async () => {
    const reply = await send("POST", "/api/v1/namespaces/no-such/pods", quietPod("web"));
    expect(told(reply)).toEqual(
      failure(404, "NotFound", 'namespaces "no-such" not found', { name: "no-such", kind: "namespaces" }),
    );
  });
});

describe("what is there already", () => {
  it("is a conflict", async () => {
    const { path } = await newNamespace();
    await created(`${path}/pods`, quietPod("web"));
    expect(told(await send("POST", `${path}/pods`, quietPod("web")))).toEqual(
      failure(409, "AlreadyExists", 'pods "web" already exists', { name: "web", kind: "pods" }),
    );
  });
});

describe("an invalid object", () => {
  it("is told all that is wrong with it, each with its field", async () => {
    const { path } = await newNamespace();
    const reply = await send("POST", `${path}/pods`, { metadata: { name: "Bad_Name" }, spec: { containers: [] } });
    const [name, containers] = (told(reply) as Reply["body"]).details.causes ?? [];
    expect(name).toMatchObject({ reason: "FieldValueInvalid", field: "metadata.name" });
    expect(name?.message).toMatch(/^Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of/);
    expect(containers).toEqual({
      reason: "FieldValueRequired",
      message: "Required value",
      field: "spec.containers",
    });
    expect(told(reply)).toMatchObject({
      code: 422,
      reason: "Invalid",
      message: `Pod "Bad_Name" is invalid: [metadata.name: ${name?.message}, spec.containers: Required value]`,
      details: { name: "Bad_Name", kind: "Pod" },
    });
  });

  it("with one fault needs no brackets, and tells its group", async () => {
    const { name } = await newNamespace();
    const slices = `/apis/discovery.k8s.io/v1/namespaces/${name}/endpointslices`;
    const reply = await send("POST", slices, { metadata: { name: "x" }, addressType: "IPv5", endpoints: [] });
    expect(told(reply)).toMatchObject({
      code: 422,
      message:
        'EndpointSlice.discovery.k8s.io "x" is invalid: addressType: Unsupported value: "IPv5": supported values: "FQDN", "IPv4", "IPv6"',
      details: {
        name: "x",
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        causes: [{ reason: "FieldValueNotSupported", field: "addressType" }],
      },
    });
  });
});

describe("a bad request", () => {
  const slash = encodeURIComponent;

  it.each([
    ["a selector", `labelSelector=${slash("=x")}`, /^found '=', expected: !, identifier, or 'end of string'$/],
    ["a key", `labelSelector=${slash("! =x")}`, /^unable to parse requirement: found '=', expected: identifier$/],
    ["a requirement", `labelSelector=${slash("a,=x")}`, /found '=', expected: identifier after ','/],
    [
      "an operator",
      `labelSelector=${slash("a ~ b")}`,
      /^unable to parse requirement: found '~', expected: in, notin, =, ==, !=/,
    ],
    [
      "a label's value",
      `labelSelector=${slash("a=b/c")}`,
      /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "b\/c": a valid label must be/,
    ],
    [
      "a field that there is none of",
      "fieldSelector=foo%3Dbar",
      /^"foo" is not a known field selector: only "metadata.name", "metadata.namespace"$/,
    ],
    [
      "a field selector",
      "fieldSelector=metadata.name",
      /^invalid selector: 'metadata.name'; can't understand 'metadata.name'$/,
    ],
  ])("is told what is wrong with %s", async (_, query, message) => {
    const { path } = await newNamespace();
    const body = told(await get(`${path}/endpoints?${query}`));
    expect(body).toEqual(failure(400, "BadRequest", expect.stringMatching(message) as unknown as string));
    expect((await get(`${path}/endpoints?watch=true&${query}`)).code).toBe(400);
    expect((await send("DELETE", `${path}/endpoints?${query}`)).code).toBe(400);
  });

  it("is one whose body is no object of the kind", async () => {
    const { path } = await newNamespace();
    const bodies: [body: string, message: RegExp][] = [
      ["{", /json parse error/],
      ["", /body is empty/],
      ["[]", /cannot unmarshal array into Go value/],
      ['"text"', /cannot unmarshal string into Go value/],
      ["null", /into Go value/],
      [
        '{"kind":"Service","apiVersion":"v1","metadata":{"name":"x"}}',
        /^Service in version "v1" cannot be handled as a Pod: converting \(v1.Service\) to \(core.Pod\): unknown conversion$/,
      ],
      [
        '{"kind":"Foo","apiVersion":"v1","metadata":{"name":"x"}}',
        /^Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1"$/,
      ],
      [
        '{"kind":"Pod","apiVersion":"v2","metadata":{"name":"x"}}',
        /^the API version in the data \(v2\) does not match the expected API version \(v1\)$/,
      ],
      ['{"kind":7}', /cannot unmarshal number/],
      [
        '{"metadata":"x"}',
        /^Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field Pod.metadata of type v1.ObjectMeta$/,
      ],
      [
        '{"metadata":{"name":7}}',
        /cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string$/,
      ],
      [
        '{"spec":{"containers":{}}}',
        /cannot unmarshal object into Go struct field PodSpec.spec.containers of type \[\]v1.Container$/,
      ],
    ];
    for (const [sent, message] of bodies) {
      const body = told(await send("POST", `${path}/pods`, sent, json));
      expect(body).toEqual(failure(400, "BadRequest", expect.stringMatching(message) as unknown as string));
    }
  });

  it("is one whose body belongs elsewhere than its path says", async () => {
    const { path } = await newNamespace();
    const pod = await created(`${path}/pods`, quietPod("web"));
    const other = await send("POST", `${path}/pods`, quietPod("x", { namespace: "other" }));
    expect(told(other)).toMatchObject({
      code: 400,
      message: "the namespace of the provided object does not match the namespace sent on the request",
    });
    const misnamed = await send("PUT", `${path}/pods/web`, { ...pod, metadata: { ...pod.metadata, name: "x" } });
    expect(told(misnamed)).toMatchObject({
      code: 400,
      message: "the name of the object (x) does not match the name on the URL (web)",
    });
    const nameless = await send("PUT", `${path}/pods/web`, { ...pod, metadata: {} });
    expect(told(nameless)).toMatchObject({ code: 400 });
  });
});

describe("a method or a form that there is none of", () => {
  it.each([
    ["PUT", "pods"],
    ["PATCH", "pods"],
    ["POST", "pods/web"],
    ["DELETE", "pods/web/status"],
    ["POST", "pods/web/status"],
    ["GET", "pods/web/eviction"],
    ["OPTIONS", "pods/web"],
  ])("%s of %s is not allowed", async (method, rest) => {
    const { path } = await newNamespace();
    const reply = await send(method, `${path}/${rest}`, method === "OPTIONS" || method === "GET" ? undefined : {});
    expect(told(reply)).toEqual(
      failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {}),
    );
  });

  it("is a create without a namespace, or a deletion of all namespaces", async () => {
    expect((await send("POST", "/api/v1/pods", quietPod("web"))).code).toBe(405);
    expect((await send("DELETE", "/api/v1/namespaces")).code).toBe(405);
    expect((await get("/api/v1/namespaces/default")).code).toBe(200);
  });

  it("is a body in an unknown format", async () => {
    const { path } = await newNamespace();
    for (const type of ["text/plain", "application/cbor", "application/xml"]) {
      for (const [method, url] of [
        ["POST", `${path}/pods`],
        ["PUT", `${path}/pods/web`],
        ["DELETE", `${path}/pods/web`],
      ] as const) {
        const reply = await send(method, url, "x", { "Content-Type": type });
        expect(told(reply)).toEqual(
          failure(
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
          ),
        );
      }
    }
  });

  it.each(["log", "exec", "attach", "portforward"])("is what needs a kubelet: %s", async (subresource) => {
    const { path } = await newNamespace();
    for (const method of ["GET", "POST"]) {
      const reply = await send(method, `${path}/pods/web/${subresource}`);
      expect(told(reply)).toMatchObject({
        code: 501,
        reason: "NotImplemented",
        message: expect.stringMatching(/^Rollcall does not run the pod/) as unknown,
      });
    }
  });
});

describe("too much", () => {
  it("is a body over 1 MiB, whatever it says about its length", async () => {
    const { path } = await newNamespace();
    const big = JSON.stringify(endpoints("big", { annotations: { a: "x".repeat(1024 * 1024) } }));
    const reply = await send("POST", `${path}/endpoints`, big, json);
    expect(told(reply)).toEqual(failure(413, "RequestEntityTooLarge", "Request entity too large: limit is 1048576"));
    expect(
      (await send("PATCH", `${path}/endpoints/x`, big, { "Content-Type": "application/merge-patch+json" })).code,
    ).toBe(413);
  });

  it("are annotations over 256 KiB", async () => {
    const { path } = await newNamespace();
    const reply = await send(
      "POST",
      `${path}/endpoints`,
      endpoints("big", { annotations: { a: "x".repeat(262_145) } }),
    );
    expect(told(reply)).toMatchObject({
      code: 422,
      details: { causes: [{ reason: "FieldValueTooLong", field: "metadata.annotations" }] },
    });
  });
});
