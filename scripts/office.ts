/** The Worker on embedded workerd and SQLite, with a real clock: what `npm start` serves. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import cron from "node-cron";
import { unstable_readConfig, unstable_startWorker } from "wrangler";
import type { Settings } from "./settings.ts";
import { ROOT } from "./settings.ts";

// Wrangler would store a trace of every call and query for its own pages: work and memory that grow with each push.
process.env.X_LOCAL_OBSERVABILITY ??= "false";

/** What the Worker is made of. */
export const CONFIG = join(ROOT, "wrangler.toml");

/** A running office. */
export interface Office {
  url: string;
  /** Fires the Worker's scheduled handler for the business time `at`. Throws when the tick failed. */
  tick(at: number): Promise<void>;
  /** Lets node-cron fire the triggers of wrangler.toml from now on. */
  startClock(): void;
  stop(): Promise<void>;
}

/** Applies what is missing of `migrations/` to the embedded database, in a process of its own: it has a workerd too. */
export function migrate(settings: Settings): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts", "migrate.ts")], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, KANFA_STATE: settings.state, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
  });
  if (status !== 0) throw new Error(`The migrations could not be applied:\n${stdout}${stderr}`);
}

/** Starts the Worker, or another one around it. Throws with plain words when the port is taken. */
export async function startOffice(settings: Settings, entrypoint?: string): Promise<Office> {
  const pids = join(settings.state, "workerd.pids");
  endLeftovers(pids);
  await requireFreePort(settings.port);
  const text = (value: string) => ({ type: "plain_text", value }) as const;
  const worker = await unstable_startWorker({
    config: CONFIG,
    ...(entrypoint !== undefined && { entrypoint }),
    bindings: {
      KANFA_URL: text(settings.url),
      KANFA_ADMIN_TOKEN: text(settings.adminToken),
      KANFA_SECRET: text(settings.secret),
      ...Object.fromEntries(Object.entries(settings.passed).map(([name, value]) => [name, text(value)])),
    },
    dev: {
      server: { hostname: "127.0.0.1", port: settings.port },
      persist: settings.state,
      watch: false,
      inspector: false,
      logLevel: "error",
      structuredLogsHandler: ({ message }: { message: string }) => {
        // The Worker logs one line of JSON an event; on a terminal only what a person has to know is worth one.
        if (/"event":"(fault|alert|message\.dead|message\.dropped)"/.test(message)) console.error(message);
      },
    },
  });
  await worker.ready;
  const url = `http://127.0.0.1:${settings.port}`;
  writeFileSync(pids, children(process.pid).join("\n"));

  const tick = async (expression: string, at: number) => {
    const answer = await fetch(
      `${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(expression)}&time=${at}&format=json`,
    );
    const body = await answer.text();
    if (!answer.ok || !body.includes('"ok"'))
      throw new Error(`The tick of ${new Date(at).toISOString()} failed: ${body.slice(0, 300)}`);
  };
  const tasks: { stop(): void | Promise<void> }[] = [];
  return {
    url,
    tick: (at) => tick("* * * * *", at),
    startClock() {
      for (const expression of unstable_readConfig({ config: CONFIG }).triggers.crons ?? []) {
        const fire = async () => {
          const at = Math.floor(Date.now() / 60_000) * 60_000;
          await tick(expression, at).catch((error: unknown) =>
            console.error(error instanceof Error ? error.message : error),
          );
        };
        tasks.push(cron.schedule(expression, fire, { timezone: "Etc/UTC" }));
      }
    },
    async stop() {
      for (const task of tasks) await task.stop();
      await worker.dispose();
      rmSync(pids, { force: true });
    },
  };
}

/** The workerd children of `parent`, each as its id and start time: an id alone may name another process later. */
function children(parent: number): string[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "ppid=,pid=,lstart=,comm="], { encoding: "utf8" });
  return (stdout ?? "").split("\n").flatMap((line) => {
    const [, ppid, child, command] = /^\s*(\d+)\s+(\d+\s+.*\d{4})\s+(\S+)$/.exec(line) ?? [];
    return Number(ppid) === parent && command?.includes("workerd") ? [child!.replaceAll(/\s+/g, " ")] : [];
  });
}

/** A start that was killed outright leaves its workerd behind, on our port and our database: ends those, and only those. */
function endLeftovers(file: string): void {
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const pid = line.split(" ")[0]!;
    const { stdout } = spawnSync("ps", ["-o", "pid=,lstart=", "-p", pid], { encoding: "utf8" });
    if (stdout?.trim().replaceAll(/\s+/g, " ") === line) process.kill(Number(pid), "SIGKILL");
  }
  rmSync(file);
}

async function requireFreePort(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (free) return;
    if (tries === 10) throw new Error(`Port ${port} is in use. Choose another one: PORT=8788 npm start`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
