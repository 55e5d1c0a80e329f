/**
 * SIGKILL at random moments of a real `npm start`, then a start like any other, twenty times and more; at the end nothing
 * may be lost, nothing doubled on the wire, and a repeated push must carry the same webhook-id.
 *
 *   npm run bench -- kill [rounds]
 *
 * A webhook receiver on loopback notes what arrives. Every round releases a day by real ticks and dies somewhere in it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { clientOf } from "../scripts/client.ts";
import { ROOT } from "../scripts/settings.ts";

/** At most as many working days as thirty days have: no channel keeps news for longer. */
const ROUNDS = Math.min(Number(process.argv[2] ?? 20), 21);
const PORT = 8870;
const TOKEN = "kill-bench-token";
const QUOTA = 4;
const state = mkdtempSync(join(tmpdir(), "kanfa-kill-"));

interface Push {
  path: string;
  id: string;
  body: string;
}
const pushes: Push[] = [];
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    pushes.push({
      path: String(request.url),
      id: String(request.headers["webhook-id"]),
      body: Buffer.concat(chunks).toString("utf8"),
    });
    response.end("ok");
  });
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

const url = `http://127.0.0.1:${PORT}`;
const client = clientOf(url, TOKEN);

/** Starts the office in a process group of its own and waits until it answers. */
async function start(): Promise<{ kill(signal: NodeJS.Signals): Promise<void> }> {
  const child = spawn("npm", ["start"], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      PORT: String(PORT),
      KANFA_STATE: state,
      KANFA_ADMIN_TOKEN: TOKEN,
      KANFA_DEMO: "0",
      KANFA_ALLOW_PRIVATE_TARGETS: "1",
    },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${url}/api/publications`, { headers: { authorization: `Bearer ${TOKEN}` } }).catch(
      () => null,
    );
    if (answer?.ok) break;
    if (tries > 300) throw new Error("the office does not answer");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async kill(signal) {
      process.kill(-child.pid!, signal);
      await ended;
    },
  };
}

const fire = (at: number) =>
  fetch(`${url}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*&time=${at}&format=json`).then(
    (answer) => answer.ok,
    () => false,
  );

/** Weekdays from March 2027 on, one a round: provisional, and far from any holiday of the standing rule. */
function* days(): Generator<string> {
  for (let day = Date.parse("2027-03-01T00:00:00Z"); ; day += 86_400_000)
    if (![0, 6].includes(new Date(day).getUTCDay())) yield new Date(day).toISOString().slice(0, 10);
}
const moments = (date: string) => ["07:00", "08:30", "15:00"].map((time) => Date.parse(`${date}T${time}:00+08:00`));

let office = await start();
await client.call("PUT", "/api/publications/daily", {
  name: "化德党建",
  quota: QUOTA,
  release_times: ["30 8 * * *", "0 15 * * *"],
});
for (let n = 0; n < (ROUNDS + 1) * QUOTA; n++) {
  const { id } = await client.call<{ id: string }>("POST", "/api/articles", {
    publication: "daily",
    title: `稿件 ${n}`,
    markdown: `第 ${n} 篇`,
  });
  await client.call("POST", `/api/articles/${id}/submit`, {});
}

const calendar = days();
const done: string[] = [];
const dead: string[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  const date = calendar.next().value as string;
  // A killed run's channels stay leased for a few minutes; each round has a new one that is free to be pushed to.
  await client.call("POST", "/api/channels", {
    kind: "webhook",
    name: `receiver ${round}`,
    config: { url: `${hook}${round}` },
    // A round is a day of the calendar: news must not go stale within the bench.
    expires_after_hours: 720,
  });
  // Mostly within the ticks, now and then among the pushes that follow a second later.
  const delay = Math.floor(Math.random() ** 2 * 5000);
  const killed = new Promise<void>((resolve) => {
    setTimeout(() => void office.kill("SIGKILL").then(resolve), delay);
  });
  // Moments whose tick did not answer are fired again after the restart, as a late cron would be.
  for (const at of moments(date)) if (!(await fire(at))) break;
  await killed;
  dead.push(`${date}: killed after ${delay} ms, ${pushes.length} pushes so far`);
  office = await start();
  for (const at of moments(date))
    if (!(await fire(at))) throw new Error(`the tick of ${date} failed after the restart`);
  done.push(date);
  console.log(`round ${round}: ${dead.at(-1)}`);
}

/** A claim of a killed run holds for its lease; ticks go on until the channel has caught up. */
const wanted = done.length * QUOTA;
const last = moments(done.at(-1)!).at(-1)!;
for (let i = 0; i < 60; i++) {
  const { items } = await client.call<{ items: { cursor: number }[] }>("GET", "/api/channels?limit=100");
  if (items.every((channel) => channel.cursor >= wanted)) break;
  await fire(last + (i + 1) * 60_000);
  await new Promise((resolve) => setTimeout(resolve, 5000));
}

const wire: { seq: number; kind: string; post: { id: string; title: string } }[] = [];
for (let after: string | null = "0"; after !== null;) {
  const page: { items: typeof wire; next: string | null } = await client.call(
    "GET",
    `/api/wire?after=${after}&limit=100`,
  );
  wire.push(...page.items);
  after = page.next;
}
const faults: string[] = [];
const expectEqual = (what: string, found: unknown, want: unknown) => {
  if (JSON.stringify(found) !== JSON.stringify(want))
    faults.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(want)}`);
};
expectEqual("entries on the wire", wire.length, wanted);
expectEqual("articles on the wire", new Set(wire.map((entry) => entry.post.title)).size, wanted);
for (const date of done) {
  const edition = await client.call<{ picks: { seq: number | null }[]; shortfall: number }>(
    "GET",
    `/api/editions/daily/${date}`,
  );
  expectEqual(`posts of ${date}`, edition.picks.filter((pick) => pick.seq !== null).length, QUOTA);
}
const byId = new Map<string, string>();
let repeats = 0;
for (const { id, body } of pushes) {
  if (byId.has(id)) {
    repeats += 1;
    expectEqual(`a repeat of ${id}`, body, byId.get(id));
  }
  byId.set(id, body);
}
for (let round = 1; round <= ROUNDS; round++) {
  const own = new Map(pushes.filter((push) => push.path === `/${round}`).map(({ id, body }) => [id, body]));
  const seqs = [...own.values()].map((body) => (JSON.parse(body) as { data: { seq: number } }).data.seq);
  const owed = wire.map((entry) => entry.seq).filter((seq) => seq > (round - 1) * QUOTA);
  expectEqual(`entries at receiver ${round}, each under one id, in order`, seqs, owed);
}

await office.kill("SIGINT");
receiver.close();
rmSync(state, { recursive: true, force: true });
console.log(
  faults.length === 0
    ? `${ROUNDS} kills: ${wire.length} entries on the wire, each once; ${byId.size} pushes arrived, ${repeats} of them more than once under the same id. Nothing lost.`
    : faults.join("\n"),
);
process.exit(faults.length === 0 ? 0 : 1);
