import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeCertificate, stillServes, type Certificate } from "../../../src/local/https/certificate.ts";
import { authorityFile, keptCertificate } from "../../../src/local/https/kept-certificate.ts";
import { certificateNames } from "../../../src/local/https/serve-https.ts";

const dayMs = 24 * 60 * 60 * 1000;
const nowMs = Date.UTC(2026, 10, 24);
const names = ["localhost", "127.0.0.1", "::1", "rollcall.home.example"];
const made = await makeCertificate(names, nowMs);

describe("a certificate", () => {
  it("is for its names and no others, and for the next year", () => {
    const read = new X509Certificate(made.server);
    expect([read.checkHost("rollcall.home.example"), read.checkHost("localhost")]).not.toContain(undefined);
    expect([read.checkIP("127.0.0.1"), read.checkIP("::1")]).not.toContain(undefined);
    expect([read.checkHost("home.example"), read.checkIP("127.0.0.2")]).toEqual([undefined, undefined]);
    expect(read.validFromDate.getTime()).toBeLessThan(nowMs);
    const days = (read.validToDate.getTime() - read.validFromDate.getTime()) / dayMs;
    expect(days).toBeGreaterThan(365);
    expect(days).toBeLessThanOrEqual(398);
    expect([read.ca, read.keyUsage]).toEqual([false, ["1.3.6.1.5.5.7.3.1"]]);
  });

  it("is signed by its authority, whose key nobody has", () => {
    const [server, authority] = [new X509Certificate(made.server), new X509Certificate(made.authority)];
    expect(authority.ca).toBe(true);
    expect(server.verify(authority.publicKey) && server.checkIssued(authority)).toBe(true);
    expect(server.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
    expect(authority.checkPrivateKey(createPrivateKey(made.key))).toBe(false);
  });

  it.each<[string, string[], number, boolean]>([
    ["the names that it is for", names, 0, true],
    ["fewer names", ["localhost"], 0, true],
    ["another name", [...names, "other.example"], 0, false],
    ["another address", [...names, "192.0.2.1"], 0, false],
    ["the next eleven months", names, 336, true],
    ["its last month", names, 368, false],
    ["the time after its end", names, 398, false],
  ])("serves for %s: %j in %i days: %s", (_, asked, days, expected) => {
    expect(stillServes(made, asked, nowMs + days * dayMs)).toBe(expected);
  });
});

describe("the kept certificate", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
  });
  const kept = (asked = names, atMs = nowMs): Promise<Certificate> => keptCertificate(folder, asked, atMs);

  it("is the same at every start, until a name is missing or its end is near", async () => {
    const first = await kept();
    expect(await kept()).toEqual(first);
    const forMore = await kept([...names, "more.example"]);
    expect(forMore).not.toEqual(first);
    expect(await kept()).toEqual(forMore);
    const renewed = await kept(names, nowMs + 380 * dayMs);
    expect(renewed).not.toEqual(forMore);
    expect(new X509Certificate(renewed.server).validToDate.getTime()).toBeGreaterThan(nowMs + 700 * dayMs);
  });

  it("shows its key to its owner alone, and the authority to everybody", async () => {
    const { authority } = await kept();
    const modes = readdirSync(join(folder, "tls")).map((name) => [
      name,
      (statSync(join(folder, "tls", name)).mode & 0o077) === 0,
    ]);
    expect(Object.fromEntries(modes)).toEqual({ "ca.crt": false, "server.pem": true });
    expect(readFileSync(authorityFile(folder), "utf8")).toBe(`${authority}\n`);
  });

  it.each<[string, (text: string) => string]>([
    ["is empty", () => ""],
    ["is no certificate", () => "-----BEGIN CERTIFICATE-----\nxxxx\n-----END CERTIFICATE-----\n".repeat(3)],
    ["lacks its end", (text) => text.slice(0, text.length / 2)],
    [
      "has another's key",
      (text) => text.replace(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/, other.key),
    ],
    ["has another's authority", (text) => text.slice(0, text.lastIndexOf("-----BEGIN")) + other.authority],
  ])("is made anew where the file %s", async (_, spoil) => {
    const file = join(folder, "tls/server.pem");
    const first = await kept();
    writeFileSync(file, spoil(readFileSync(file, "utf8")));
    const next = await kept();
    expect(next).not.toEqual(first);
    expect(await kept()).toEqual(next);
  });
});

const other = await makeCertificate(names, nowMs);

describe("the names of the certificate", () => {
  it.each<[string, string[], string, string[]]>([
    ["127.0.0.1", [], "laptop", []],
    ["127.0.0.5", [], "laptop", ["127.0.0.5"]],
    ["0.0.0.0", [], "Laptop.home", ["laptop.home"]],
    ["::", [], "laptop", ["laptop"]],
    ["192.0.2.7", ["x.example"], "laptop", ["192.0.2.7", "laptop", "x.example"]],
    ["0.0.0.0", ["localhost"], "my_laptop", []],
  ])("on %s with %j on %s are those of loopback, and %j", (host, more, hostName, expected) => {
    expect(certificateNames({ host, https: { names: more } }, hostName)).toEqual([
      "localhost",
      "127.0.0.1",
      "::1",
      ...expected,
    ]);
  });
});
