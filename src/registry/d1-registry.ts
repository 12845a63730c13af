/**
 * The registry on D1. Each write is one batch (a transaction); what it must not do is decide anything from a read made
 * before it, except under a guard that the batch itself checks.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { GroupResource, KubeObject } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import type {
  Concerned,
  CreateResult,
  Deletion,
  DeleteResult,
  Dependent,
  ListQuery,
  ListResult,
  LostRace,
  PlannedWrite,
  Registry,
  UpdateResult,
  Written,
} from "./registry.ts";
import { fromRow, rowsOf, type ObjectRow } from "./rows.ts";
import { listStatement, read } from "./statements/read.ts";
import { settle } from "./statements/upkeep.ts";
import { renewal } from "./statements/lease.ts";
import { recount, takenAddressStatement } from "./statements/write.ts";
import { claimedOf, concernedOf, reassignmentOf, statementsOf, subjectOf, writtenOf } from "./write-batch.ts";
import type { Statement, WriteContext } from "./write-batch.ts";

export interface D1RegistryDeps {
  db: D1Database;
  nowMs(): number;
  newUid(): string;
  /** Told of each object that was written. */
  onWritten?(resource: GroupResource): void;
}

/** How often a write is tried again whose guard failed for a reason that was gone when it was looked for. */
const attempts = 5;

export class D1Registry implements Registry {
  readonly #deps: D1RegistryDeps;

  constructor(deps: D1RegistryDeps) {
    this.#deps = deps;
  }

  async get(resource: GroupResource, namespace: string, name: string): Promise<KubeObject | undefined> {
    const row = await this.#prepare(read.object, resource, namespace, name).first<ObjectRow>();
    return row === null ? undefined : fromRow(row);
  }

  async list(resource: GroupResource, query: ListQuery): Promise<ListResult> {
    const results = await this.#deps.db.batch([this.#prepare(read.head), this.#listPage(resource, query)]);
    const items = rowsOf<ObjectRow>(results, 1).map((row) => fromRow(row));
    const more = query.limit !== undefined && items.length > query.limit;
    const revision = rowsOf<{ revision: number }>(results, 0)[0]?.revision ?? 0;
    return { items: more ? items.slice(0, query.limit) : items, revision, more };
  }

  async create(resource: GroupResource, object: KubeObject, quota?: number): Promise<CreateResult> {
    const { namespace = "", name } = object.metadata;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const written = await this.#write({ verb: "create", resource, object, quota });
      if (written !== undefined) return written;
      const reason = await this.#whyNotCreated(resource, object);
      if (reason !== undefined) return reason;
      const used = quota === undefined ? undefined : await this.usedUp(resource, namespace, quota);
      if (used !== undefined) return { outcome: "quota-exceeded", used };
    }
    throw new Error(
      `the creation of ${resource} ${namespace}/${name} failed ${attempts} times for no reason that could be found`,
    );
  }

  async usedUp(resource: GroupResource, namespace: string, quota: number): Promise<number | undefined> {
    const counted = await this.#prepare(read.objectCount, resource, namespace).first<{ objects: number }>();
    if ((counted?.objects ?? 0) < quota) return undefined;
    const used = await this.#countAnew(resource, namespace);
    return used < quota ? undefined : used;
  }

  async update(resource: GroupResource, before: KubeObject, after: KubeObject): Promise<UpdateResult> {
    const written = await this.#write({ verb: "update", resource, before, object: after });
    if (written !== undefined) return written;
    const { uid, resourceVersion } = before.metadata;
    const { current, taken } = await this.#diagnose(resource, after);
    const unmoved = current?.metadata.uid === uid && current.metadata.resourceVersion === resourceVersion;
    if (unmoved && taken !== undefined) return { outcome: "address-taken", address: taken };
    return { outcome: "lost-race", current };
  }

  async delete(resource: GroupResource, before: KubeObject): Promise<DeleteResult> {
    const written = await this.#write({ verb: "delete", resource, before });
    if (written !== undefined) return written;
    const { namespace = "", name } = before.metadata;
    return { outcome: "lost-race", current: await this.get(resource, namespace, name) };
  }

  async reassign(pod: Pod): Promise<Written | LostRace> {
    const written = await this.#run("pods", pod, reassignmentOf(pod, this.#context()));
    const { namespace = "", name } = pod.metadata;
    return written ?? { outcome: "lost-race", current: await this.get("pods", namespace, name) };
  }

  async renew(namespace: string, name: string): Promise<Concerned> {
    const parameters = [null, namespace, name, null, null, this.#deps.nowMs()];
    return concernedOf(await this.#deps.db.batch(renewal.map((sql) => this.#prepare(sql, ...parameters))));
  }

  async renewedMs(namespace: string, name: string): Promise<number | undefined> {
    const row = await this.#prepare(read.renewal, namespace, name).first<{ renewed_ms: number }>();
    return row?.renewed_ms;
  }

  async listDependents(uid: string, { limit, staying }: { limit: number; staying: boolean }): Promise<Dependent[]> {
    const statement = this.#prepare(read.dependents, uid, limit, staying ? 0 : 1);
    const { results } = await statement.all<ObjectRow & Pick<Dependent, "resource">>();
    return results.map((row) => ({ resource: row.resource, object: fromRow(row) }));
  }

  async isBlocked(uid: string): Promise<boolean> {
    return (await this.#prepare(read.blockingDependent, uid).first()) !== null;
  }

  async listUnfinishedDeletions(limit: number): Promise<Deletion[]> {
    return (await this.#prepare(read.unfinishedDeletions, limit).all<Deletion>()).results;
  }

  async finishDeletion(uid: string): Promise<void> {
    await this.#prepare(settle.deletion, uid).run();
  }

  /** Why a creation was not written; undefined when there is no reason any more. */
  async #whyNotCreated(resource: GroupResource, object: KubeObject): Promise<CreateResult | undefined> {
    const { current, home, taken } = await this.#diagnose(resource, object);
    if (object.metadata.namespace && home === undefined) return { outcome: "namespace-missing" };
    if (current !== undefined) return { outcome: "exists" };
    if (home?.metadata.deletionTimestamp !== undefined) return { outcome: "namespace-terminating" };
    return taken === undefined ? undefined : { outcome: "address-taken", address: taken };
  }

  /** How many objects there are. Counted one by one, which only a creation that is about to be refused is worth. */
  async #countAnew(resource: GroupResource, namespace: string): Promise<number> {
    const results = await this.#deps.db.batch([
      this.#prepare(recount, resource, namespace),
      this.#prepare(read.objectCount, resource, namespace),
    ]);
    return rowsOf<{ objects: number }>(results, 1)[0]?.objects ?? 0;
  }

  #write(planned: PlannedWrite): Promise<Written | undefined> {
    return this.#run(planned.resource, subjectOf(planned), statementsOf(planned, this.#context()));
  }

  #context(): WriteContext {
    return { nowMs: this.#deps.nowMs(), newUid: () => this.#deps.newUid(), wakes: true };
  }

  async #run(
    resource: GroupResource,
    object: KubeObject,
    statements: readonly Statement[],
  ): Promise<Written | undefined> {
    const prepared = statements.map(({ sql, parameters }) => this.#prepare(sql, ...parameters));
    const written = writtenOf(object, await this.#deps.db.batch(prepared));
    if (written !== undefined) this.#deps.onWritten?.(resource);
    return written;
  }

  /** In one look: the object as it stands, its namespace, and a cluster IP that belongs to somebody else. */
  async #diagnose(resource: GroupResource, object: KubeObject) {
    const { namespace = "", name } = object.metadata;
    const claimed = claimedOf(resource, object);
    const results = await this.#deps.db.batch([
      this.#prepare(read.object, resource, namespace, name),
      this.#prepare(read.object, "namespaces", "", namespace),
      this.#prepare(takenAddressStatement, null, namespace, name, null, null, null, claimed),
    ]);
    const [current, home] = [0, 1].map((index) => rowsOf<ObjectRow>(results, index).map((row) => fromRow(row))[0]);
    return { current, home, taken: rowsOf<{ address: string }>(results, 2)[0]?.address };
  }

  #listPage(resource: GroupResource, query: ListQuery): D1PreparedStatement {
    const requirements = query.labels ?? [];
    const [afterNamespace, afterName] = query.after?.split("/") ?? [];
    const sql = listStatement({
      inNamespace: query.namespace !== undefined,
      requirements,
      staying: query.staying === true,
      after: query.after !== undefined,
      limited: query.limit !== undefined,
    });
    return this.#prepare(
      sql,
      resource,
      ...(query.namespace === undefined ? [] : [query.namespace]),
      ...requirements.flatMap((each) => [resource, each.key, JSON.stringify("values" in each ? each.values : [])]),
      ...(query.after === undefined ? [] : [afterNamespace, afterName]),
      ...(query.limit === undefined ? [] : [query.limit + 1]),
    );
  }

  #prepare(sql: string, ...parameters: unknown[]): D1PreparedStatement {
    return this.#deps.db.prepare(sql).bind(...parameters);
  }
}
