import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { internet } from "./test/worker/helpers/internet.ts";

// Three kinds of test: `unit` in plain Node for pure rules, `worker` inside workerd with a real D1 and queue, `browser` in
// Chromium against a whole office.
// One workerd serves all worker files (`isolate: false`): each file starts from an empty, migrated database (test/worker/setup.ts).
export default defineConfig(async () => ({
  test: {
    expect: { requireAssertions: true },
    silent: "passed-only" as const,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], isolate: false },
      },
      {
        extends: true,
        // A whole office in a process of its own, seen through Chromium.
        test: { name: "browser", include: ["test/browser/**/*.test.ts"], testTimeout: 60_000, fileParallelism: false },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              outboundService: internet,
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("migrations"),
                KANFA_SECRET: "a secret for tests only, 32 bytes or more",
                KANFA_ADMIN_TOKEN: "test-admin-token",
                KANFA_URL: "https://kanfa.test",
              },
            },
          }),
        ],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          setupFiles: ["test/worker/setup.ts"],
          isolate: false,
          fileParallelism: false,
        },
      },
    ],
  },
}));
