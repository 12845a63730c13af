/** Tells a database that cannot be reached or read from a mistake of our own. */

/** What several wait for could not be read; why, has been reported by whoever asked. */
export class RegistryUnreadable extends Error {
  constructor(what: string) {
    super(`the registry cannot be read: ${what}`);
  }
}

/** D1 marks its errors in their text alone (Cloudflare documentation, "D1 error list", November 2026). */
export function isRegistryFailure(error: unknown): boolean {
  return error instanceof RegistryUnreadable || (error instanceof Error && /^D1_[A-Z_]*ERROR\b/.test(error.message));
}
