import { existsSync, statfsSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { startOutside } from "./test/outside/server.ts";

// Three kinds of test: `unit` in plain Node for pure rules, `worker` inside workerd with a real D1 and queue, `browser` in
// Chromium against a whole office.
// Two files run at a time, of whatever project. Without isolation a worker goes on from file to file, so that two workerds serve
// all worker files: each file starts from an empty, migrated database (test/worker/setup.ts).

// SQLite waits for the disk at each commit, which doubles the time of a query. In memory it does not, if there is room.
const RAM = "/dev/shm";
if (existsSync(RAM)) {
  const { bavail, bsize } = statfsSync(RAM);
  if (bavail * bsize > 2 ** 30) process.env.TMPDIR ??= RAM;
}

export default defineConfig(async ({ mode }) => {
  const fuzz = mode === "fuzz";
  const outside = await startOutside();
  return {
    test: {
      expect: { requireAssertions: true },
      maxWorkers: 2,
      // For a test that hangs; how fast a machine is, is no assertion.
      testTimeout: fuzz ? 86_400_000 : 60_000,
      silent: "passed-only" as const,
      projects: [
        {
          extends: true,
          test: {
            name: "unit",
            include: [`test/unit/**/${fuzz ? "fuzz*" : "*"}.test.ts`],
            isolate: false,
            // Hex and base64 of Uint8Array, which workerd has and this Node keeps behind a flag.
            execArgv: ["--js-base-64"],
          },
        },
        {
          extends: true,
          // A whole office in a process of its own, seen through Chromium.
          test: { name: "browser", include: ["test/browser/**/*.test.ts"] },
        },
        {
          extends: true,
          plugins: [
            cloudflareTest({
              wrangler: { configPath: "./wrangler.toml" },
              miniflare: {
                bindings: {
                  TEST_MIGRATIONS: await readD1Migrations("migrations"),
                  KANFA_SECRET: "a secret for tests only, 32 bytes or more",
                  KANFA_ADMIN_TOKEN: "test-admin-token",
                  KANFA_URL: "https://kanfa.test",
                  KANFA_API_BASES: JSON.stringify({ doh: `${outside}/dns-query` }),
                  OUTSIDE: outside,
                },
              },
            }),
          ],
          test: {
            name: "worker",
            include: ["test/worker/**/*.test.ts"],
            setupFiles: ["test/worker/setup.ts"],
            isolate: false,
          },
        },
      ],
    },
  };
});
