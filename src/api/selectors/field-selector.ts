/**
 * Reads field selectors (`status.phase=Running,metadata.name!=web`) and holds objects against them. Each kind says
 * which fields may be asked for. Source: k8s.io/apimachinery, pkg/fields/selector.go.
 */
import type { KubeObject } from "../../domain/object.ts";
import type { Kind } from "../kinds/kind.ts";
import { badRequest, Refusal } from "../refusal.ts";

export interface FieldRequirement {
  read(object: KubeObject): string;
  /** Whether the field must have the value, or must not. */
  equal: boolean;
  value: string;
}

const commonFields: Kind["selectableFields"] = {
  "metadata.name": ({ metadata }) => metadata.name,
  "metadata.namespace": ({ metadata }) => metadata.namespace ?? "",
};

export function parseFieldSelector(
  text: string,
  kind: Pick<Kind, "selectableFields">,
): readonly FieldRequirement[] | Refusal {
  const requirements: FieldRequirement[] = [];
  for (const term of termsOf(text)) {
    const requirement = parseTerm(term, text, kind);
    if (requirement instanceof Refusal) return requirement;
    requirements.push(requirement);
  }
  return requirements;
}

export function fieldsMatch(requirements: readonly FieldRequirement[], object: KubeObject): boolean {
  return requirements.every((requirement) => (requirement.read(object) === requirement.value) === requirement.equal);
}

/** The name that an object must have to be selected, where a selector says so. */
export function exactName(text: string): string | undefined {
  for (const term of termsOf(text)) {
    const [, escaped] = /^metadata\.name==?([^=].*)$/s.exec(term) ?? [];
    const name = escaped === undefined ? undefined : unescaped(escaped);
    if (typeof name === "string") return name;
  }
  return undefined;
}

/** Split at commas that no backslash escapes. */
function termsOf(text: string): string[] {
  return text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? [];
}

function parseTerm(
  term: string,
  selector: string,
  { selectableFields }: Pick<Kind, "selectableFields">,
): FieldRequirement | Refusal {
  const [, path, operator, escaped] = /^(.*?)(!=|==|=)(.*)$/s.exec(term) ?? [];
  if (path === undefined || escaped === undefined) {
    return badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  }
  const fields = { ...commonFields, ...selectableFields };
  const read = Object.hasOwn(fields, path) ? fields[path] : undefined;
  if (read === undefined) return badRequest(unknownField(path, Object.keys(selectableFields).length > 0));
  const value = unescaped(escaped);
  return value instanceof Refusal ? value : { read, equal: operator !== "!=", value };
}

/** Kubernetes says it in two ways, depending on whether the kind has fields of its own. */
function unknownField(path: string, hasOwnFields: boolean): string {
  if (hasOwnFields) return `field label not supported: ${path}`;
  return `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function unescaped(text: string): string | Refusal {
  const stray = /^(?:\\.|[^\\=])*([=\\])/s.exec(text.replaceAll(/\\[\\,=]/g, ""));
  if (stray !== null) return badRequest(`invalid field selector: unescaped character in value: ${stray[1]}`);
  return text.replaceAll(/\\([\\,=])/g, "$1");
}
