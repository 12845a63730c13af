/** The rules of replication controllers. Source: kubernetes, pkg/apis/core/validation/validation.go. */
import { selectorMatches } from "../../../domain/labels.ts";
import type { ReplicationController } from "../../../domain/replication-controller.ts";
import { forbidden, invalid, notSupported, required, type FieldError } from "../../validation/field-error.ts";
import { validateLabels } from "../../validation/metadata.ts";
import { podSpecErrors } from "../pod/validate-pod.ts";

export function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  const { replicas, minReadySeconds, selector = {}, template } = spec;
  return [
    ...notNegative("spec.minReadySeconds", minReadySeconds),
    ...(Object.keys(selector).length === 0 ? [required("spec.selector")] : []),
    ...notNegative("spec.replicas", replicas),
    ...(template === undefined ? [required("spec.template")] : templateErrors(template, selector)),
  ];
}

type Template = NonNullable<ReplicationController["spec"]["template"]>;

function templateErrors({ metadata = {}, spec }: Template, selector: Record<string, string>): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = spec as { restartPolicy?: string; activeDeadlineSeconds?: number };
  const field = "spec.template";
  return [
    ...(Object.keys(selector).length > 0 && !selectorMatches(selector, metadata.labels)
      ? [invalid(`${field}.metadata.labels`, metadata.labels ?? {}, "`selector` does not match template `labels`")]
      : []),
    ...validateLabels(metadata.labels, `${field}.labels`),
    ...podSpecErrors(spec, `${field}.spec`),
    ...(restartPolicy === "Always" ? [] : [notSupported(`${field}.spec.restartPolicy`, restartPolicy, ["Always"])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [
          forbidden(
            `${field}.spec.activeDeadlineSeconds`,
            "activeDeadlineSeconds in ReplicationController is not Supported",
          ),
        ]),
  ];
}

function notNegative(field: string, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0 ? [] : [invalid(field, value, "must be greater than or equal to 0")];
}
