import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyConfiguration, conflictPaths, type Applied } from "../../../src/api/fields/apply-configuration.ts";
import { toEntries, type Author, type Manager } from "../../../src/api/fields/managers.ts";
import { mergeConfiguration } from "../../../src/api/fields/merge-configuration.ts";
import { pathText } from "../../../src/api/fields/path-element.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../src/api/json.ts";
import { fields, leavesOf, service, serviceShape } from "./documents.ts";

const alice: Author = {
  name: "alice",
  operation: "Apply",
  apiVersion: "v1",
  subresource: "",
  time: "2026-11-20T10:00:00Z",
};
const bob: Author = { ...alice, name: "bob", time: "2026-11-20T11:00:00Z" };
const updater: Author = { ...alice, name: "editor", operation: "Update", time: "2026-11-20T09:00:00Z" };

interface State {
  live: JsonObject;
  managers: readonly Manager[];
}

const nothing: State = { live: { metadata: {}, spec: {} }, managers: [] };

function apply(author: Author, { live, managers }: State, configuration: JsonObject, force = false): Applied {
  return applyConfiguration({ live, managers, configuration, author, force, shape: serviceShape });
}

/** What comes of it, which must not be a conflict. */
function after(author: Author, state: State, configuration: JsonObject, force = true): State {
  const applied = apply(author, state, configuration, force);
  if (applied.outcome === "conflicts") throw new Error(conflictTexts(applied).join(", "));
  const live = withoutNulls(applied.document);
  return { live: isJsonObject(live) ? live : {}, managers: applied.managers };
}

/** As everything is brought into shape before it is stored. */
function withoutNulls(value: Json): Json {
  if (isJsonList(value)) return value.map((item) => withoutNulls(item));
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(present.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function conflictTexts(applied: Applied): string[] {
  if (applied.outcome === "applied") return [];
  return conflictPaths(applied.conflicts).map(({ manager, path }) => `${manager.name} ${pathText(path)}`);
}

const http: JsonObject = { port: 80, protocol: "TCP", targetPort: 8080 };
const dns: Json = { port: 53, protocol: "UDP" };

describe("applying a configuration", () => {
  it("makes it the manager's, and leaves what others have said", () => {
    const first = after(alice, nothing, { spec: { type: "ClusterIP", ports: [http] } });
    const second = after(bob, first, { metadata: { labels: { tier: "front" } }, spec: { ports: [dns] } });
    expect(second.live).toEqual({
      metadata: { labels: { tier: "front" } },
      spec: { type: "ClusterIP", ports: [http, dns] },
    });
    expect(toEntries(second.managers)).toEqual([
      expect.objectContaining({ manager: "alice", time: alice.time }),
      {
        manager: "bob",
        operation: "Apply",
        apiVersion: "v1",
        time: bob.time,
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:metadata": { "f:labels": { "f:tier": {} } },
          "f:spec": { "f:ports": { 'k:{"port":53,"protocol":"UDP"}': { ".": {}, "f:port": {}, "f:protocol": {} } } },
        },
      },
    ]);
  });

  it("is refused where it would change what somebody else manages, with every field named", () => {
    const state = after(alice, nothing, { spec: { type: "ClusterIP", selector: { a: "b" }, ports: [http] } });
    const wanted = { spec: { type: "NodePort", selector: { a: "c" }, ports: [{ port: 80, targetPort: 9090 }] } };
    expect(conflictTexts(apply(bob, state, wanted))).toEqual([
      'alice .spec.ports[port=80,protocol="TCP"].targetPort',
      "alice .spec.selector",
      "alice .spec.type",
    ]);
  });

  it("takes what is in conflict when it is forced to, and nothing else", () => {
    const state = after(alice, nothing, { spec: { type: "ClusterIP", externalName: "x" } });
    const forced = after(bob, state, { spec: { type: "NodePort" } });
    expect(forced.live["spec"]).toEqual({ type: "NodePort", externalName: "x" });
    expect(toEntries(forced.managers).map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ["alice", { "f:spec": { "f:externalName": {} } }],
      ["bob", { "f:spec": { "f:type": {} } }],
    ]);
  });

  it("shares a field with who manages it already when both want the same", () => {
    const state = after(alice, nothing, { spec: { type: "ClusterIP" } });
    const shared = after(bob, state, { spec: { type: "ClusterIP" } }, false);
    expect(toEntries(shared.managers).map(({ fieldsV1 }) => fieldsV1)).toEqual([
      { "f:spec": { "f:type": {} } },
      { "f:spec": { "f:type": {} } },
    ]);
    expect(conflictTexts(apply(alice, shared, { spec: { type: "NodePort" } }))).toEqual(["bob .spec.type"]);
  });

  it("takes away what the manager no longer lists", () => {
    const full = { metadata: { labels: { a: "1", b: "2" } }, spec: { type: "ClusterIP", ports: [http, dns] } };
    const state = after(alice, nothing, full);
    const less = after(alice, state, { metadata: { labels: { a: "1" } }, spec: { ports: [dns] } });
    expect(less.live).toEqual({ metadata: { labels: { a: "1" } }, spec: { ports: [dns] } });
  });

  it("leaves what it no longer lists when somebody else lists it too, or has written it since", () => {
    const state = after(alice, nothing, { metadata: { labels: { a: "1" } }, spec: { ports: [http] } });
    const shared = after(bob, state, { metadata: { labels: { a: "1" } } });
    expect(after(alice, shared, { spec: { ports: [http] } }).live).toEqual(shared.live);
    const named: State = {
      live: { ...state.live, spec: { ports: [{ ...http, name: "web" }] } },
      managers: [
        ...state.managers,
        {
          ...updater,
          fields: fields({ "f:spec": { "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { "f:name": {} } } } }),
        },
      ],
    };
    const renamed = after(alice, named, { spec: { ports: [{ port: 80, protocol: "TCP" }] } });
    expect(renamed.live["spec"]).toEqual({ ports: [{ port: 80, protocol: "TCP", name: "web" }] });
  });

  it("leaves alone what nobody manages", () => {
    const state: State = { live: { metadata: {}, spec: { clusterIP: "10.0.0.1", type: "x" } }, managers: [] };
    const typed = after(alice, state, { spec: { type: "ClusterIP", sessionAffinity: "None" } });
    const less = after(alice, typed, { spec: { sessionAffinity: "None" } });
    expect(less.live["spec"]).toEqual({ clusterIP: "10.0.0.1", sessionAffinity: "None" });
  });

  it("takes a struct away, with what nobody manages in it, when it lists nothing of it any more", () => {
    const config = { sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } };
    const state = after(alice, nothing, { spec: { type: "ClusterIP", ...config } });
    expect(after(alice, state, { spec: { type: "ClusterIP" } }).live["spec"]).toEqual({ type: "ClusterIP" });
  });

  it("puts items into its own order, and others behind those that they followed", () => {
    const [a, b, c] = [{ port: 1 }, { port: 2 }, { port: 3 }];
    const ports = (list: Json[]): Json => ({ spec: { ports: list } });
    const merged = (live: Json[], wanted: Json[]): Json => mergeConfiguration(ports(live), ports(wanted), serviceShape);
    expect(merged([a, b, c], [c, a])).toEqual(ports([c, a, b]));
    expect(merged([a, b], [c])).toEqual(ports([a, b, c]));
    expect(merged([a, b], [b, c, a])).toEqual(ports([b, c, a]));
    expect(merged([a], [])).toEqual(ports([a]));
  });

  it("keeps its time when nothing is new", () => {
    const state = after(alice, nothing, { spec: { type: "ClusterIP" } });
    const later = { ...alice, time: "2026-11-20T12:00:00Z" };
    expect(after(later, state, { spec: { type: "ClusterIP" } })).toEqual(state);
    expect(toEntries(after(later, state, { spec: { type: "NodePort" } }).managers)[0]?.time).toBe(later.time);
  });
});

describe("whatever is applied", () => {
  const history = fc.array(fc.tuple(fc.constantFrom(alice, bob), service), { minLength: 1, maxLength: 6 });

  function told(all: readonly (readonly [Author, JsonObject])[]): State {
    return all.reduce((state, [author, configuration]) => after(author, state, configuration), nothing);
  }

  it("is there afterwards, and applying it again changes nothing", () => {
    fc.assert(
      fc.property(history, service, (all, configuration) => {
        const state = after(alice, told(all), configuration);
        const leaves = leavesOf(state.live);
        for (const [leaf, value] of leavesOf(configuration)) expect([leaf, leaves.get(leaf)]).toEqual([leaf, value]);
        const again = after(alice, state, configuration, false);
        expect(leavesOf(again.live)).toEqual(leaves);
        expect(toEntries(again.managers).map(({ fieldsV1 }) => fieldsV1)).toEqual(
          toEntries(state.managers).map(({ fieldsV1 }) => fieldsV1),
        );
      }),
    );
  });

  it("leaves nothing behind that no manager lists", () => {
    fc.assert(
      fc.property(history, (all) => {
        const { live } = told(all);
        const last = (author: Author): JsonObject => all.findLast(([who]) => who === author)?.[1] ?? {};
        const listed = new Set([...leavesOf(last(alice)).keys(), ...leavesOf(last(bob)).keys()]);
        expect([...leavesOf(live).keys()].filter((leaf) => !listed.has(leaf))).toEqual([]);
      }),
    );
  });

  it("is in conflict exactly where it would change what another lists", () => {
    fc.assert(
      fc.property(service, service, (hers, his) => {
        const state = after(alice, nothing, hers);
        const [owned, wanted] = [leavesOf(hers), leavesOf(his)];
        const differing = [...wanted].filter(([leaf, value]) => owned.has(leaf) && owned.get(leaf) !== value);
        const found = conflictTexts(apply(bob, state, his)).map((text) => text.replace("alice ", ""));
        expect(new Set(found)).toEqual(new Set(differing.map(([leaf]) => leaf)));
      }),
    );
  });
});
