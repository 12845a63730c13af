import { describe, expect, it } from "vitest";
import { openApiV2 } from "../../../src/api/discovery/openapi-v2.ts";
import { kinds } from "../../../src/api/kinds/kinds.ts";

/** The fields of a message that holds length-delimited ones alone, by number. */
function fieldsOf(octets: Uint8Array): { number: number; octets: Uint8Array }[] {
  const fields: { number: number; octets: Uint8Array }[] = [];
  for (let at = 0; at < octets.length;) {
    const tag = octets[at++] ?? 0;
    expect(tag & 7).toBe(2);
    let [length, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const octet = octets[at++] ?? 0;
      length |= (octet & 0x7f) << shift;
      more = octet >= 0x80;
    }
    fields.push({ number: tag >> 3, octets: octets.subarray(at, at + length) });
    at += length;
    expect(at).toBeLessThanOrEqual(octets.length);
  }
  return fields;
}

/** All messages or texts that are reached through fields of these numbers. */
function at(octets: Uint8Array, ...path: number[]): Uint8Array[] {
  return path.reduce(
    (messages, number) =>
      messages.flatMap((message) =>
        fieldsOf(message).flatMap((field) => (field.number === number ? [field.octets] : [])),
      ),
    [octets],
  );
}

const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);

describe("the OpenAPI document in protobuf", () => {
  const items = at(openApiV2(kinds), 8, 2);

  it("has a path for each kind", () => {
    expect(items).toHaveLength(kinds.length);
    const paths = items.flatMap((item) => at(item, 1)).map(text);
    expect(paths).toContain("/api/v1/namespaces/{namespace}/pods/{name}");
    expect(paths).toContain("/api/v1/nodes/{name}");
    expect(paths).toContain("/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices/{name}");
  });

  it("says of each kind's PATCH that it takes dryRun and fieldValidation, and which kind it is for", () => {
    for (const [index, { group, version, kind }] of kinds.entries()) {
      const [patch = new Uint8Array()] = at(items[index] ?? new Uint8Array(), 2, 8);
      expect(at(patch, 8, 1, 2, 3, 4).map(text)).toEqual(["dryRun", "fieldValidation"]);
      expect(at(patch, 13, 2, 2).map(text)).toEqual([JSON.stringify({ group, version, kind })]);
    }
  });
});
