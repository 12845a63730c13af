/**
 * Makes an object of a manifest that is to be created: names it, fills in what the server decides, drops what only the
 * server may say, and judges the rest. Nothing is written here.
 * Source: k8s.io/apiserver, pkg/registry/rest/create.go.
 */
import { toTimestamp, type KubeObject, type ObjectMeta, type OwnerReference } from "../../domain/object.ts";
import { subjectOf, type Call } from "../call.ts";
import type { Author } from "../fields/managers.ts";
import { without } from "../json.ts";
import type { Draft } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import type { FieldError } from "../validation/field-error.ts";
import { validateMetadata } from "../validation/metadata.ts";
import { withFirstManagers } from "./managed-fields.ts";
import { presentOwners } from "./owners.ts";

export async function prepareNew(call: Call, sent: Draft, author: Author): Promise<KubeObject | Refusal> {
  const draft = (await call.kind.complete?.(sent, call)) ?? sent;
  if (Array.isArray(draft)) return invalidDraft(call, sent, draft);
  const owners = await presentOwners(call, draft.metadata.ownerReferences ?? []);
  const named = { ...draft, metadata: newMetadata(call, draft.metadata, owners) } as KubeObject;
  const object = call.kind.withDefaults(named);
  const errors = [...validateMetadata(object.metadata, call.kind.isName), ...call.kind.validate(object, undefined)];
  if (errors.length > 0) return invalidObject(call, object, errors);
  const made = (await call.kind.prepareCreate?.(object, call)) ?? without(object, "status");
  return withFirstManagers(call.kind, author, { draft, sent: object, made });
}

export function invalidObject(call: Call, object: KubeObject, errors: readonly FieldError[]): Refusal {
  const subject = { ...subjectOf(call), name: object.metadata.name };
  return new Refusal({ type: "invalid", subject, errors });
}

function invalidDraft(call: Call, { metadata }: Draft, errors: readonly FieldError[]): Refusal {
  const subject = { ...subjectOf(call), name: metadata.name ?? metadata.generateName ?? "" };
  return new Refusal({ type: "invalid", subject, errors });
}

function newMetadata(call: Call, sent: Partial<ObjectMeta>, owners: OwnerReference[]): Partial<ObjectMeta> {
  const { name, namespace, generateName, labels, annotations, finalizers } = sent;
  const ignored = (["uid", "resourceVersion", "creationTimestamp"] as const).filter((field) => sent[field]);
  if (ignored.length > 0) {
    call.warnings.add(`${ignored.map((field) => `metadata.${field}`).join(", ")}: ignored, the server sets it`);
  }
  return {
    name: name || generatedName(generateName, () => call.deps.random()),
    ...(generateName && { generateName }),
    ...(namespace && { namespace }),
    uid: call.deps.newUid(),
    ...(call.kind.generationOf && { generation: 1 }),
    creationTimestamp: toTimestamp(call.nowMs),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(owners.length > 0 && { ownerReferences: owners }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
  };
}

/** Without vowels and digits that look like them, so that no word comes out. */
const suffixLetters = "bcdfghjklmnpqrstvwxz2456789";
const suffixLength = 5;
const maxGeneratedLength = 63;

/** Empty without a prefix; then the name is missing, which is an error of its own. */
function generatedName(prefix: string | undefined, random: () => number): string {
  if (!prefix) return "";
  const letters = Array.from({ length: suffixLength }, () => {
    return suffixLetters.charAt(Math.floor(random() * suffixLetters.length));
  });
  return prefix.slice(0, maxGeneratedLength - suffixLength) + letters.join("");
}
