/** Tells a database that cannot be reached or read from a mistake of our own. */

/** D1 marks its errors in their text alone (Cloudflare documentation, "D1 error list", November 2026). */
export function isRegistryFailure(error: unknown): boolean {
  return error instanceof Error && /^D1_[A-Z_]*ERROR\b/.test(error.message);
}
