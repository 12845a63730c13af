/** dns.md section 12: the JSON form. */
import { describe, expect, it } from "vitest";
import { handleDoh } from "../../src/dns/doh.ts";
import { sampleCluster } from "./cluster.ts";

const server = sampleCluster().server();
const kubia = "kubia.default.svc.cluster.local";

async function send(query: string, init?: RequestInit): Promise<Response> {
  return handleDoh(new Request(`https://dns.test/dns-query?${query}`, init), server);
}

async function json(query: string): Promise<Record<string, unknown>> {
  const response = await send(query);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

const anError = { status: 400, body: { error: expect.any(String) } };

async function outcome(query: string): Promise<{ status: number; body: unknown }> {
  const response = await send(query);
  return { status: response.status, body: await response.json() };
}

it("F1: GET only, and of a repeated variable the first counts", async () => {
  expect(await json(`name=${kubia}&name=x&type=A&type=AAAA`)).toMatchObject({ Status: 0, Question: [{ type: 1 }] });
  const posted = await send(`name=${kubia}`, { method: "POST", body: "x" });
  expect(posted.status).toBe(415);
});

describe("F2: names", () => {
  const label63 = "a".repeat(63);
  it.each([kubia, `${kubia}.`, kubia.toUpperCase(), `kubi%5C097.default.svc.cluster.local`])(
    "%s is found",
    async (name) => {
      expect(await json(`name=${name}`)).toMatchObject({ Status: 0, Answer: [{ data: "10.96.0.10" }] });
    },
  );

  it.each([
    ["a label of 63", `${label63}.cluster.local`, 3],
    ["253 characters", `${[label63, label63, label63].join(".")}.${"a".repeat(47)}.cluster.local`, 3],
    ["the root", ".", 5],
    ["an escaped dot is no separator", "kubia%5C.default.svc.cluster.local", 3],
  ])("%s: Status %i", async (_, name, status) => {
    expect(await json(`name=${name}`)).toMatchObject({ Status: status });
  });

  it.each([
    ["empty", ""],
    ["a label of 64", `${"a".repeat(64)}.cluster.local`],
    ["254 characters", `${[label63, label63, label63].join(".")}.${"a".repeat(48)}.cluster.local`],
    ["an empty label", "kubia..cluster.local"],
    ["a leading dot", `.${kubia}`],
    ["no punycode", "k%C3%BCbia.cluster.local"],
    ["half an escape", "kubia%5C"],
    ["two digits", "kubia%5C12x"],
    ["no octet", "kubia%5C256"],
  ])("%s is an error", async (_, name) => {
    expect(await outcome(`name=${name}`)).toEqual(anError);
  });
});

describe("F2: the other variables", () => {
  it.each([
    ["", 1],
    ["&type=AAAA", 28],
    ["&type=srv", 33],
    ["&type=28", 28],
    ["&type=TYPE65", 65],
    ["&type=65535", 65_535],
  ])("type%s is %i", async (variable, type) => {
    expect(await json(`name=${kubia}${variable}`)).toMatchObject({ Question: [{ type }] });
  });

  it.each(["type=", "type=0", "type=65536", "type=NONE", "type=1.5", "do=2", "do=yes", "cd=TRUE"])(
    "%s is an error",
    async (variable) => {
      expect(await outcome(`name=${kubia}&${variable}`)).toEqual(anError);
    },
  );

  it.each([
    ["cd=1", true],
    ["cd=true", true],
    ["cd=0", false],
    ["cd=false", false],
    ["cd=", false],
  ])("%s: CD is %s", async (variable, CD) => {
    expect(await json(`name=${kubia}&${variable}`)).toMatchObject({ CD });
  });

  it.each(["do=1", "do=true", "do=0", "do=", "random_padding=xyz", "x=1"])(
    "%s changes nothing to be seen",
    async (variable) => {
      expect(await json(`name=${kubia}&${variable}`)).toEqual(await json(`name=${kubia}`));
    },
  );

  it("ct=application/dns-message asks for the binary form", async () => {
    const response = await send(`name=${kubia}&ct=application/dns-message`);
    expect(response.headers.get("content-type")).toBe("application/dns-message");
    expect((await send(`name=${kubia}&ct=application/x-javascript`)).headers.get("content-type")).toBe(
      "application/dns-json",
    );
  });

  it.each([
    ["192.0.2.0/24", "192.0.2.0/0"],
    ["192.0.2.1", "192.0.2.1/0"],
    ["2001:DB8::/32", "2001:db8::/0"],
  ])("edns_client_subnet=%s is echoed with scope 0", async (subnet, echoed) => {
    expect(await json(`name=${kubia}&edns_client_subnet=${subnet}`)).toMatchObject({ edns_client_subnet: echoed });
  });

  it.each(["x", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/24/1"])(
    "edns_client_subnet=%s is an error",
    async (subnet) => {
      expect(await outcome(`name=${kubia}&edns_client_subnet=${subnet}`)).toEqual(anError);
    },
  );
});

describe("F3: the reply", () => {
  it("has its flags, and only the sections that hold something", async () => {
    expect(await json(`name=${kubia}`)).toEqual({
      Status: 0,
      TC: false,
      RD: true,
      RA: false,
      AD: false,
      CD: false,
      Question: [{ name: `${kubia}.`, type: 1 }],
      Answer: [{ name: `${kubia}.`, type: 1, TTL: 5, data: "10.96.0.10" }],
    });
  });

  it("has an authority section where a name is denied", async () => {
    expect(await json("name=gone.default.svc.cluster.local")).toMatchObject({
      Status: 3,
      Authority: [{ name: "cluster.local.", type: 6, TTL: 5 }],
    });
  });

  it("keeps the OPT record to itself", async () => {
    expect(await json(`name=${kubia}&do=1`)).not.toHaveProperty("Additional");
  });
});

describe("F4: data as master files write them", () => {
  it.each([
    ["dual.default.svc.cluster.local", "AAAA", "2001:db8::11"],
    ["_http._tcp.kubia.default.svc.cluster.local", "SRV", `0 100 80 ${kubia}.`],
    ["dns-version.cluster.local", "TXT", '"1.1.0"'],
    ["10.0.96.10.in-addr.arpa", "PTR", `${kubia}.`],
    ["ext.default.svc.cluster.local", "CNAME", "example.com."],
    ["cluster.local", "NS", "ns.dns.cluster.local."],
  ])("%s %s: %s", async (name, type, data) => {
    expect(await json(`name=${name}&type=${type}`)).toMatchObject({ Answer: [{ data }] });
  });

  it("SOA", async () => {
    expect(await json("name=cluster.local&type=SOA")).toMatchObject({
      Answer: [
        {
          data: expect.stringMatching(/^ns\.dns\.cluster\.local\. hostmaster\.cluster\.local\. \d+ 7200 1800 86400 5$/),
        },
      ],
    });
  });
});

it("F5: 200 for any Status, with its own type, and kept as long as the binary form", async () => {
  const response = await send("name=gone.default.svc.cluster.local");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/dns-json");
  expect(response.headers.get("cache-control")).toBe("max-age=5");
  expect((await send("name=example.com")).headers.get("cache-control")).toBe("no-store");
});

it("F6: dns and name exclude one another, and one of them must be there", async () => {
  expect((await send(`name=${kubia}&dns=AAAA`)).status).toBe(400);
  expect((await send("type=A")).status).toBe(400);
});
