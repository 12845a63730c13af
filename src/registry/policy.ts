/** What access control reads of the registry: which service accounts there are, and who may do what. */
import type { D1Database } from "@cloudflare/workers-types";
import type { PolicyRule, RoleRef, Subject } from "../domain/rbac.ts";
import type { PolicySnapshot } from "./registry.ts";
import { rowsOf } from "./rows.ts";
import { read } from "./statements/read.ts";

/** The uid of a service account; undefined where there is none of that name. */
export async function readAccountUid(db: D1Database, namespace: string, name: string): Promise<string | undefined> {
  const row = await db.prepare(read.accountUid).bind(namespace, name).first<{ uid: string }>();
  return row?.uid;
}

export async function readPolicyRevision(db: D1Database): Promise<number> {
  const row = await db.prepare(read.policyRevision).first<{ revision: number }>();
  return row?.revision ?? 0;
}

interface PolicyRow {
  namespace: string;
  name: string;
  rules: string | null;
  role_ref: string | null;
  subjects: string | null;
}

export async function readPolicy(db: D1Database): Promise<PolicySnapshot> {
  const results = await db.batch([db.prepare(read.policyRevision), db.prepare(read.policyObjects)]);
  const rows = rowsOf<PolicyRow>(results, 1);
  return {
    revision: rowsOf<{ revision: number }>(results, 0)[0]?.revision ?? 0,
    roles: rows.flatMap(({ namespace, name, rules, role_ref }) => {
      return role_ref === null ? [{ namespace, name, rules: JSON.parse(rules ?? "[]") as PolicyRule[] }] : [];
    }),
    bindings: rows.flatMap(({ namespace, role_ref, subjects }) => {
      if (role_ref === null) return [];
      return [
        {
          namespace,
          roleRef: JSON.parse(role_ref) as RoleRef,
          subjects: JSON.parse(subjects ?? "[]") as Subject[],
        },
      ];
    }),
  };
}
