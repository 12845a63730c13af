import { describe, expect, it } from "vitest";
import { effortOf } from "../../src/guard/effort.ts";
import { Gate } from "../../src/guard/gate.ts";

describe("a gate", () => {
  it("lets so many in, and the next when one has left", () => {
    const gate = new Gate(2);
    const leave = gate.enter(0);
    expect(gate.enter(0)).toBeDefined();
    expect(gate.enter(0)).toBeUndefined();
    leave?.();
    expect(gate.enter(0)).toBeDefined();
    expect(gate.enter(0)).toBeUndefined();
  });

  it("counts nobody twice who leaves twice", () => {
    const gate = new Gate(1);
    const leave = gate.enter(0);
    leave?.();
    expect(gate.enter(0)).toBeDefined();
    leave?.();
    expect(gate.enter(0)).toBeUndefined();
  });

  it("forgets those who never left, since their client went away", () => {
    const gate = new Gate(2);
    gate.enter(0);
    gate.enter(59_000);
    expect(gate.enter(59_999)).toBeUndefined();
    expect(gate.enter(60_000)).toBeDefined();
    expect(gate.enter(60_000)).toBeUndefined();
  });

  it("of no limit is open", () => {
    const gate = new Gate(0);
    for (let index = 0; index < 1000; index++) expect(gate.enter(0)).toBeDefined();
  });
});

describe("effort", () => {
  it.each([
    ["GET", "/api/v1/pods", "list"],
    ["GET", "/api/v1/pods?watch=true", "small"],
    ["GET", "/api/v1/pods?watch=false", "list"],
    ["GET", "/api/v1/namespaces", "list"],
    ["GET", "/api/v1/namespaces/default/pods/", "list"],
    ["HEAD", "/apis/discovery.k8s.io/v1/endpointslices", "list"],
    ["GET", "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices", "list"],
    ["GET", "/api/v1/namespaces/default", "small"],
    ["GET", "/api/v1/nodes/edge-0", "small"],
    ["GET", "/api/v1/namespaces/default/pods/web", "small"],
    ["GET", "/api/v1", "small"],
    ["GET", "/apis/discovery.k8s.io/v1", "small"],
    ["GET", "/metrics", "small"],
    ["POST", "/api/v1/namespaces/default/pods", "write"],
    ["DELETE", "/api/v1/namespaces/default/pods/web", "write"],
  ])("of %s %s is that of a %s", (method, path, effort) => {
    const { pathname, searchParams } = new URL(path, "http://rollcall");
    expect(effortOf(method, pathname, searchParams)).toBe(effort);
  });
});
