import { describe, expect, it } from "vitest";
import { readTyped, type ExpectedType } from "../../../src/api/body/read-typed.ts";
import type { FieldValidation } from "../../../src/api/options.ts";
import { Refusal } from "../../../src/api/refusal.ts";
import { Warnings } from "../../../src/api/warnings.ts";

const pod: ExpectedType = { apiVersion: "v1", kind: "Pod", schema: "Pod" };
const slice: ExpectedType = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", schema: "EndpointSlice" };

async function read(body: string, expected = pod, validation: FieldValidation = "Warn"): Promise<unknown> {
  const warnings = new Warnings();
  const request = new Request("http://api/", { method: "POST", body, headers: { "content-type": "application/json" } });
  const result = await readTyped(request, expected, warnings, validation);
  if (result instanceof Refusal) return result.reason.type === "bad-request" ? result.reason.message : result.reason;
  return warnings.headers().length === 0 ? result : [result, ...warnings.headers()];
}

describe("a manifest's type", () => {
  it("is taken from the path where the manifest is silent", async () => {
    expect(await read('{"metadata":{"name":"a"}}')).toEqual({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } });
  });

  it.each([
    [
      "Service",
      "v1",
      'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion',
    ],
    ["Foo", "v1", 'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1"'],
    ["Pod", "v2", "the API version in the data (v2) does not match the expected API version (v1)"],
  ])("%s of %s is no Pod of v1", async (kind, apiVersion, message) => {
    expect(await read(JSON.stringify({ kind, apiVersion }))).toBe(message);
  });

  it("must be text", async () => {
    expect(await read('{"kind":7}')).toMatch(/cannot unmarshal number into Go struct field .kind of type string$/);
  });

  it.each(["[]", "7", '"Pod"', "null"])("cannot be that of %s", async (body) => {
    expect(await read(body)).toMatch(/^couldn't get version\/kind; json parse error: json: cannot unmarshal/);
  });
});

describe("a manifest with unknown and repeated fields", () => {
  const body =
    '{"metadata":{"name":"a","name":"b"},"spec":{"containers":[{"name":"c","readinessProbe":{"httpGte":{}}}]}}';

  it("is taken without them, with a Warning for each", async () => {
    expect(await read(body)).toEqual([
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "b" },
        spec: { containers: [{ name: "c", readinessProbe: {} }] },
      },
      String.raw`299 - "duplicate field \"metadata.name\""`,
      String.raw`299 - "unknown field \"spec.containers[0].readinessProbe.httpGte\""`,
    ]);
  });

  it("is refused when the client is strict", async () => {
    expect(await read(body, pod, "Strict")).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: duplicate field "metadata.name", ' +
        'unknown field "spec.containers[0].readinessProbe.httpGte"',
    );
  });

  it("is taken in silence when the client does not mind", async () => {
    expect(await read(body, pod, "Ignore")).toMatchObject({ metadata: { name: "b" } });
  });
});

describe("a manifest with a wrong type", () => {
  it.each([
    [
      '{"metadata":{"labels":{"a":1}}}',
      "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
    ],
    [
      '{"spec":{"containers":"x"}}',
      "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container",
    ],
    [
      '{"spec":{"containers":[{"ports":[{"containerPort":"x"}]}]}}',
      "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
    ],
    [
      '{"spec":{"containers":[{"ports":[{"containerPort":1.5}]}]}}',
      "json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
    ],
    [
      '{"spec":{"hostNetwork":"true"}}',
      "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
    ],
    ['{"spec":[]}', "json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec"],
  ])("%s is refused in Go's words", async (body, message) => {
    expect(await read(body)).toBe(`Pod in version "v1" cannot be handled as a Pod: ${message}`);
  });

  it("names the version without its group", async () => {
    expect(await read('{"endpoints":{}}', slice)).toBe(
      'EndpointSlice in version "v1" cannot be handled as a EndpointSlice: json: cannot unmarshal object into ' +
        "Go struct field EndpointSlice.endpoints of type []v1.Endpoint",
    );
  });
});

it("an empty body is no manifest", async () => {
  expect(await read(" \n")).toBeUndefined();
});
