/**
 * Text of strangers as it may be shown to people: whatever a pod answers ends up in terminals, by way of conditions and
 * events. Bounded, on one line, without control characters of any kind (C0, C1, those that turn the direction of
 * writing) and without halves of characters.
 */

/** Kubernetes' limit for an event's message. */
const legibleCharacters = 1024;

/** Unicode's category C (control, format, surrogate, private, unassigned), and the separators of lines and paragraphs. */
const illegible = /[\p{C}\p{Zl}\p{Zp}]+/gu;

export function legible(text: string): string {
  return text.slice(0, legibleCharacters).replaceAll(illegible, " ");
}
