/**
 * Who is behind a request that was admitted: whoever has the token is the administrator; without a token nobody says
 * who they are. Source: Kubernetes, "Authenticating", user and group names that begin with `system:`.
 */
import type { AccessConfig } from "../config.ts";
import type { User } from "../domain/user.ts";

const administrator: User = { username: "admin", groups: ["system:masters", "system:authenticated"] };
const anonymous: User = { username: "system:anonymous", groups: ["system:unauthenticated"] };

export function userOf({ mode }: AccessConfig): User {
  return mode === "token" ? administrator : anonymous;
}
