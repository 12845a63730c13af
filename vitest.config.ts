import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Tests that need workerd: D1, Durable Objects, sockets. Their storage is isolated per file. */
const inWorkerd = "test/**/*.workerd.test.ts";
/** Tests of the started server, with real pods: one at a time, and after all others. */
const endToEnd = "test/e2e/**/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: [inWorkerd, endToEnd],
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations("./migrations"), ROLLCALL_OPEN: "true" },
            },
          })),
        ],
        test: { name: "workerd", include: [inWorkerd], setupFiles: ["./test/workerd/setup.ts"] },
      },
      {
        test: {
          name: "e2e",
          include: [endToEnd],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
