/** Late outcomes: what the office or the platform removes by hand fires no event, and is seen all the same. */
import { beforeEach, expect, it } from "vitest";
import { CALLS, lookBack } from "../../../src/wechat/books/late.ts";
import { World } from "../helpers/world.ts";
import { AccountAt } from "./account.ts";

const HOUR = 3_600_000;
const APP = "wx0123456789abcdef";
const world = new World();
const account = new AccountAt(world);

beforeEach(async () => {
  await account.open(3);
});

const articleId = () => world.one<string>(`SELECT article_id FROM wechat_articles LIMIT 1`);
const calls = (path: string) => account.wechat.world.log.filter((entry) => entry.path === path).length;
const made = () => calls("/cgi-bin/freepublish/get") + calls("/cgi-bin/freepublish/batchget");
/** So many hourly runs. */
async function hours(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    world.wall += HOUR;
    await lookBack(world.deps, world.wall);
  }
}

it.each([
  ["deleted", undefined, ["deleted", "deleted"]],
  ["banned", undefined, ["banned", "banned"]],
  ["deleted", 2, ["published", "deleted"]],
] as const)(
  "an article that was %s (place %j) is seen within the hour, once, and told of",
  async (how, place, states) => {
    await account.publish([1, 2], "publish");
    await account.pass(HOUR);
    account.wechat.remove(APP, await articleId(), how, place);
    await hours(6);
    expect(await account.states()).toEqual(states);
    const alerts = await account.alerts();
    expect(alerts).toHaveLength(states.filter((state) => state !== "published").length);
    expect(alerts.at(-1)).toMatchObject({ kind: `wechat.${how}` });
    expect(alerts.at(-1)!.title).toContain("《稿件 2》");
    await hours(8);
    expect(await account.alerts()).toHaveLength(alerts.length);
  },
);

it("what is in its place is left alone, and looked at every six hours for three days", async () => {
  await account.publish([1, 2], "publish");
  const before = made();
  await hours(24);
  expect(made() - before).toBe(8);
  await hours(100);
  expect(made() - before).toBeLessThanOrEqual(24);
  expect(await account.states()).toEqual(["published", "published"]);
});

it("what we took down ourselves is no news, nor is a message to all asked about", async () => {
  await account.publish([1], "publish");
  await account.publish([2], "mass", "gzh_0:2");
  await account.recall(1);
  await account.minutes(1);
  const before = made();
  await hours(7);
  expect(made()).toBe(before);
  expect(await account.alerts()).toEqual([]);
});

it("one run makes ten calls at most and costs little, however much was published", async () => {
  await account.publish([1], "publish");
  const articles = await world.one<number>(`SELECT article_id FROM posts LIMIT 1`);
  const edition = await world.one<number>(`SELECT edition_id FROM posts LIMIT 1`);
  await world.db
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 3099)
       INSERT INTO posts (id, uid, article_id, publication_id, edition_id, position, hash, kind, title, digest, released_at)
       SELECT i, 'old-' || i, ?1, publication_id, ?2, i, hash, kind, title, digest, 0 FROM n, (SELECT * FROM posts WHERE id = 1)`,
    )
    .bind(articles, edition)
    .run();
  // Years of them, and forty of yesterday.
  await world.db
    .prepare(
      `INSERT INTO wechat_articles (channel_id, post_id, state, way, bundle, idx, job, at)
       SELECT ?1, id, 'published', 'publish', 'b', 1, 'job-' || id, iif(id < 140, ?2, 0) FROM posts WHERE id >= 100`,
    )
    .bind(account.id, world.wall)
    .run();
  const before = made();
  world.line.resetCounts();
  await lookBack(world.deps, world.wall + HOUR);
  expect(made() - before).toBe(CALLS);
  expect(world.line.queries).toBeLessThanOrEqual(2 + 3 * CALLS);
  expect(world.line.rowsRead).toBeLessThanOrEqual(600);
  await lookBack(world.deps, world.wall + HOUR);
  expect(await world.one(`SELECT count(DISTINCT job) FROM wechat_articles WHERE looked_at IS NOT NULL`)).toBe(18);
});

it("a platform that does not answer is left for the next hour", async () => {
  await account.publish([1], "publish");
  account.wechat.remove(APP, await articleId(), "banned");
  account.wechat.script.push({ path: "/cgi-bin/freepublish/batchget", answer: "timeout" });
  await lookBack(world.deps, world.wall);
  expect(await account.states()).toEqual(["published"]);
  await lookBack(world.deps, world.wall + HOUR);
  expect(await account.states()).toEqual(["banned"]);
});
