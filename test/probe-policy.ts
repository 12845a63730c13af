/** Where probes may go by the defaults, and by what variables say. */
import type { ProbePolicy } from "../src/access/address-policy.ts";
import { parseConfig, type Variables } from "../src/config.ts";

export function policyOf(variables: Variables = {}): ProbePolicy {
  const parsed = parseConfig(variables);
  if (!parsed.ok) throw new Error(parsed.errors.join("\n"));
  return parsed.config.probePolicy;
}
