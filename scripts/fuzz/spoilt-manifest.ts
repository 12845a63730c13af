/** An object of each kind as it should be, and with something in it that should not. Pure. */
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../src/api/json.ts";
import { apiVersionOf, type Kind } from "../../src/api/kinds/kind.ts";

/** What stands where something else was expected. */
export const strangeValues: readonly Json[] = [
  null,
  true,
  "",
  "a",
  "\0",
  "\u{d800}",
  "__proto__",
  "../..",
  // Two of them are within the 64 KiB of an unread body that workerd takes in before it closes the connection.
  "x".repeat(20_000),
  "9".repeat(400),
  "::ffff:1.2.3.4",
  0,
  -1,
  0.5,
  2 ** 53,
  1e308,
  [],
  {},
  [null],
  [[[[[[]]]]]],
  [{}, {}],
  { "": { "": "" } },
  { $patch: "delete" },
  Array.from({ length: 3000 }, () => "a"),
  JSON.parse('{"__proto__":{"a":1}}') as Json,
];

const specs: Readonly<Record<string, Json>> = {
  Pod: {
    containers: [{ name: "web", image: "web", ports: [{ name: "http", containerPort: 80 }] }],
    readinessGates: [{ conditionType: "a/b" }],
  },
  Service: {
    selector: { app: "web" },
    ports: [{ name: "http", port: 80, targetPort: "http" }],
    clusterIP: "10.96.3.4",
  },
  ReplicationController: {
    replicas: 2,
    selector: { app: "web" },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web" }] } },
  },
  Node: { podCIDR: "10.1.0.0/24" },
  Lease: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000000Z" },
};

/** What stands beside the specification, or in its place. */
const contents: Readonly<Record<string, JsonObject>> = {
  Endpoints: { subsets: [{ addresses: [{ ip: "10.1.1.1" }], ports: [{ name: "http", port: 80 }] }] },
  EndpointSlice: { addressType: "IPv4", endpoints: [{ addresses: ["10.1.1.1"] }], ports: [{ name: "http", port: 80 }] },
  Event: { involvedObject: { kind: "Pod", namespace: "default", name: "a" }, reason: "A", message: "b", count: 1 },
  Role: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
  ClusterRole: { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] },
  RoleBinding: { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "a" }, subjects: [] },
  ClusterRoleBinding: { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "a" } },
};

export function manifest(kind: Kind, name: string): Json {
  const identity = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const metadata = { name, labels: { app: "web" }, annotations: { a: "b" }, finalizers: ["a/b"] };
  return { ...identity, metadata, ...bodyOf(kind.kind) };
}

function bodyOf(kind: string): JsonObject {
  const spec = specs[kind];
  if (spec === undefined) return contents[kind] ?? {};
  return kind === "Pod" ? { spec, status: { podIP: "10.1.1.1", phase: "Running" } } : { spec };
}

/** `value` with `strange` somewhere in it; `way` says at which turn, level by level. */
export function spoilt(value: Json, [turn, ...way]: readonly number[], strange: Json): Json {
  if (turn === undefined || !(isJsonObject(value) || isJsonList(value))) return strange;
  const entries = Object.entries(value);
  const chosen = entries[turn % entries.length];
  if (chosen === undefined) return strange;
  const [key, part] = [chosen[0], spoilt(chosen[1], way, strange)];
  if (isJsonObject(value)) return { ...value, [key]: part };
  return value.map((item, index) => (String(index) === key ? part : item));
}
