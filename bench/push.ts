/**
 * An edition of fifteen to many webhooks, by a real office over real sockets, beside a bare loop of fetches in workerd in
 * the same run.
 *
 *   npm run bench -- push [channels]
 *
 * One endpoint in twenty fails at first. Fails when something did not arrive exactly once, or when Kanfa pushes less than
 * {@link TARGET} times as many a second as the floor does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { unstable_startWorker } from "wrangler";
import { clientOf } from "../scripts/client.ts";
import { migrate, startOffice } from "../scripts/office.ts";

const CHANNELS = Math.min(Number(process.argv[2] ?? 10_000), 100_000);
const POSTS = 15;
const TARGET = 0.8;
/** As many as one token may make in a minute. */
const A_TOKEN = 100;
const FLOOR = 20_000;
const DATE = "2027-03-01";

const state = mkdtempSync(join(tmpdir(), "kanfa-push-"));
const receiver = new Worker(join(import.meta.dirname, "push", "receiver.ts"));
const hook = `http://127.0.0.1:${await new Promise<number>((done) => receiver.once("message", done))}`;
const received = async (): Promise<number> => Number(await (await fetch(`${hook}/count`)).text());

const settings = {
  port: 8871,
  state,
  demo: false,
  url: "http://127.0.0.1:8871",
  adminToken: "push-bench-token",
  newToken: false,
  secret: "a key for one bench, 32 bytes or more",
  passed: { KANFA_ALLOW_PRIVATE_TARGETS: "1" },
};
migrate(settings);
const office = await startOffice(settings);
const admin = clientOf(office.url, settings.adminToken);

/** Runs the tasks, some at a time. */
async function pooled<T>(items: Iterable<T>, task: (item: T) => Promise<unknown>): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await task(next.value);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

await admin.call("PUT", "/api/publications/daily", {
  name: "化德党建",
  quota: POSTS,
  release_times: ["30 8 * * *"],
});
for (let n = 1; n <= POSTS; n++) {
  const body = { publication: "daily", title: `第 ${n} 篇稿件`, markdown: `第 ${n} 篇的正文。`.repeat(40) };
  const { id } = await admin.call<{ id: string }>("POST", "/api/articles", body);
  await admin.call("POST", `/api/articles/${id}/submit`, {});
}
const began = performance.now();
for (let first = 0; first < CHANNELS; first += A_TOKEN) {
  const { token } = await admin.call<{ token: string }>("POST", "/api/tokens", {
    name: `${first}`,
    scopes: ["channels"],
  });
  const client = clientOf(office.url, token);
  const numbers = Array.from({ length: Math.min(A_TOKEN, CHANNELS - first) }, (_, n) => first + n);
  await pooled(numbers, (n) =>
    client.call("POST", "/api/channels", { kind: "webhook", name: `${n}`, config: { url: `${hook}/${n}` } }),
  );
}
console.log(`${CHANNELS} channels made in ${Math.round((performance.now() - began) / 1000)} s.`);

/** Pushes a second of the bare loop, with a body like ours. */
async function floor(): Promise<number> {
  const worker = await unstable_startWorker({
    name: "floor",
    entrypoint: join(import.meta.dirname, "push", "floor.js"),
    compatibilityDate: "2026-10-20",
    dev: { server: { hostname: "127.0.0.1", port: 8872 }, watch: false, inspector: false, logLevel: "error" },
  });
  await worker.ready;
  const loop = (count: number) =>
    fetch(`http://127.0.0.1:8872/?count=${count}&to=${hook}/floor`, { method: "POST", body: "x".repeat(600) });
  await loop(500);
  const start = performance.now();
  await (await loop(FLOOR)).text();
  const rate = FLOOR / ((performance.now() - start) / 1000);
  await worker.dispose();
  return rate;
}

const at = (time: string): number => Date.parse(`${DATE}T${time}:00+08:00`);
const pushesPerSecond = await floor();
const before = await received();
const wanted = CHANNELS * POSTS;
await office.tick(at("07:00"));
const start = performance.now();
await office.tick(at("08:30"));
let arrived = 0;
let half = 0;
/** How often is looked, ms: the rate over the first half is as exact as that. */
const LOOK = 100;
let nextTick = start + 60_000;
while (arrived < wanted && performance.now() - start < 600_000) {
  await new Promise((done) => setTimeout(done, LOOK));
  arrived = (await received()) - before;
  half ||= arrived >= wanted / 2 ? performance.now() : 0;
  // A tick a minute, as the clock would: what a lost message left behind is sent again.
  if (performance.now() < nextTick) continue;
  await office.tick(at("08:30") + Math.round(nextTick - start));
  nextTick += 60_000;
}
const end = performance.now();
const { ids, doubled } = (await (await fetch(`${hook}/doubled`)).json()) as { ids: number; doubled: number };
await office.stop();
await receiver.terminate();
rmSync(state, { recursive: true, force: true });

const rate = wanted / 2 / ((half - start) / 1000);
const ratio = rate / pushesPerSecond;
const round = (value: number, digits = 0) => value.toFixed(digits);
console.log(`floor: ${round(pushesPerSecond)} pushes a second`);
console.log(
  `kanfa: ${round(rate)} pushes a second over the first half, ${round(ratio, 2)} of the floor; all ${arrived} of ${wanted} after ${round((end - start) / 1000)} s`,
);
console.log(`${ids} deliveries accepted, ${doubled} of them more than once`);
const good = arrived === wanted && ids === wanted && doubled === 0 && ratio >= TARGET;
if (!good) console.error(`Missed: everything once, and ${TARGET} of the floor.`);
process.exit(good ? 0 : 1);
