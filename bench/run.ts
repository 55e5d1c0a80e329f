/** `npm run bench -- <name>`: runs one of the benches beside this file. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [name, ...rest] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.ts`);
if (name === undefined || name === "run" || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname).flatMap((entry) => /^(?!run)(.+)\.ts$/.exec(entry)?.[1] ?? []);
  console.error(`Name a bench: ${names.join(", ")}`);
  process.exit(1);
}
// A bench's own lines are what is read.
process.env.WRANGLER_LOG ??= "error";
process.argv.splice(2, process.argv.length, ...rest);
await import(file);
