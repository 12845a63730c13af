/** What must be secret and nobody has given: it is made here, and kept in the data folder for its owner's eyes alone. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { keptSecret } from "./kept-file.ts";
import type { Settings } from "./settings.ts";

/** The settings with an administrator's token, unless everybody is let in, and a key to sign others' tokens with. */
export function withSecrets(settings: Settings): Settings {
  const { open, dataFolder, variables } = settings;
  const given = (name: string): string | undefined => variables[name] || undefined;
  const kept = (name: string, encoding: BufferEncoding): string =>
    keptSecret(join(dataFolder, name), () => randomBytes(32).toString(encoding));
  const adminToken = given("ROLLCALL_ADMIN_TOKEN") ?? (open ? undefined : kept("admin-token", "base64url"));
  return {
    ...settings,
    variables: {
      ...variables,
      ...(adminToken !== undefined && { ROLLCALL_ADMIN_TOKEN: adminToken }),
      TOKEN_KEYS: given("TOKEN_KEYS") ?? kept("token-key", "base64"),
    },
  };
}
