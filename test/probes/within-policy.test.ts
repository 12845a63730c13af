import { describe, expect, it } from "vitest";
import { connectWithin, fetchWithin } from "../../src/probes/within-policy.ts";
import type { HttpTarget } from "../../src/probes/probe-target.ts";
import { deadlineIn } from "../../src/probes/sockets.ts";
import { probeFetch } from "../../src/probes/transports/probe-fetch.ts";
import { probeHttp } from "../../src/probes/transports/probe-http.ts";
import { policyOf } from "../probe-policy.ts";
import { StrictPlatform, type Peer } from "./strict-platform.ts";
import { VirtualClock } from "./virtual-clock.ts";

const redirectTo = (location: string): Peer => ({
  peer: "answers",
  answer: () => [`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`],
});

const target: HttpTarget = {
  transport: "http",
  scheme: "http",
  hostname: "20.0.0.1",
  port: 80,
  path: "/",
  headers: [],
};

async function ask(location: string): Promise<{ outcome: unknown; dialled: string[] }> {
  const clock = new VirtualClock();
  const network = new StrictPlatform(clock, new Map([["20.0.0.1:80", redirectTo(location)]]));
  const connect = connectWithin(policyOf({ PROBE_DENY_PORTS: "25,6379" }), network.connect);
  const { outcome } = await probeHttp(target, connect, deadlineIn(clock, 1000));
  return { outcome, dialled: network.dialled.map(({ to }) => to) };
}

describe("a probe's connections", () => {
  it("go where the policy admits, on each hop of a redirect", async () => {
    const message = 'Get "http://20.0.0.1:6379/x": dial tcp 20.0.0.1:6379: probes may not go to port 6379';
    expect(await ask("http://20.0.0.1:6379/x")).toEqual({
      outcome: { result: "unknown", message },
      dialled: ["20.0.0.1:80"],
    });
  });

  it("never leave the host, however a redirect spells another one", async () => {
    for (const location of ["http://127.0.0.1/", "//169.254.169.254/", "http://0x7f.1/", "http://[::1]/"]) {
      expect(await ask(location)).toMatchObject({ outcome: { result: "success" }, dialled: ["20.0.0.1:80"] });
    }
  });

  it("are refused before anything is sent", async () => {
    const clock = new VirtualClock();
    const fetched: string[] = [];
    const fetch = fetchWithin(policyOf({ PROBE_DENY: "rollcall.test" }), async (url) => {
      fetched.push(url);
      return new Response();
    });
    const behindProxy: HttpTarget = {
      ...target,
      transport: "fetch",
      scheme: "https",
      hostname: "rollcall.test",
      port: 443,
    };
    const { outcome } = await probeFetch(behindProxy, fetch, deadlineIn(clock, 1000));
    expect(outcome).toEqual({
      result: "unknown",
      message: 'Get "https://rollcall.test:443/": probes may not go to rollcall.test (denied by PROBE_DENY)',
    });
    expect(fetched).toEqual([]);
    const plain = { ...behindProxy, hostname: "20.0.0.1" };
    expect((await probeFetch(plain, fetch, deadlineIn(clock, 1000))).outcome).toEqual({ result: "success" });
  });
});
