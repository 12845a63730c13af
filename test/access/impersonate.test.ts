import { describe, expect, it } from "vitest";
import { impersonationOf } from "../../src/access/impersonate.ts";

function asked(headers: Record<string, string>) {
  const impersonation = impersonationOf(new Headers(headers));
  if (impersonation.outcome !== "asked") throw new Error(`expected a wish, got ${impersonation.outcome}`);
  const needs = impersonation.needs.map(({ group, resource, subresource, namespace, name }) => {
    return [group, resource, subresource, namespace, name].filter((part) => part !== "").join(" ");
  });
  return { user: impersonation.user, needs };
}

describe("whom a request is made as", () => {
  it("is nobody else without a header", () => {
    expect(impersonationOf(new Headers())).toEqual({ outcome: "none" });
  });

  it("is a user, who is authenticated", () => {
    expect(asked({ "Impersonate-User": "jane" })).toEqual({
      user: { username: "jane", groups: ["system:authenticated"], extra: {} },
      needs: ["users jane"],
    });
  });

  it("is a user of groups, with a uid and more, each of which needs leave", () => {
    const { user, needs } = asked({
      "Impersonate-User": "jane",
      "Impersonate-Group": "devs, system:masters",
      "Impersonate-Uid": "7",
      "Impersonate-Extra-scopes%2Fread": "a, b",
    });
    expect(user).toEqual({
      username: "jane",
      groups: ["devs", "system:masters", "system:authenticated"],
      uid: "7",
      extra: { "scopes/read": ["a", "b"] },
    });
    expect(needs).toEqual([
      "users jane",
      "groups devs",
      "groups system:masters",
      "authentication.k8s.io uids 7",
      "authentication.k8s.io userextras scopes/read a",
      "authentication.k8s.io userextras scopes/read b",
    ]);
  });

  it("is a service account, with its groups unless others are said", () => {
    const account = { "Impersonate-User": "system:serviceaccount:default:ci" };
    expect(asked(account)).toMatchObject({
      user: { groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"] },
      needs: ["serviceaccounts default ci"],
    });
    expect(asked({ ...account, "Impersonate-Group": "devs" }).user.groups).toEqual(["devs", "system:authenticated"]);
  });

  it("is anonymous, who is not authenticated", () => {
    expect(asked({ "Impersonate-User": "system:anonymous" }).user.groups).toEqual(["system:unauthenticated"]);
  });

  it.each([{ "Impersonate-Group": "devs" }, { "Impersonate-Uid": "7" }, { "Impersonate-Extra-scopes": "a" }])(
    "cannot be said by %j alone",
    (headers) => {
      expect(impersonationOf(new Headers(headers))).toMatchObject({ outcome: "malformed" });
    },
  );
});
