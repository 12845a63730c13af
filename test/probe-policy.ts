/** Where probes may go by the defaults, and by what variables say. */
import type { ProbePolicy } from "../src/access/address-policy.ts";
import { parseConfig } from "../src/config/config.ts";
import type { Variables } from "../src/config/variables.ts";

export function policyOf(variables: Variables = {}): ProbePolicy {
  const parsed = parseConfig(variables);
  if (!parsed.ok) throw new Error(parsed.errors.join("\n"));
  return parsed.config.probePolicy;
}
