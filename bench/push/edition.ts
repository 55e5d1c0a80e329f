/** One edition, put out by a real office to many webhooks. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf } from "../../scripts/client.ts";
import { migrate, startOffice } from "../../scripts/office.ts";

/** A working day that no holiday is near. */
const DATE = "2027-03-01";
/** As many channels as one batch makes. */
const BATCH = 100;
/** How often is looked, ms: the rate over the first half is as exact as that. */
const LOOK = 100;
/** How long an edition may take in all, ms. */
const PATIENCE = 1_800_000;

export interface Delivered {
  pushes: number;
  /** Pushes a second over the first half, before those that failed are tried again. */
  rate: number;
  /** Until the last one was accepted. */
  seconds: number;
  /** What the database counted, from the release to the last push. */
  spent: { queries: number; read: number; written: number };
  /** Accepted, each of them once. */
  exact: boolean;
}

const at = (time: string): number => Date.parse(`${DATE}T${time}:00+08:00`);
const json = async <T>(url: string, init?: RequestInit): Promise<T> => (await (await fetch(url, init)).json()) as T;

/** Puts out an edition of `posts` to `channels` webhooks at `hook`, in a new office, and waits until all have it. */
export async function deliverEdition(channels: number, posts: number, hook: string): Promise<Delivered> {
  const { origin } = new URL(hook);
  const state = mkdtempSync(join(tmpdir(), "kanfa-push-"));
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
  const office = await startOffice(settings, join(import.meta.dirname, "office.js"));
  const admin = clientOf(office.url, settings.adminToken);
  await admin.call("PUT", "/api/publications/daily", {
    name: "化德党建",
    quota: posts,
    release_times: ["30 8 * * *"],
  });
  for (let n = 1; n <= posts; n++) {
    const body = { publication: "daily", title: `第 ${n} 篇稿件`, markdown: `第 ${n} 篇的正文。`.repeat(40) };
    const { id } = await admin.call<{ id: string }>("POST", "/api/articles", body);
    await admin.call("POST", `/api/articles/${id}/submit`, {});
  }
  for (let first = 1; first <= channels; first += BATCH) {
    const body = JSON.stringify({ first, last: Math.min(channels, first + BATCH - 1), hook });
    const made = await fetch(`${office.url}/bench/channels`, { method: "POST", body });
    if (!made.ok) throw new Error(`The channels were not made: ${await made.text()}`);
  }

  await office.tick(at("07:00"));
  await json(`${office.url}/bench/spent`);
  await fetch(`${origin}/doubled`);
  const start = performance.now();
  await office.tick(at("08:30"));
  const pushes = channels * posts;
  let arrived = 0;
  let half = 0;
  let nextTick = start + 60_000;
  while (arrived < pushes && performance.now() - start < PATIENCE) {
    await new Promise((done) => setTimeout(done, LOOK));
    arrived = await json<number>(`${origin}/count`);
    if (arrived >= pushes / 2) half ||= performance.now();
    // A tick a minute, as the clock would: it sends the shards that one tick's limit left, and those of lost messages.
    if (performance.now() < nextTick) continue;
    await office.tick(at("08:30") + Math.round(nextTick - start));
    nextTick += 60_000;
  }
  const seconds = (performance.now() - start) / 1000;
  // The last run writes its outcomes after its last push.
  await new Promise((done) => setTimeout(done, 1000));
  const spent = await json<Delivered["spent"]>(`${office.url}/bench/spent`);
  const { ids, doubled } = await json<{ ids: number; doubled: number }>(`${origin}/doubled`);
  await office.stop();
  rmSync(state, { recursive: true, force: true });
  const exact = arrived === pushes && ids === pushes && doubled === 0;
  return { pushes, rate: pushes / 2 / ((half - start) / 1000), seconds, spent, exact };
}
