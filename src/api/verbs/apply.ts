/**
 * PATCH with an apply patch, that is server-side apply: the configuration that a manager applies is laid over the
 * object, or becomes one. The result goes the way of any other replacement.
 * Source: Kubernetes documentation, "Server-Side Apply"; k8s.io/apimachinery, pkg/util/managedfields/internal.
 */
import type { KubeObject } from "../../domain/object.ts";
import type { TextFormat } from "../body/parse-text.ts";
import type { MediaType } from "../body/read-body.ts";
import { subjectOf, type Answer, type Call } from "../call.ts";
import {
  applyConfiguration,
  conflictPaths,
  conflictsBeyond,
  type Application,
  type Applied,
  type Conflict,
} from "../fields/apply-configuration.ts";
import { fieldsOf } from "../fields/fields-of.ts";
import { kubectlManager, lastAppliedFields, withLastApplied } from "../fields/last-applied.ts";
import type { Author } from "../fields/managers.ts";
import { ownableConfiguration } from "../fields/ownable.ts";
import { pathText } from "../fields/path-element.ts";
import { shapeOfType } from "../fields/shape.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Draft } from "../kinds/kind.ts";
import type { PatchOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { conform } from "../schema/conform.ts";
import { authorOf } from "../write/author.ts";
import { managed, managersBeforeFirstApply, managersOf } from "../write/managed-fields.ts";
import { readConfiguration, type Configuration } from "../write/read-configuration.ts";
import { placed, toDraft } from "../write/read-draft.ts";
import { updateOrCreate } from "./update-or-create.ts";
import { update } from "./update.ts";

export const applyPatchType: MediaType<TextFormat> = { name: "application/apply-patch+yaml", format: "yaml" };

export async function applyText(call: Call, text: string, options: PatchOptions): Promise<Answer | Refusal> {
  const configuration = readConfiguration(call, text, options.fieldValidation);
  if (configuration instanceof Refusal) return configuration;
  const author = authorOf(call, options, "Apply");
  return updateOrCreate(call, {
    update: () =>
      update(call, options.dryRun, author, (live) => overlay(call, live, configuration, author, options.force)),
    first: () => firstDraft(call, configuration, author),
    dryRun: options.dryRun,
    author,
  });
}

/** What is applied where there is nothing yet is the object. */
function firstDraft(call: Call, { document }: Configuration, author: Author): Draft | Refusal {
  const draft = placed(call, toDraft({ ...document, apiVersion: author.apiVersion, kind: call.kind.kind }));
  if (draft instanceof Refusal) return draft;
  const { uid } = draft.metadata;
  if (uid) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    return new Refusal({ type: "conflict", subject: subjectOf(call), why });
  }
  const fields = fieldsOf(ownableConfiguration(document, ""), shapeOfType(call.kind.schema));
  return { ...draft, metadata: managed(draft.metadata, [{ ...author, fields }]) };
}

/** What comes of an object when the configuration is laid over it. */
function overlay(
  call: Call,
  live: KubeObject,
  configuration: Configuration,
  author: Author,
  force: boolean,
): Draft | Refusal {
  const { name, namespace, uid = "", resourceVersion = "" } = toDraft(configuration.document).metadata;
  const known = managersOf(live);
  const application: Application = {
    live: live as unknown as JsonObject,
    managers: known.length === 0 ? managersBeforeFirstApply(call.kind, author, live) : known,
    configuration: ownableConfiguration(configuration.document, author.subresource),
    author,
    force,
    shape: shapeOfType(call.kind.schema),
  };
  const applied = withPardon(application);
  if (applied.outcome === "conflicts") return conflictRefusal(applied.conflicts);
  const merged = isJsonObject(applied.document) ? applied.document : {};
  const document = author.name === kubectlManager ? withLastApplied(merged, configuration.sent) : merged;
  const { object } = conform(document, call.kind.schema);
  const { metadata, ...rest } = toDraft({ ...object, apiVersion: live.apiVersion, kind: live.kind });
  return placed(call, {
    ...rest,
    metadata: managed(
      { ...metadata, ...(name && { name }), ...(namespace && { namespace }), uid, resourceVersion },
      applied.managers,
    ),
  });
}

/** What kubectl wrote by client-side apply is its own, whatever manager is noted for it. */
function withPardon(application: Application): Applied {
  const applied = applyConfiguration(application);
  const { author, live, shape } = application;
  if (applied.outcome !== "conflicts" || author.name !== kubectlManager) return applied;
  const conflicts = conflictsBeyond(applied.conflicts, lastAppliedFields(live, author.apiVersion, shape));
  return conflicts.length > 0 ? { ...applied, conflicts } : applyConfiguration({ ...application, force: true });
}

function conflictRefusal(conflicts: readonly Conflict[]): Refusal {
  const each = conflictPaths(conflicts).map(({ manager, path }) => {
    return { manager: managerText(manager), field: pathText(path) };
  });
  return new Refusal({ type: "apply-conflict", conflicts: each });
}

/** `"kubectl-patch" using v1`, `"agent" with subresource "status"` */
function managerText({ name, operation, apiVersion, subresource }: Author): string {
  const place = subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(name)}${place}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}
