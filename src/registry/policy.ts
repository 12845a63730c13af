/** What access control reads of the registry: which service accounts there are. */
import type { D1Database } from "@cloudflare/workers-types";
import { read } from "./statements/read.ts";

/** The uid of a service account; undefined where there is none of that name. */
export async function readAccountUid(db: D1Database, namespace: string, name: string): Promise<string | undefined> {
  const row = await db.prepare(read.accountUid).bind(namespace, name).first<{ uid: string }>();
  return row?.uid;
}
