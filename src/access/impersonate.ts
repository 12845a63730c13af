/**
 * As whom a request is made: whoever may impersonate somebody acts as them, and with no right of their own. Reads the
 * headers and says what leave they need; whether it is given is not decided here.
 * Source: k8s.io/apiserver, pkg/endpoints/filters/impersonation.go.
 */
import type { ResourceAttributes } from "../domain/rbac.ts";
import { accountGroups, parseAccountUsername } from "../domain/service-account.ts";
import type { User } from "../domain/user.ts";

export type Impersonation =
  | { outcome: "none" }
  | { outcome: "asked"; user: User; needs: readonly ResourceAttributes[] }
  | { outcome: "malformed"; message: string };

const extraPrefix = "impersonate-extra-";
const authenticationGroup = "authentication.k8s.io";

export function impersonationOf(headers: Headers): Impersonation {
  const username = headers.get("Impersonate-User") ?? "";
  const groups = listOf(headers.get("Impersonate-Group"));
  const uid = headers.get("Impersonate-Uid") ?? "";
  const extra = extraOf(headers);
  const isMore = groups.length > 0 || uid !== "" || Object.keys(extra).length > 0;
  if (username === "") {
    if (!isMore) return { outcome: "none" };
    return { outcome: "malformed", message: "requested to impersonate a group, a uid or more without a user" };
  }
  const account = parseAccountUsername(username);
  const who = account
    ? need("serviceaccounts", account.name, { namespace: account.namespace })
    : need("users", username, {});
  const needs = [
    who,
    ...groups.map((group) => need("groups", group, {})),
    ...(uid === "" ? [] : [need("uids", uid, { group: authenticationGroup })]),
    ...Object.entries(extra).flatMap(([key, values]) => {
      return values.map((value) => need("userextras", value, { group: authenticationGroup, subresource: key }));
    }),
  ];
  const own = groups.length === 0 && account ? accountGroups(account.namespace) : groups;
  const user = { username, groups: withStanding(username, own), ...(uid !== "" && { uid }), extra };
  return { outcome: "asked", user, needs };
}

function need(resource: string, name: string, rest: Partial<ResourceAttributes>): ResourceAttributes {
  return { verb: "impersonate", group: "", resource, subresource: "", namespace: "", name, ...rest };
}

/** Whoever is somebody is authenticated. */
function withStanding(username: string, groups: readonly string[]): string[] {
  const standing = username === "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
  const hasOne = groups.includes(standing) || groups.includes("system:unauthenticated");
  return hasOne ? [...groups] : [...groups, standing];
}

function extraOf(headers: Headers): Record<string, string[]> {
  const found = [...headers].filter(([name]) => name.startsWith(extraPrefix));
  return Object.fromEntries(found.map(([name, value]) => [decoded(name.slice(extraPrefix.length)), listOf(value)]));
}

/** A header that comes several times reads as one, its values separated by commas. */
function listOf(value: string | null): string[] {
  const parts = (value ?? "").split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
