/** What subscribers see, and what the ledger says of it. */
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it } from "vitest";
import { requireArticle } from "../../src/articles/desk.ts";
import { open } from "../../src/platform/crypto.ts";
import { changeChannel, createChannel, pauseOrResume, removeChannel } from "../../src/delivery/subscriptions.ts";
import { requireChannel } from "../../src/delivery/open-channel.ts";
import { wakeShards } from "../../src/delivery/store.ts";
import { joined, unpick } from "../../src/editions/plan-store.ts";
import { correctHandovers, recallHandovers } from "../../src/handover/store.ts";
import { correctArticle, recallArticle } from "../../src/wire/amend.ts";
import { recallAtAccounts } from "../../src/wechat/takedown-store.ts";
import { at, World } from "./helpers/world.ts";

const world = new World();
const ACTOR = { name: "test", role: null, scopes: [] };
const MINUTE = 60_000;
let publication: number;

const desk = {
  db: world.db,
  planner: { unpick, joined },
  handovers: { corrected: correctHandovers, recalled: recallHandovers },
  accounts: { recalled: recallAtAccounts },
  mediaOf: () => [],
  wake: (now: number) => wakeShards(world.db, now),
};

/** Plans and releases `count` articles at 08:30; the messages wait in the queue. */
async function release(count: number): Promise<void> {
  await world.articles(publication, count);
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
const told = (host = "hook-1"): Told[] =>
  world.received.filter((r) => r.url.includes(host)).map((r) => JSON.parse(r.body) as Told);
const ledger = () =>
  world.all<{ from_seq: number; outcome: string; n: number; next_at: number | null; excerpt: string | null }>(
    `SELECT from_seq, outcome, n, next_at, excerpt FROM deliveries ORDER BY channel_id, from_seq`,
  );
const cursor = (uid = "channel-1") => world.one<number>(`SELECT cursor FROM channels WHERE uid = ?`, uid);
const articleOf = (n: number) => requireArticle(world.db, `article-${publication}-${n}`);

/** Lets a minute pass on both clocks, `count` times: ticks, and the messages that have come due. */
async function minutes(count: number, from = world.wall): Promise<void> {
  for (let i = 1; i <= count; i++) {
    world.wall = from + i * MINUTE;
    await world.tick(world.wall);
    await world.drain();
  }
}

beforeEach(async () => {
  await world.wipe();
  publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 3 });
});

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
    await world.article(publication, 50);
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

describe("an endpoint that fails", () => {
  it("is tried again later under the same id, and holds nobody else up", async () => {
    await world.webhook(1);
    await world.webhook(2);
    let down = true;
    world.endpoint = ({ url }) => new Response("", { status: down && url.includes("hook-1") ? 503 : 200 });
    await release(2);
    await world.drain();
    expect(told("hook-2").map(({ data }) => data.seq)).toEqual([1, 2]);
    expect(await cursor("channel-1")).toBe(0);
    const [first] = await ledger();
    expect(first).toMatchObject({ outcome: "retry", n: 1 });
    expect(first!.next_at! - world.wall).toBeGreaterThanOrEqual(10_000);
    expect(first!.next_at! - world.wall).toBeLessThanOrEqual(12_000);
    down = false;
    await minutes(1);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 1, 2]);
    const ids = world.received.filter((r) => r.url.includes("hook-1")).map((r) => r.id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(await world.all(`SELECT n, outcome, status FROM attempts`)).toEqual([
      { n: 1, outcome: "retry", status: 503 },
    ]);
  });

  it("is not asked again before the time it asked for", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 429, headers: { "retry-after": "600" } });
    await release(1);
    await world.drain();
    await minutes(9);
    expect(world.received.length).toBe(1);
    world.endpoint = () => new Response("ok");
    await minutes(2);
    expect(world.received.length).toBe(2);
  });

  it("a message refused for its own sake gets three tries, then the rest goes on and a person is told", async () => {
    await world.webhook(1);
    world.endpoint = ({ body }) => new Response("no", { status: body.includes('"seq":1') ? 422 : 200 });
    await release(2);
    await world.drain();
    await minutes(10);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 1, 1, 2]);
    expect((await ledger()).map((row) => row.outcome)).toEqual(["rejected", "accepted"]);
    expect(await world.all(`SELECT subject FROM audit WHERE action = 'delivery.rejected'`)).toEqual([
      { subject: "channel:channel-1" },
    ]);
  });

  it("whose name has come to lead inwards gets nothing until it leads out again", async () => {
    await world.webhook(1);
    await release(1);
    world.deps.resolve = async () => ["93.184.216.34", "169.254.169.254"];
    await world.drain();
    expect(world.received).toEqual([]);
    expect((await ledger()).map((row) => row.outcome)).toEqual(["retry"]);
    world.deps.resolve = async () => ["93.184.216.34"];
    await minutes(2);
    expect((await ledger()).map((row) => row.outcome)).toEqual(["accepted"]);
  });

  it("that says 410 is closed at once", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 410 });
    await release(2);
    await world.drain();
    await minutes(30);
    expect(world.received.length).toBe(1);
    expect(await world.one(`SELECT status FROM channels`)).toBe("gone");
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'delivery.gone'`)).toBe(1);
  });

  it("holds the channel until the news is stale for it, then goes on with what is fresh", async () => {
    await world.webhook(1);
    await world.db
      .prepare(`UPDATE channels SET expires_after = ?`)
      .bind(30 * MINUTE)
      .run();
    world.endpoint = () => new Response("", { status: 500 });
    await release(1);
    await world.drain();
    await minutes(20);
    expect((await ledger())[0]).toMatchObject({ outcome: "expired" });
    expect(await cursor()).toBe(1);
  });

  it("whose connection breaks leaves an unknown outcome and gets the same push again", async () => {
    await world.webhook(1);
    let broken = true;
    world.endpoint = () => {
      if (broken) throw new Error("Network connection lost.");
      return new Response("ok");
    };
    await release(1);
    await world.drain();
    expect((await ledger())[0]).toMatchObject({ outcome: "unknown" });
    broken = false;
    await minutes(1);
    expect(world.received.map((r) => r.id)).toEqual(["channel-1_0", "channel-1_0"]);
    expect(world.received[0]!.body).toBe(world.received[1]!.body);
  });

  it("never shows its address in the ledger", async () => {
    await world.webhook(1);
    world.endpoint = ({ url }) => new Response(`cannot find ${url}`, { status: 500 });
    await release(1);
    await world.drain();
    expect((await ledger())[0]!.excerpt).toBe("HTTP 500: cannot find •••");
  });

  it("is cut off when it answers without end", async () => {
    await world.webhook(1);
    let given = 0;
    world.endpoint = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            given += 16_384;
            controller.enqueue(new Uint8Array(16_384).fill(120));
          },
        }),
        { status: 200 },
      );
    await release(1);
    await world.drain();
    expect((await ledger())[0]).toMatchObject({ outcome: "accepted" });
    expect(given).toBeLessThan(200_000);
  });

  it("is not followed when it redirects", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 302, headers: { location: "https://elsewhere.example.com/" } });
    await release(1);
    await world.drain();
    expect(world.received.map((r) => new URL(r.url).hostname)).toEqual(["hook-1.example.com"]);
    expect((await ledger())[0]).toMatchObject({ outcome: "retry" });
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
    await world.article(publication, 1, { evergreen: true });
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

describe("a channel that cannot be opened", () => {
  it("is held for a person and does not keep its shard from the others", async () => {
    await world.webhook(1);
    await world.webhook(2);
    await world.db
      .prepare(`UPDATE channels SET config = '{"url":"00000000.AAAA","payload":"thin"}' WHERE uid = 'channel-1'`)
      .run();
    await release(2);
    await world.drain();
    await minutes(2);
    expect(told("hook-2")).toHaveLength(2);
    expect(await world.all(`SELECT uid, status, cursor FROM channels ORDER BY id`)).toEqual([
      { uid: "channel-1", status: "held", cursor: 0 },
      { uid: "channel-2", status: "active", cursor: 2 },
    ]);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'delivery.held'`)).toBe(1);
  });
});

describe("keys", () => {
  const rekeyed = { ...world.deps, db: world.db, keys: { current: "the new key" } };

  it("a channel that no key opens can be seen, mended with a new address, and removed", async () => {
    await world.webhook(1);
    await world.webhook(2);
    const locked = await requireChannel(rekeyed, "channel-1");
    expect(locked).toMatchObject({ locked: ["url"], config: { payload: "thin" } });
    await expect(changeChannel(rekeyed, locked, { name: "n" }, locked.rev, ACTOR, 0)).rejects.toThrow();
    const mended = await changeChannel(
      rekeyed,
      locked,
      { config: { url: "https://new.example.com/" } },
      locked.rev,
      ACTOR,
      0,
    );
    expect(mended).toMatchObject({ locked: [], config: { url: "https://new.example.com/" } });
    await removeChannel(rekeyed, await requireChannel(rekeyed, "channel-2"), ACTOR, 0);
    expect(await world.one(`SELECT count(*) FROM channels`)).toBe(1);
  });

  it("a change writes everything under the current key, so that a rotation comes to its end", async () => {
    await world.webhook(1);
    const both = { ...rekeyed, keys: { current: "the new key", previous: world.deps.keys.current } };
    const channel = await requireChannel(both, "channel-1");
    await changeChannel(both, channel, { name: "same" }, channel.rev, ACTOR, 0);
    const after = await requireChannel(rekeyed, "channel-1");
    expect(after.locked).toEqual([]);
    expect(await open(after.secret!, "channels:channel-1:secret", rekeyed.keys)).toMatch(/^whsec_/);
  });
});

describe("leases", () => {
  it("a consumer that took too long changes nothing: its answer comes after another run has settled the push", async () => {
    await world.webhook(1);
    await release(1);
    const [message] = world.queue.splice(0);
    let inner = false;
    world.endpoint = async () => {
      if (inner) return new Response("ok");
      inner = true;
      // While this request hangs, the lease runs out and the tick sends the shard again.
      await minutes(5);
      return new Response("", { status: 500 });
    };
    await world.handle(message!.body);
    expect((await ledger())[0]).toMatchObject({ outcome: "accepted" });
    expect(await cursor()).toBe(1);
    expect(new Set(world.received.map((r) => r.id)).size).toBe(1);
    await minutes(5);
    expect(world.received).toHaveLength(2);
  });

  it("no request begins that could outlive the lease; what was claimed is given back", async () => {
    for (let n = 1; n <= 12; n++) await world.webhook(n);
    await release(1);
    world.endpoint = () => {
      world.wall += 30_000; // each answer takes half a minute of the three that the lease has
      return new Response("ok");
    };
    const begun = world.wall;
    const [message] = world.queue.splice(0);
    await world.handle(message!.body);
    expect(world.received.length).toBeLessThan(12);
    expect(world.wall - begun).toBeLessThanOrEqual(180_000);
    expect(await world.one(`SELECT count(*) FROM channels WHERE lease_token IS NOT NULL`)).toBe(0);
    expect(await world.one(`SELECT count(*) FROM deliveries WHERE outcome = 'pending' AND n = 0`)).toBeGreaterThan(0);
    world.endpoint = () => new Response("ok");
    await minutes(3);
    expect(new Set(world.received.map((r) => r.url)).size).toBe(12);
    expect(world.received.length).toBe(12);
    expect(await world.one(`SELECT count(*) FROM attempts`)).toBe(0);
  });

  it("nor one whose name took its time to be looked up", async () => {
    const [LEASE, DEADLINE, MARGIN] = [180_000, 15_000, 5000];
    for (let n = 1; n <= 30; n++) await world.webhook(n);
    await release(1);
    const { resolve } = world.deps;
    world.deps.resolve = async (host) => {
      world.wall += 5000;
      return resolve(host);
    };
    const begun = world.wall;
    const starts: number[] = [];
    world.endpoint = () => {
      starts.push(world.wall);
      world.wall += 2500;
      return new Response("ok");
    };
    await world.handle(world.queue.splice(0)[0]!.body);
    world.deps.resolve = resolve;
    expect(starts.length).toBeGreaterThan(5);
    expect(Math.max(...starts)).toBeLessThanOrEqual(begun + LEASE - DEADLINE - MARGIN);
  });

  it("a queue that takes nothing loses nothing", async () => {
    await world.webhook(1);
    const { queue } = world.deps;
    world.deps.queue = { ...queue, sendBatch: () => Promise.reject(new Error("Queue is overloaded")) };
    await release(1);
    world.deps.queue = queue;
    expect(world.queue).toEqual([]);
    await minutes(1);
    expect(told().map(({ data }) => data.seq)).toEqual([1]);
  });

  it("a retry travels as a delayed message, and one that comes early finds nothing due", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 500 });
    await release(1);
    await world.drain();
    expect(world.queue).toHaveLength(1);
    expect(world.queue[0]!.due - world.wall).toBeGreaterThanOrEqual(10_000);
    const [message] = world.queue.splice(0);
    await world.handle(message!.body);
    expect(world.received).toHaveLength(1);
  });
});
