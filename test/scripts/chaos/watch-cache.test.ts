import { describe, expect, it } from "vitest";
import { WatchCache, type WatchEvent, type WatchedObject } from "../../../scripts/chaos/watch-cache.ts";

function object(name: string, revision: number, uid = name): WatchedObject {
  return { metadata: { name, namespace: "n", uid, resourceVersion: String(revision) } };
}

/** What a client that holds `a` as of 5 makes of these events. */
function take(...events: WatchEvent[]): (string | undefined)[] {
  const cache = new WatchCache();
  cache.replace([object("a", 5)], 7);
  return events.map((event) => {
    const reaction = cache.take(event);
    return reaction.do === "complain" ? reaction.why : reaction.do;
  });
}

const bookmark = (revision: number): WatchEvent => ({ type: "BOOKMARK", object: object("", revision, "") });

describe("a watch", () => {
  it("may add, change and delete what there is, each later than the last", () => {
    const events = [
      { type: "ADDED", object: object("b", 8) },
      { type: "MODIFIED", object: object("a", 9) },
      bookmark(9),
      { type: "DELETED", object: object("a", 12) },
      { type: "ADDED", object: object("a", 13, "another") },
    ];
    expect(take(...events)).toEqual(events.map(() => "go on"));
  });

  it.each<[string, WatchEvent, string]>([
    ["twice", { type: "MODIFIED", object: object("a", 7) }, "MODIFIED n/a at 7: comes after 7"],
    ["that is held as new", { type: "ADDED", object: object("a", 8) }, "ADDED n/a at 8: is held already"],
    ["that is not held as changed", { type: "MODIFIED", object: object("b", 8) }, "MODIFIED n/b at 8: is not held"],
    ["that is not held as deleted", { type: "DELETED", object: object("b", 8) }, "DELETED n/b at 8: is not held"],
    ["as another one", { type: "MODIFIED", object: object("a", 8, "x") }, "MODIFIED n/a at 8: is another one than a"],
    ["by a bookmark that goes back", bookmark(6), "BOOKMARK n/ at 6: bookmark behind 7"],
  ])("may not tell of something %s", (_, event, why) => {
    expect(take(event)).toEqual([why]);
  });

  it("that has expired is begun anew with a list; any other error is none to expect", () => {
    const error = (code: number): WatchEvent => ({
      type: "ERROR",
      object: { ...object("", 0, ""), code, message: "m" },
    });
    expect(take(error(410))).toEqual(["list again"]);
    expect(take(error(500))).toEqual(["ERROR m"]);
  });

  it("lacks what an old list holds in a newer state, and what it no longer holds", () => {
    const cache = new WatchCache();
    cache.replace([object("a", 5), object("b", 6)], 7);
    expect(cache.missing([object("a", 5), object("b", 6)], 7)).toEqual([]);
    expect(cache.missing([object("a", 9), object("c", 10)], 11)).toEqual([
      "n/a at 9 has not been told of",
      "n/c at 10 has not been told of",
      "the deletion of n/b, held at 6, has not been told of",
    ]);
    expect(cache.holdsExactly([object("a", 5), object("b", 6)])).toBe(true);
    expect(cache.holdsExactly([object("a", 5)])).toBe(false);
  });
});
