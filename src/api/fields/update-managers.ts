/**
 * Who manages what after a create, an update or a patch. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, merge/update.go; k8s.io/apimachinery, pkg/util/managedfields/internal
 * (managedfieldsupdater.go, capmanagers.go).
 */
import type { JsonObject } from "../json.ts";
import { difference, intersection, isEmpty, noFields, union } from "./field-set.ts";
import { changesBetween, taken } from "./field-changes.ts";
import { isSameManager, type Author, type Manager } from "./managers.ts";
import type { Shape } from "./shape.ts";

/** A write, as far as its author can own what is in it. */
export interface ObservedWrite {
  before: JsonObject;
  /** What the author asked for. */
  sent: JsonObject;
  /** What came of it: the server may have seen to more, and to less. */
  after: JsonObject;
  shape: Shape;
}

/** As many managers that update are told apart; of more, those that wrote longest ago become one. */
const maxUpdaters = 10;
const ancient = "ancient-changes";

/**
 * Fields with new values leave whoever managed them, and those that are gone leave everybody. The author takes what it
 * asked for and got; what the server computed belongs to nobody.
 */
export function updateManagers(managers: readonly Manager[], author: Author, write: ObservedWrite): Manager[] {
  const { before, sent, after, shape } = write;
  const changes = changesBetween(before, after, shape);
  const lost = union(taken(changes), changes.removed);
  const gained = intersection(taken(changes), taken(changesBetween(before, sent, shape)));
  const left = managers
    .map((manager) => ({ ...manager, fields: difference(manager.fields, lost) }))
    .filter(({ fields }) => !isEmpty(fields));
  return isEmpty(gained) ? left : capped(joined(left, { ...author, fields: gained }));
}

/** With the fields of the manager added to those that it has. */
function joined(managers: readonly Manager[], manager: Manager): Manager[] {
  const known = managers.find((candidate) => isSameManager(candidate, manager));
  const fields = union(known?.fields ?? noFields, manager.fields);
  return [...managers.filter((candidate) => candidate !== known), { ...manager, fields }];
}

function capped(managers: readonly Manager[]): Manager[] {
  const updaters = managers
    .filter(({ operation }) => operation === "Update")
    .toSorted((one, other) => ((one.time ?? "") < (other.time ?? "") ? -1 : 1));
  if (updaters.length <= maxUpdaters) return [...managers];
  const old = updaters.slice(0, updaters.length - maxUpdaters + 1);
  const rest = managers.filter((manager) => !old.includes(manager));
  return old.reduce((all, manager) => joined(all, { ...manager, name: ancient, subresource: "" }), rest);
}
