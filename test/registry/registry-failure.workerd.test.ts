import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { isRegistryFailure } from "../../src/registry/registry-failure.ts";

it("an error of D1 is told apart from one of our own", async () => {
  const failure: unknown = await env.DB.prepare("SELECT 1 FROM nowhere")
    .run()
    .catch((error: unknown) => error);
  expect(isRegistryFailure(failure)).toBe(true);
  expect(isRegistryFailure(new Error("D1 is mentioned here"))).toBe(false);
  expect(isRegistryFailure("D1_ERROR")).toBe(false);
});
