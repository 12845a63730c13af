/**
 * What becomes of an object when a configuration is laid over it, and when fields are taken out of it. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, typed/merge.go and typed/remove.go.
 */
import type { Json } from "../json.ts";
import { inOrder } from "../patch/item-order.ts";
import { at, type FieldSet } from "./field-set.ts";
import { assembled, partsOf } from "./parts.ts";
import type { Shape } from "./shape.ts";

/** What the configuration names has the configuration's value; all else stays. Its items come in its order. */
export function mergeConfiguration(live: Json | undefined, configuration: Json, shape: Shape): Json {
  const [known, wanted] = [partsOf(live, shape), partsOf(configuration, shape)];
  if (known === undefined || wanted === undefined) return configuration;
  const merged = new Map(Array.from(known, ([element, { value }]) => [element, value]));
  for (const [element, part] of wanted) {
    merged.set(element, mergeConfiguration(known.get(element)?.value, part.value, part.shape));
  }
  if (shape.form === "struct" || shape.form === "map") return assembled(merged, shape);
  return assembled(
    inOrder([...merged], [...wanted.keys()], ([element]) => element),
    shape,
  );
}

/** The value without the fields of the set and what lies deeper. What nothing is left of is null. */
export function withoutFields(value: Json, fields: FieldSet, shape: Shape): Json {
  const parts = fields.inner.size === 0 ? undefined : partsOf(value, shape);
  if (parts === undefined) return value;
  const kept = [...parts]
    .filter(([element]) => !at(fields, element).isMember)
    .map(([element, part]) => [element, withoutFields(part.value, at(fields, element), part.shape)] as const);
  return kept.length === 0 && parts.size > 0 ? null : assembled(kept, shape);
}
