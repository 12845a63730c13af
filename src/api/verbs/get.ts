/** GET of one object; its status subresource reads the same. */
import { notFound, type Answer, type Call } from "../call.ts";
import type { Refusal } from "../refusal.ts";

export async function get(call: Call): Promise<Answer | Refusal> {
  const object = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  if (object === undefined) return notFound(call);
  return { form: "object", code: 200, object: (await call.kind.observe?.(object, call)) ?? object };
}
