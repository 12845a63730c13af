/** Documents of the schema's types, made of the fields that protobuf has numbers for. */
import * as fc from "fast-check";
import type { Json, JsonObject } from "../../src/api/json.ts";
import { numberedFields } from "../../src/api/schema/protobuf.ts";
import { fieldType, isTypeName, type FieldType, type Scalar, type TypeName } from "../../src/api/schema/schema.ts";

const scalars: Record<Scalar, fc.Arbitrary<Json>> = {
  string: fc.string({ unit: "grapheme", maxLength: 6 }),
  bool: fc.boolean(),
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
  time: timeArbitrary(),
  microTime: timeArbitrary(),
  // Zero is the same as absence, in all its forms.
  intOrString: fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.string({ minLength: 1, maxLength: 5 })),
  quantity: fc.constantFrom("100m", "1Gi", "0"),
  any: fc.constantFrom<Json>({}, { "f:metadata": { "f:name": {} } }),
};

function timeArbitrary(): fc.Arbitrary<Json> {
  return fc
    .tuple(fc.integer({ min: -1_000_000_000, max: 4_000_000_000 }), fc.nat(999_999_999))
    .map(([seconds, nanos]) => {
      return new Date(seconds * 1000).toISOString().replace(".000Z", `.${String(nanos).padStart(9, "0")}Z`);
    });
}

/** A few fields of the type, to some depth. */
export function documentOf(type: TypeName, depth: number): fc.Arbitrary<JsonObject> {
  const names = numberedNames(type);
  const usable = names.filter((name) => depth > 0 || !isTypeName(fieldType(type, name)?.of ?? ""));
  return fc
    .subarray(usable, { maxLength: Math.min(5, usable.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          chosen.map((name) => [name, fieldArbitrary(fieldType(type, name) ?? { form: "one", of: "any" }, depth - 1)]),
        ),
      ),
    );
}

function numberedNames(table: string): string[] {
  return [...numberedFields(table).values()].flatMap(({ name, isInlined }) => (isInlined ? numberedNames(name) : name));
}

function fieldArbitrary({ form, of }: FieldType, depth: number): fc.Arbitrary<Json> {
  const one: fc.Arbitrary<Json> = isTypeName(of) ? documentOf(of, depth) : scalars[of];
  switch (form) {
    case "one":
      return one;
    case "list":
      return fc.array(one, { maxLength: 3 });
    case "map":
      return fc.dictionary(fc.string({ maxLength: 4 }), one, { maxKeys: 3, noNullPrototype: true });
  }
}
