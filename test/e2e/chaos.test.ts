/** A short run of `npm run chaos`: what the long one finds in ten minutes cannot all be found here, but that it works. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

const faults = ["D1 fails at times", "pokes lost", "clock ahead", "workerd killed"];

it("loses no acknowledged write and answers nothing wrong in a short chaos", async () => {
  const options = ["--minutes", "0.25", "--seed", "5", "--namespaces", "1", "--brisk", "--json"];
  const only = faults.flatMap((fault) => ["--only", fault]);
  const child = spawn(process.execPath, ["scripts/chaos/main.ts", ...options, ...only], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const [exitCode] = (await once(child, "close")) as [number];
  expect({ exitCode, ...output }).toMatchObject({ exitCode: 0 });
  const figures = JSON.parse(output.stdout) as Record<string, number>;
  expect(figures).toMatchObject({ acknowledgedWritesLost: 0, wrongDnsAnswers: 0, otherViolations: 0 });
  for (const counted of ["acknowledged", "answers", "decisive", "watchEvents"]) {
    expect([counted, figures[counted]]).toEqual([counted, expect.any(Number)]);
    expect(figures[counted]).toBeGreaterThan(0);
  }
  expect(figures["faults"]).not.toEqual([]);
});
