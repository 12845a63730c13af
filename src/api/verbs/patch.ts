/** PATCH of an object or of its status: the patched document goes the way of a replacement. */
import type { KubeObject } from "../../domain/object.ts";
import { parseText, unreadable, type TextFormat } from "../body/parse-text.ts";
import { readBody, textOf, type Body, type MediaType } from "../body/read-body.ts";
import { complain, mismatchedType, type ExpectedType } from "../body/read-typed.ts";
import { subjectOf, type Answer, type Call } from "../call.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Draft } from "../kinds/kind.ts";
import { parsePatchOptions, type WriteOptions } from "../options.ts";
import { strategicPatchProblem } from "../patch/check-strategic-patch.ts";
import { jsonPatch, maxOperations } from "../patch/json-patch.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { strategicMergePatch } from "../patch/strategic-merge-patch.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { conform } from "../schema/conform.ts";
import { invalid } from "../validation/field-error.ts";
import { authorOf } from "../write/author.ts";
import { expectedOf, placed, toDraft } from "../write/read-draft.ts";
import { applyPatchType, applyText } from "./apply.ts";
import { update } from "./update.ts";

const jsonPatchType = "application/json-patch+json";
const mergePatchType = "application/merge-patch+json";
const strategicMergePatchType = "application/strategic-merge-patch+json";

export const patchTypes: readonly MediaType<TextFormat>[] = [
  { name: jsonPatchType, format: "json" },
  { name: mergePatchType, format: "json" },
  { name: strategicMergePatchType, format: "json" },
];

export type Patch = (document: JsonObject) => Json | Refusal;

export async function patch(call: Call): Promise<Answer | Refusal> {
  const body = await readBody(call.request, [...patchTypes, applyPatchType]);
  if (body instanceof Refusal) return body;
  const isApply = body.type === applyPatchType;
  const options = parsePatchOptions(call.query, isApply);
  if (options instanceof Refusal) return options;
  if (isApply) return applyText(call, textOf(body.octets), options);
  const expected = expectedOf(call.kind);
  const apply = parsePatch(body, expected);
  if (apply instanceof Refusal) return apply;
  const author = authorOf(call, options, "Update");
  return update(call, options.dryRun, author, (current) => revised(call, current, apply, expected, options));
}

/** The patch for a document of the expected type that a body is. */
export function parsePatch(body: Body<TextFormat>, { schema }: ExpectedType): Patch | Refusal {
  const parsed = parseText(textOf(body.octets), body.type.format);
  if (parsed.outcome !== "parsed") return unreadable(parsed, "error decoding patch: ");
  const { value } = parsed;
  if (body.type.name === jsonPatchType) return jsonPatchOf(value);
  if (!isJsonObject(value)) return badRequest("error decoding patch: the patch must be a JSON object");
  if (body.type.name === mergePatchType) return (document) => mergePatch(document, value);
  const problem = strategicPatchProblem(value, schema);
  if (problem !== undefined) return badRequest(problem);
  return (document) => strategicMergePatch(document, value, schema);
}

function jsonPatchOf(value: Json): Patch | Refusal {
  if (!isJsonList(value)) return badRequest("error decoding patch: a JSON patch must be a list of operations");
  if (value.length > maxOperations) {
    const limit = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${value.length}`;
    return new Refusal({ type: "too-large", limit });
  }
  return (document) => {
    const patched = jsonPatch(document, value);
    return patched.outcome === "patched" ? patched.document : new Refusal({ type: "patch-failed" });
  };
}

/** What the patch makes of a document of the expected type. */
export function revised(
  call: Call,
  current: KubeObject,
  apply: Patch,
  expected: ExpectedType,
  options: WriteOptions,
): Draft | Refusal {
  const document = apply(current as unknown as JsonObject);
  if (document instanceof Refusal) return document;
  if (!isJsonObject(document)) return badRequest("the patch leaves no object");
  const misplaced = mismatchedType(document, expected);
  if (misplaced !== undefined) return badRequest(misplaced);
  const { object, unknown, mismatch } = conform(document, expected.schema);
  const problem = mismatch ?? complain({ unknown, duplicates: [] }, options.fieldValidation, call.warnings);
  if (problem !== undefined) return unfit(call, document, problem);
  return placed(call, toDraft({ ...object, apiVersion: current.apiVersion, kind: current.kind }));
}

/** As Kubernetes puts it, the value of the patch is what it makes of the object. */
function unfit(call: Call, document: JsonObject, problem: string): Refusal {
  return new Refusal({ type: "invalid", subject: subjectOf(call), errors: [invalid("patch", document, problem)] });
}
