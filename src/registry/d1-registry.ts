/**
 * The registry on D1. Each write is one batch (a transaction); what it must not do is decide anything from a read made
 * before it, except under a guard that the batch itself checks.
 */
import type { D1Database, D1PreparedStatement, D1Result } from "@cloudflare/workers-types";
import { newEdgeNodeStatus } from "../domain/edge-node.ts";
import { edgeNodeLabel, regionOf } from "../domain/node.ts";
import type { GroupResource, KubeObject, NamespacedName } from "../domain/object.ts";
import { toTimestamp } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import { probeLoadMillislots, proberCapacityMillislots } from "../domain/probe-load.ts";
import type { ServiceKey } from "../domain/service.ts";
import type {
  Concerned,
  CreateResult,
  Deletion,
  DeleteResult,
  Dependent,
  ListQuery,
  ListResult,
  LostRace,
  Registry,
  UpdateResult,
  Written,
} from "./registry.ts";
import { fromRow, rowsOf, toManifest, type ObjectRow } from "./rows.ts";
import { claimedAddresses, sideStatements, type SideStatement } from "./side-rows.ts";
import { listStatement, read } from "./statements/read.ts";
import { settle } from "./statements/upkeep.ts";
import { recount, renewal, takenAddressStatement, write } from "./statements/write.ts";

export interface D1RegistryDeps {
  db: D1Database;
  nowMs(): number;
  newUid(): string;
  /**
   * Set by whoever publishes what it derived: its writes wake nobody, since the one service that they concern is the
   * one that writes them.
   */
  publishing?: boolean;
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
    const { namespace = "", name, uid } = object.metadata;
    const key = [resource, namespace, name, uid, null];
    const claimed = JSON.stringify(claimedAddresses(resource, object));
    for (let attempt = 0; attempt < attempts; attempt++) {
      const written = await this.#write(resource, [
        ...this.#creation(resource, object, key, claimed, quota),
        ...this.#sides(key, sideStatements(resource, { before: undefined, after: object }, this.#deps.nowMs())),
        this.#prepare(write.putObject, ...key),
      ]);
      if (written !== undefined) return written;
      const reason = await this.#whyNotCreated(resource, namespace, name, claimed);
      if (reason !== undefined) return reason;
      const used = quota === undefined ? undefined : await this.#countAnew(resource, namespace);
      if (quota !== undefined && used !== undefined && used >= quota) return { outcome: "quota-exceeded", used };
    }
    throw new Error(
      `the creation of ${resource} ${namespace}/${name} failed ${attempts} times for no reason that could be found`,
    );
  }

  async update(resource: GroupResource, before: KubeObject, after: KubeObject): Promise<UpdateResult> {
    const { namespace = "", name, uid, resourceVersion } = before.metadata;
    const key = [resource, namespace, name, uid, Number(resourceVersion)];
    const claimed = JSON.stringify(claimedAddresses(resource, after));
    const written = await this.#write(resource, [
      this.#prepare(write.logUpdate, ...key, toManifest(after), claimed),
      ...this.#sides(key, sideStatements(resource, { before, after }, this.#deps.nowMs())),
      this.#prepare(write.putObject, ...key),
    ]);
    if (written !== undefined) return written;
    const [current, , taken] = await this.#diagnose(resource, namespace, name, claimed);
    const unmoved = current?.metadata.uid === uid && current.metadata.resourceVersion === resourceVersion;
    if (unmoved && taken !== undefined) return { outcome: "address-taken", address: taken };
    return { outcome: "lost-race", current };
  }

  async delete(resource: GroupResource, before: KubeObject): Promise<DeleteResult> {
    const { namespace = "", name, uid, resourceVersion } = before.metadata;
    const key = [resource, namespace, name, uid, Number(resourceVersion)];
    const written = await this.#write(resource, [
      this.#prepare(write.logDeletion, ...key, toManifest(before)),
      ...this.#sides(key, sideStatements(resource, { before, after: undefined }, this.#deps.nowMs())),
      this.#prepare(write.deleteObject, ...key),
    ]);
    return written ?? { outcome: "lost-race", current: await this.get(resource, namespace, name) };
  }

  async reassign(pod: Pod): Promise<Written | LostRace> {
    const { namespace = "", name, uid, resourceVersion, labels = {} } = pod.metadata;
    const key = ["pods", namespace, name, uid, Number(resourceVersion)];
    const load = probeLoadMillislots(pod);
    const selectable = JSON.stringify(labels);
    const written = await this.#write("pods", [
      ...this.#assignment(pod, key, "[]"),
      this.#prepare(write.unload, ...key, pod.spec.nodeName, load),
      this.#prepare(write.moveLoad, ...key, load),
      this.#prepare(write.pendSelecting, ...key, selectable, selectable),
      this.#prepare(write.pendLeft, ...key, pod.spec.nodeName),
      this.#prepare(write.pendProber, ...key),
      this.#prepare(write.putObject, ...key),
    ]);
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

  /** The statements that come to the log; a pod without a node is assigned to a prober. */
  #creation(
    resource: GroupResource,
    object: KubeObject,
    key: unknown[],
    claimed: string,
    quota: number | undefined,
  ): D1PreparedStatement[] {
    return resource === "pods" && (object as Pod).spec.nodeName === undefined
      ? this.#assignment(object as Pod, key, claimed, quota)
      : [this.#prepare(write.logCreation, ...key, toManifest(object), claimed, quota ?? null)];
  }

  /** The statements that come to the log with a pod that is given a prober, which is opened if need be. */
  #assignment(pod: Pod, key: unknown[], claimed: string, quota?: number): D1PreparedStatement[] {
    const manifest = toManifest(pod);
    const region = regionOf(pod.metadata.annotations);
    const load = probeLoadMillislots(pod);
    const nodeUid = this.#deps.newUid();
    return [
      this.#prepare(write.openProber, ...key, manifest, claimed, quota ?? null, region, load, proberCapacityMillislots),
      this.#prepare(write.logProberNode, nodeUid, edgeNodeManifest(this.#deps.nowMs())),
      this.#prepare(write.putProberNode, nodeUid),
      this.#prepare(write.labelProberNode, nodeUid),
      this.#prepare(write.logAssignment, ...key, manifest, claimed, quota ?? null, region, load),
    ];
  }

  #sides(key: unknown[], statements: readonly SideStatement[]): D1PreparedStatement[] {
    const due = this.#deps.publishing === true ? statements.filter(({ wakes }) => !wakes) : statements;
    return due.map(({ sql, parameters }) => this.#prepare(sql, ...key, ...parameters));
  }

  /** Runs a batch whose last statement returns the object's row, and undefined where its guard did not hold. */
  async #write(resource: GroupResource, statements: D1PreparedStatement[]): Promise<Written | undefined> {
    const results = await this.#deps.db.batch(statements);
    const [row] = rowsOf<ObjectRow>(results, results.length - 1);
    if (row === undefined) return undefined;
    this.#deps.onWritten?.(resource);
    return {
      outcome: "written",
      object: fromRow(row),
      concerned: concernedOf(results),
      unfinished: isUnfinished(results),
    };
  }

  async #whyNotCreated(
    resource: GroupResource,
    namespace: string,
    name: string,
    claimed: string,
  ): Promise<CreateResult | undefined> {
    const [current, home, taken] = await this.#diagnose(resource, namespace, name, claimed);
    if (namespace !== "" && home === undefined) return { outcome: "namespace-missing" };
    if (current !== undefined) return { outcome: "exists" };
    if (home?.metadata.deletionTimestamp !== undefined) return { outcome: "namespace-terminating" };
    return taken === undefined ? undefined : { outcome: "address-taken", address: taken };
  }

  /** How many objects there are. Counted one by one, which only a creation that is about to be refused is worth. */
  async #countAnew(resource: GroupResource, namespace: string): Promise<number | undefined> {
    const results = await this.#deps.db.batch([
      this.#prepare(recount, resource, namespace),
      this.#prepare(read.objectCount, resource, namespace),
    ]);
    return rowsOf<{ objects: number }>(results, 1)[0]?.objects;
  }

  /** In one look: the object as it stands, its namespace, and a cluster IP that belongs to somebody else. */
  async #diagnose(
    resource: GroupResource,
    namespace: string,
    name: string,
    claimed: string,
  ): Promise<[current: KubeObject | undefined, namespace: KubeObject | undefined, takenAddress: string | undefined]> {
    const results = await this.#deps.db.batch([
      this.#prepare(read.object, resource, namespace, name),
      this.#prepare(read.object, "namespaces", "", namespace),
      this.#prepare(takenAddressStatement, null, namespace, name, null, null, null, claimed),
    ]);
    const [current, home] = [0, 1].map((index) => rowsOf<ObjectRow>(results, index).map((row) => fromRow(row))[0]);
    return [current, home, rowsOf<{ address: string }>(results, 2)[0]?.address];
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

/** Pending rows that the batch returned, whichever of its statements wrote them. */
function concernedOf(results: readonly D1Result[]): Concerned {
  const rows = results.flatMap((result) => (result.results ?? []) as { kind?: string; target?: string }[]);
  const targets = (kind: string): string[] => [
    ...new Set(rows.flatMap((row) => (row.kind === kind && row.target !== undefined ? [row.target] : []))),
  ];
  return {
    services: targets("service") as ServiceKey[],
    replicationControllers: targets("replicationcontroller") as NamespacedName[],
    probers: targets("prober"),
  };
}

/** Whether one of the batch's statements said that the deletion is not at its end. */
function isUnfinished(results: readonly D1Result[]): boolean {
  return results.some((result) => ((result.results ?? []) as { unfinished?: number }[])[0]?.unfinished === 1);
}

/** A prober's Node but for what the statement fills in: its name and its uid. */
function edgeNodeManifest(nowMs: number): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      creationTimestamp: toTimestamp(nowMs),
      labels: { [edgeNodeLabel]: "", "kubernetes.io/os": "workers" },
    },
    spec: {},
    status: newEdgeNodeStatus(nowMs),
  });
}
