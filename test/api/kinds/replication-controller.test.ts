import { describe, expect, it } from "vitest";
import { replicationControllerKind } from "../../../src/api/kinds/replication-controller/replication-controller.ts";
import type { Context } from "../../../src/api/context.ts";
import { fieldErrorText } from "../../../src/api/validation/field-error.ts";
import { Warnings } from "../../../src/api/warnings.ts";
import type { ReplicationController } from "../../../src/domain/replication-controller.ts";
import { replicationController } from "../../objects.ts";

const nowMs = Date.parse("2026-11-01T00:05:03Z");
const kubia = replicationController("kubia", { app: "kubia" });

type Spec = ReplicationController["spec"];

function errorsOf(change: Partial<Spec>): string[] {
  const rc = replicationControllerKind.withDefaults({ ...kubia, spec: { ...kubia.spec, ...change } });
  return replicationControllerKind.validate(rc, undefined).map((error) => fieldErrorText(error));
}

describe("a replication controller", () => {
  it("takes its selector and its labels from its template, and wishes for one pod", () => {
    const { selector: _, replicas: __, ...spec } = kubia.spec;
    const defaulted = replicationControllerKind.withDefaults({ ...kubia, spec });
    expect(defaulted.spec).toMatchObject({ replicas: 1, selector: { app: "kubia" } });
    expect(defaulted.metadata.labels).toEqual({ app: "kubia" });
    expect(defaulted.spec.template?.spec).toMatchObject({ restartPolicy: "Always", terminationGracePeriodSeconds: 30 });
  });

  it("keeps a selector, labels and a number of its own", () => {
    const own = { ...kubia, metadata: { ...kubia.metadata, labels: { tier: "web" } } };
    const defaulted = replicationControllerKind.withDefaults({ ...own, spec: { ...own.spec, replicas: 0 } });
    expect(defaulted.metadata.labels).toEqual({ tier: "web" });
    expect(defaulted.spec.replicas).toBe(0);
  });

  const { template } = kubia.spec;
  const containers = [{ name: "main" }];

  it.each<[string, Partial<Spec>, string[]]>([
    ["nothing wrong", {}, []],
    [
      "a negative number of pods",
      { replicas: -1 },
      ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    ],
    [
      "a negative time",
      { minReadySeconds: -1 },
      ["spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0"],
    ],
    [
      "a selector that its template does not match",
      { selector: { app: "other" } },
      ['spec.template.metadata.labels: Invalid value: {"app":"kubia"}: `selector` does not match template `labels`'],
    ],
    [
      "neither selector nor labels",
      { selector: {}, template: { spec: { containers } } },
      ["spec.selector: Required value"],
    ],
    [
      "a template without containers",
      { template: { ...template, spec: { containers: [] } } },
      ["spec.template.spec.containers: Required value"],
    ],
    [
      "two containers of one name",
      { template: { ...template, spec: { containers: [...containers, ...containers] } } },
      ['spec.template.spec.containers[1].name: Duplicate value: "main"'],
    ],
    [
      "pods that end",
      {
        template: {
          ...template,
          spec: { containers, restartPolicy: "Never", activeDeadlineSeconds: 1 } as object as {
            containers: typeof containers;
          },
        },
      },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported",
      ],
    ],
  ])("with %s is judged as Kubernetes does", (_, change, errors) => {
    expect(errorsOf(change)).toEqual(errors);
  });

  it("needs a template", () => {
    const { template: _, ...spec } = kubia.spec;
    const errors = replicationControllerKind.validate({ ...kubia, spec }, undefined);
    expect(errors.map((error) => fieldErrorText(error))).toEqual(["spec.template: Required value"]);
  });

  it("shows how many pods it wishes for and how many there are", () => {
    const counted = { ...kubia, status: { replicas: 2, readyReplicas: 1 } };
    const cells = replicationControllerKind.columns.map((column) => column.cell(counted, nowMs));
    expect(cells).toEqual(["kubia", 3, 2, 1, "5m3s", "main", "kubia:1", "app=kubia"]);
    expect(replicationControllerKind.selectableFields["status.replicas"]?.(counted)).toBe("2");
    expect(replicationControllerKind.selectableFields["status.replicas"]?.(kubia)).toBe("0");
  });

  it("keeps its count whatever is sent for it", () => {
    const context = { warnings: new Warnings() } as unknown as Context;
    const counted = { ...kubia, status: { replicas: 2 } };
    const sent = { ...counted, status: { replicas: 9 } };
    expect(replicationControllerKind.prepareStatus?.(sent, counted, context)).toEqual(counted);
    expect(context.warnings.headers()).toHaveLength(1);
    expect(replicationControllerKind.prepareCreate?.(sent, context)).toMatchObject({ status: { replicas: 0 } });
  });
});
