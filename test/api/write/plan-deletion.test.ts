import { describe, expect, it } from "vitest";
import type { Kind } from "../../../src/api/kinds/kind.ts";
import { kinds } from "../../../src/api/kinds/kinds.ts";
import { Refusal } from "../../../src/api/refusal.ts";
import type { DeleteOptions } from "../../../src/api/write/delete-options.ts";
import { mayGo, planDeletion } from "../../../src/api/write/plan-deletion.ts";
import type { KubeObject, ObjectMeta } from "../../../src/domain/object.ts";

const nowMs = Date.parse("2026-11-20T10:00:00Z");

function kindNamed(name: string): Kind {
  const kind = kinds.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** A kind that stays for as long as it is asked to, half a minute unless told otherwise. */
const graceful: Kind = { ...kindNamed("Endpoints"), gracePeriodSeconds: (_, asked) => asked ?? 30 };

function object(metadata: Partial<ObjectMeta> = {}): KubeObject {
  const fixed = { name: "x", uid: "u1", resourceVersion: "7", creationTimestamp: "2026-11-20T09:00:00Z" };
  return { apiVersion: "v1", kind: "Endpoints", metadata: { ...fixed, ...metadata } };
}

function planned(kind: Kind, of: KubeObject, options: Partial<DeleteOptions> = {}): unknown {
  const preconditions = { uid: "", resourceVersion: "" };
  const all = { dryRun: false, gracePeriodSeconds: undefined, propagation: undefined, preconditions, ...options };
  const plan = planDeletion(kind, of, all, nowMs);
  if (plan instanceof Refusal) return plan.reason.type;
  if (plan.action !== "mark") return plan.action;
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = plan.object.metadata;
  return [deletionTimestamp?.slice(11, 19), deletionGracePeriodSeconds, finalizers];
}

const simple = kindNamed("Endpoints");
const terminating = { deletionTimestamp: "2026-11-20T10:00:20Z", deletionGracePeriodSeconds: 30 };

describe("a deletion", () => {
  it.each<[string, Kind, Partial<ObjectMeta>, Partial<DeleteOptions>, unknown]>([
    ["of what nothing holds removes it", simple, {}, {}, "remove"],
    ["of what a finalizer holds marks it", simple, { finalizers: ["a/b"] }, {}, ["10:00:00", 0, ["a/b"]]],
    [
      "in the foreground holds it itself",
      simple,
      {},
      { propagation: "Foreground" },
      ["10:00:00", 0, ["foregroundDeletion"]],
    ],
    ["that orphans holds it itself", simple, {}, { propagation: "Orphan" }, ["10:00:00", 0, ["orphan"]]],
    [
      "of a replication controller orphans unless told otherwise",
      kindNamed("ReplicationController"),
      {},
      {},
      ["10:00:00", 0, ["orphan"]],
    ],
    [
      "of a replication controller can be told otherwise",
      kindNamed("ReplicationController"),
      {},
      { propagation: "Background" },
      "remove",
    ],
    [
      "changes its mind from the foreground",
      simple,
      { ...terminating, deletionGracePeriodSeconds: 0, finalizers: ["foregroundDeletion"] },
      { propagation: "Orphan" },
      ["10:00:20", 0, ["orphan"]],
    ],
    [
      "keeps to what was asked before",
      simple,
      { ...terminating, deletionGracePeriodSeconds: 0, finalizers: ["orphan"] },
      {},
      "leave",
    ],
    [
      "of a namespace waits for what is in it",
      kindNamed("Namespace"),
      {},
      { propagation: "Foreground" },
      ["10:00:00", 0, undefined],
    ],
    ["lets an object end gracefully", graceful, {}, {}, ["10:00:30", 30, undefined]],
    ["takes the period that is asked for", graceful, {}, { gracePeriodSeconds: 5 }, ["10:00:05", 5, undefined]],
    ["at once removes at once", graceful, {}, { gracePeriodSeconds: 0 }, "remove"],
    ["takes less than nothing for the shortest", graceful, {}, { gracePeriodSeconds: -1 }, ["10:00:01", 1, undefined]],
    [
      "takes more than a date can tell for the longest",
      graceful,
      {},
      { gracePeriodSeconds: Number.MAX_SAFE_INTEGER },
      ["13:14:07", 2 ** 31 - 1, undefined],
    ],
    ["that is running goes on", graceful, terminating, {}, "leave"],
    ["that is running is not made longer", graceful, terminating, { gracePeriodSeconds: 60 }, "leave"],
    [
      "that is running is made shorter, from when it began",
      graceful,
      terminating,
      { gracePeriodSeconds: 12 },
      ["10:00:02", 12, undefined],
    ],
    ["that is running is ended", graceful, terminating, { gracePeriodSeconds: 0 }, "remove"],
    ["means the uid it names", simple, {}, { preconditions: { uid: "u2", resourceVersion: "" } }, "conflict"],
    ["means the revision it names", simple, {}, { preconditions: { uid: "u1", resourceVersion: "6" } }, "conflict"],
    ["with what it names goes on", simple, {}, { preconditions: { uid: "u1", resourceVersion: "7" } }, "remove"],
  ])("%s", (_, kind, metadata, options, expected) => {
    expect(planned(kind, object(metadata), options)).toEqual(expected);
  });

  it("of a namespace that every cluster has is forbidden", () => {
    expect(planned(kindNamed("Namespace"), object({ name: "default" }))).toBe("forbidden");
  });
});

describe("an object that is terminating", () => {
  it.each<[string, Partial<ObjectMeta>, string, boolean]>([
    ["may go when nothing holds it", { deletionTimestamp: "x", deletionGracePeriodSeconds: 0 }, "Pod", true],
    ["stays for its finalizers", { deletionTimestamp: "x", finalizers: ["a/b"] }, "Pod", false],
    ["stays for its grace period", { deletionTimestamp: "x", deletionGracePeriodSeconds: 30 }, "Pod", false],
    ["stays when it is a namespace", { deletionTimestamp: "x" }, "Namespace", false],
    ["stays when it is none", {}, "Pod", false],
  ])("%s", (_, metadata, kind, expected) => {
    expect(mayGo({ ...object(metadata), kind })).toBe(expected);
  });
});
