/** How a check that passes is told. Source: Kubernetes documentation, "Kubernetes API health endpoints". */

/** `verbose` is the query parameter of that name: when it is there, even empty, the check is named. */
export function healthText(verbose: string | undefined, endpoint: string, check: string): string {
  return verbose === undefined ? "ok" : `[+]${check} ok\n${endpoint} check passed\n`;
}
