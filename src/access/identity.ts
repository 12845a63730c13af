/** Who somebody is, as far as Rollcall lets them in. */
import type { User } from "../domain/user.ts";

export interface Identity {
  user: User;
  /** When what they showed is good no longer; undefined for never. */
  expiresMs: number | undefined;
}

export const administrator: User = { username: "admin", groups: ["system:masters", "system:authenticated"] };
export const anonymous: User = { username: "system:anonymous", groups: ["system:unauthenticated"] };
