import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentOf } from "../../../scripts/lab/arbitrary-documents.ts";
import {
  delimited,
  encodeMessage,
  encodeObject,
  textField,
  varintField,
  withoutZeros,
} from "../../../scripts/lab/encode-protobuf.ts";
import { decodeProtobuf, openEnvelope } from "../../../src/api/body/decode-protobuf.ts";
import { maxBodyBytes } from "../../../src/api/body/read-body.ts";
import { readTyped } from "../../../src/api/body/read-typed.ts";
import { kinds } from "../../../src/api/kinds/kinds.ts";
import { Refusal } from "../../../src/api/refusal.ts";
import { fieldNames, fieldType, isTypeName, type TypeName } from "../../../src/api/schema/schema.ts";
import { Warnings } from "../../../src/api/warnings.ts";

/** As kubectl 1.32 sends them. */
const vectors = {
  namespace:
    "6b3873000a0f0a02763112094e616d657370616365121a0a120a02743112001a0022002a0032003800420012001a020a001a002200",
  canI:
    "6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a6563744163636573735265766965" +
    "7712" +
    "3f0a100a0012001a0022002a0032003800420012210a1f0a0764656661756c7412066372656174651a0022002a04706f647332003a001a08" +
    "080012001a0020001a002200",
  service:
    "6b3873000a0d0a027631120753657276696365126f0a230a056d7973766312001a0022002a003200380042005a0c0a0361707012056d7973" +
    "766312440a1b0a0738302d38303830120354435018502207080010903f1a002800120c0a0361707012056d797376631a002209436c757374" +
    "657249503a00420052005a00600068001a020a001a002200",
};

function octetsOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** What a request with this body is understood as, or the message of its refusal. */
async function read(body: Uint8Array<ArrayBuffer>, apiVersion: string, schema: TypeName): Promise<unknown> {
  const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
  const request = new Request("http://api/", { method: "POST", body, headers });
  const result = await readTyped(request, { apiVersion, kind: schema, schema }, new Warnings(), "Strict");
  return result instanceof Refusal && result.reason.type === "bad-request" ? result.reason.message : result;
}

function decode(message: number[], type: TypeName): unknown {
  const decoded = decodeProtobuf(Uint8Array.from(message), type);
  return decoded.outcome === "decoded" ? decoded.value : decoded.message;
}

describe("a message", () => {
  it("of more fields than a document may have values is refused", () => {
    const empties = (count: number): number[] => Array.from({ length: count }, () => [0x12, 0]).flat();
    expect(decode([0x12, 0x80, 0x08, ...empties(512)], "Pod")).toMatchObject({ spec: {} });
    expect(decode(empties(50_001), "Pod")).toBe("exceeded max number of values of 50000");
  });
});

describe("what kubectl sends in protobuf", () => {
  it("for `create namespace t1` is that namespace", async () => {
    expect(await read(octetsOf(vectors.namespace), "v1", "Namespace")).toEqual({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "t1" },
      spec: {},
      status: {},
    });
  });

  it("for `auth can-i create pods` is that question", async () => {
    expect(await read(octetsOf(vectors.canI), "authorization.k8s.io/v1", "SelfSubjectAccessReview")).toMatchObject({
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { namespace: "default", verb: "create", resource: "pods" } },
    });
  });

  it("for `create service clusterip mysvc --tcp=80:8080` is that service", async () => {
    expect(await read(octetsOf(vectors.service), "v1", "Service")).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "mysvc", labels: { app: "mysvc" } },
      spec: {
        ports: [{ name: "80-8080", protocol: "TCP", port: 80, targetPort: 8080 }],
        selector: { app: "mysvc" },
        type: "ClusterIP",
      },
      status: { loadBalancer: {} },
    });
  });

  it("is refused in JSON's words when it is of another kind", async () => {
    expect(await read(octetsOf(vectors.service), "v1", "Pod")).toMatch(/^Service in version "v1" cannot be handled as/);
  });

  it("may be nothing", async () => {
    expect(await read(new Uint8Array(), "v1", "DeleteOptions")).toBeUndefined();
  });
});

const roots: TypeName[] = [
  ...kinds.map(({ schema }) => schema),
  "DeleteOptions",
  "Eviction",
  "Scale",
  "SelfSubjectAccessReview",
  "SelfSubjectReview",
  "SelfSubjectRulesReview",
  "TokenReview",
];

describe("a message", () => {
  it.each(roots)("of type %s says what the JSON document says that it was made of", (type) => {
    fc.assert(
      fc.property(documentOf(type, 5), (document) => {
        expect(decode(encodeMessage(document, type), type)).toEqual(withoutZeros(document, type));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps zeros of fields that are pointers in Go, and takes others for absent", () => {
    expect(decode(varintField(1, 0n), "ReplicationControllerSpec")).toEqual({ replicas: 0 });
    expect(decode(varintField(4, 0n), "ReplicationControllerSpec")).toEqual({});
    expect(decode(textField(1, ""), "discovery.EndpointPort")).toEqual({ name: "" });
    expect(decode(textField(1, ""), "EndpointPort")).toEqual({});
  });

  it("has inlined fields beside its own", () => {
    const handler = delimited(2, delimited(2, [...varintField(1, 1n), ...textField(3, "http")]));
    expect(decode([...delimited(1, handler), ...varintField(2, 5n)], "Probe")).toEqual({
      httpGet: { port: "http" },
      initialDelaySeconds: 5,
    });
  });

  it("has times in full, and none where none was set", () => {
    const time = [...varintField(1, 1_795_507_200n), ...varintField(2, 123_456_789n)];
    expect(decode([...delimited(3, time), ...delimited(4, [])], "LeaseSpec")).toEqual({
      acquireTime: "2026-11-24T08:00:00.123456789Z",
    });
  });

  it("may give a field twice: the last value counts, messages are merged, lists go on", () => {
    const twice = [
      ...delimited(1, textField(1, "a")),
      ...delimited(1, textField(3, "ns")),
      ...delimited(1, [...textField(1, "b"), ...textField(14, "x"), ...textField(14, "y")]),
    ];
    expect(decode(twice, "Lease")).toEqual({ metadata: { name: "b", namespace: "ns", finalizers: ["x", "y"] } });
  });

  it("may pack lists of numbers, and have fields that nobody knows", () => {
    const packed = delimited(4, [1, 0x80, 0x01]);
    const unknown = [...varintField(90, 7n), ...delimited(91, [1, 2]), 0xe1, 5, ...Array<number>(8).fill(9), 0xed, 5];
    expect(decode([...packed, ...unknown, 1, 2, 3, 4], "PodSecurityContext")).toEqual({ supplementalGroups: [1, 128] });
  });

  it("may have any keys in its maps, and only there", () => {
    const labels = ["__proto__", "constructor"].flatMap((key) =>
      delimited(11, [...textField(1, key), ...textField(2, "v")]),
    );
    const meta = decode(labels, "ObjectMeta") as { labels: Record<string, string> };
    expect(Object.entries(meta.labels)).toEqual([
      ["__proto__", "v"],
      ["constructor", "v"],
    ]);
  });
});

describe("a hostile body", () => {
  const cannot = /^Pod in version "v1" cannot be handled as a Pod: /;

  it.each<[name: string, message: number[], problem: RegExp]>([
    ["ends within a field", [0x0a, 5, 1], /unexpected EOF$/],
    ["gives a length of petabytes", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], /unexpected EOF$/],
    ["ends within a number", [0x08, 0x80], /unexpected EOF$/],
    ["has a number without end", [0x08, ...Array<number>(1000).fill(0xff)], /integer overflow$/],
    ["has text where a message should be", varintField(1, 7n), /wrong wireType = 0 for field Metadata$/],
    ["has a number where text should be", delimited(1, varintField(1, 1n)), /wrong wireType = 0 for field Name$/],
    ["has text where a number should be", delimited(1, textField(7, "x")), /wrong wireType = 2 for field Generation$/],
    ["opens groups without end", Array<number>(1000).fill(0x0b), /illegal wireType 3$/],
    ["has a field number of zero", [0x00, 0x00], /illegal tag 0/],
    ["has a time beyond time", delimited(1, delimited(8, varintField(1, 2n ** 62n))), /timestamp out of range$/],
    ["has managed fields that are no JSON", delimited(1, delimited(17, delimited(7, textField(1, "{")))), /JSON/],
    [
      "has managed fields that nest without end",
      delimited(1, delimited(17, delimited(7, textField(1, '{"a":'.repeat(5000) + "1" + "}".repeat(5000))))),
      /exceeded max depth/,
    ],
    ["has a number that JSON cannot say", delimited(1, varintField(7, 2n ** 62n)), /cannot unmarshal number/],
  ])("that %s is refused for what it is", async (_name, message, problem) => {
    const answer = await read(encodeObject("v1", "Pod", message), "v1", "Pod");
    expect(answer).toMatch(cannot);
    expect(answer).toMatch(problem);
  });

  it.each<[name: string, body: number[]]>([
    ["lacks the prefix", [0x0a, 0x00]],
    ["is shorter than the prefix", [0x6b, 0x38]],
    ["ends within its envelope", [0x6b, 0x38, 0x73, 0x00, 0x0a, 0x7f]],
    ["is encoded in some way", [0x6b, 0x38, 0x73, 0x00, ...textField(3, "gzip")]],
  ])("that %s is refused before it is looked into", async (_name, body) => {
    expect(await read(Uint8Array.from(body), "v1", "Pod")).toMatch(/^couldn't get version\/kind; /);
  });

  it("never throws, whatever its octets are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...roots), (octets, type) => {
        expect(["decoded", "malformed"]).toContain(decodeProtobuf(octets, type).outcome);
        expect(["decoded", "malformed"]).toContain(
          openEnvelope(Uint8Array.from([0x6b, 0x38, 0x73, 0, ...octets])).outcome,
        );
      }),
      { numRuns: 500 },
    );
  });

  it("is read or refused when an octet of a good one is replaced, or the rest of it is missing", async () => {
    const good = [...octetsOf(vectors.service)];
    const answers: unknown[] = [];
    const attempt = fc.asyncProperty(
      fc.nat(good.length - 1),
      fc.nat(255),
      fc.nat(good.length),
      async (at, octet, end) => {
        answers.push(await read(Uint8Array.from(good.with(at, octet).slice(0, end)), "v1", "Service"));
      },
    );
    await fc.assert(attempt, { numRuns: 300 });
    const refused = answers.filter((answer) => typeof answer === "string");
    const understood = answers.filter((answer) => typeof answer === "object") as { kind: string }[];
    const empty = answers.filter((answer) => answer === undefined);
    expect(refused.length + understood.length + empty.length).toBe(answers.length);
    expect(understood.filter(({ kind }) => kind !== "Service")).toEqual([]);
  });

  it("of the greatest length is not read to its end", () => {
    const emptyContainers = new Uint8Array(maxBodyBytes).map((_, at) => (at % 2 === 0 ? 0x12 : 0x00));
    const decoded = decodeProtobuf(emptyContainers, "PodSpec");
    expect(decoded).toEqual({ outcome: "malformed", message: "exceeded max number of values of 50000" });
  });

  it("nests no deeper than the types do, and they end", () => {
    const depth = (type: TypeName, above: readonly TypeName[]): number => {
      expect(above).not.toContain(type);
      const inner = fieldNames(type).map((name) => fieldType(type, name)?.of ?? "any");
      return 1 + Math.max(0, ...inner.map((of) => (isTypeName(of) ? depth(of, [...above, type]) : 0)));
    };
    for (const type of roots) expect(depth(type, [])).toBeLessThan(12);
  });
});
