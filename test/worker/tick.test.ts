import { beforeEach, describe, expect, it } from "vitest";
import { at, DATE, World } from "./helpers/world.ts";

const world = new World();

const releasedPosts = () =>
  world.all<{ seq: number; title: string }>(
    `SELECT w.seq, p.title FROM wire w JOIN posts p ON p.id = w.post_id ORDER BY w.seq`,
  );

beforeEach(async () => {
  await world.wipe();
});

describe("a working day", () => {
  beforeEach(async () => {
    await world.articles(await world.publication(), 40);
  });

  it("is planned at its time and released slot by slot, in order", async () => {
    await world.tick(at("06:59"));
    expect(await world.one(`SELECT count(*) FROM editions`)).toBe(0);
    await world.tick(at("07:00"));
    expect(await world.one(`SELECT count(*) FROM picks`)).toBe(15);
    expect(await releasedPosts()).toEqual([]);
    await world.tick(at("08:30"));
    expect((await releasedPosts()).length).toBe(8);
    await world.tick(at("15:00"));
    const posts = await releasedPosts();
    expect(posts.map((post) => post.seq)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(posts.map((post) => post.title)).toEqual(Array.from({ length: 15 }, (_, i) => `稿件 ${i + 1}`));
    expect(await world.one(`SELECT shortfall FROM editions`)).toBe(0);
  });

  it("comes out once when the same tick fires five times", async () => {
    for (const time of ["07:00", "08:30", "15:00"]) for (let i = 0; i < 5; i++) await world.tick(at(time));
    expect(await world.one(`SELECT count(*) FROM editions`)).toBe(1);
    expect((await releasedPosts()).length).toBe(15);
    expect(await world.one(`SELECT count(DISTINCT article_id) FROM posts`)).toBe(15);
  });

  it("comes out once when two ticks run at once", async () => {
    for (const time of ["07:00", "08:30", "15:00"]) await Promise.all([world.tick(at(time)), world.tick(at(time))]);
    expect(await world.one(`SELECT count(*) FROM picks`)).toBe(15);
    expect((await releasedPosts()).length).toBe(15);
    expect(await world.one(`SELECT count(*) FROM articles WHERE status = 'planned'`)).toBe(0);
  });

  it("comes out late, marked so, when the morning's ticks were missed", async () => {
    await world.tick(at("14:10"));
    expect(await world.all(`SELECT n, late FROM slots WHERE released_at IS NOT NULL`)).toEqual([{ n: 1, late: 1 }]);
    await world.tick(at("15:00"));
    expect(await world.all(`SELECT n, late FROM slots ORDER BY n`)).toEqual([
      { n: 1, late: 1 },
      { n: 2, late: 0 },
    ]);
    expect((await releasedPosts()).length).toBe(15);
  });

  it("a slot missed within two hours is caught up; past that its posts come with the next slot, first", async () => {
    await world.tick(at("10:20"));
    expect((await releasedPosts()).length).toBe(8);
    await world.wipe();
    await world.articles(await world.publication(), 40);
    await world.tick(at("10:40"));
    await world.tick(at("10:41"));
    expect(await releasedPosts()).toEqual([]);
    expect(await world.all(`SELECT n, late FROM slots WHERE released_at IS NOT NULL`)).toEqual([{ n: 1, late: 1 }]);
    await world.tick(at("15:00"));
    expect((await releasedPosts()).map((post) => post.title)).toEqual(
      Array.from({ length: 15 }, (_, i) => `稿件 ${i + 1}`),
    );
    expect(await world.one(`SELECT count(*) FROM articles WHERE status = 'planned'`)).toBe(0);
  });

  it("gets its edition when a tick of a missed day comes after today's", async () => {
    await world.tick(at("20:00"));
    await world.tick(at("20:00", "2026-11-20"));
    await world.tick(at("20:00", "2026-11-20"));
    await world.tick(at("20:01"));
    expect(await world.all(`SELECT date, shortfall FROM editions ORDER BY date`)).toEqual([
      { date: "2026-11-20", shortfall: 0 },
      { date: DATE, shortfall: 0 },
    ]);
    expect((await releasedPosts()).length).toBe(30);
    expect(await world.one(`SELECT count(DISTINCT article_id) FROM posts`)).toBe(30);
  });

  it("leaves nothing to the ticks of the past, once a day has been replayed ahead", async () => {
    for (const time of ["07:00", "08:30", "15:00"]) await world.tick(at(time));
    const before = await world.all(`SELECT * FROM picks`);
    await world.tick(at("12:00", "2026-11-22"));
    for (const time of ["07:00", "08:30", "12:00", "15:00", "23:00"]) await world.tick(at(time));
    expect(await world.all(`SELECT * FROM picks`)).toEqual(before);
    expect((await releasedPosts()).length).toBe(15);
  });

  it("does not exist on a day of rest, and does on a make-up day", async () => {
    await world.tick(at("20:00", "2026-11-21"));
    await world.tick(at("20:00", "2026-10-01"));
    expect(await world.one(`SELECT count(*) FROM editions`)).toBe(0);
    await world.tick(at("20:00", "2026-02-14")); // a Saturday worked for Spring Festival
    expect(await world.all(`SELECT date FROM editions`)).toEqual([{ date: "2026-02-14" }]);
  });
});

describe("what changes during the day", () => {
  let publication: number;
  beforeEach(async () => {
    publication = await world.publication();
  });

  it("a short edition says by how much, and is topped up before the next slot", async () => {
    await world.articles(publication, 5);
    await world.tick(at("07:00"));
    expect(await world.one(`SELECT shortfall FROM editions`)).toBe(10);
    await world.tick(at("08:30"));
    await world.articles(publication, 20, 100);
    await world.tick(at("15:00"));
    expect((await releasedPosts()).length).toBe(15);
    expect(await world.one(`SELECT shortfall FROM editions`)).toBe(0);
  });

  it("a must-run that arrives late goes out with the next slot, above the quota", async () => {
    await world.articles(publication, 20);
    await world.tick(at("08:30"));
    await world.article(publication, 99, { mustRunOn: DATE });
    await world.tick(at("15:00"));
    expect((await releasedPosts()).map((post) => post.title)).toContain("稿件 99");
    expect((await releasedPosts()).length).toBe(16);
    expect(await world.all(`SELECT rung FROM picks WHERE rung = 'must_run'`)).toHaveLength(1);
  });

  it("an embargo that ends at noon lets the article out in the afternoon, not before", async () => {
    await world.article(publication, 1);
    await world.article(publication, 2, { embargoUntil: at("12:00") });
    await world.db
      .prepare(`UPDATE articles SET status = 'held', wake_at = embargo_until WHERE embargo_until IS NOT NULL`)
      .run();
    await world.tick(at("08:30"));
    expect((await releasedPosts()).map((post) => post.title)).toEqual(["稿件 1"]);
    await world.tick(at("12:00"));
    await world.tick(at("15:00"));
    expect((await releasedPosts()).map((post) => post.title)).toEqual(["稿件 1", "稿件 2"]);
  });

  it("an article whose expiry passes is not released and says so", async () => {
    await world.article(publication, 1, { expiresAt: at("09:00") });
    await world.tick(at("09:30"));
    expect(await releasedPosts()).toEqual([]);
    expect(await world.one(`SELECT status FROM articles`)).toBe("expired");
    expect(await world.all(`SELECT actor FROM audit WHERE action = 'article.expired'`)).toEqual([{ actor: "tick" }]);
  });

  it("a stopped publication releases nothing until it starts again", async () => {
    await world.articles(publication, 15);
    await world.tick(at("07:00"));
    await world.db.prepare(`UPDATE publications SET stopped_at = 1, stop_reason = 'test'`).run();
    await world.tick(at("08:30"));
    await world.tick(at("09:00"));
    expect(await releasedPosts()).toEqual([]);
    await world.db.prepare(`UPDATE publications SET stopped_at = NULL, due_at = 0`).run();
    await world.tick(at("09:10"));
    expect((await releasedPosts()).length).toBe(8);
  });

  it("what an edition did not release goes back to the queue when the next day is planned", async () => {
    await world.articles(publication, 15);
    await world.tick(at("08:30"));
    await world.tick(at("07:00", "2026-11-24"));
    expect(
      await world.one(`SELECT count(*) FROM picks k JOIN editions e ON e.id = k.edition_id WHERE e.date = '${DATE}'`),
    ).toBe(8);
    expect(
      await world.one(
        `SELECT count(*) FROM picks k JOIN editions e ON e.id = k.edition_id WHERE e.date = '2026-11-24'`,
      ),
    ).toBe(7);
    await world.tick(at("20:00", "2026-11-24"));
    expect((await releasedPosts()).length).toBe(15);
    expect(await world.one(`SELECT count(DISTINCT article_id) FROM posts`)).toBe(15);
  });

  it("an evergreen runs again after its rest as a new post of the same article, and only when others are short", async () => {
    await world.article(publication, 1, { evergreen: true });
    await world.tick(at("20:00"));
    await world.tick(at("20:00", "2026-11-24"));
    expect((await releasedPosts()).length).toBe(1);
    await world.tick(at("20:00", "2026-12-28"));
    expect(
      await world.all(`SELECT k.rung, p.id, p.article_id FROM posts p JOIN picks k ON k.seq = p.id ORDER BY p.id`),
    ).toEqual([
      { rung: "normal", id: 1, article_id: expect.any(Number) as number },
      { rung: "reserve", id: 2, article_id: expect.any(Number) as number },
    ]);
    expect(await world.one(`SELECT count(DISTINCT article_id) FROM posts`)).toBe(1);
  });

  it("one publication's fault does not keep another from its day, and the tick fails loudly", async () => {
    await world.articles(publication, 15);
    const broken = await world.publication({ slug: "broken" });
    await world.db
      .prepare(`UPDATE publications SET release_times = '["nonsense"]', due_at = -1 WHERE id = ?`)
      .bind(broken)
      .run();
    await expect(world.tick(at("20:00"))).rejects.toThrow("1 faults");
    expect((await releasedPosts()).length).toBe(15);
  });
});
