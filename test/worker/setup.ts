import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll } from "vitest";

// One workerd serves all files: each starts from an empty, migrated database.
beforeAll(async () => {
  // reset() empties only what the runtime has in memory, and after a long file it may have let go of the database.
  await Promise.all([env.DB.prepare("SELECT 1").run(), env.MEDIA.list({ limit: 1 })]);
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});
