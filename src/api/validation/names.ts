/**
 * What a name may look like. Each rule returns what is wrong in Kubernetes' words, undefined when nothing is.
 * Source: k8s.io/apimachinery, pkg/util/validation/validation.go, and "Object Names and IDs".
 */
export type NameRule = (text: string) => string | undefined;

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const qualifiedPart = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = `(${qualifiedPart})?`;

function matching(pattern: string, maxLength: number, sentence: string): NameRule {
  const whole = new RegExp(`^${pattern}$`);
  return (text) => {
    if (text.length > maxLength) return `must be no more than ${maxLength} bytes`;
    return whole.test(text) ? undefined : `${sentence}, regex used for validation is '${pattern}')`;
  };
}

/** Most objects' names. */
export const isDnsSubdomain = matching(
  subdomain,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
    "end with an alphanumeric character (e.g. 'example.com'",
);

/** Names of namespaces, containers and ports of services. */
export const isDnsLabel = matching(
  label,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
    "an alphanumeric character (e.g. 'my-name',  or '123-abc'",
);

/** Names of services. */
export const isDns1035Label = matching(
  label1035,
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
    "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123'",
);

export const isLabelValue = matching(
  labelValue,
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345'",
);

const isQualifiedPart = matching(
  qualifiedPart,
  63,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc'",
);

/** Keys of labels and annotations, types of conditions, finalizers: `name` or `example.com/name`. */
export function isQualifiedName(text: string): string | undefined {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2) {
    return "a qualified name must consist of a name part and an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
  }
  if (prefix === "") return "prefix part must be non-empty";
  if (name === "") return "name part must be non-empty";
  const prefixProblem = prefix === undefined ? undefined : isDnsSubdomain(prefix);
  return prefixProblem === undefined ? isQualifiedPart(name) : `prefix part ${prefixProblem}`;
}

/** The name of a container's port, which probes and services refer to (an IANA service name, RFC 6335). */
export function isPortName(text: string): string | undefined {
  if (text.length > 15) return "must be no more than 15 characters";
  if (!/^[-a-z0-9]+$/.test(text)) return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
  if (!/[a-z]/.test(text)) return "must contain at least one letter (a-z)";
  if (text.includes("--")) return "must not contain consecutive hyphens";
  return /^-|-$/.test(text) ? "must not begin or end with a hyphen" : undefined;
}

/** Names that may be anything that is one part of a path: those of roles and their bindings. */
export function isPathSegment(text: string): string | undefined {
  if (text === "." || text === "..") return `may not be '${text}'`;
  const stray = ["/", "%"].filter((character) => text.includes(character));
  return stray.length === 0 ? undefined : stray.map((character) => `may not contain '${character}'`).join(", ");
}

export function isPortNumber(port: number): string | undefined {
  return port >= 1 && port <= 65535 ? undefined : "must be between 1 and 65535, inclusive";
}
