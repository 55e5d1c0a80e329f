/** An office with a hub, and what a test does with it over HTTP, the queue and time. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { expect } from "vitest";
import { depsOf } from "../../../src/deps.ts";
import type { App } from "../../../src/web/context.ts";
import { site } from "../../../src/web/site/index.tsx";
import { Subscriber } from "./subscriber.ts";
import { at, World } from "./world.ts";

export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000] as const;
export const ORIGIN = "https://kanfa.test";
export const RSS = `${ORIGIN}/feed.xml`;

export const world = new World();
// The API reads what is sealed here.
world.deps.keys = depsOf(env).keys;

/** What the tests set: whether the hub has room for a request of this key; the id of the publication. */
export const office = { room: (_key: string): boolean => true, publication: 0 };

/** The site alone, with this world behind it. */
export const app = new Hono<App>();
app.use(async (c, next) => {
  const hub = { limit: async ({ key }: { key: string }) => ({ success: office.room(key) }) };
  c.set("deps", { ...depsOf(env), ...world.deps, hub });
  c.set("now", world.wall);
  c.set("body", null);
  await next();
});
app.onError((error) => {
  throw error;
});
app.route("/", site);

/** An office with one publication and one column. */
export async function begin(): Promise<void> {
  await world.wipe();
  office.publication = await world.publication();
  await world.db.prepare(`INSERT INTO columns (slug, name, created_at) VALUES ('dangke', '党课', 0)`).run();
  office.room = () => true;
}

export const subscriber = (n = 1) => new Subscriber(`https://reader-${n}.example.com/in?user=${n}&x=%20a`);

export async function post(
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await app.request(`${ORIGIN}/websub`, {
    method: "POST",
    body,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
  return { status: response.status, text: await response.text() };
}
export const form = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`hub.${name}`, value]));
export const ask = (fields: Record<string, string>) => post(new URLSearchParams(form(fields)).toString());

/** Asks as the subscriber itself would: it will confirm. */
export async function request(
  from: Subscriber,
  mode: "subscribe" | "unsubscribe",
  topic = RSS,
  more: Record<string, string> = {},
): Promise<void> {
  from.wants.add(`${mode} ${topic}`);
  world.endpoint = (received) => from.answer(received);
  expect((await ask({ mode, topic, callback: from.callback, ...more })).status).toBe(202);
}
export async function subscribed(from: Subscriber, topic = RSS, more: Record<string, string> = {}): Promise<void> {
  await request(from, "subscribe", topic, more);
  await world.drain();
  from.secret = more.secret ?? null;
}

/** Articles that are released at 08:30 and delivered. */
export async function released(count: number, from = 1): Promise<void> {
  await world.articles(office.publication, count, from);
  world.wall = Math.max(world.wall, at("08:30"));
  await world.tick(world.wall);
  await world.drain();
}
export async function minutes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    world.wall += MINUTE;
    await world.tick(world.wall);
    await world.drain();
  }
}
export const channels = () =>
  world.all<{ uid: string; status: string; cursor: number; ends_at: number; members: number }>(
    `SELECT c.uid, c.status, c.cursor, c.ends_at, s.members FROM channels c JOIN shards s ON s.id = c.shard WHERE c.kind = 'websub'`,
  );
export const written = async () => [
  await world.one(`SELECT count(*) FROM hub_requests`),
  await world.one(`SELECT count(*) FROM channels`),
];
