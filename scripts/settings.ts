/** What the local commands run with: the shell's variables, or `.env`. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";

export interface Settings {
  port: number;
  /** Folder of the embedded database and of what the first start made up. */
  state: string;
  /** Load the demo office into an empty database. */
  demo: boolean;
  url: string;
  adminToken: string;
  /** The token was made by this very start. */
  newToken: boolean;
  secret: string;
  /** Further variables that are handed to the Worker as they are. */
  passed: Record<string, string>;
}

export const ROOT = resolve(import.meta.dirname, "..");

/** Handed to the Worker when set. */
const PASSED = [
  "KANFA_SECRET_PREVIOUS",
  "KANFA_ALLOW_PRIVATE_TARGETS",
  "KANFA_API_BASES",
  "KANFA_MAIL_FROM",
  "KANFA_RESEND_KEY",
] as const;

/** Reads the settings, making and keeping a token and a secret at the first start. */
export function readSettings(): Settings {
  if (existsSync(join(ROOT, ".env"))) process.loadEnvFile(join(ROOT, ".env"));
  const { env } = process;
  const port = Number(env.PORT ?? 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error(`PORT must be a number from 1 to 65535, not “${env.PORT}”.`);
    process.exit(1);
  }
  const state = resolve(ROOT, env.KANFA_STATE ?? ".kanfa");
  mkdirSync(state, { recursive: true });
  const token = kept(state, "admin-token", () => `kanfa_${randomBytes(24).toString("base64url")}`);
  return {
    port,
    state,
    demo: env.KANFA_DEMO !== "0",
    url: env.KANFA_URL ?? `http://localhost:${port}`,
    adminToken: env.KANFA_ADMIN_TOKEN ?? token.value,
    newToken: env.KANFA_ADMIN_TOKEN === undefined && token.made,
    secret: env.KANFA_SECRET ?? kept(state, "secret", () => randomBytes(32).toString("base64url")).value,
    passed: Object.fromEntries(PASSED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  };
}

/** A value that the first start makes up and every later one finds again. */
function kept(state: string, name: string, make: () => string): { value: string; made: boolean } {
  const file = join(state, name);
  if (existsSync(file)) return { value: readFileSync(file, "utf8").trim(), made: false };
  const value = make();
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  return { value, made: true };
}
