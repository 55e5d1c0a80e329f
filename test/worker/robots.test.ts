/** One edition through the real delivery to a robot on each platform, as the platforms are strict about it. */
import { beforeAll, describe, expect, it } from "vitest";
import { requireArticle } from "../../src/articles/desk.ts";
import { createChannel } from "../../src/delivery/subscriptions.ts";
import { wakeShards } from "../../src/delivery/store.ts";
import { joined, unpick } from "../../src/editions/plan-store.ts";
import { correctHandovers, recallHandovers } from "../../src/handover/store.ts";
import { correctArticle, recallArticle } from "../../src/wire/amend.ts";
import { CONFIGS, type Named, Platforms } from "./helpers/platforms.ts";
import { recallAtAccounts } from "../../src/wechat/takedowns/takedown-store.ts";
import { at, World } from "./helpers/world.ts";

const world = new World();
const ACTOR = { name: "test", role: null, scopes: [] };
const NAMES = Object.keys(CONFIGS) as Named[];
/** How many posts each platform is told of at a time, of an edition of fifteen. */
const SIZES: Readonly<Record<Named, number[]>> = {
  wecom: [8, 7],
  dingtalk: [8, 7],
  feishu: [10, 5],
  telegram: [10, 5],
  slack: [10, 5],
  discord: [10, 5],
  ntfy: [10, 5],
};
const desk = {
  db: world.db,
  planner: { unpick, joined },
  handovers: { corrected: correctHandovers, recalled: recallHandovers },
  accounts: { recalled: recallAtAccounts },
  mediaOf: () => [],
  wake: (now: number) => wakeShards(world.db, now),
};

let platforms: Platforms;

async function subscribe(kind: Named, purpose: "news" | "alert", config: object = CONFIGS[kind]): Promise<void> {
  const input = {
    uid: `${kind}-${purpose}`,
    kind,
    name: kind,
    purpose,
    config,
    filter: {},
    expiresAfter: 72 * 3_600_000,
  };
  await createChannel({ ...world.deps, db: world.db }, input, ACTOR, 0);
}

/** Lets `count` minutes pass on both clocks. */
async function minutes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    world.wall += 60_000;
    await world.tick(world.wall);
    await world.drain();
  }
}

const outcomes = () => world.all<{ outcome: string; excerpt: string }>(`SELECT outcome, excerpt FROM deliveries`);
const told = (name: Named) => platforms.taken.get(name) ?? [];

async function begin(): Promise<void> {
  await world.wipe();
  platforms = new Platforms();
  world.endpoint = (request) => platforms.answer(request, world.wall);
}

describe("an edition of fifteen", () => {
  beforeAll(async () => {
    await begin();
    const publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 15 });
    for (const kind of NAMES) await subscribe(kind, "news");
    await world.articles(publication, 15);
    world.wall = at("08:29");
    await minutes(3);
  });

  it("reaches a robot on every platform, whole and in order, in as few messages as each takes", async () => {
    const posts = await world.all<{ uid: string }>(`SELECT uid FROM posts ORDER BY id`);
    const urls = posts.map(({ uid }) => `https://kanfa.test/posts/${uid}`);
    expect(urls).toHaveLength(15);
    for (const name of NAMES) {
      expect(
        told(name).map(({ links }) => links.length),
        name,
      ).toEqual(SIZES[name]);
      expect(
        told(name).flatMap(({ links }) => links),
        name,
      ).toEqual(urls);
    }
    expect(new Set((await outcomes()).map(({ outcome }) => outcome))).toEqual(new Set(["accepted"]));
  });

  it("and what is corrected or recalled of it is told with its note", async () => {
    const [first, second] = await world.all<{ uid: string; article: string }>(
      `SELECT p.uid, a.uid AS article FROM posts p JOIN articles a ON a.id = p.article_id ORDER BY p.id LIMIT 2`,
    );
    const note = "第二段“128个”应为“218个”。";
    const before = NAMES.map((name) => told(name).length);
    const article = await requireArticle(world.db, first!.article);
    await correctArticle(desk, article, { ...article, title: "改过的题" }, note, ACTOR, world.wall);
    await recallArticle(desk, await requireArticle(world.db, second!.article), "内容有误。", ACTOR, world.wall);
    await minutes(3);
    for (const [index, name] of NAMES.entries()) {
      const [correction, recall, ...more] = told(name).slice(before[index]);
      expect(more, name).toEqual([]);
      expect(correction!.text, name).toMatch(/更正[^]*改过的题/);
      expect(correction!.links, name).toEqual([`https://kanfa.test/posts/${first!.uid}`]);
      expect(recall!.text, name).toContain("撤回");
      expect(recall!.links, name).toEqual([`https://kanfa.test/posts/${second!.uid}`]);
    }
  });
});

it("alerts reach the office's people in their group", async () => {
  await begin();
  for (const kind of NAMES) await subscribe(kind, "alert");
  await world.publication({ releaseTimes: ["59 15 * * *"], quota: 3, warnAt: ["08:00"] });
  world.wall = at("07:59");
  await minutes(3);
  for (const name of NAMES)
    expect(
      told(name)
        .map(({ text }) => text)
        .join(),
      name,
    ).toMatch(/缺 3 篇/);
});

it("a robot that was removed from its group is closed, and its key is told to nobody", async () => {
  await begin();
  const publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 1 });
  await subscribe("wecom", "news", { key: "a-key-of-long-ago" });
  await world.articles(publication, 1);
  world.wall = at("08:29");
  await minutes(2);
  expect(await outcomes()).toMatchObject([{ outcome: "gone", excerpt: expect.stringContaining("93000") as string }]);
  const alert = await world.one<string>(`SELECT body FROM alerts`);
  expect(alert).toContain("请在群里重新添加机器人");
  expect(JSON.stringify(await outcomes()) + alert).not.toContain("a-key-of-long-ago");
});
