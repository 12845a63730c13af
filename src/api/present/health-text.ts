/** How health checks are told. Source: Kubernetes documentation, "Kubernetes API health endpoints". */

export interface HealthCheck {
  name: string;
  /** Why it fails; absent when it passes. */
  failure?: string;
}

/**
 * Of an endpoint that passes as a whole. `verbose` is the query parameter of that name: when it is there, even empty,
 * the checks are named, those included that do not stop it from passing.
 */
export function healthText(verbose: string | undefined, endpoint: string, checks: readonly HealthCheck[]): string {
  if (verbose === undefined) return "ok";
  const lines = checks.map(({ name, failure }) =>
    failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`,
  );
  return [...lines, `${endpoint} check passed`, ""].join("\n");
}
