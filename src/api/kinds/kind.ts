/**
 * What the machinery needs to know of a kind. A kind is one file that fills this in; the verbs are the same for all.
 * Hooks say only what is particular to the kind.
 */
import type { IpRange } from "../../domain/ip.ts";
import type { GroupResource, KubeObject, ObjectMeta } from "../../domain/object.ts";
import type { Context } from "../context.ts";
import type { Refusal } from "../refusal.ts";
import type { TypeName } from "../schema/schema.ts";
import type { FieldError } from "../validation/field-error.ts";
import type { NameRule } from "../validation/names.ts";

/** A manifest that a client wrote, with the right types, without unknown fields, and perhaps without much else. */
export type Draft<T extends KubeObject = KubeObject> = Omit<T, "metadata"> & { metadata: Partial<ObjectMeta> };

/** A column of `kubectl get`. */
export interface Column<T extends KubeObject = KubeObject> {
  name: string;
  type: "string" | "integer" | "date";
  /** "name" marks the column that names the object. */
  format?: "name";
  description: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: 0 | 1;
  cell(object: T, nowMs: number): string | number;
}

/** What a field selector compares. A method's type, since those of a kind must pass for those of any kind. */
export type FieldReader<T extends KubeObject = KubeObject> = { read(object: T): string }["read"];

/** What a new cluster IP may be. */
export interface Allocation {
  ranges: readonly IpRange[];
  /** Addresses that belong to other services, as far as is known. */
  taken: ReadonlySet<string>;
  random(): number;
}

/** How a kind is scaled: the scale subresource. */
export interface Scaling<T extends KubeObject = KubeObject> {
  /** How many there are to be, how many there are, and which ones, as the text of a selector. */
  read(object: T): { desired: number; current: number; selector: string };
  withReplicas(object: T, replicas: number): T;
}

export interface Kind<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: T["kind"];
  readonly resource: GroupResource;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Whether there is a status that is written by a path of its own. */
  readonly hasStatus: boolean;
  /** Set for kinds that can be scaled. */
  readonly scaling?: Scaling<T>;
  readonly schema: TypeName;
  readonly isName: NameRule;
  readonly columns: readonly Column<T>[];
  /** What field selectors may ask for besides metadata.name and metadata.namespace. */
  readonly selectableFields: Readonly<Record<string, FieldReader<T>>>;
  /** Set for kinds that are written all the time: who writes what is recorded only once somebody has applied an object. */
  readonly managedFromFirstApply?: true;
  /** Whether a PUT of an object that is not there creates it; what Kubernetes calls AllowCreateOnUpdate. */
  readonly replaceCreates?: true;
  /** Set for namespaces: an object of this kind is deleted after all that is in it, and never by the collection. */
  readonly holdsContents?: true;
  /** Set for pods: clients are sent there by DNS, and whoever deletes one is told from when on they are not. */
  readonly receivesTraffic?: true;
  /** Set for service accounts: tokens are made for an object of this kind. */
  readonly givesTokens?: true;
  /** Whether DELETE answers with the object rather than with a Status, as Kubernetes does for some kinds. */
  readonly deleteReturnsObject: boolean;
  /** Whether dependents outlive an owner of this kind when its deletion does not say otherwise. */
  readonly orphansByDefault?: true;

  /** What `metadata.generation` counts the changes of; kinds without it have no generation, as services in Kubernetes. */
  generationOf?(object: T): unknown;
  /** Fills in what the manifest leaves open, as Kubernetes would. Applied to its own result, it changes nothing. */
  withDefaults(object: T): T;
  /** Everything wrong with the object; `before` is what it replaces, if anything. */
  validate(object: T, before: T | undefined): FieldError[];

  /** Fills in what the manifest of a new object only refers to, or says what is wrong with that. */
  complete?(draft: Draft<T>, context: Context): Promise<Draft<T> | FieldError[]>;
  /** What becomes of a new object that has been found valid. Without it, a status that was sent is dropped. */
  prepareCreate?(object: T, context: Context): T | Promise<T>;
  /** Fills in what a replacement leaves out and what only the server gives out, before it is judged. */
  inherit?(object: T, before: T): T;
  /** What becomes of a valid replacement, whose status is that of `before`. */
  prepareUpdate?(object: T, before: T, context: Context): T;
  /** What becomes of a valid object of which only status, labels and annotations may be new. */
  prepareStatus?(object: T, before: T, context: Context): T;
  /** Gives out addresses. Called again, with more of them taken, when one proves to belong to somebody else. */
  allocate?(object: T, allocation: Allocation): T | Refusal;
  /** Whether the change may take an address out of service, so that its caller waits until it is. */
  takesOutOfService?(before: T, after: T): boolean;
  /** The object with what is known only at the moment of reading. */
  observe?(object: T, context: Context): Promise<T>;
  /** Whether a write of its status, even one that changes nothing, is a sign of life that the registry remembers. */
  hasLease?(object: T): boolean;
  /** How long the object stays, marked as terminating, when its deletion is asked for; without it, not at all. */
  gracePeriodSeconds?(object: T, asked: number | undefined): number;
  /** What changes in an object that is marked as terminating. */
  markTerminating?(object: T): T;
  /** Why the user who writes it may not, although they may write such objects: it grants more than they hold. */
  whyNotGranted?(object: T, before: T | undefined, context: Context): Promise<Refusal | undefined>;
  /** Why the object may not be deleted, if so. */
  whyKept?(object: T): string | undefined;
}

/** `v1`, `discovery.k8s.io/v1` */
export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === "" ? version : `${group}/${version}`;
}
