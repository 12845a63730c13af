import { describe, expect, it } from "vitest";
import { missingRules } from "../../src/access/missing-rules.ts";
import { Policy } from "../../src/access/policy.ts";
import { rulesAllow } from "../../src/access/rules.ts";
import type { PolicyRule, ResourceAttributes, Subject } from "../../src/domain/rbac.ts";

const podReader: PolicyRule = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };

function toResource(verb: string, resource: string, rest: Partial<ResourceAttributes> = {}): ResourceAttributes {
  return { verb, group: "", resource, subresource: "", namespace: "", name: "", ...rest };
}

describe("a rule", () => {
  const all = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
  const named = { ...podReader, resourceNames: ["web"] };
  const scales = { apiGroups: [""], resources: ["*/scale"], verbs: ["update"] };
  const status = { apiGroups: [""], resources: ["pods/status"], verbs: ["patch"] };
  it.each<[PolicyRule, ResourceAttributes, boolean]>([
    [podReader, toResource("get", "pods"), true],
    [podReader, toResource("delete", "pods"), false],
    [podReader, toResource("get", "services"), false],
    [podReader, toResource("get", "pods", { group: "apps" }), false],
    [podReader, toResource("get", "pods", { subresource: "status" }), false],
    [all, toResource("get", "pods", { subresource: "status", group: "apps" }), true],
    [status, toResource("patch", "pods", { subresource: "status" }), true],
    [status, toResource("patch", "pods"), false],
    [scales, toResource("update", "replicationcontrollers", { subresource: "scale" }), true],
    [scales, toResource("update", "replicationcontrollers", { subresource: "status" }), false],
    [named, toResource("get", "pods", { name: "web" }), true],
    [named, toResource("get", "pods", { name: "other" }), false],
    [named, toResource("list", "pods"), false],
    [podReader, toResource("*", "pods"), false],
    [all, toResource("*", "*"), true],
    [{ verbs: ["get"] }, toResource("get", "pods"), false],
    [{}, toResource("get", "pods"), false],
  ])("%j, asked for %j, says %s", (rule, attributes, allowed) => {
    expect(rulesAllow([rule], attributes)).toBe(allowed);
  });

  it.each([
    ["/metrics", "/metrics", true],
    ["/metrics", "/metrics/x", false],
    ["/api/*", "/api/v1", true],
    ["/api/*", "/api", false],
    ["*", "/anything", true],
  ])("for the path %s lets %s be read: %s", (listed, path, allowed) => {
    expect(rulesAllow([{ nonResourceURLs: [listed], verbs: ["get"] }], { verb: "get", path })).toBe(allowed);
    expect(rulesAllow([{ nonResourceURLs: [listed], verbs: ["get"] }], { verb: "post", path })).toBe(false);
  });
});

describe("the policy", () => {
  const jane = { username: "jane", groups: ["devs", "system:authenticated"] };

  function policyOf(subjects: Subject[], namespace = "default"): Policy {
    return new Policy({
      roles: [{ namespace: "", name: "reader", rules: [podReader] }],
      bindings: [{ namespace, roleRef: { kind: "ClusterRole", name: "reader" }, subjects }],
    });
  }

  it.each<[Subject, boolean]>([
    [{ kind: "User", name: "jane" }, true],
    [{ kind: "User", name: "devs" }, false],
    [{ kind: "Group", name: "devs" }, true],
    [{ kind: "Group", name: "ops" }, false],
    [{ kind: "Robot", name: "jane" }, false],
    [{}, false],
  ])("counts %j among those who are jane: %s", (subject, allowed) => {
    expect(policyOf([subject]).allows(jane, toResource("get", "pods", { namespace: "default" }))).toBe(allowed);
  });

  it("takes an account without a namespace for one of the binding's own", () => {
    const account = { username: "system:serviceaccount:default:ci", groups: [] };
    const inDefault = toResource("get", "pods", { namespace: "default" });
    expect(policyOf([{ kind: "ServiceAccount", name: "ci" }]).allows(account, inDefault)).toBe(true);
    expect(policyOf([{ kind: "ServiceAccount", name: "ci", namespace: "other" }]).allows(account, inDefault)).toBe(
      false,
    );
    expect(policyOf([{ kind: "ServiceAccount", name: "ci" }], "").allows(account, inDefault)).toBe(false);
  });

  it("holds a binding of a namespace for that namespace alone, and one of the cluster for all", () => {
    const subjects = [{ kind: "User", name: "jane" }];
    const places = ["default", "other", ""].map((namespace) => toResource("get", "pods", { namespace }));
    expect(places.map((place) => policyOf(subjects).allows(jane, place))).toEqual([true, false, false]);
    expect(places.map((place) => policyOf(subjects, "").allows(jane, place))).toEqual([true, true, true]);
  });

  it("gives nothing by a role that does not exist, nor by one of another namespace", () => {
    const roles = [{ namespace: "other", name: "reader", rules: [podReader] }];
    const subjects = [{ kind: "User", name: "jane" }];
    for (const kind of ["Role", "ClusterRole"]) {
      const bindings = [{ namespace: "default", roleRef: { kind, name: "reader" }, subjects }];
      expect(new Policy({ roles, bindings }).rulesOf(jane, "default")).toEqual([]);
    }
  });

  it("lets masters do everything, whatever it says", () => {
    const master = { username: "admin", groups: ["system:masters"] };
    const empty = new Policy({ roles: [], bindings: [] });
    expect(empty.allows(master, toResource("delete", "namespaces", { name: "default" }))).toBe(true);
    expect(empty.allows(master, { verb: "get", path: "/metrics" })).toBe(true);
  });
});

describe("rules that somebody wants to hand out", () => {
  it.each<[string, PolicyRule[], PolicyRule[], string[]]>([
    ["the same", [podReader], [podReader], []],
    ["less", [podReader], [{ ...podReader, verbs: ["get"], resourceNames: ["web"] }], []],
    [
      "held in two parts",
      [podReader, { apiGroups: [""], resources: ["services"], verbs: ["get", "list"] }],
      [{ apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list"] }],
      [],
    ],
    [
      "more verbs",
      [podReader],
      [{ ...podReader, verbs: ["get", "delete", "create"] }],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["delete" "create"]}'],
    ],
    ["a star", [podReader], [{ ...podReader, verbs: ["*"] }], ['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}']],
    [
      "all names, of which some are held",
      [{ ...podReader, resourceNames: ["web"] }],
      [podReader],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}'],
    ],
    [
      "another name",
      [{ ...podReader, resourceNames: ["web"] }],
      [{ ...podReader, verbs: ["get"], resourceNames: ["db"] }],
      ['{APIGroups:[""], Resources:["pods"], ResourceNames:["db"], Verbs:["get"]}'],
    ],
    [
      "a path",
      [podReader],
      [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }],
      ['{NonResourceURLs:["/metrics"], Verbs:["get"]}'],
    ],
    [
      "paths below one that is held",
      [{ nonResourceURLs: ["/api/*"], verbs: ["*"] }],
      [{ nonResourceURLs: ["/api/v1/*"], verbs: ["get"] }],
      [],
    ],
    [
      "the scale of one kind",
      [{ apiGroups: ["*"], resources: ["*/scale"], verbs: ["*"] }],
      [{ apiGroups: ["apps"], resources: ["x/scale"], verbs: ["get"] }],
      [],
    ],
    ["nothing", [], [], []],
  ])("are missing only where they are not held: %s", (_, held, wanted, missing) => {
    expect(missingRules(held, wanted)).toEqual(missing);
  });

  it("are told up to a bound, of one rule as of many", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
    expect(missingRules([], [{ apiGroups: [""], resources: many, verbs: ["get"] }])).toHaveLength(100);
    const each = many.map((resource) => ({ apiGroups: [""], resources: [resource], verbs: ["get"] }));
    expect(missingRules([], each)).toHaveLength(100);
  });

  it("are missing as a whole where they would take an age to go through, unless one rule holds them all", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
    const huge = { apiGroups: many, resources: many, resourceNames: many, verbs: many };
    expect(
      missingRules(
        [
          { ...huge, verbs: many.slice(1) },
          { ...huge, verbs: ["r0"] },
        ],
        [huge],
      ),
    ).toHaveLength(1);
    expect(missingRules([huge], [huge])).toEqual([]);
  });
});
