import { describe, expect, it } from "vitest";
import { announce, type AnnouncementDeps } from "../../src/wiring/announcement.ts";

const concerned = { services: ["default/a", "default/b"] as const, probers: ["edge-0"] };

function deps(pokeService: (key: string) => Promise<void>) {
  const log: string[] = [];
  const all: AnnouncementDeps = {
    pokeService: (key) => {
      log.push(key);
      return pokeService(key);
    },
    pokeProber: async (name) => void log.push(name),
    pokeFeed: async () => void log.push("feed"),
    sleep: async (ms) => void log.push(`slept ${ms}`),
    waitUntil: () => {},
  };
  return { all, log };
}

const never = (): Promise<void> => new Promise(() => {});

describe("an announcement", () => {
  it("pokes the services, the probers and the feed", async () => {
    const { all, log } = deps(async () => {});
    await announce(all, { services: [...concerned.services], probers: concerned.probers }, 0);
    expect(log).toEqual(["default/a", "default/b", "edge-0", "feed"]);
  });

  it("does not wait when it need not", async () => {
    const { all } = deps(never);
    expect(await announce(all, { services: ["default/a"], probers: [] }, 0)).toEqual([]);
  });

  it("names the services that did not look in time, be it that they are slow or that they fail", async () => {
    const slow = deps((key) => (key === "default/a" ? never() : Promise.resolve()));
    expect(await announce(slow.all, { services: [...concerned.services], probers: [] }, 2000)).toEqual(["default/a"]);
    expect(slow.log).toContain("slept 2000");
    const failing = deps(() => Promise.reject(new Error("away")));
    expect(await announce(failing.all, { services: ["default/b"], probers: [] }, 2000)).toEqual(["default/b"]);
  });
});
