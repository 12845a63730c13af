/** DNS by a token in the path, with real accounts, roles and bindings: who may resolve what, and what others learn. */
import { describe, expect, it } from "vitest";
import { bind, newAccount, rbacGroup, type Account } from "../api/rest/accounts.ts";
import { created, fetchApi, send } from "../api/rest/client.ts";

/** A token of the account for DNS. */
async function dnsToken({ namespace, name }: Account, spec: object = { audiences: ["dns"] }): Promise<string> {
  const { status } = await created(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { spec });
  return (status as { token: string }).token;
}

/** An account in a namespace of its own, where there is a service. */
async function newResolver(): Promise<{ account: Account; token: string; service: string }> {
  const account = await newAccount(undefined, "resolver");
  await created(`/api/v1/namespaces/${account.namespace}/services`, {
    metadata: { name: "web" },
    spec: { ports: [{ port: 80 }] },
  });
  return { account, token: await dnsToken(account), service: `web.${account.namespace}.svc.cluster.local` };
}

/** NOERROR with addresses, or the response code. */
async function verdict(token: string, name: string): Promise<string> {
  const response = await fetchApi(`/dns-query/${token}?name=${name}`);
  if (response.status !== 200) return `HTTP ${response.status}`;
  const { Status, Answer = [] } = await response.json<{ Status: number; Answer?: { data: string }[] }>();
  return Status === 0 ? `${Answer.length} found` : `rcode ${Status}`;
}

/** Everything of a response that a caller can see. */
async function seen(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetchApi(path, init);
  return [response.status, [...response.headers], await response.text()];
}

const found = "1 found";
const noSuchName = "rcode 3";

describe("a token for DNS", () => {
  it("resolves its own namespace, and no other is there for it", async () => {
    const [mine, other] = [await newResolver(), await newResolver()];
    expect(await verdict(mine.token, mine.service)).toBe(found);
    expect(await verdict(other.token, other.service)).toBe(found);
    // What others have been answered is not given out: what is kept is kept by rights.
    expect(await verdict(mine.token, other.service)).toBe(noSuchName);
    expect(await verdict(other.token, mine.service)).toBe(noSuchName);
    expect(await verdict(mine.token, `${other.account.namespace}.svc.cluster.local`)).toBe(noSuchName);
    expect(await verdict(mine.token, `${mine.account.namespace}.svc.cluster.local`)).toBe("0 found");
  });

  it("leads nowhere by an alias either", async () => {
    const [mine, other] = [await newResolver(), await newResolver()];
    const spec = { type: "ExternalName", externalName: other.service };
    await created(`/api/v1/namespaces/${mine.account.namespace}/services`, { metadata: { name: "alias" }, spec });
    expect(await verdict(mine.token, `alias.${mine.account.namespace}.svc.cluster.local`)).toBe(noSuchName);
  });

  it("resolves another namespace, or all, where a binding lets its account get their services; and no longer without", async () => {
    const [mine, other, third] = [await newResolver(), await newResolver(), await newResolver()];
    const binding = await bind(mine.account, "view", other.account.namespace);
    expect(await verdict(mine.token, other.service)).toBe(found);
    expect(await verdict(mine.token, third.service)).toBe(noSuchName);
    await send("DELETE", `${rbacGroup}/namespaces/${other.account.namespace}/rolebindings/${binding.metadata.name}`);
    expect(await verdict(mine.token, other.service)).toBe(noSuchName);
    await bind(mine.account, "view", "");
    expect(await verdict(mine.token, third.service)).toBe(found);
  });

  it("is good for nothing else", async () => {
    const { token, account } = await newResolver();
    const headers = { Authorization: `Bearer ${token}` };
    for (const path of ["/api", "/version", `/api/v1/namespaces/${account.namespace}/services`, "/metrics"]) {
      expect((await send("GET", path, undefined, headers)).code).toBe(401);
    }
  });

  it("is told no answer that a cache on the way may give to others", async () => {
    const { token, service } = await newResolver();
    for (const name of [service, service, "www.example.com", "nobody.svc.cluster.local"]) {
      const response = await fetchApi(`/dns-query/${token}?name=${name}`);
      expect(response.headers.get("cache-control")).toMatch(/^(private, max-age=\d+|no-store)$/);
    }
  });

  it("serves GET, HEAD and POST", async () => {
    const { token } = await newResolver();
    // dns-version.cluster.local TXT
    const message = Buffer.from("AAABAAABAAAAAAAAC2Rucy12ZXJzaW9uB2NsdXN0ZXIFbG9jYWwAABAAAQ", "base64url");
    const headers = { "content-type": "application/dns-message" };
    const posted = await fetchApi(`/dns-query/${token}`, { method: "POST", body: message, headers });
    const octets = new Uint8Array(await posted.arrayBuffer());
    expect([posted.status, octets[3], octets[7]]).toEqual([200, 0, 1]);
    const path = `/dns-query/${token}?dns=${message.toString("base64url")}`;
    expect(new Uint8Array(await (await fetchApi(path)).arrayBuffer())).toEqual(octets);
    const head = await fetchApi(path, { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([
      200,
      "",
      String(octets.length),
    ]);
  });
});

describe("whoever shows no good token for DNS", () => {
  it("learns nothing: it is a path like any that leads nowhere", async () => {
    const { token, account } = await newResolver();
    const gone = await newResolver();
    expect(await verdict(gone.token, gone.service)).toBe(found);
    await send("DELETE", `/api/v1/namespaces/${gone.account.namespace}/serviceaccounts/resolver`);
    const [head = "", claims = "", signature = ""] = token.split(".");
    const wrong = {
      none: "",
      "no token": "x",
      "for the API": account.token,
      "for somebody else": await dnsToken(account, { audiences: ["elsewhere"] }),
      "of an account that has gone": gone.token,
      "with another signature": `${head}.${claims}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
      "without one": `${head}.${claims}.`,
      "with a slash behind it, and more": `${token}/x`,
    };
    const nowhere = await seen("/nowhere?name=dns-version.cluster.local&type=TXT");
    for (const [what, text] of Object.entries(wrong)) {
      for (const path of [`/dns-query/${text}`, `/dns-query/${text}?name=dns-version.cluster.local&type=TXT`]) {
        expect([what, await seen(path)]).toEqual([what, nowhere]);
      }
    }
    expect(await seen("/dns-query?name=dns-version.cluster.local&type=TXT")).toEqual(nowhere);
    expect(await seen("/dns-query", { method: "OPTIONS" })).toEqual(await seen("/nowhere", { method: "OPTIONS" }));
  });
});
