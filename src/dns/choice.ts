/**
 * Names that choose among the ready endpoints of a service, below the service's name. They are Rollcall's own, and are
 * told from Kubernetes' names by their last label: `_pick`, `_zone` and `_near` are no protocols, as in `_http._tcp`, and
 * no host name begins with an underscore. Pure; who is chosen is for `choose.ts` to say.
 */
import type { Name } from "./wire/name.ts";

export type Choice =
  /** `_any3._pick`: so many of them, at random. */
  | { kind: "any"; count: number }
  /** `_key-<key>._pick`: one, the same for the same key. */
  | { kind: "key"; key: string }
  /** `<zone>._zone`: those in the zone. */
  | { kind: "zone"; zone: string }
  /** `_near`: those near the asker. */
  | { kind: "near" }
  /** `_pick` and `_zone` alone: there, and empty. */
  | { kind: "parent" };

const roots: ReadonlySet<string> = new Set(["_pick", "_zone", "_near"]);

/** Whether the last label before a service's name leads to names that choose. */
export function isChoosing(label: string): boolean {
  return roots.has(label);
}

/** `labels` are those before the service's own, in lower case, and the last one is choosing. Undefined for no such name. */
export function parseChoice(labels: Name): Choice | undefined {
  const root = labels.at(-1);
  if (labels.length === 1) return root === "_near" ? { kind: "near" } : { kind: "parent" };
  const [label = ""] = labels;
  if (labels.length > 2) return undefined;
  if (root === "_zone") return isZone(label) ? { kind: "zone", zone: label } : undefined;
  return root === "_pick" ? parsePick(label) : undefined;
}

/** From 1 to 99: whoever wants more wants all, and asks for the service itself. */
function parsePick(label: string): Choice | undefined {
  const count = /^_any([1-9]\d?)$/.exec(label)?.[1];
  if (count !== undefined) return { kind: "any", count: Number(count) };
  const key = /^_key-([a-z0-9_-]+)$/.exec(label)?.[1];
  return key === undefined ? undefined : { kind: "key", key };
}

/** The value of a topology label is a label's value: it begins and ends with a letter or a digit. */
function isZone(label: string): boolean {
  return /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/.test(label);
}
