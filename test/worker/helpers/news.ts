/** An office that releases at 08:30, and what its subscribers are told. */
import { at, World } from "./world.ts";

export const world = new World();
export const ACTOR = { name: "test", role: null, scopes: [] };
export const MINUTE = 60_000;
/** The one publication there is. */
export const daily = { id: 0 };

/** Plans and releases `count` articles at 08:30; the messages wait in the queue. */
export async function release(count: number): Promise<void> {
  await world.articles(daily.id, count);
  world.wall = at("08:30");
  await world.tick(at("08:30"));
}

interface Told {
  type: string;
  data: {
    seq: number;
    note?: string;
    post: { id: string; title: string; cover?: string; markdown?: string; html?: string };
  };
}
export const told = (host = "hook-1"): Told[] =>
  world.received.filter((r) => r.url.includes(host)).map((r) => JSON.parse(r.body) as Told);
export const ledger = () =>
  world.all<{ from_seq: number; outcome: string; n: number; next_at: number | null; excerpt: string | null }>(
    `SELECT from_seq, outcome, n, next_at, excerpt FROM deliveries ORDER BY channel_id, from_seq`,
  );
export const cursor = (uid = "channel-1") => world.one<number>(`SELECT cursor FROM channels WHERE uid = ?`, uid);

/** Lets a minute pass on both clocks, `count` times: ticks, and the messages that have come due. */
export async function minutes(count: number, from = world.wall): Promise<void> {
  for (let i = 1; i <= count; i++) {
    world.wall = from + i * MINUTE;
    await world.tick(world.wall);
    await world.drain();
  }
}

/** A new office with one publication that releases three posts at 08:30. */
export async function newOffice(): Promise<void> {
  await world.wipe();
  daily.id = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 3 });
}
