import { describe, expect, it } from "vitest";
import { Slots, type Slot, type SlotUse } from "../../src/probes/slots.ts";

/** Acquires, and says in `got` what came of it, once it is known. */
function line(slots: Slots): {
  ask: (use: SlotUse, name: string) => void;
  got: string[];
  slot: (name: string) => Slot;
} {
  const granted = new Map<string, Slot>();
  const got: string[] = [];
  const wait = async (use: SlotUse, name: string): Promise<void> => {
    const slot = await slots.acquire(use);
    got.push(slot === undefined ? `${name} turned away` : name);
    if (slot !== undefined) granted.set(name, slot);
  };
  return {
    got,
    ask: (use, name) => {
      void wait(use, name);
    },
    slot: (name) => {
      const slot = granted.get(name);
      if (slot === undefined) throw new Error(`${name} has no slot`);
      return slot;
    },
  };
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const alone = { suspects: 2, divertAtStuck: undefined };
const withOverflow = { suspects: 2, divertAtStuck: 3 };

describe("slots", () => {
  it("gives five to probes, in order of asking, and the sixth to the registry only", async () => {
    const { ask, got, slot } = line(new Slots(alone));
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) ask("probe", name);
    ask("registry", "write");
    await turn();
    expect(got).toEqual(["a", "b", "c", "d", "e", "write"]);
    slot("write").release();
    await turn();
    expect(got.slice(6)).toEqual([]);
    slot("c").release();
    await turn();
    expect(got.slice(6)).toEqual(["f"]);
    slot("a").release();
    await turn();
    expect(got.slice(7)).toEqual(["g"]);
  });

  it("serves the registry first", async () => {
    const { ask, got, slot } = line(new Slots(alone));
    for (const name of ["a", "b", "c", "d", "e", "f"]) ask(name === "f" ? "registry" : "probe", name);
    ask("probe", "waiting probe");
    ask("registry", "waiting write");
    await turn();
    slot("a").release();
    await turn();
    expect(got.slice(6)).toEqual(["waiting write"]);
  });

  it("gives a slot back once, however often it is released", async () => {
    const { ask, got, slot } = line(new Slots(alone));
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) ask("probe", name);
    await turn();
    slot("a").release();
    slot("a").release();
    await turn();
    expect(got.slice(5)).toEqual(["f"]);
  });

  it("counts stuck slots until they are released", async () => {
    const slots = new Slots(alone);
    const { ask, slot } = line(slots);
    ask("probe", "a");
    await turn();
    slot("a").markStuck();
    slot("a").markStuck();
    expect(slots.stuck).toBe(1);
    slot("a").release();
    slot("a").markStuck();
    expect(slots.stuck).toBe(0);
  });

  it("turns probes away from the third stuck slot on, those that wait too, and the registry never", async () => {
    const { ask, got, slot } = line(new Slots(withOverflow));
    for (const name of ["a", "b", "c", "d", "e", "waiting"]) ask("probe", name);
    await turn();
    slot("a").markStuck();
    slot("b").markStuck();
    await turn();
    expect(got).toEqual(["a", "b", "c", "d", "e"]);
    slot("c").markStuck();
    ask("probe", "late");
    ask("registry", "write");
    await turn();
    expect(got.slice(5).toSorted()).toEqual(["late turned away", "waiting turned away", "write"]);
    slot("a").release();
    ask("probe", "again");
    slot("d").release();
    await turn();
    expect(got.at(-1)).toBe("again");
  });

  it("gives suspects two slots, and turns away the third where there is an overflow", async () => {
    const { ask, got } = line(new Slots(withOverflow));
    for (const name of ["a", "b", "c"]) ask("suspect", name);
    ask("probe", "healthy");
    await turn();
    expect(got.toSorted()).toEqual(["a", "b", "c turned away", "healthy"]);
  });

  it("lets suspects wait where there is no overflow, without holding up the others", async () => {
    const { ask, got, slot } = line(new Slots(alone));
    for (const name of ["a", "b", "c"]) ask("suspect", name);
    ask("probe", "healthy");
    await turn();
    expect(got).toEqual(["a", "b", "healthy"]);
    slot("a").release();
    await turn();
    expect(got.at(-1)).toBe("c");
  });

  it("lets go whoever gives up waiting", async () => {
    const slots = new Slots(alone);
    const { ask, got, slot } = line(slots);
    for (const name of ["a", "b", "c", "d", "e"]) ask("probe", name);
    const patience = new AbortController();
    const impatient = slots.acquire("probe", patience.signal);
    ask("probe", "patient");
    patience.abort();
    expect(await impatient).toBeUndefined();
    slot("a").release();
    await turn();
    expect(got.at(-1)).toBe("patient");
  });
});
