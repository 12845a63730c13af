/**
 * How an object is to be deleted, from the body of the request or, where that is empty, from its query.
 * Source: k8s.io/apimachinery, pkg/apis/meta/v1 DeleteOptions, and its validation.
 */
import { readTyped } from "../body/read-typed.ts";
import type { Call } from "../call.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { dryRunErrors, invalidOptions } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { invalid, notSupported, type FieldError } from "../validation/field-error.ts";

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  dryRun: boolean;
  /** Undefined: as long as the object itself says. */
  gracePeriodSeconds: number | undefined;
  /** What becomes of the objects that name this one as their owner; undefined: as its kind says. */
  propagation: Propagation | undefined;
  /** Empty where there is no such precondition. */
  preconditions: { uid: string; resourceVersion: string };
}

const propagations: readonly string[] = ["Foreground", "Background", "Orphan"] satisfies Propagation[];

export async function readDeleteOptions(call: Call): Promise<DeleteOptions | Refusal> {
  const expected = { apiVersion: undefined, kind: "DeleteOptions", schema: "DeleteOptions" } as const;
  const body = await readTyped(call.request, expected, call.warnings, "Ignore");
  return body instanceof Refusal ? body : parseDeleteOptions(body, call.query);
}

export function parseDeleteOptions(body: JsonObject | undefined, query: URLSearchParams): DeleteOptions | Refusal {
  const asked = body ?? fromQuery(query);
  if (asked instanceof Refusal) return asked;
  const { gracePeriodSeconds, orphanDependents, preconditions } = asked;
  const propagationPolicy = textOf(asked["propagationPolicy"]);
  // Whoever asks for a dry run in either place must not find that something was deleted.
  const dryRun = [...(Array.isArray(asked["dryRun"]) ? asked["dryRun"].map(String) : []), ...query.getAll("dryRun")];
  const wished = dryRun.filter((value) => value !== "");
  const errors = [...dryRunErrors(wished), ...propagationErrors(propagationPolicy, orphanDependents !== undefined)];
  if (errors.length > 0) return invalidOptions("DeleteOptions", errors);
  return {
    dryRun: wished.length > 0,
    gracePeriodSeconds: typeof gracePeriodSeconds === "number" ? gracePeriodSeconds : undefined,
    propagation: toPropagation(propagationPolicy, orphanDependents),
    preconditions: toPreconditions(preconditions),
  };
}

function fromQuery(query: URLSearchParams): JsonObject | Refusal {
  const seconds = query.get("gracePeriodSeconds") ?? "";
  if (!/^(-?\d{1,15})?$/.test(seconds)) {
    return badRequest(`gracePeriodSeconds: strconv.ParseInt: parsing ${JSON.stringify(seconds)}: invalid syntax`);
  }
  const orphan = query.get("orphanDependents");
  return {
    propagationPolicy: query.get("propagationPolicy") ?? "",
    ...(seconds !== "" && { gracePeriodSeconds: Number(seconds) }),
    ...(orphan !== null && { orphanDependents: orphan !== "false" && orphan !== "0" }),
  };
}

function propagationErrors(policy: string, saysOrphan: boolean): FieldError[] {
  const field = "propagationPolicy";
  return [
    ...(saysOrphan && policy !== ""
      ? [invalid(field, policy, "orphanDependents and deletionPropagation cannot be both set")]
      : []),
    ...(policy === "" || propagations.includes(policy) ? [] : [notSupported(field, policy, [...propagations, "nil"])]),
  ];
}

function toPropagation(policy: string, orphanDependents: unknown): Propagation | undefined {
  if (typeof orphanDependents === "boolean") return orphanDependents ? "Orphan" : "Background";
  return policy === "Foreground" || policy === "Orphan" || policy === "Background" ? policy : undefined;
}

function toPreconditions(sent: unknown): DeleteOptions["preconditions"] {
  const { uid, resourceVersion } = isJsonObject(sent) ? sent : {};
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
}

/** The body has its type's shape already, so what is no text is not there. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
