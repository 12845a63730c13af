/**
 * A reference encoder for tests: JSON documents as Go writes them in protobuf, zeros of what is no pointer included.
 * It knows the wire format by itself, and of the project only which field has which number and type.
 */
import { isJsonObject, type Json, type JsonObject } from "../../src/api/json.ts";
import { numberedFields } from "../../src/api/schema/protobuf.ts";
import { fieldType, isTypeName, type Scalar, type TypeName } from "../../src/api/schema/schema.ts";

const text = new TextEncoder();

/** What travels: the prefix, the type, the message, and the two empty fields that Go always adds. */
export function encodeObject(apiVersion: string, kind: string, message: number[]): Uint8Array<ArrayBuffer> {
  const typeMeta = [...textField(1, apiVersion), ...textField(2, kind)];
  const unknown = [...delimited(1, typeMeta), ...delimited(2, message), ...textField(3, ""), ...textField(4, "")];
  return Uint8Array.from([0x6b, 0x38, 0x73, 0x00, ...unknown]);
}

export function encodeMessage(document: JsonObject, type: TypeName, table: string = type): number[] {
  return [...numberedFields(table)].flatMap(([number, { name, isInlined, keepsZero }]) => {
    if (isInlined) return delimited(number, encodeMessage(document, type, name));
    const expected = fieldType(type, name);
    const value = document[name];
    if (expected === undefined) return [];
    if (value === undefined) return expected.form !== "one" || keepsZero ? [] : zeroField(number, expected.of);
    switch (expected.form) {
      case "one":
        return encodeOne(number, value, expected.of);
      case "list":
        return (value as Json[]).flatMap((item) => encodeOne(number, item, expected.of));
      case "map":
        return Object.entries(value as JsonObject).flatMap(([key, inner]) => {
          return delimited(number, [...textField(1, key), ...encodeOne(2, inner, expected.of)]);
        });
    }
  });
}

/** What Go writes of a field that was never set; of messages it may write nothing, as of pointers to them. */
function zeroField(number: number, of: Scalar | TypeName): number[] {
  if (of === "string") return textField(number, "");
  return of === "bool" || of === "int32" || of === "int64" ? varintField(number, 0n) : [];
}

function encodeOne(number: number, value: Json, of: Scalar | TypeName): number[] {
  if (isTypeName(of)) return delimited(number, encodeMessage(value as JsonObject, of));
  switch (of) {
    case "string":
      return textField(number, value as string);
    case "bool":
      return varintField(number, value === true ? 1n : 0n);
    case "int32":
    case "int64":
      return varintField(number, BigInt(Number(value)));
    case "quantity":
      return delimited(number, textField(1, value as string));
    case "intOrString":
      return delimited(number, encodeIntOrString(value));
    case "time":
    case "microTime":
      return delimited(number, encodeTime(value as string));
    case "any":
      return delimited(number, textField(1, JSON.stringify(value)));
  }
}

function encodeIntOrString(value: Json): number[] {
  const isText = typeof value === "string";
  return [
    ...varintField(1, isText ? 1n : 0n),
    ...varintField(2, BigInt(isText ? 0 : Number(value))),
    ...textField(3, isText ? value : ""),
  ];
}

/** `2026-11-24T08:00:00.000123000Z` */
function encodeTime(time: string): number[] {
  const [, seconds = "", nanos = ""] = /^([^.]*)\.(\d{9})Z$/.exec(time) ?? [];
  return [...varintField(1, BigInt(Date.parse(`${seconds}Z`) / 1000)), ...varintField(2, BigInt(nanos))];
}

export function textField(number: number, value: string): number[] {
  return delimited(number, [...text.encode(value)]);
}

export function varintField(number: number, value: bigint): number[] {
  return [...varint(BigInt(number * 8)), ...varint(value)];
}

export function delimited(number: number, octets: readonly number[]): number[] {
  return [...varint(BigInt(number * 8 + 2)), ...varint(BigInt(octets.length)), ...octets];
}

/** Negative numbers take ten octets. */
function varint(value: bigint): number[] {
  const octets: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) octets.push(Number(rest & 0x7fn) | 0x80);
  return [...octets, Number(rest)];
}

/** What comes back of a document that was encoded: what Go cannot tell from what was never set is gone. */
export function withoutZeros(document: JsonObject, type: TypeName): JsonObject {
  const keeps = keptZeros(type);
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]): [string, Json][] => {
      const expected = fieldType(type, name);
      const isZero = value === 0 || value === "" || value === false;
      if (expected?.form === "one" && isZero && !keeps.has(name)) return [];
      const isEmpty = Array.isArray(value) ? value.length === 0 : expected?.form === "map" && isEmptyObject(value);
      if (isEmpty || expected === undefined) return [];
      const { of } = expected;
      if (!isTypeName(of) || expected.form === "map") return [[name, value]];
      if (isJsonObject(value)) return [[name, withoutZeros(value, of)]];
      return [[name, (value as JsonObject[]).map((item) => withoutZeros(item, of))]];
    }),
  );
}

function keptZeros(table: string): Set<string> {
  return new Set(
    [...numberedFields(table).values()].flatMap(({ name, isInlined, keepsZero }) => {
      return isInlined ? [...keptZeros(name)] : keepsZero ? [name] : [];
    }),
  );
}

function isEmptyObject(value: Json): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
