/** `npm run build`: bundles the Worker as a deploy would, and holds its size against the budget. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { ROOT } from "./settings.ts";

/** Compressed bytes. A Worker starts within a second, and each kilobyte is parsed at every cold start. */
const BUDGET = 1024 * 1024;

const out = join(ROOT, "dist");
const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
const { status } = spawnSync(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", out], {
  cwd: ROOT,
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
});
if (status !== 0) process.exit(status ?? 1);
const files = readdirSync(out).filter((name) => /\.(?:js|wasm)$/.test(name));
const size = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(out, name))).length, 0);
const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
console.log(`Worker: ${kib(size)} gzip, of ${kib(BUDGET)} allowed.`);
if (size > BUDGET) process.exit(1);
