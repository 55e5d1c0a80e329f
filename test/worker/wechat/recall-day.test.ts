/** A whole day with an account, and what is recalled of it: pushes and take-downs together. */
import { beforeEach, expect, it } from "vitest";
import { api, expectStatus } from "../helpers/api.ts";
import { AccountWorld } from "../helpers/account.ts";

const world = new AccountWorld();

async function edition(posts: number): Promise<void> {
  const daily = await world.publication({ quota: posts, releaseTimes: ["30 8 * * *"] });
  await world.articles(daily, posts);
  await world.minutes("08:30", 1);
}

async function recall(title: string): Promise<void> {
  const uid = await world.one<string>(`SELECT uid FROM articles WHERE title = ?`, title);
  expectStatus(await api("POST", `/articles/${uid}/recall`, { body: { note: "内容有误" } }), 200);
}

const live = () => world.platform.world.pages.filter(({ gone }) => gone === null).map(({ article }) => article.title);
const cursor = () => world.one<number>(`SELECT cursor FROM channels`);

beforeEach(() => world.wipe());

it("what was sent and what was published go at once, one by one, and the push that hears of it does nothing more", async () => {
  await world.account();
  await edition(10);
  await world.minutes("17:30", 12);
  expect(live()).toHaveLength(10);
  await recall("稿件 2");
  await recall("稿件 9");
  await world.minutes("18:00", 4);
  expect(live()).toEqual([1, 3, 4, 5, 6, 7, 8, 10].map((n) => `稿件 ${n}`));
  expect(world.platform.made("delete")).toHaveLength(2);
  expect((await world.receipts()).map(({ state }) => state).filter((state) => state === "deleted")).toHaveLength(2);
  expect(await cursor()).toBe(12);
});

it("what is recalled before the day's push never gets there", async () => {
  await world.account();
  await edition(3);
  await recall("稿件 2");
  await world.minutes("17:30", 12);
  expect(live()).toEqual(["稿件 1", "稿件 3"]);
  expect(world.platform.made("delete")).toEqual([]);
  expect(await cursor()).toBe(4);
});

it("an account whose drafts a person sends gets a sheet a draft, which a recall speaks of", async () => {
  await world.account({ mode: "manual" });
  await edition(10);
  await world.minutes("17:30", 12);
  expect(live()).toEqual([]);
  expect(await world.all(`SELECT kind, state, draft IS NOT NULL AS draft FROM wechat_sheets`)).toEqual([
    { kind: "send", state: "open", draft: 1 },
    { kind: "send", state: "open", draft: 1 },
  ]);
  await recall("稿件 10");
  await world.minutes("18:00", 4);
  const { items } = expectStatus(await api<{ items: { id: string }[] }>("GET", "/channels/gzh/sheets?state=open"), 200);
  const sheet = expectStatus(
    await api<{ articles: { warnings: string[] }[] }>("GET", `/channels/gzh/sheets/${items[0]!.id}`),
    200,
  );
  expect(sheet.articles.map(({ warnings }) => warnings)).toEqual([[], ["已撤回：撤下第 2 条后再发。"]]);
  const told = await world.all<{ title: string }>(`SELECT title FROM alerts WHERE kind LIKE 'wechat.%' ORDER BY seq`);
  expect(told.map(({ title }) => title)).toEqual([
    "公众号草稿已备好：2026-11-23，8 篇",
    "公众号草稿已备好：2026-11-23，2 篇",
    "《稿件 10》已撤回，还在公众号草稿里",
  ]);
});
