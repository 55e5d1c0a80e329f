/**
 * `npm run migrate`: applies what is missing of `migrations/` to the local database, and notes it as wrangler does. Wrangler's
 * own command starts a workerd for each file, half a second each; here one serves all of them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { D1Database } from "@cloudflare/workers-types";
import { getPlatformProxy, unstable_splitSqlQuery } from "wrangler";
import { CONFIG } from "./office.ts";
import { readSettings, ROOT } from "./settings.ts";

const MIGRATIONS = join(ROOT, "migrations");

process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
const settings = readSettings();
const { env, dispose } = await getPlatformProxy<{ DB: D1Database }>({
  configPath: CONFIG,
  envFiles: [],
  persist: { path: join(settings.state, "v3") },
  remoteBindings: false,
});
const db = env.DB;
let current = "The list of migrations";
try {
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
         applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run();
  const { results } = await db.prepare(`SELECT name FROM d1_migrations`).all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql") && !applied.has(name));
  for (current of files.sort())
    await db.batch([
      ...unstable_splitSqlQuery(readFileSync(join(MIGRATIONS, current), "utf8")).map((sql) => db.prepare(sql)),
      db.prepare(`INSERT INTO d1_migrations (name) VALUES (?)`).bind(current),
    ]);
  console.log(`The database in ${settings.state} is up to date.`);
} catch (error) {
  console.error(`${current}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await dispose();
}
