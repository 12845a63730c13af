import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Tests that need workerd: D1, Durable Objects, sockets. Their storage is isolated per file. */
const inWorkerd = "test/**/*.workerd.test.ts";
/** Tests of the started server, with real pods, after all others. They wait for one another's processes more than they work. */
const endToEnd = "test/e2e/**/*.test.ts";

/** A test that hangs must end some time; how long a good one takes is up to the machine, and proves nothing. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Vitest itself would leave one out, and so half of a small machine. */
const everyCore = "100%";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: "node",
          // They keep nothing in modules that could matter to the next file, and loading these takes longer than most tests.
          isolate: false,
          maxWorkers: everyCore,
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
        test: {
          ...patience,
          name: "workerd",
          maxWorkers: everyCore,
          include: [inWorkerd],
          setupFiles: ["./test/workerd/setup.ts"],
        },
      },
      {
        test: {
          ...patience,
          name: "e2e",
          // The same program is started again and again.
          env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/compiled") },
          include: [endToEnd],
          globalSetup: ["./test/e2e/clients/shared-server.ts"],
          testTimeout: 300_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
