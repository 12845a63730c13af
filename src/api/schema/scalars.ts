/** The scalars of Kubernetes manifests: what each accepts, and its canonical text. */
import type { Json } from "../json.ts";
import type { Scalar } from "./schema.ts";

export type ParsedScalar =
  | { outcome: "parsed"; value: Json }
  | { outcome: "wrong-type" }
  /** The right type, but not what it should say; Go reports these without naming the field. */
  | { outcome: "malformed"; message: string };

const int32Limit = 2 ** 31;

/** Null stands for the zero value, as in Go. */
export function parseScalar(value: Json, of: Scalar): ParsedScalar {
  switch (of) {
    case "any":
      return parsed(value);
    case "string":
      return typeof value === "string" || value === null ? parsed(value ?? "") : wrongType;
    case "bool":
      return typeof value === "boolean" || value === null ? parsed(value ?? false) : wrongType;
    case "int32":
      return isInt32(value) || value === null ? parsed(value ?? 0) : wrongType;
    case "int64":
      return Number.isSafeInteger(value) || value === null ? parsed(value ?? 0) : wrongType;
    case "intOrString":
      if (typeof value === "string" || isInt32(value)) return parsed(value);
      return value === null
        ? parsed(0)
        : malformed(`json: cannot unmarshal ${jsonKind(value, "int32")} into Go value of type int32`);
    case "quantity":
      return parseQuantity(value);
    case "time":
      return parseTime(value, 0);
    case "microTime":
      return parseTime(value, 6);
  }
}

const wrongType: ParsedScalar = { outcome: "wrong-type" };

function parsed(value: Json): ParsedScalar {
  return { outcome: "parsed", value };
}

function malformed(message: string): ParsedScalar {
  return { outcome: "malformed", message };
}

function isInt32(value: Json): value is number {
  return Number.isInteger(value) && Number(value) < int32Limit && Number(value) >= -int32Limit;
}

/** What Go calls a JSON value that it cannot take as `goType`; a number that is no such number is named itself. */
export function jsonKind(value: Json, goType: string): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return goType.startsWith("int") ? `number ${value}` : "number";
  if (typeof value === "string") return "string";
  return Array.isArray(value) ? "array" : "object";
}

const quantity = /^[+-]?(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** A number of something with a unit, such as `100m` or `1Gi`; `1` may come without quotes. */
function parseQuantity(value: Json): ParsedScalar {
  const text = typeof value === "number" ? String(value) : (value ?? "0");
  if (typeof text === "string" && quantity.test(text)) return parsed(text);
  return malformed("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time, in UTC with `digits` digits of a second. */
function parseTime(value: Json, digits: number): ParsedScalar {
  if (value === null) return parsed(null);
  if (typeof value !== "string") return wrongType;
  const [, whole, fraction = "", zone] = rfc3339.exec(value) ?? [];
  const ms = whole === undefined || zone === undefined ? Number.NaN : Date.parse(`${whole}${zone}`);
  if (Number.isNaN(ms)) {
    return malformed(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
  }
  const seconds = new Date(ms).toISOString().slice(0, 19);
  return parsed(digits === 0 ? `${seconds}Z` : `${seconds}.${fraction.slice(0, digits).padEnd(digits, "0")}Z`);
}
