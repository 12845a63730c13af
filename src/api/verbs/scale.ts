/**
 * GET, PUT and PATCH of the scale subresource: the same for every kind that says how it is scaled. What is written is
 * the object itself, by way of a replacement. Source: Kubernetes API reference, autoscaling/v1 Scale.
 */
import type { KubeObject } from "../../domain/object.ts";
import { readBody } from "../body/read-body.ts";
import { readTyped } from "../body/read-typed.ts";
import { notFound, subjectOf, type Answer, type Call } from "../call.ts";
import type { Draft, Scaling } from "../kinds/kind.ts";
import { parsePatchOptions, parseWriteOptions, type WriteOptions } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { invalid } from "../validation/field-error.ts";
import { authorOf } from "../write/author.ts";
import { placed, toDraft } from "../write/read-draft.ts";
import { parsePatch, patchTypes, revised } from "./patch.ts";
import { update, type Revision } from "./update.ts";

const expected = { apiVersion: "autoscaling/v1", kind: "Scale", schema: "Scale" } as const;

interface Scale extends KubeObject {
  spec: { replicas: number };
  status: { replicas: number; selector: string };
}

export async function getScale(call: Call): Promise<Answer | Refusal> {
  const object = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  return object === undefined
    ? notFound(call)
    : { form: "object", code: 200, object: toScale(scalingOf(call), object) };
}

export async function replaceScale(call: Call): Promise<Answer | Refusal> {
  const options = parseWriteOptions(call.query, "UpdateOptions");
  if (options instanceof Refusal) return options;
  const document = await readTyped(call.request, expected, call.warnings, options.fieldValidation);
  if (document instanceof Refusal) return document;
  if (document === undefined) return badRequest("couldn't get version/kind; json parse error: the body is empty");
  const scale = placed(call, toDraft(document));
  return scale instanceof Refusal ? scale : rescale(call, options, () => scale);
}

export async function patchScale(call: Call): Promise<Answer | Refusal> {
  const options = parsePatchOptions(call.query, false);
  if (options instanceof Refusal) return options;
  const body = await readBody(call.request, patchTypes);
  if (body instanceof Refusal) return body;
  const apply = parsePatch(body, expected);
  if (apply instanceof Refusal) return apply;
  const revise: Revision = (scale) => revised(call, scale, apply, expected, options);
  return rescale(call, options, revise);
}

/** Writes the object with the number of replicas that the revised scale asks for, and answers with its new scale. */
async function rescale(call: Call, options: WriteOptions, revise: Revision): Promise<Answer | Refusal> {
  const scaling = scalingOf(call);
  const answer = await update(call, options.dryRun, authorOf(call, options, "Update"), (current) => {
    const scale = revise(toScale(scaling, current));
    if (scale instanceof Refusal) return scale;
    const replicas = (scale.spec as Partial<Scale["spec"]> | undefined)?.replicas ?? 0;
    if (replicas < 0) return negative(call, replicas);
    // Whoever names a uid or a resourceVersion means that very object, in that very state.
    const { uid = "", resourceVersion = "" } = scale.metadata;
    const draft: Draft = scaling.withReplicas(current, replicas);
    return { ...draft, metadata: { ...draft.metadata, uid, resourceVersion } };
  });
  if (answer instanceof Refusal || answer.form !== "object") return answer;
  return { ...answer, object: toScale(scaling, answer.object) };
}

function toScale(scaling: Scaling, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { desired, current, selector } = scaling.read(object);
  return {
    kind: "Scale",
    apiVersion: expected.apiVersion,
    metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { replicas: desired },
    status: { replicas: current, selector },
  };
}

function negative(call: Call, replicas: number): Refusal {
  const subject = { ...subjectOf(call), group: "autoscaling", kind: "Scale" };
  const errors = [invalid("spec.replicas", replicas, "must be greater than or equal to 0")];
  return new Refusal({ type: "invalid", subject, errors });
}

/** Routes lead here only for kinds that have it. */
function scalingOf({ kind }: Call): Scaling {
  if (kind.scaling === undefined) throw new Error(`${kind.plural} have no scale`);
  return kind.scaling;
}
