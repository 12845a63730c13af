import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Tests that need workerd: D1, Durable Objects, sockets. Their storage is isolated per file. */
const inWorkerd = "test/**/*.workerd.test.ts";
/** Tests of the started server, with real pods: one at a time, and after all others. */
const endToEnd = "test/e2e/**/*.test.ts";

/** A test that hangs must end some time; how long a good one takes is up to the machine, and proves nothing. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
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
              // Tests ask as often as they can.
              ratelimits: Object.fromEntries(
                ["API_RATE", "SOURCE_RATE", "DNS_RATE"].map((name) => [
                  name,
                  { namespace_id: name, simple: { limit: 1_000_000, period: 60 } },
                ]),
              ),
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
                ROLLCALL_OPEN: "true",
                AUDIT: "off",
                TOKEN_KEYS: "c".repeat(44),
              },
            },
          })),
        ],
        test: { ...patience, name: "workerd", include: [inWorkerd], setupFiles: ["./test/workerd/setup.ts"] },
      },
      {
        test: {
          ...patience,
          name: "e2e",
          include: [endToEnd],
          testTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
