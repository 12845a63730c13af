/**
 * `/openapi/v2`, which kubectl reads in protobuf alone. It says that PATCH of every kind takes `dryRun` and
 * `fieldValidation`, and nothing else: with that, kubectl of all versions leaves validation to the server and, of old
 * versions (seen with 1.20), dares a dry run.
 * Source of the field numbers: gnostic's OpenAPIv2.proto.
 */
import type { Kind } from "../kinds/kind.ts";

/** An OpenAPI document in protobuf. */
export function openApiV2(kinds: readonly Kind[]): Uint8Array<ArrayBuffer> {
  const items = kinds.map((kind) => field(2, [...text(1, pathOf(kind)), ...field(2, pathItem(kind))]));
  return Uint8Array.from(field(8, items.flat()));
}

function pathOf({ group, version, namespaced, plural }: Kind): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}/{name}`;
}

function pathItem({ group, version, kind }: Kind): number[] {
  const parameters = ["dryRun", "fieldValidation"].flatMap((name) => field(8, queryParameter(name)));
  const groupVersionKind = JSON.stringify({ group, version, kind });
  const extension = [...text(1, "x-kubernetes-group-version-kind"), ...field(2, text(2, groupVersionKind))];
  const patch = [...parameters, ...field(13, extension)];
  return field(8, patch);
}

/** ParametersItem > Parameter > NonBodyParameter > QueryParameterSubSchema. */
function queryParameter(name: string): number[] {
  return field(1, field(2, field(3, [...text(2, "query"), ...text(4, name)])));
}

function text(number: number, value: string): number[] {
  return field(number, [...new TextEncoder().encode(value)]);
}

/** A field of length-delimited octets. */
function field(number: number, octets: readonly number[]): number[] {
  return [(number << 3) | 2, ...varint(octets.length), ...octets];
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
