/**
 * In which form a client wants its answer, chosen from its Accept header.
 * Source: k8s.io/apiserver, pkg/endpoints/handlers/negotiation; "Kubernetes API Concepts", alternate representations.
 */
import { Refusal } from "../refusal.ts";

export type Format = "json" | "yaml";

export type Form =
  | { as: "itself"; format: Format }
  /** As columns and cells, for people. */
  | { as: "table"; format: Format; apiVersion: MetaVersion }
  /** Nothing but metadata, for informers. */
  | { as: "metadata"; format: Format; apiVersion: MetaVersion };

type MetaVersion = "meta.k8s.io/v1" | "meta.k8s.io/v1beta1";

const formats: ReadonlyMap<string, Format> = new Map([
  ["application/json", "json"],
  ["application/yaml", "yaml"],
  ["application/*", "json"],
  ["*/*", "json"],
]);

const acceptedTypes = ["application/json", "application/yaml"];

/** What a clause of the header asks for. */
export interface Clause {
  mediaType: string;
  parameters: ReadonlyMap<string, string>;
}

/** `isList` says whether the answer will be a list. */
export function negotiate(accept: string, isList: boolean): Form | Refusal {
  if (accept.trim() === "") return { as: "itself", format: "json" };
  for (const clause of clausesOf(accept)) {
    const form = formOf(clause, isList);
    if (form !== undefined) return form;
  }
  return new Refusal({ type: "not-acceptable", accepted: acceptedTypes });
}

/** The header's clauses, the most wanted first. */
export function clausesOf(accept: string): Clause[] {
  return accept
    .split(",")
    .map((text) => parseClause(text))
    .toSorted((one, other) => quality(other) - quality(one));
}

function parseClause(text: string): Clause {
  const [mediaType = "", ...rest] = text.split(";").map((part) => part.trim());
  const pairs = rest.map((part): [string, string] => {
    const equals = part.indexOf("=");
    return equals < 0 ? [part, ""] : [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
  });
  return { mediaType: mediaType.toLowerCase(), parameters: new Map(pairs) };
}

function quality({ parameters }: Clause): number {
  const value = Number(parameters.get("q") ?? 1);
  return Number.isNaN(value) ? 1 : value;
}

function formOf({ mediaType, parameters }: Clause, isList: boolean): Form | undefined {
  const format = formats.get(mediaType);
  if (format === undefined) return undefined;
  const [as, group, version] = ["as", "g", "v"].map((name) => parameters.get(name) ?? "");
  if (as === "") return { as: "itself", format };
  if (group !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) return undefined;
  const apiVersion: MetaVersion = `meta.k8s.io/${version}`;
  if (as === "Table") return { as: "table", format, apiVersion };
  const metadataName = isList ? "PartialObjectMetadataList" : "PartialObjectMetadata";
  return as === metadataName ? { as: "metadata", format, apiVersion } : undefined;
}
