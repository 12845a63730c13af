/**
 * A pod that registers from the template of a replication controller: it brings its name and its address, the template
 * the rest, and the controller owns it, as if it had made it. Source: kubernetes, pkg/controller/controller_utils.go.
 */
import type { OwnerReference } from "../../../domain/object.ts";
import type { Pod } from "../../../domain/pod.ts";
import type { ReplicationController } from "../../../domain/replication-controller.ts";
import type { Context } from "../../context.ts";
import { forbidden, invalid, type FieldError } from "../../validation/field-error.ts";
import type { Draft } from "../kind.ts";

const templateAnnotation = "rollcall.dev/template";
const field = `metadata.annotations[${templateAnnotation}]`;

/** The manifest as it is, unless it names a template. */
export async function fromTemplate(draft: Draft<Pod>, { deps }: Context): Promise<Draft<Pod> | FieldError[]> {
  const { metadata } = draft;
  const reference = metadata.annotations?.[templateAnnotation];
  if (reference === undefined) return draft;
  const name = /^(?:rc|replicationcontrollers?)\/([^/]+)$/.exec(reference)?.[1];
  if (name === undefined) return [invalid(field, reference, "must name a replication controller, such as rc/kubia")];
  const { namespace = "" } = metadata;
  const found = await deps.registry.get("replicationcontrollers", namespace, name);
  const errors = [
    ...(found === undefined
      ? [invalid(field, reference, `there is no such controller in namespace ${namespace}`)]
      : []),
    ...(found?.metadata.deletionTimestamp === undefined ? [] : [invalid(field, reference, "it is being deleted")]),
    ...(hasSpec(draft) ? [forbidden("spec", `comes from the template that ${templateAnnotation} names`)] : []),
  ];
  return errors.length > 0 ? errors : madeOf(found as ReplicationController, draft);
}

/** A manifest that names the template and has no spec still means the one that the pod got. */
export function withSpecOfTemplate(pod: Pod, before: Pod): Pod {
  const isTemplated = pod.metadata.annotations?.[templateAnnotation] !== undefined;
  return isTemplated && !hasSpec(pod) ? { ...pod, spec: before.spec } : pod;
}

function hasSpec({ spec }: Pick<Pod, "spec">): boolean {
  return Object.keys(spec ?? {}).length > 0;
}

/** What the manifest says itself wins. */
function madeOf(controller: ReplicationController, draft: Draft<Pod>): Draft<Pod> {
  const { metadata = {}, spec = { containers: [] } } = controller.spec.template ?? {};
  const own = draft.metadata;
  return {
    ...draft,
    metadata: {
      ...own,
      ...(!own.name && { generateName: own.generateName || `${controller.metadata.name}-` }),
      labels: { ...metadata.labels, ...own.labels },
      annotations: { ...metadata.annotations, ...own.annotations },
      ownerReferences: [...(own.ownerReferences ?? []), ownerReferenceTo(controller)],
    },
    spec,
  };
}

function ownerReferenceTo({ apiVersion, kind, metadata: { name, uid } }: ReplicationController): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
