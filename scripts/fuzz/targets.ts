/**
 * What is fuzzed: everything that reads octets of strangers, and what must hold of it whatever they are. None may throw
 * where it promises a value, and what it makes of its input is bounded.
 */
import { decodeProtobuf, openEnvelope } from "../../src/api/body/decode-protobuf.ts";
import { parseText } from "../../src/api/body/parse-text.ts";
import { applyConfiguration } from "../../src/api/fields/apply-configuration.ts";
import { shapeOfType } from "../../src/api/fields/shape.ts";
import { isJsonList, isJsonObject, type JsonObject } from "../../src/api/json.ts";
import { podKind } from "../../src/api/kinds/pod/pod.ts";
import { strategicPatchProblem } from "../../src/api/patch/check-strategic-patch.ts";
import { jsonPatch } from "../../src/api/patch/json-patch.ts";
import { mergePatch } from "../../src/api/patch/merge-patch.ts";
import { strategicMergePatch } from "../../src/api/patch/strategic-merge-patch.ts";
import { parseContinueToken } from "../../src/api/read/continue-token.ts";
import { conform } from "../../src/api/schema/conform.ts";
import { parseFieldSelector } from "../../src/api/selectors/field-selector.ts";
import { parseLabelSelector } from "../../src/api/selectors/label-selector.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { decodeQuery } from "../../src/dns/wire/query.ts";
import { legible } from "../../src/domain/legible-text.ts";
import { bodyLimitOctets, HttpResponseParser } from "../../src/probes/http-response.ts";

export type Target = (octets: Uint8Array) => void;

const stored: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", labels: { app: "web" }, finalizers: ["a/b"] },
  spec: { containers: [{ name: "web", ports: [{ containerPort: 80 }, { containerPort: 81 }] }] },
};

export const targets: Readonly<Record<string, Target>> = {
  dns: (octets) => {
    decodeQuery(octets);
    decodeMessage(octets);
  },
  http: (octets) => {
    const [whole, cut] = [new HttpResponseParser(), new HttpResponseParser()];
    whole.push(octets);
    for (const octet of octets) cut.push(Uint8Array.of(octet));
    const [one, other] = [whole.end(), cut.end()];
    hold(JSON.stringify(one) === JSON.stringify(other), "the pieces that it comes in decide");
    hold(whole.body.length <= bodyLimitOctets, "the body is not bounded");
    legible(whole.body);
  },
  json: (octets) => read(octets, "json"),
  yaml: (octets) => read(octets, "yaml"),
  protobuf: (octets) => {
    const envelope = openEnvelope(octets);
    decodeProtobuf(envelope.outcome === "decoded" ? envelope.value.message : octets, "Pod");
  },
  selectors: (octets) => {
    const text = textOf(octets);
    parseLabelSelector(text);
    parseFieldSelector(text, podKind);
    parseContinueToken(text);
  },
};

/** A body as a manifest, as each kind of patch, and applied. */
function read(octets: Uint8Array, format: "json" | "yaml"): void {
  const parsed = parseText(textOf(octets), format);
  if (parsed.outcome !== "parsed") return;
  const { value } = parsed;
  if (isJsonList(value)) jsonPatch(stored, value);
  if (!isJsonObject(value)) return;
  mergePatch(stored, value);
  if (strategicPatchProblem(value, "Pod") === undefined) strategicMergePatch(stored, value, "Pod");
  const { object, mismatch } = conform(value, "Pod");
  if (mismatch !== undefined) return;
  const author = { name: "fuzz", operation: "Apply", apiVersion: "v1", subresource: "", time: undefined } as const;
  const shape = shapeOfType("Pod");
  applyConfiguration({ live: stored, managers: [], configuration: object, author, force: true, shape });
}

function textOf(octets: Uint8Array): string {
  return new TextDecoder().decode(octets);
}

function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
