import { describe, expect, it } from "vitest";
import { isProberName, regions } from "../../src/domain/node.ts";

describe("the name of a prober", () => {
  it.each(["edge-0", "edge-17", ...regions.map((region) => `edge-${region}-3`)])("is, for one, %s", (name) => {
    expect(isProberName(name)).toBe(true);
  });

  it.each(["edge", "edge-", "edge-01", "edge-a", "edge-node-1", "edge-rack-2", "edge-weur", "my-edge-1", "edge-1.lan"])(
    "is not %s, which another cluster may call a node",
    (name) => expect(isProberName(name)).toBe(false),
  );
});
