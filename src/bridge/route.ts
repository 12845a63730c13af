/**
 * Where a name is looked for, and in what order: in Rollcall, in Rollcall through the search list, or outside. Decides
 * by the name and the type alone; asks nobody.
 */
import { foldLabel, isWithin, maxNameOctets, nameOctets, type Name } from "../dns/wire/name.ts";
import type { Question } from "../dns/wire/message.ts";

/** What becomes of names outside the zones. upstream: Rollcall is asked, for it may have a resolver of its own. */
export type OutsidePolicy = "forward" | "refuse" | "upstream";

export interface RoutePolicy {
  /** Lower case. */
  zones: readonly Name[];
  /** Lower case, each within a zone. */
  searchList: readonly Name[];
  /** Names with fewer dots are looked for through the search list first. */
  ndots: number;
  outside: OutsidePolicy;
}

export type Step =
  /** `name`, in lower case, is asked of Rollcall; the reply speaks of the name that the client asked for. */
  { kind: "rollcall"; name: Name } | { kind: "outside"; via: Exclude<OutsidePolicy, "refuse"> } | { kind: "refused" };

/** The first step whose name exists is the answer; the last step's is, when none does. */
export function route(question: Question, policy: RoutePolicy): Step[] {
  const name = question.name.map(foldLabel);
  if (policy.zones.some((zone) => isWithin(name, zone))) return [{ kind: "rollcall", name }];
  const candidates = isSearched(question, policy) ? candidatesFor(name, policy.searchList) : [];
  const found = candidates.map((candidate): Step => ({ kind: "rollcall", name: candidate }));
  if (policy.outside !== "refuse") return [...found, { kind: "outside", via: policy.outside }];
  // A name that the search list does not find does not exist, and that is more than a refusal says.
  return found.length > 0 ? found : [{ kind: "refused" }];
}

/**
 * Types that are about zones and not about what is at a name: NS, SOA, DS, DNSKEY. Whoever walks or validates the tree
 * asks them of top-level domains, and a service called `com` must not come in between.
 */
const typesOfZones: ReadonlySet<number> = new Set([2, 6, 43, 48]);

function isSearched({ name, type }: Question, { ndots }: RoutePolicy): boolean {
  return name.length > 0 && name.length - 1 < ndots && !typesOfZones.has(type);
}

function candidatesFor(name: Name, searchList: readonly Name[]): Name[] {
  return searchList.map((domain) => [...name, ...domain]).filter((candidate) => nameOctets(candidate) <= maxNameOctets);
}
