// Installs what is missing before `npm start` and `npm test`, so that each works alone on a fresh clone.
// Plain JavaScript: it runs on whatever Node the machine has, before there are any packages.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(
    `Kanfa needs Node 20 or newer; this is ${process.version}. The packages bring the Node they run on themselves.`,
  );
  process.exit(1);
}

/** Whether node_modules holds what the lock file asks for. npm writes down there what it installed. */
function installed() {
  const here = new URL("../node_modules/.package-lock.json", import.meta.url);
  if (!existsSync(here)) return false;
  const have = JSON.parse(readFileSync(here, "utf8")).packages;
  const want = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")).packages;
  return Object.entries(want).every(
    ([path, { version, optional }]) => path === "" || optional || have[path]?.version === version,
  );
}

if (!installed()) {
  console.log("Installing packages (once, about half a minute) …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: new URL("..", import.meta.url),
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("npm ci failed; its message is above. Check the network, then repeat the command.");
    process.exit(status ?? 1);
  }
}
