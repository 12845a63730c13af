/** Takes in the manifest of a create or a replacement, and holds it against the path it was sent to. */
import type { Call } from "../call.ts";
import { readTyped, type ExpectedType } from "../body/read-typed.ts";
import { apiVersionOf, type Draft, type Kind } from "../kinds/kind.ts";
import type { JsonObject } from "../json.ts";
import type { FieldValidation } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";

export async function readDraft(call: Call, fieldValidation: FieldValidation): Promise<Draft | Refusal> {
  const document = await readTyped(call.request, expectedOf(call.kind), call.warnings, fieldValidation);
  if (document instanceof Refusal) return document;
  if (document === undefined) return badRequest("couldn't get version/kind; json parse error: the body is empty");
  return placed(call, toDraft(document));
}

export function expectedOf(kind: Kind): ExpectedType {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, schema: kind.schema };
}

/** The document must have been brought into the shape of its type. */
export function toDraft(document: JsonObject): Draft {
  return { ...document, metadata: document["metadata"] ?? {} } as unknown as Draft;
}

/** Puts the draft where the path says; it may not claim to belong elsewhere. */
export function placed(call: Call, draft: Draft): Draft | Refusal {
  const { namespace = "", name = "" } = draft.metadata;
  if (call.namespace !== "" && namespace !== "" && namespace !== call.namespace) {
    return badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (call.name !== "" && name === "") {
    return badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`);
  }
  if (call.name !== "" && name !== call.name) {
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  }
  const { namespace: _, ...metadata } = draft.metadata;
  return { ...draft, metadata: call.namespace === "" ? metadata : { ...metadata, namespace: call.namespace } };
}
