/** What the kinds of access control have in common. */
import { rbacGroup } from "../../../domain/rbac.ts";
import { isPathSegment } from "../../validation/names.ts";

export const common = {
  group: rbacGroup,
  version: "v1",
  shortNames: [],
  categories: [],
  hasStatus: false,
  isName: isPathSegment,
  selectableFields: {},
  replaceCreates: true,
  deleteReturnsObject: false,
} as const;
