import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
it("answers", async () => {
  const r = await exports.default.fetch("http://x/");
  expect(await r.text()).toBe("ok\n");
  expect(await env.DB.prepare("select 1 as a").first()).toEqual({ a: 1 });
});
