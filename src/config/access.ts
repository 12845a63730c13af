/** Who is let in. */
import { isHostName } from "../access/address-policy.ts";
import type { CloudflareAccess } from "../access/cloudflare-access.ts";
import { parseTokenKeys } from "../access/token-keys.ts";
import type { VariableReader } from "./variable-reader.ts";

/** Without any of it, nobody is let in. */
export interface AccessConfig {
  /** Whoever calls from this machine is the administrator: the local runtime on loopback. */
  open: boolean;
  /** Whoever shows it is the administrator. */
  adminToken: string | undefined;
  /** What signs the tokens of service accounts: the first signs, all verify. */
  tokenKeys: readonly Uint8Array[];
  /** Whoever Cloudflare Access lets through is who it says they are. */
  cloudflareAccess: CloudflareAccess | undefined;
}

export function readAccess(reader: VariableReader): AccessConfig {
  const adminToken = reader.text("ROLLCALL_ADMIN_TOKEN") || undefined;
  return {
    open: adminToken === undefined && reader.text("ROLLCALL_OPEN") === "true",
    adminToken,
    tokenKeys: readTokenKeys(reader),
    cloudflareAccess: readCloudflareAccess(reader),
  };
}

function readTokenKeys(reader: VariableReader): readonly Uint8Array[] {
  const parsed = parseTokenKeys(reader.text("TOKEN_KEYS") ?? "");
  if (parsed.ok) return parsed.keys;
  reader.errors.push(`TOKEN_KEYS: ${parsed.error}`);
  return [];
}

/** Names that begin so are Kubernetes' to give. */
const reservedPrefix = "system:";

function readCloudflareAccess(reader: VariableReader): CloudflareAccess | undefined {
  const [team, audience] = [reader.text("ACCESS_TEAM_DOMAIN") ?? "", reader.text("ACCESS_AUDIENCE") ?? ""];
  if (team === "" && audience === "") return undefined;
  const userPrefix = reader.text("ACCESS_USER_PREFIX") ?? "access:";
  const groups = reader.list("ACCESS_GROUPS");
  if (team === "" || audience === "") reader.errors.push("ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE must be set together");
  else if (!isHostName(team)) {
    reader.refuse("ACCESS_TEAM_DOMAIN", "a host name such as example.cloudflareaccess.com");
  }
  for (const name of [userPrefix, ...groups].filter((each) => each.startsWith(reservedPrefix))) {
    reader.errors.push(
      `ACCESS_USER_PREFIX and ACCESS_GROUPS may not begin with ${reservedPrefix}, as ${JSON.stringify(name)} does`,
    );
  }
  return { issuer: `https://${team}`, audience, userPrefix, groups };
}
