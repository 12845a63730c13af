/**
 * Requests as nobody means well by them: nearly right ones to the API and to DNS, so that they get far, and odd ones.
 * Pure: a seed makes the same requests again.
 */
import fc, { type Arbitrary } from "fast-check";
import type { Kind } from "../../src/api/kinds/kind.ts";
import { kinds } from "../../src/api/kinds/kinds.ts";
import type { Json } from "../../src/api/json.ts";
import { corpus, mutated } from "./corpus.ts";
import { documentRequest } from "./document-requests.ts";
import { bare, pathOf, percentEncoded, type Depth, type HostileRequest } from "./hostile-request.ts";
import { pageRequest } from "./page-requests.ts";
import { manifest, spoilt, strangeValues } from "./spoilt-manifest.ts";

export function hostileRequests(seed: number, count: number): HostileRequest[] {
  return fc.sample(hostileRequest, { seed, numRuns: count });
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
const bodyTypes = [
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
  "application/dns-message",
  "application/json;charset=utf-16",
  "text/plain",
  "",
];
const subresources = ["status", "scale", "eviction", "binding", "token", "log", "proxy", "finalize", "none"];
const options = (
  "labelSelector fieldSelector continue limit resourceVersion resourceVersionMatch watch timeoutSeconds " +
  "sendInitialEvents dryRun fieldManager force fieldValidation pretty propagationPolicy gracePeriodSeconds"
).split(" ");
const optionValues = ["", "0", "-1", "true", "All", "Strict", "Exact", "NotOlderThan", "1e9", "9".repeat(30)];

const path = fc.array(fc.nat(40), { minLength: 1, maxLength: 6 });
const spoils = fc.array(fc.tuple(path, fc.constantFrom(...strangeValues)), { maxLength: 2 });
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "web", "web-1", "default", "kubernetes", "kube-system") },
  { weight: 1, arbitrary: fc.oneof(fc.uint8Array({ maxLength: 8 }), mutated).map(percentEncoded) },
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(...options),
      fc.oneof(
        fc.constantFrom(...optionValues),
        mutated.map(percentEncoded),
        fc.constantFrom(...corpus).map(percentEncoded),
      ),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map((pair) => pair.join("=")).join("&"));

const manifestTypes = [
  "application/json",
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
];
const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
  "application/apply-patch+yaml",
];
/** What is asked of a collection, an object, or a part of one, and in which types. */
const verbs: readonly (readonly [depth: Depth, method: string, contentTypes: readonly string[]])[] = [
  ["collection", "GET", [""]],
  ["collection", "POST", manifestTypes],
  ["collection", "POST", manifestTypes],
  ["collection", "DELETE", manifestTypes],
  ["object", "GET", [""]],
  ["object", "PUT", manifestTypes],
  ["object", "PATCH", patchTypes],
  ["object", "PATCH", patchTypes],
  ["object", "DELETE", manifestTypes],
  ["subresource", "PUT", manifestTypes],
  ["subresource", "POST", manifestTypes],
  ["subresource", "PATCH", patchTypes],
];
const anyVerb = fc.tuple(
  fc.constantFrom<Depth>("collection", "object", "subresource"),
  fc.constantFrom(...methods),
  fc.constantFrom(...bodyTypes),
);
const fittingVerb = fc
  .tuple(fc.constantFrom(...verbs), fc.nat(100))
  .map(([[depth, method, types], turn]): [Depth, string, string] => [depth, method, types[turn % types.length] ?? ""]);

const apiRequest: Arbitrary<HostileRequest> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    verb: fc.oneof({ weight: 5, arbitrary: fittingVerb }, { weight: 1, arbitrary: anyVerb }),
    namespace: fc.oneof({ weight: 5, arbitrary: fc.constant("default") }, { weight: 1, arbitrary: name }),
    name,
    subresource: fc.constantFrom(...subresources),
    query: fc.oneof(query, fc.constant("fieldManager=a"), fc.constant("")),
    spoils,
    octets: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: mutated }),
  })
  .map(({ kind, verb: [depth, method, contentType], spoils: changes, octets, ...place }) => {
    const written = changes.reduce((value, [way, strange]) => spoilt(value, way, strange), manifest(kind, place.name));
    const isJsonPatch = contentType === "application/json-patch+json";
    const document = isJsonPatch ? changes.map(([way, value]) => jsonPatchStep(kind, way, value)) : written;
    const body = octets ?? new TextEncoder().encode(JSON.stringify(document));
    return { method, path: pathOf(kind, { depth, ...place }), contentType, body };
  });

/** A step at a place that there is in the manifest, or beside it. */
function jsonPatchStep(kind: Kind, way: readonly number[], value: Json): Json {
  const op = ["add", "replace", "remove", "test", "copy", "move"][(way[0] ?? 0) % 6] ?? "add";
  const places = [
    "",
    "/metadata",
    "/metadata/labels/app",
    "/metadata/finalizers/-",
    "/spec",
    "/spec/ports/0",
    "/status",
  ];
  const at = (turn = 0): string => places[turn % places.length] ?? "";
  return { op, path: at(way[1] ?? way[0]), from: at(way[2] ?? kind.plural.length), value };
}

const dnsTypes = fc.constantFrom("A", "AAAA", "SRV", "PTR", "ANY", "0", "65536", "-1", "");
const dnsRequest: Arbitrary<HostileRequest> = fc.oneof(
  mutated.map((octets) => bare("GET", `/dns-query?dns=${Buffer.from(octets).toString("base64url")}`)),
  fc.tuple(fc.constantFrom("dns", "name", "token"), mutated).map(([variable, octets]) => {
    return bare("GET", `/dns-query?${variable}=${percentEncoded(octets)}`);
  }),
  fc
    .tuple(fc.oneof(mutated.map(percentEncoded), fc.constant("web.default.svc.cluster.local")), dnsTypes, query)
    .map((parts) => {
      return bare("GET", `/dns-query?name=${parts[0]}&type=${parts[1]}&${parts[2]}`);
    }),
  fc.tuple(fc.constantFrom(...bodyTypes, "application/dns-message"), mutated).map(([contentType, body]) => {
    return { ...bare("POST", "/dns-query"), contentType, body };
  }),
);

const oddRequest: Arbitrary<HostileRequest> = fc
  .record({
    method: fc.constantFrom(...methods),
    start: fc.constantFrom(
      "/",
      "//",
      "/api",
      "/api/v1/",
      "/apis/",
      "/api/v1/namespaces/",
      "/dns-query/",
      "/openapi/",
      "/.",
      "/%2e%2e/",
    ),
    rest: fc.oneof(
      mutated.map(percentEncoded),
      // What is not written with percent signs: whatever HTTP lets through.
      mutated.map((octets) => String.fromCharCode(...octets.filter((octet) => octet > 0x20 && octet < 0x7f))),
    ),
    contentType: fc.constantFrom(...bodyTypes),
    body: mutated,
  })
  .map(({ start, rest, ...request }) => ({ ...request, path: start + rest }));

const hostileRequest = fc.oneof(
  { weight: 8, arbitrary: apiRequest },
  { weight: 3, arbitrary: documentRequest },
  { weight: 1, arbitrary: pageRequest },
  { weight: 3, arbitrary: dnsRequest },
  { weight: 1, arbitrary: oddRequest },
);
