/** Warnings of one request, as HTTP headers: `Warning: 299 - "…"` (RFC 7234, section 5.5), which kubectl prints. */

/** Kubernetes cuts warnings off at about this many characters in all. */
const maxTotalLength = 4096;

export class Warnings {
  readonly #texts = new Set<string>();

  /** Repetitions are dropped. */
  add(text: string): void {
    this.#texts.add(text);
  }

  /** The values of the response's Warning headers. */
  headers(): string[] {
    const values: string[] = [];
    let length = 0;
    for (const text of this.#texts) {
      length += text.length;
      if (length > maxTotalLength) break;
      values.push(`299 - "${quotable(text)}"`);
    }
    return values;
  }
}

/** A header holds printable ASCII only; what else a manifest put into the text becomes a question mark. */
function quotable(text: string): string {
  return text.replaceAll(/[^ -~]/g, "?").replaceAll(/["\\]/g, String.raw`\$&`);
}
