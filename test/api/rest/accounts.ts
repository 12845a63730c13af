/** Service accounts for tests of who may do what, with a token each, and the roles that they are given. */
import { created, newNamespace, send, type Document, type Reply } from "./client.ts";

export const rbacGroup = "/apis/rbac.authorization.k8s.io/v1";

export interface Account {
  namespace: string;
  name: string;
  token: string;
  /** Sends a request as this account. */
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
}

/** An account in a namespace of its own, or in one that is there. */
export async function newAccount(namespace?: string, name = "ci"): Promise<Account> {
  const home = namespace ?? (await newNamespace()).name;
  const accounts = `/api/v1/namespaces/${home}/serviceaccounts`;
  await created(accounts, { metadata: { name } });
  const { status } = await created(`${accounts}/${name}/token`, {});
  const { token } = status as { token: string };
  return {
    namespace: home,
    name,
    token,
    send: (method, path, body, headers = {}) =>
      send(method, path, body, { Authorization: `Bearer ${token}`, ...headers }),
  };
}

/** Gives an account a ClusterRole in a namespace, or everywhere where none is named. */
export function bind({ namespace, name }: Account, role: string, where: string): Promise<Document> {
  const collection =
    where === "" ? `${rbacGroup}/clusterrolebindings` : `${rbacGroup}/namespaces/${where}/rolebindings`;
  return created(collection, {
    metadata: { name: `${namespace}-${name}-${role}`.replace(":", "-") },
    roleRef: { kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  });
}
