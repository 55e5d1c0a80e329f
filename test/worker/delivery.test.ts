/** What subscribers see, and what the ledger says of it. */
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it } from "vitest";
import { requireArticle } from "../../src/articles/desk.ts";
import { open } from "../../src/platform/crypto.ts";
import { createChannel, pauseOrResume } from "../../src/delivery/subscriptions.ts";
import { requireChannel } from "../../src/delivery/open-channel.ts";
import { wakeShards } from "../../src/delivery/store.ts";
import { joined, unpick } from "../../src/editions/plan-store.ts";
import { correctHandovers, recallHandovers } from "../../src/handover/store.ts";
import { correctArticle, recallArticle } from "../../src/wire/amend.ts";
import { recallAtAccounts } from "../../src/wechat/takedowns/takedown-store.ts";
import { ACTOR, cursor, daily, ledger, MINUTE, minutes, newOffice, release, told, world } from "./helpers/news.ts";
import { at } from "./helpers/world.ts";

const desk = {
  db: world.db,
  planner: { unpick, joined },
  handovers: { corrected: correctHandovers, recalled: recallHandovers },
  accounts: { recalled: recallAtAccounts },
  mediaOf: () => [],
  wake: (now: number) => wakeShards(world.db, now),
};
const articleOf = (n: number) => requireArticle(world.db, `article-${daily.id}-${n}`);

beforeEach(newOffice);

describe("a webhook", () => {
  it("is signed so that an independent library verifies it", async () => {
    const { secret } = await createChannel(
      { ...world.deps, db: world.db },
      {
        uid: "c",
        kind: "webhook",
        name: "c",
        config: { url: "https://hook-1.example.com/in" },
        filter: {},
        expiresAfter: 72 * 60 * MINUTE,
      },
      ACTOR,
      0,
    );
    await release(1);
    const [message] = world.queue.splice(0);
    world.wall = Date.now(); // the library checks the timestamp against its own clock
    await world.handle(message!.body);
    const [push] = world.received;
    const headers = Object.fromEntries(push!.headers);
    expect(new Webhook(secret!).verify(push!.body, headers)).toMatchObject({
      type: "post.published",
      data: { seq: 1 },
    });
    expect(() => new Webhook(secret!).verify(`${push!.body} `, headers)).toThrow();
  });

  it("gets everything in order, one entry a call, each once", async () => {
    await world.webhook(1);
    await release(3);
    await world.drain();
    expect(told().map(({ data }) => data.seq)).toEqual([1, 2, 3]);
    expect(told().map(({ data }) => data.post.title)).toEqual(["稿件 1", "稿件 2", "稿件 3"]);
    for (const { data } of told()) expect(data.post.cover).toMatch(/^https:\/\/[^/]+\/covers\/.+-wide\.jpg$/);
    await minutes(3);
    expect(world.received.length).toBe(3);
  });

  it("carries the text when it asks for it", async () => {
    await world.webhook(1, {}, "full");
    await release(1);
    await world.drain();
    expect(told()[0]!.data.post).toMatchObject({
      markdown: "第 1 篇的**正文。**",
      html: expect.stringContaining("<strong>正文。</strong>") as string,
    });
  });

  it("starts at the head of the wire", async () => {
    await release(2);
    await world.webhook(1);
    await world.article(daily.id, 50);
    await minutes(2);
    world.wall = at("08:30", "2026-11-24");
    await world.tick(world.wall);
    await world.drain();
    expect(told().map(({ data }) => data.seq)).toEqual([3]);
  });

  it("keeps its address and secret sealed in the database, each bound to its place", async () => {
    await world.webhook(1);
    const [row] = await world.all<{ config: string; secret: string }>(`SELECT config, secret FROM channels`);
    expect(`${row!.config}${row!.secret}`).not.toMatch(/example\.com|whsec_/);
    const sealed = (JSON.parse(row!.config) as { url: string }).url;
    expect(await open(sealed, "channels:channel-1:config.url", world.deps.keys)).toBe("https://hook-1.example.com/in");
    await expect(open(sealed, "channels:channel-2:config.url", world.deps.keys)).rejects.toThrow();
    await expect(open(sealed, "channels:channel-1:config.url", { current: "another" })).rejects.toThrow(
      "KANFA_SECRET_PREVIOUS",
    );
    expect(
      await open(sealed, "channels:channel-1:config.url", { current: "new", previous: world.deps.keys.current }),
    ).toContain("hook-1");
  });
});

describe("filters and pauses", () => {
  it("what a filter refuses is passed over without a delivery", async () => {
    await world.webhook(1, { columns: ["none"] });
    await world.webhook(2, { publications: ["daily"] });
    await release(3);
    await world.drain();
    expect(told("hook-1")).toEqual([]);
    expect(told("hook-2")).toHaveLength(3);
    expect(await cursor("channel-1")).toBe(3);
    expect(await world.one(`SELECT count(*) FROM deliveries`)).toBe(3);
  });

  it("a paused channel gets nothing, and goes on where it stopped", async () => {
    await world.webhook(1);
    const deps = { ...world.deps, db: world.db };
    await pauseOrResume(deps, await requireChannel(deps, "channel-1"), "paused", ACTOR, 0);
    await release(2);
    await minutes(2);
    expect(world.received).toEqual([]);
    await pauseOrResume(deps, await requireChannel(deps, "channel-1"), "active", ACTOR, world.wall);
    await minutes(2);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 2]);
  });

  it("a stopped publication's posts wait, in order, until it starts again", async () => {
    await world.webhook(1);
    await release(2);
    await world.db.prepare(`UPDATE publications SET stopped_at = 1`).run();
    await minutes(3);
    expect(world.received).toEqual([]);
    await world.db.prepare(`UPDATE publications SET stopped_at = NULL`).run();
    await minutes(3);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 2]);
  });
});

describe("corrections and recalls", () => {
  it("reach those who got the post", async () => {
    await world.webhook(1, {}, "full");
    await release(1);
    await world.drain();
    const first = await articleOf(1);
    await correctArticle(desk, first, { ...first, markdown: "改正后的正文" }, "数字有误", ACTOR, world.wall);
    await minutes(1);
    await recallArticle(desk, await articleOf(1), "已撤回", ACTOR, world.wall);
    await minutes(1);
    expect(told().map(({ type, data }) => [type, data.note, data.post.markdown])).toEqual([
      ["post.published", undefined, "第 1 篇的**正文。**"],
      ["post.corrected", "数字有误", "改正后的正文"],
      ["post.recalled", "已撤回", undefined],
    ]);
  });

  it("a post recalled before it was sent is not sent, and neither is its recall", async () => {
    await world.webhook(1);
    await release(2);
    await recallArticle(desk, await articleOf(1), "", ACTOR, world.wall);
    await world.drain();
    await minutes(2);
    expect(told().map(({ type, data }) => [type, data.seq])).toEqual([["post.published", 2]]);
    expect(await cursor()).toBe(3);
  });

  it("a recall names every run of an evergreen, for whoever got only the first", async () => {
    await world.webhook(1);
    await world.article(daily.id, 1, { evergreen: true });
    world.wall = at("08:30");
    await world.tick(at("08:30"));
    await world.drain();
    world.wall = at("08:30", "2027-01-04");
    await world.tick(world.wall);
    await world.drain();
    expect(told().map(({ type }) => type)).toEqual(["post.published", "post.published"]);
    await recallArticle(desk, await articleOf(1), "", ACTOR, world.wall);
    await minutes(2);
    const posts = told().map(({ type, data }) => [type, data.post.id]);
    expect(posts.slice(2)).toEqual([
      ["post.recalled", posts[0]![1]],
      ["post.recalled", posts[1]![1]],
    ]);
  });

  it("a post recalled while its push waits for another try is not sent again", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 503 });
    await release(1);
    await world.drain();
    await recallArticle(desk, await articleOf(1), "", ACTOR, world.wall);
    world.endpoint = () => new Response("ok");
    await minutes(3);
    expect(world.received).toHaveLength(1);
    expect((await ledger())[0]).toMatchObject({ outcome: "expired" });
    expect(await cursor()).toBe(2);
  });

  it("a recall is told where an unanswered push may have brought the post", async () => {
    await world.webhook(1);
    world.endpoint = () => {
      throw new Error("Network connection lost.");
    };
    await release(1);
    await world.drain();
    await recallArticle(desk, await articleOf(1), "", ACTOR, world.wall);
    world.endpoint = () => new Response("ok");
    await minutes(3);
    expect(told().map(({ type }) => type)).toEqual(["post.published", "post.recalled"]);
  });
});

describe("business time that steps back", () => {
  it("does not keep a channel waiting for the time at which it was last served", async () => {
    await world.webhook(1);
    await release(1);
    await world.drain();
    // The day was replayed ahead; a recall comes on the afternoon before.
    world.wall += MINUTE;
    const earlier = at("16:00", "2026-11-22");
    await recallArticle(desk, await articleOf(1), "", ACTOR, earlier);
    await world.tick(earlier);
    await world.drain();
    expect(told().map(({ type }) => type)).toEqual(["post.published", "post.recalled"]);
  });
});
