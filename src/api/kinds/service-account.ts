/**
 * core/v1 ServiceAccount: a name that programs use the API by, with tokens of its own (verbs/create-token.ts).
 * Source: kubernetes, pkg/printers/internalversion/printers.go (printServiceAccount).
 */
import type { ServiceAccount } from "../../domain/service-account.ts";
import { isDnsSubdomain } from "../validation/names.ts";
import { ageColumn, column, nameColumn } from "./columns.ts";
import type { Kind } from "./kind.ts";

export const serviceAccountKind: Kind<ServiceAccount> = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  resource: "serviceaccounts",
  plural: "serviceaccounts",
  singular: "serviceaccount",
  shortNames: ["sa"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  schema: "ServiceAccount",
  isName: isDnsSubdomain,
  columns: [nameColumn, column("Secrets", "How many secrets the account lists.", secretCount), ageColumn],
  selectableFields: {},
  givesTokens: true,
  deleteReturnsObject: true,

  withDefaults: (account) => account,
  validate: () => [],
};

function secretCount({ secrets = [] }: ServiceAccount): string {
  return String(secrets.length);
}
