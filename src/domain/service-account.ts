/** A name that programs use, and who they are by it. Source: Kubernetes, "Service Accounts" and "Authenticating". */
import type { KubeObject } from "./object.ts";
import type { User } from "./user.ts";

export interface ServiceAccount extends KubeObject {
  kind: "ServiceAccount";
  /** Kept as they come. */
  secrets?: unknown[];
}

/** One very account: another of the same name is another account. */
export interface AccountReference {
  namespace: string;
  name: string;
  uid: string;
}

const prefix = "system:serviceaccount:";

export function accountUsername({ namespace, name }: Pick<AccountReference, "namespace" | "name">): string {
  return `${prefix}${namespace}:${name}`;
}

/** The groups of every account of a namespace. */
export function accountGroups(namespace: string): string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** Which account a user name stands for, if any. */
export function parseAccountUsername(username: string): Pick<AccountReference, "namespace" | "name"> | undefined {
  if (!username.startsWith(prefix)) return undefined;
  const [namespace = "", name = "", ...rest] = username.slice(prefix.length).split(":");
  return namespace === "" || name === "" || rest.length > 0 ? undefined : { namespace, name };
}

/** Who holds a token of the account. `tokenId` names the token. */
export function userOfAccount(account: AccountReference, tokenId: string): User {
  return {
    username: accountUsername(account),
    uid: account.uid,
    groups: [...accountGroups(account.namespace), "system:authenticated"],
    extra: { "authentication.kubernetes.io/credential-id": [`JTI=${tokenId}`] },
  };
}
