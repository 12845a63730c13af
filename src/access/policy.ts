/**
 * All roles and bindings, arranged so that it is found quickly which rules hold for somebody. Pure.
 * Source: kubernetes, pkg/registry/rbac/validation/rule.go (VisitRulesFor, appliesTo).
 */
import { mastersGroup, type Attributes, type PolicyRule, type RoleRef, type Subject } from "../domain/rbac.ts";
import { accountUsername } from "../domain/service-account.ts";
import type { User } from "../domain/user.ts";
import { rulesAllow } from "./rules.ts";

/** A role or a binding, as far as it matters here. The namespace is empty for what holds in the whole cluster. */
export interface PolicyObjects {
  roles: readonly { namespace: string; name: string; rules: readonly PolicyRule[] }[];
  bindings: readonly { namespace: string; roleRef: RoleRef; subjects: readonly Subject[] }[];
}

const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

export function isMaster({ groups }: User): boolean {
  return groups.includes(mastersGroup);
}

export class Policy {
  readonly #roles = new Map<string, readonly PolicyRule[]>();
  readonly #bindings = new Map<string, PolicyObjects["bindings"][number][]>();

  constructor({ roles, bindings }: PolicyObjects) {
    for (const { namespace, name, rules } of roles) this.#roles.set(`${namespace}/${name}`, rules);
    for (const binding of bindings) {
      const known = this.#bindings.get(binding.namespace);
      if (known === undefined) this.#bindings.set(binding.namespace, [binding]);
      else known.push(binding);
    }
  }

  allows(user: User, attributes: Attributes): boolean {
    const namespace = "path" in attributes ? "" : attributes.namespace;
    return rulesAllow(this.rulesOf(user, namespace), attributes);
  }

  /** What holds for the user in the namespace: what holds everywhere, and what is said there. */
  rulesOf(user: User, namespace: string): readonly PolicyRule[] {
    if (isMaster(user)) return everything;
    const places = namespace === "" ? [""] : ["", namespace];
    return places.flatMap((place) => {
      const bindings = this.#bindings.get(place) ?? [];
      const own = bindings.filter(({ subjects }) => subjects.some((subject) => isMeant(subject, user, place)));
      return own.flatMap(({ roleRef }) => this.rulesOfRole(roleRef, place) ?? []);
    });
  }

  /** The rules of the role that a binding in the namespace names; undefined where there is no such role. */
  rulesOfRole({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    return this.#roles.get(kind === "ClusterRole" ? `/${name}` : `${namespace}/${name}`);
  }
}

/** An account that names no namespace is of the binding's own. */
function isMeant({ kind = "", name = "", namespace }: Subject, user: User, bindingNamespace: string): boolean {
  switch (kind) {
    case "User":
      return name === user.username;
    case "Group":
      return user.groups.includes(name);
    case "ServiceAccount": {
      const home = namespace || bindingNamespace;
      return home !== "" && accountUsername({ namespace: home, name }) === user.username;
    }
    default:
      return false;
  }
}
