import { describe, expect, it } from "vitest";
import { Upstreams, type DohAnswer } from "../../src/bridge/upstreams.ts";
import { address, query, read, response } from "./messages.ts";

const asked = Uint8Array.from(query("web.cluster.local", "A", { id: 0 }));

/** Upstreams called a, b and so on, whose state the test sets; `told` is everything that happened, in order. */
function world(names: string) {
  const told: string[] = [];
  const states = new Map<string, DohAnswer>();
  const clock = { nowMs: 10_000 };
  const upstreams = new Upstreams(
    Array.from(names, (name) => new URL(`https://${name}.example/dns-query/secret`)),
    {
      ask: async (url) => {
        const name = url.hostname.slice(0, 1);
        told.push(`ask ${name}`);
        const state = states.get(name) ?? answer(name);
        return Promise.resolve(state);
      },
      nowMs: () => clock.nowMs,
      log: (line) => told.push(line),
      withoutUpstream: "nothing is left",
    },
  );
  return {
    clock,
    states,
    upstreams,
    /** What happened since the last look. */
    ask: async () => {
      const reply = await upstreams.ask(asked);
      const happened = told.splice(0);
      return { happened, rcode: reply && read(reply.octets).rcode };
    },
  };
}

function answer(name: string, rcode = 0): DohAnswer {
  const octets = response(asked, { answers: [address("web.cluster.local", `10.0.0.${name.charCodeAt(0)}`)], rcode });
  return { octets, ageSeconds: 0, mayBeKept: true };
}

describe("of several upstreams", () => {
  it("the first is asked while it answers", async () => {
    const { ask } = world("ab");
    expect(await ask()).toEqual({ happened: ["ask a"], rcode: "NOERROR" });
  });

  it("the next one stands in, and the first is left alone for a while, longer each time; both turns are told once", async () => {
    const { ask, states, clock } = world("ab");
    states.set("a", { failed: "HTTP status 522" });
    expect((await ask()).happened).toEqual(["ask a", "https://a.example does not answer: HTTP status 522", "ask b"]);
    expect((await ask()).happened).toEqual(["ask b"]);
    clock.nowMs += 1000;
    expect((await ask()).happened).toEqual(["ask a", "ask b"]);
    clock.nowMs += 1999;
    expect((await ask()).happened).toEqual(["ask b"]);
    clock.nowMs += 1;
    states.delete("a");
    expect((await ask()).happened).toEqual(["ask a", "https://a.example answers again"]);
    expect((await ask()).happened).toEqual(["ask a"]);
  });

  it("one that has failed is tried by one question at a time", async () => {
    const { upstreams, ask, states, clock } = world("ab");
    states.set("a", { failed: "timed out" });
    await ask();
    clock.nowMs += 1000;
    const both = [upstreams.ask(asked), upstreams.ask(asked)];
    await Promise.all(both);
    expect((await ask()).happened.filter((what) => what === "ask a")).toHaveLength(1);
  });

  it("those that fail together fail once", async () => {
    const { upstreams, ask, states, clock } = world("a");
    states.set("a", { failed: "timed out" });
    await Promise.all(Array.from({ length: 20 }, () => upstreams.ask(asked)));
    expect((await ask()).happened.filter((what) => what.includes("does not answer"))).toHaveLength(1);
    states.delete("a");
    clock.nowMs += 1000;
    expect(upstreams.areLost).toBe(false);
  });

  it("a reply that says it cannot know is passed on only if no other says more", async () => {
    const { ask, states } = world("ab");
    states.set("a", answer("a", 2));
    expect(await ask()).toEqual({ happened: ["ask a", "ask b"], rcode: "NOERROR" });
    states.set("b", { failed: "timed out" });
    expect((await ask()).rcode).toBe("SERVFAIL");
  });

  it("a reply to another question is none", async () => {
    const { ask, states } = world("a");
    const other = response(query("other.cluster.local", "A", { id: 0 }), {});
    states.set("a", { octets: other, ageSeconds: 0, mayBeKept: true });
    expect(await ask()).toMatchObject({
      happened: ["ask a", expect.stringContaining("it answers another question") as unknown],
      rcode: undefined,
    });
  });

  it("when all are lost, that is told with what becomes of questions, and they are tried all the same", async () => {
    const { ask, states, upstreams, clock } = world("ab");
    states.set("a", { failed: "timed out" });
    states.set("b", { failed: "timed out" });
    expect(upstreams.areLost).toBe(false);
    expect((await ask()).happened.at(-1)).toBe("https://b.example does not answer: timed out; nothing is left");
    expect(upstreams.areLost).toBe(true);
    expect((await ask()).happened).toEqual(["ask a"]);
    clock.nowMs += 60_000;
    expect(upstreams.areLost).toBe(false);
  });

  it("a pause is never longer than half a minute", async () => {
    const { ask, states, clock } = world("ab");
    states.set("a", { failed: "timed out" });
    for (let round = 0; round < 20; round++) {
      await ask();
      clock.nowMs += 30_000;
    }
    expect((await ask()).happened).toEqual(["ask a", "ask b"]);
  });

  it("no path of theirs is ever named", async () => {
    const { ask, states } = world("a");
    states.set("a", { failed: "HTTP status 404" });
    expect((await ask()).happened.join("\n")).not.toContain("secret");
  });
});
