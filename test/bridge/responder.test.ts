import packet, { type Answer } from "dns-packet";
import { describe, expect, it } from "vitest";
import { Responder, type ResponderPolicy } from "../../src/bridge/responder.ts";
import { address, lines, query, read, response, soa, type QueryShape } from "./messages.ts";

const zone = ["cluster", "local"];
const web = "web.default.svc.cluster.local";

const policy: ResponderPolicy = {
  zones: [zone],
  searchList: [
    ["default", "svc", ...zone],
    ["svc", ...zone],
  ],
  ndots: 1,
  outside: "forward",
  keepsAnswers: true,
  staleForSeconds: 3600,
  staleTtlSeconds: 30,
};

type World = ReturnType<typeof world>;

/** gone: there is no reply. Anything else is what the reply says. */
type Said = "gone" | { answers?: Answer[]; authorities?: Answer[]; rcode?: number };

const denial: Said = { rcode: 3, authorities: [soa()] };

/**
 * A responder between a Rollcall and a resolver that the test speaks for, by name; what they do not know does not
 * exist. `asked` is who was asked what, in order.
 */
function world(changes: Partial<ResponderPolicy> = {}) {
  const asked: string[] = [];
  const clock = { nowMs: 1_000_000, isLost: false, random: 0 };
  const rollcall = new Map<string, Said>();
  const resolver = new Map<string, Said>();
  const options = { ageSeconds: 0, mayBeKept: true };
  /** What waits until the test lets it go on. */
  const held = { isOn: false, waiting: [] as (() => void)[], sleeping: [] as (() => void)[] };

  const say = async (who: string, said: ReadonlyMap<string, Said>, octets: Uint8Array) => {
    const { questions } = packet.decode(Buffer.from(octets));
    const [question] = questions ?? [];
    const name = question?.name ?? "";
    asked.push(`${who} ${name} ${question?.type}`);
    if (held.isOn) await new Promise<void>((goOn) => held.waiting.push(goOn));
    const what = said.get(name) ?? denial;
    return what === "gone" ? undefined : response(octets, what);
  };
  const responder = new Responder(
    { ...policy, ...changes },
    {
      nowMs: () => clock.nowMs,
      random: () => clock.random,
      sleep: () => new Promise((over) => held.sleeping.push(() => over(undefined))),
      askRollcall: async (octets) => {
        const askedAtMs = clock.nowMs;
        const reply = await say("rollcall", rollcall, octets);
        return reply && { octets: reply, askedAtMs, ...options };
      },
      rollcallIsLost: () => clock.isLost,
      askResolver: (octets) => say("resolver", resolver, octets),
    },
  );
  return {
    asked,
    clock,
    rollcall,
    resolver,
    options,
    held,
    responder,
    ask: async (name: string, type: "A" | "AAAA" | "NS" = "A", shape: QueryShape = {}) => {
      const reply = read(await responder.answer(query(name, type, shape), "udp"));
      return { rcode: reply.rcode, answers: lines(reply.answers), reply };
    },
  };
}

const found = (ip = "10.0.0.1", ttl = 5): Said => ({ answers: [address(web, ip, ttl)] });

/** The number of the extended error in a reply (RFC 8914), if there is one. */
function extendedError(reply: packet.DecodedPacket): number | undefined {
  const opt = reply.additionals?.find((record) => record.type === "OPT");
  const options = (opt?.type === "OPT" ? opt.options : []) as { code: number; data?: Uint8Array }[];
  const data = options.find(({ code }) => code === 15)?.data;
  return data && Buffer.from(data).readUInt16BE();
}

describe("a name in Rollcall", () => {
  it("is asked for in lower case and answered in the client's letters", async () => {
    const { ask, asked, rollcall } = world();
    rollcall.set(web, found());
    const { reply } = await ask("wEB.default.SVC.cluster.local", "A", { id: 99 });
    expect(asked).toEqual([`rollcall ${web} A`]);
    expect(lines(reply.answers)).toEqual(["wEB.default.SVC.cluster.local 5 A 10.0.0.1"]);
    expect(reply).toMatchObject({ id: 99, flag_aa: true, flag_ra: true });
  });

  it("is asked for once in its TTL, which runs down", async () => {
    const { ask, asked, rollcall, clock } = world();
    rollcall.set(web, found("10.0.0.1", 5));
    await ask(web);
    rollcall.set(web, found("10.0.0.2"));
    clock.nowMs += 2000;
    expect((await ask(web.toUpperCase())).answers).toEqual([`${web.toUpperCase()} 3 A 10.0.0.1`]);
    clock.nowMs += 3000;
    expect((await ask(web)).answers).toEqual([`${web} 5 A 10.0.0.2`]);
    expect(asked).toHaveLength(2);
  });

  it("that does not exist is denied for as long as the SOA says", async () => {
    const { ask, asked, rollcall, clock } = world();
    expect((await ask(web)).rcode).toBe("NXDOMAIN");
    rollcall.set(web, found());
    clock.nowMs += 4000;
    expect(await ask(web)).toMatchObject({ rcode: "NXDOMAIN", reply: { authorities: [{ type: "SOA", ttl: 1 }] } });
    clock.nowMs += 1000;
    expect((await ask(web)).rcode).toBe("NOERROR");
    expect(asked).toHaveLength(2);
  });

  it.each<[string, QueryShape]>([
    ["checking is disabled", { flags: packet.CHECKING_DISABLED }],
    ["DNSSEC is asked for", { udpPayloadSize: 1232, dnssecOk: true }],
  ])("is asked for apart when %s", async (_, shape) => {
    const { ask, asked, rollcall } = world();
    rollcall.set(web, found());
    await ask(web, "A", { flags: 0 });
    await ask(web, "A", { flags: 0, ...shape });
    expect(asked).toHaveLength(2);
  });

  it("has its age in a cache in between taken off its TTL, and off its time here", async () => {
    const { ask, asked, rollcall, clock, options } = world();
    rollcall.set(web, found("10.0.0.1", 5));
    options.ageSeconds = 3;
    expect((await ask(web)).answers).toEqual([`${web} 2 A 10.0.0.1`]);
    clock.nowMs += 2000;
    await ask(web);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, (here: World) => unknown]>([
    ["Rollcall forbids it", ({ options }) => (options.mayBeKept = false)],
    ["it is a failure", ({ rollcall }) => rollcall.set(web, { rcode: 2 })],
    ["it is a refusal", ({ rollcall }) => rollcall.set(web, { rcode: 5 })],
  ])("is asked for again each time when %s", async (_, change) => {
    const here = world();
    here.rollcall.set(web, found());
    change(here);
    await here.ask(web);
    await here.ask(web);
    expect(here.asked).toHaveLength(2);
  });

  it("is asked for again each time where nothing is kept", async () => {
    const { ask, asked, rollcall } = world({ keepsAnswers: false });
    rollcall.set(web, found());
    await ask(web);
    await ask(web);
    expect(asked).toHaveLength(2);
  });

  it("is asked for once by many at the same time, each of whom is answered", async () => {
    const { responder, asked, rollcall, held } = world();
    rollcall.set(web, found());
    held.isOn = true;
    const replies = [1, 2, 3].map((id) => responder.answer(query(web, "A", { id }), "udp"));
    held.waiting.splice(0).forEach((goOn) => goOn());
    expect((await Promise.all(replies)).map((reply) => read(reply).id)).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(1);
  });

  it("has its addresses turned, although they come from one copy", async () => {
    const { ask, rollcall, clock } = world();
    rollcall.set(web, { answers: ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((ip) => address(web, ip)) });
    const firsts: unknown[] = [];
    for (clock.random of [0, 0.4, 0.7]) firsts.push((await ask(web)).answers[0]);
    expect(firsts).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((ip) => `${web} 5 A ${ip}`));
  });
});

describe("when Rollcall cannot be asked", () => {
  const edns: QueryShape = { udpPayloadSize: 1232 };

  it.each<[string, Said]>([
    ["it does not answer", "gone"],
    ["it says that it does not know", { rcode: 2 }],
  ])("because %s, what is known is answered beyond its TTL, with a short one, for a bounded time", async (_, said) => {
    const { ask, rollcall, clock } = world({ staleForSeconds: 60 });
    rollcall.set(web, found("10.0.0.1", 300));
    await ask(web);
    rollcall.set(web, said);
    clock.nowMs += 359_000;
    const { answers, reply } = await ask(web, "A", edns);
    expect(answers).toEqual([`${web} 30 A 10.0.0.1`]);
    expect(reply.flag_aa).toBe(false);
    expect(extendedError(reply)).toBe(3);
    clock.nowMs += 1000;
    expect((await ask(web)).rcode).toBe("SERVFAIL");
  });

  it("what is known not to exist goes on not to", async () => {
    const { ask, rollcall, clock } = world();
    await ask(web);
    rollcall.set(web, "gone");
    clock.nowMs += 10_000;
    const { rcode, reply } = await ask(web, "A", edns);
    expect(rcode).toBe("NXDOMAIN");
    expect(extendedError(reply)).toBe(19);
  });

  it("nobody waits for it who can be told something, and it is not asked while it is known to be lost", async () => {
    const { ask, asked, rollcall, clock, held } = world();
    rollcall.set(web, found());
    await ask(web);
    clock.nowMs += 10_000;
    held.isOn = true;
    const waiting = ask(web);
    await Promise.resolve();
    held.sleeping.splice(0).forEach((over) => over());
    expect((await waiting).answers).toEqual([`${web} 30 A 10.0.0.1`]);
    clock.isLost = true;
    expect((await ask(web)).answers).toEqual([`${web} 30 A 10.0.0.1`]);
    expect(asked).toHaveLength(2);
  });

  it("the answer that comes late is there for the next one", async () => {
    const { ask, asked, rollcall, clock, held } = world();
    rollcall.set(web, found());
    await ask(web);
    clock.nowMs += 10_000;
    rollcall.set(web, found("10.0.0.2"));
    held.isOn = true;
    const waiting = ask(web);
    await Promise.resolve();
    held.sleeping.splice(0).forEach((over) => over());
    await waiting;
    held.waiting.splice(0).forEach((goOn) => goOn());
    await new Promise(setImmediate);
    expect((await ask(web)).answers).toEqual([`${web} 5 A 10.0.0.2`]);
    expect(asked).toHaveLength(2);
  });

  it("what is not known is a failure, and says why", async () => {
    const { ask, rollcall } = world();
    rollcall.set(web, "gone");
    const { rcode, reply } = await ask(web, "A", edns);
    expect(rcode).toBe("SERVFAIL");
    expect(extendedError(reply)).toBe(22);
  });

  it("nothing is answered beyond its TTL where that is switched off", async () => {
    const { ask, rollcall, clock } = world({ staleForSeconds: 0 });
    rollcall.set(web, found());
    await ask(web);
    rollcall.set(web, "gone");
    clock.nowMs += 5000;
    expect((await ask(web)).rcode).toBe("SERVFAIL");
  });
});

describe("a short name", () => {
  it("is answered under itself, without an alias, from the first domain that has it", async () => {
    const { ask, asked, rollcall } = world();
    rollcall.set("kubia.svc.cluster.local", { answers: [address("kubia.svc.cluster.local", "10.0.0.9")] });
    expect((await ask("Kubia")).answers).toEqual(["Kubia 5 A 10.0.0.9"]);
    expect(asked).toEqual(["rollcall kubia.default.svc.cluster.local A", "rollcall kubia.svc.cluster.local A"]);
  });

  it("keeps the aliases that it has of its own", async () => {
    const { ask, rollcall } = world();
    const ext = "ext.default.svc.cluster.local";
    rollcall.set(ext, { answers: [{ type: "CNAME", name: ext, ttl: 5, data: web }, address(web, "10.0.0.1")] });
    expect((await ask("ext")).answers).toEqual([`ext 5 CNAME ${web}`, `${web} 5 A 10.0.0.1`]);
  });

  it("exists for every type if it exists for one: NODATA ends the search", async () => {
    const { ask, asked, rollcall } = world();
    rollcall.set(web, { authorities: [soa()] });
    expect(await ask("web", "AAAA")).toMatchObject({ rcode: "NOERROR", answers: [] });
    expect(asked).toEqual([`rollcall ${web} AAAA`]);
  });

  it("that no domain has is looked for outside", async () => {
    const { ask, asked, resolver } = world();
    resolver.set("printer", { answers: [address("printer", "192.0.2.9")] });
    expect((await ask("printer")).answers).toEqual(["printer 5 A 192.0.2.9"]);
    expect(asked.at(-1)).toBe("resolver printer A");
  });

  it("that nobody has does not exist", async () => {
    expect(await world().ask("nothing")).toMatchObject({ rcode: "NXDOMAIN", answers: [] });
    const { ask, asked } = world({ outside: "refuse" });
    expect(await ask("nothing")).toMatchObject({ rcode: "NXDOMAIN", answers: [] });
    expect(asked).toHaveLength(2);
  });

  it("is not said not to exist when that could not be found out", async () => {
    const { ask, asked, rollcall } = world();
    rollcall.set(web, "gone");
    expect((await ask("web")).rcode).toBe("SERVFAIL");
    expect(asked).toHaveLength(1);
  });
});

describe("a name outside the zones", () => {
  it("is answered by the host's resolver, in the client's letters", async () => {
    const { ask, asked, resolver } = world();
    resolver.set("www.example.com", { answers: [address("www.example.com", "192.0.2.1", 77)] });
    const { reply } = await ask("WWW.example.com", "A", { id: 5 });
    expect(reply).toMatchObject({ id: 5, questions: [{ name: "WWW.example.com" }] });
    expect(lines(reply.answers)).toEqual(["www.example.com 77 A 192.0.2.1"]);
    expect(asked).toEqual(["resolver www.example.com A"]);
  });

  it("is a failure when the resolver does not answer", async () => {
    const { ask, resolver } = world();
    resolver.set("www.example.com", "gone");
    expect((await ask("www.example.com")).rcode).toBe("SERVFAIL");
  });

  it("is refused, or left to Rollcall, where that is wanted", async () => {
    const refusing = world({ outside: "refuse" });
    expect((await refusing.ask("www.example.com")).rcode).toBe("REFUSED");
    expect(refusing.asked).toEqual([]);
    const leaving = world({ outside: "upstream" });
    leaving.rollcall.set("www.example.com", { answers: [address("www.example.com", "192.0.2.1", 77)] });
    expect((await leaving.ask("www.example.com")).answers).toEqual(["www.example.com 77 A 192.0.2.1"]);
    expect(leaving.asked).toEqual(["rollcall www.example.com A"]);
  });

  it("waits for itself when the resolver asks the bridge, instead of going round for ever", async () => {
    const { responder, asked, held } = world();
    held.isOn = true;
    const first = responder.answer(query("www.example.com", "A", { id: 1 }), "udp");
    const again = responder.answer(query("www.example.com", "A", { id: 2 }), "udp");
    held.waiting.splice(0).forEach((goOn) => goOn());
    await Promise.all([first, again]);
    expect(asked).toHaveLength(1);
  });
});

describe("an ExternalName that leads outside", () => {
  const ext = "ext.default.svc.cluster.local";
  const alias: Said = { answers: [{ type: "CNAME", name: ext, ttl: 5, data: "www.example.com" }] };

  it("is followed, for resolvers of programs do not do so themselves", async () => {
    const { ask, asked, rollcall, resolver } = world();
    rollcall.set(ext, alias);
    resolver.set("www.example.com", { answers: [address("www.example.com", "192.0.2.1", 77)] });
    expect((await ask(ext)).answers).toEqual([`${ext} 5 CNAME www.example.com`, "www.example.com 77 A 192.0.2.1"]);
    expect(asked).toEqual([`rollcall ${ext} A`, "resolver www.example.com A"]);
  });

  it("has the response code of its end", async () => {
    const { ask, rollcall, resolver } = world();
    rollcall.set(ext, alias);
    expect(await ask(ext)).toMatchObject({ rcode: "NXDOMAIN", answers: [`${ext} 5 CNAME www.example.com`] });
    resolver.set("www.example.com", "gone");
    expect((await ask(ext)).rcode).toBe("SERVFAIL");
  });

  it("is an alias and nothing else where outside is refused, and for types that nobody waits for", async () => {
    const refusing = world({ outside: "refuse" });
    refusing.rollcall.set(ext, alias);
    expect((await refusing.ask(ext)).answers).toEqual([`${ext} 5 CNAME www.example.com`]);
    expect(refusing.asked).toHaveLength(1);
    const { ask, asked, rollcall } = world();
    rollcall.set(ext, alias);
    expect((await ask(ext, "NS")).answers).toEqual([`${ext} 5 CNAME www.example.com`]);
    expect(asked).toHaveLength(1);
  });
});

describe("what is no question", () => {
  it("is turned away without anybody being asked, or not answered at all", async () => {
    const { responder, asked } = world();
    const garbage = Uint8Array.of(0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0);
    expect(read(await responder.answer(garbage, "udp"))).toMatchObject({ id: 9, rcode: "FORMERR", questions: [] });
    expect(await responder.answer(response(query(web), {}), "udp")).toBeUndefined();
    expect(await responder.answer(new Uint8Array(3), "udp")).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
