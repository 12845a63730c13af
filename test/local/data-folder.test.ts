import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { claimDataFolder, type DataFolder } from "../../src/local/data-folder.ts";

let path = "";

beforeEach(() => {
  const parent = mkdtempSync(join(tmpdir(), "rollcall-data-"));
  path = join(parent, "new", "data");
  onTestFinished(() => rmSync(parent, { recursive: true }));
});

function claimed(): DataFolder {
  const claim = claimDataFolder(path);
  if ("refused" in claim) throw new Error(claim.refused);
  return claim.folder;
}

describe("a data folder", () => {
  it("belongs to one process, which the refusal of another names", () => {
    const folder = claimed();
    expect(claimDataFolder(path)).toEqual({
      refused: expect.stringContaining(`in use by another Rollcall (process ${process.pid})`) as unknown,
    });
    folder.release();
    claimed().release();
  });

  it("is free again when its process was killed", () => {
    const module = join(import.meta.dirname, "../../src/local/data-folder.ts");
    const program = `
      const { claimDataFolder } = await import(${JSON.stringify(module)});
      if ("folder" in claimDataFolder(${JSON.stringify(path)})) process.kill(process.pid, "SIGKILL");`;
    expect(spawnSync(process.execPath, ["--input-type=module", "-e", program]).signal).toBe("SIGKILL");
    claimed().release();
  });

  it("remembers across owners which workerd was started, until it is forgotten", () => {
    const runtime = { pid: 4711, command: ["workerd", "serve"] };
    const first = claimed();
    expect(first.readRuntime()).toBeUndefined();
    first.recordRuntime(runtime);
    first.release();
    const second = claimed();
    expect(second.readRuntime()).toEqual(runtime);
    second.forgetRuntime();
    expect(second.readRuntime()).toBeUndefined();
    second.release();
  });

  it.each(["", "{", "null", '{"pid":"1"}', '{"pid":1}'])("takes %j for no record of a workerd", (text) => {
    const folder = claimed();
    writeFileSync(join(path, "workerd.json"), text);
    expect(folder.readRuntime()).toBeUndefined();
    folder.release();
  });

  it("is refused where there can be none", () => {
    const file = join(path, "..", "..", "file");
    writeFileSync(file, "");
    expect(claimDataFolder(file)).toEqual({ refused: expect.stringMatching(/file cannot be used/) as unknown });
    expect(claimDataFolder(join(file, "below"))).toHaveProperty("refused");
  });
});
