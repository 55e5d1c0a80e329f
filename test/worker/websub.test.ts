/** The hub: what its subscribers get, when that ends, and what happens when something dies. */
import { env } from "cloudflare:workers";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { beforeEach, describe, expect, it } from "vitest";
import { requireArticle } from "../../src/articles/desk.ts";
import { depsOf } from "../../src/deps.ts";
import { correctArticle, recallArticle } from "../../src/wire/amend.ts";
import { api, expectProblem, expectStatus } from "./helpers/api.ts";
import {
  app,
  begin,
  channels,
  DAY,
  HOUR,
  minutes,
  office,
  ORIGIN,
  released,
  request,
  RSS,
  subscribed,
  subscriber,
  world,
  written,
} from "./helpers/hub.ts";
import { Subscriber } from "./helpers/subscriber.ts";
import { at, Crash } from "./helpers/world.ts";

const EDITOR = { name: "person:editor", role: "editor" as const, scopes: ["read" as const] };

beforeEach(begin);

describe("a subscription", () => {
  it("is asked about, confirmed, and gets what is new in one signed feed", async () => {
    const reader = subscriber();
    await request(reader, "subscribe", RSS, { secret: "秘密", lease_seconds: "10800" });
    expect([world.received.length, (await channels()).length]).toEqual([0, 0]);
    const confirmed = world.wall;
    await world.drain();
    reader.secret = "秘密";
    const [question] = reader.questions;
    expect(question!.href.startsWith(`${reader.callback}&hub.`)).toBe(true);
    expect(Object.fromEntries(question!.searchParams)).toMatchObject({
      user: "1",
      "hub.mode": "subscribe",
      "hub.topic": RSS,
      "hub.lease_seconds": "10800",
    });
    expect(await channels()).toMatchObject([
      { status: "active", cursor: 0, ends_at: confirmed + 3 * HOUR, members: 1 },
    ]);

    await released(5);
    expect([reader.got.length, reader.forged]).toEqual([1, 0]);
    const [{ body, headers }] = reader.got as [(typeof reader.got)[0]];
    expect(headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
    expect(headers.get("link")).toBe(`<${ORIGIN}/websub>; rel="hub", <${RSS}>; rel="self"`);
    const feed = parseRssFeed(body);
    expect(feed.items!.map(({ title }) => title)).toEqual([1, 2, 3, 4, 5].map((n) => `稿件 ${n}`));
    expect(feed.items![0]!.content!.encoded).toBe("<p>第 1 篇的<strong>正文。</strong></p>");
    expect(await world.all(`SELECT cursor FROM channels`)).toEqual([{ cursor: 5 }]);
  });

  it("of Atom and JSON Feed gets those, and of a publication or column only what is in it", async () => {
    const readers = [1, 2, 3, 4].map(subscriber);
    const topics = [
      `${ORIGIN}/atom.xml`,
      `${ORIGIN}/publications/daily/feed.json`,
      `${ORIGIN}/publications/video/atom.xml`,
      `${ORIGIN}/columns/dangke/feed.xml`,
    ];
    await world.publication({ slug: "video", name: "视频" });
    for (const [i, reader] of readers.entries()) await subscribed(reader, topics[i]);
    world.endpoint = (received) => readers.find(({ callback }) => callback === received.url)!.answer(received);
    await world.articles(office.publication, 2);
    await world.db.prepare(`UPDATE articles SET column_id = (SELECT id FROM columns) WHERE title = '稿件 2'`).run();
    await released(0);
    const [atom, json, video, column] = readers.map(({ got }) => got.map(({ body }) => body));
    expect(parseAtomFeed(atom![0]!).entries!.map(({ title }) => title!.value)).toEqual(["稿件 1", "稿件 2"]);
    const feed = JSON.parse(json![0]!) as { title: string; feed_url: string; home_page_url: string };
    expect(feed).toMatchObject({
      title: "化德党建 - 刊发",
      feed_url: topics[1],
      home_page_url: `${ORIGIN}/publications/daily`,
    });
    expect(parseJsonFeed(feed).items!.length).toBe(2);
    expect(video).toEqual([]);
    expect(parseRssFeed(column![0]!)).toMatchObject({ title: "党课 - 刊发", items: [{ title: "稿件 2" }] });
  });

  it("hears of a correction as of the same entry, later; of a recall in Atom only", async () => {
    const [rss, atom] = [subscriber(1), subscriber(2)];
    await subscribed(rss);
    await subscribed(atom, `${ORIGIN}/atom.xml`);
    world.endpoint = (received) => (received.url === rss.callback ? rss : atom).answer(received);
    await released(1);
    const uid = (await world.one<string>(`SELECT uid FROM articles`))!;
    const { desk } = depsOf(env);
    const article = await requireArticle(world.db, uid);
    await correctArticle(desk, article, { ...article, title: "改过的" }, "更正", EDITOR, at("10:00"));
    world.wall = at("10:00");
    await minutes(1);
    const [first, second] = atom.got.map(({ body }) => parseAtomFeed(body).entries![0]!);
    expect([second!.id, second!.title!.value, second!.updated]).toEqual([
      first!.id,
      "改过的",
      "2026-11-23T02:00:00.000Z",
    ]);
    expect(parseRssFeed(rss.got[1]!.body).items![0]!.guid!.value).toBe(first!.id);

    await recallArticle(desk, await requireArticle(world.db, uid), "撤回", EDITOR, at("11:00"));
    world.wall = at("11:00");
    await minutes(1);
    expect([rss.got.length, atom.got.length]).toEqual([2, 3]);
    expect(atom.got[2]!.body).toContain(`<at:deleted-entry ref="${first!.id}" when="2026-11-23T03:00:00.000Z"/>`);
    expect(parseAtomFeed(atom.got[2]!.body).entries ?? []).toEqual([]);
    expect(await world.all(`SELECT DISTINCT cursor FROM channels`)).toEqual([{ cursor: 3 }]);
  });
});

describe("a lease", () => {
  it.each([
    ["1", HOUR],
    ["86400", DAY],
    ["99999999999999999999", 30 * DAY],
    ["", 10 * DAY],
  ])("of “%s” seconds is %i ms", async (seconds, lease) => {
    const reader = subscriber();
    const from = world.wall;
    await subscribed(reader, RSS, { lease_seconds: seconds });
    expect((await channels())[0]!.ends_at).toBe(from + lease);
    expect(reader.questions[0]!.searchParams.get("hub.lease_seconds")).toBe(String(lease / 1000));
  });

  it.each([
    ["a moment before its end still sends", -1, 1],
    ["at its end sends nothing, and leaves nothing due", 0, 0],
  ])("%s", async (_, offset, got) => {
    const reader = subscriber();
    await subscribed(reader, RSS, { lease_seconds: "10800" });
    const { ends_at } = (await channels())[0]!;
    await world.articles(office.publication, 1);
    await world.tick(at("08:30"));
    world.wall = ends_at + offset;
    await world.drain();
    expect(reader.got.length).toBe(got);
    expect(await world.all(`SELECT due_at FROM shards`)).toEqual([{ due_at: null }]);
    world.wall = ends_at;
    await world.tick(at("12:00"));
    expect([await channels(), await world.one(`SELECT total(members) FROM shards`)]).toEqual([[], 0]);
  });

  it("that is renewed goes on at its cursor, with the new secret; one that had ended begins anew", async () => {
    const reader = subscriber();
    await subscribed(reader, RSS, { secret: "old" });
    await released(1);
    const [before] = await channels();
    world.wall += DAY;
    await subscribed(reader, RSS, { secret: "new" });
    const [after] = await channels();
    expect(after).toEqual({ ...before, ends_at: before!.ends_at + DAY + at("08:30") - at("06:00") });
    await world.articles(office.publication, 1, 2);
    await world.tick(at("15:00"));
    await world.drain();
    expect([reader.got.length, reader.forged]).toEqual([2, 0]);

    await world.articles(office.publication, 1, 3);
    world.wall = after!.ends_at;
    await world.tick(at("08:30", "2026-11-24"));
    await subscribed(reader);
    await minutes(2);
    expect(await channels()).toMatchObject([{ cursor: 3, members: 1, status: "active" }]);
    expect(reader.got.length).toBe(2);
  });
});

describe("an endpoint's answers", () => {
  it("410 ends the subscription without bothering the office, and it may come back", async () => {
    const reader = subscriber();
    await subscribed(reader);
    reader.status = 410;
    await released(1);
    expect(await channels()).toMatchObject([{ status: "gone", cursor: 0 }]);
    expect(await world.one(`SELECT count(*) FROM alerts`)).toBe(0);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'delivery.gone'`)).toBe(0);
    reader.status = 200;
    await subscribed(reader);
    expect(await channels()).toMatchObject([{ status: "active", cursor: 1, members: 1 }]);
  });

  it("a fault is tried again with the same entries, whatever the body says", async () => {
    const reader = subscriber();
    await subscribed(reader);
    reader.status = 503;
    await released(1);
    reader.status = 202;
    await minutes(2);
    expect(reader.got.length).toBe(2);
    expect(reader.got[1]!.body).toBe(reader.got[0]!.body);
    expect(await channels()).toMatchObject([{ status: "active", cursor: 1 }]);
  });
});

describe("messages and deaths", () => {
  it("a message that came twice puts one question", async () => {
    const reader = subscriber();
    await request(reader, "subscribe");
    const { body } = world.queue[0]!;
    await world.handle(body);
    await world.handle(body);
    await world.drain();
    expect([reader.questions.length, (await channels()).length]).toEqual([1, 1]);
  });

  it("a lost message is made good by the tick, an unanswered question put again", async () => {
    const reader = subscriber();
    world.losesMessages = true;
    await request(reader, "subscribe");
    world.losesMessages = false;
    let hangs = 2;
    world.endpoint = (received) => {
      if (hangs-- > 0) throw new Error("connection lost");
      return reader.answer(received);
    };
    await minutes(9);
    expect([world.received.length, (await channels()).length, await written()]).toEqual([3, 1, [0, 1]]);
  });

  it("a request that comes during the question counts, not the one before", async () => {
    const reader = subscriber();
    await request(reader, "subscribe", RSS, { secret: "first" });
    const answer = world.endpoint;
    world.endpoint = async (received) => {
      world.endpoint = answer;
      await request(reader, "subscribe", RSS, { secret: "second" });
      return reader.answer(received);
    };
    await world.handle(world.queue.shift()!.body);
    expect(await channels()).toEqual([]);
    await world.drain();
    reader.secret = "second";
    await released(1);
    expect([reader.questions.length, reader.got.length, reader.forged]).toEqual([2, 1, 0]);
  });

  it.each(["before", "after"] as const)("killed %s each effect, it is there once, and gone once", async (side) => {
    const reader = subscriber();
    for (const mode of ["subscribe", "unsubscribe"] as const) {
      const again = await world.save();
      world.line.resetCounts();
      await request(reader, mode);
      await world.drain();
      const effects = world.line.effects.map(({ name }) => name);
      expect(effects.length).toBeGreaterThan(3);
      for (const [n, name] of effects.entries()) {
        await again();
        reader.questions.length = 0;
        world.line.crash(n, side);
        await request(reader, mode).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        await world.drain();
        world.line.restart();
        // Without an answer a subscriber asks again.
        if ((await world.one(`SELECT count(*) FROM hub_requests`)) === 0 && reader.questions.length === 0)
          await request(reader, mode);
        await minutes(3);
        const seen = await channels();
        const why = `killed ${side} effect ${n}: ${name}`;
        expect(seen.length, why).toBe(mode === "subscribe" ? 1 : 0);
        expect(await world.one(`SELECT total(members) FROM shards`), why).toBe(seen.length);
        expect(await world.one(`SELECT count(*) FROM hub_requests`), why).toBe(0);
        expect(reader.questions.length, why).toBeLessThanOrEqual(2);
      }
    }
  });
});

describe("for the office", () => {
  it("such channels are listed by their kind, masked, and nobody makes, changes or tests one", async () => {
    const reader = subscriber();
    await subscribed(reader, RSS, { secret: "a secret of theirs" });
    await world.webhook(1);
    const list = async (query: string) =>
      expectStatus(await api<{ items: Record<string, unknown>[] }>("GET", `/channels${query}`), 200).items;
    expect((await list("")).map(({ kind }) => kind)).toEqual(["webhook"]);
    const [shown] = await list("?kind=websub");
    expect(shown).toMatchObject({
      kind: "websub",
      name: "WebSub reader-1.example.com",
      config: { callback: "https://reader-1.example.com/•••", secret: "•••", topic: RSS },
      ends_at: expect.stringMatching(/^2026-12-02T22:00:00/),
    });
    expectProblem(await api("GET", "/channels?kind=none"), 422, "kind");
    expectProblem(await api("POST", "/channels", { body: { kind: "websub", config: {} } }), 422, "kind");
    const one = `/channels/${String(shown!.id)}`;
    const headers = { "if-match": '"1"' };
    expectProblem(await api("PATCH", one, { body: { name: "mine" }, headers }), 409);
    expectProblem(await api("POST", `${one}/test`, { body: {} }), 409);
    expectProblem(await api("POST", `${one}/rotate-secret`, { body: {} }), 409);
    expectStatus(await api("POST", `${one}/pause`, { body: {} }), 200);
    await subscribed(reader);
    expect(await channels()).toMatchObject([{ status: "paused" }]);
    expectStatus(await api("DELETE", one), 204);
    expect(await channels()).toEqual([]);
  });

  it("keeps neither callback nor secret in the clear", async () => {
    const reader = new Subscriber("https://reader.example.com/a-very-private-path");
    await request(reader, "subscribe", RSS, { secret: "their-secret-word" });
    const clear = async (table: string) => JSON.stringify(await world.all(`SELECT * FROM ${table}`));
    for (const table of ["hub_requests", "audit"])
      expect(await clear(table)).not.toMatch(/very-private-path|their-secret-word/);
    await world.drain();
    for (const table of ["channels", "audit"])
      expect(await clear(table)).not.toMatch(/very-private-path|their-secret-word/);
  });

  it("a subscription costs the same, however many others there are", async () => {
    const spent: number[][] = [];
    for (const n of [1, 2]) {
      const reader = subscriber(n);
      world.line.resetCounts();
      await request(reader, "subscribe");
      expect(world.line.queries).toBe(1);
      await world.drain();
      spent.push([world.line.queries, world.line.rowsRead, world.line.rowsWritten]);
      await world.db
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
           INSERT INTO hub_requests (id, mode, channel, host, asked, tries, next_at, enqueued_until, expires_at)
           SELECT ?2 || '-' || i, 'subscribe', i, i || '.example.com', '', 1, ?1, 0, ?1 + 600000 FROM n`,
        )
        .bind(world.wall, n)
        .run();
    }
    const [[queries, read, wrote], later] = spent as [[number, number, number], number[]];
    expect([queries <= 11, read <= 30, wrote <= 25], String(spent)).toEqual([true, true, true]);
    // A channel more is counted with its shard, and that is all.
    expect([later[0], later[1]! <= read + 3, later[2]! <= wrote], String(spent)).toEqual([queries, true, true]);
  });

  it("the hub has a page, in a cached minute of no queries", async () => {
    world.line.resetCounts();
    const response = await app.request(`${ORIGIN}/websub`);
    expect([response.status, world.line.queries]).toEqual([200, 0]);
    expect(await response.text()).toContain("WebSub");
  });
});
