/** The ladder with its database: settings heeded, the reserve's two sources kept apart, the month's posts counted. */
import { beforeEach, describe, expect, it } from "vitest";
import { OFFICIAL } from "../../src/editions/calendar/calendar.ts";
import { planEdition } from "../../src/editions/plan.ts";
import { propose } from "../../src/editions/proposal.ts";
import { whyNot } from "../../src/editions/ladder/index.ts";
import type { LadderSettings } from "../../src/newsroom/ladder-settings.ts";
import { findPublication } from "../../src/newsroom/publication-store.ts";
import { at, DATE, World } from "./helpers/world.ts";

const world = new World();

beforeEach(async () => {
  await world.wipe();
  await world.db.batch([
    ...[1, 2, 3].map((n) => world.db.prepare(`INSERT INTO columns VALUES (${n}, 'column-${n}', '专栏 ${n}', 0)`)),
    ...[1, 2, 3].map((n) =>
      world.db.prepare(`INSERT INTO units VALUES (${n}, 'unit-${n}', '单位 ${n}', 'committee', 0)`),
    ),
  ]);
});

const office = (ladder: Partial<LadderSettings>, quota = 4) =>
  world.publication({ quota, ladder, releaseTimes: ["30 8 * * *", "0 15 * * *"] });

/** Puts the articles numbered so where the test wants them. */
const set = (numbers: readonly number[], assignment: string) =>
  world.db
    .prepare(`UPDATE articles SET ${assignment} WHERE title IN (SELECT '稿件 ' || value FROM json_each(?))`)
    .bind(JSON.stringify(numbers))
    .run();

const picks = () =>
  world.all<{ title: string; rung: string; slot: number }>(
    `SELECT a.title, k.rung, k.slot FROM picks k JOIN articles a ON a.id = k.article_id ORDER BY k.position`,
  );

const today = `${at("00:00")} - 86400000`;

describe("planning", () => {
  it("keeps caps by column and unit, and relaxes what it must", async () => {
    await world.articles(await office({ unitCap: 1, columnCap: 3, columnCaps: { "column-2": 1 } }), 8);
    await set([1, 2, 3, 4], `unit_id = 1, column_id = 1`);
    await set([5, 6], `unit_id = 2, column_id = 2`);
    await set([7], `unit_id = 3, column_id = 2`);
    await world.db.prepare(`UPDATE articles SET queue_key = ${today} + id`).run();
    await set([8], `status = 'withdrawn'`);
    await world.tick(at("07:00"));
    expect((await picks()).map((pick) => [pick.title, pick.rung]).sort()).toEqual([
      ["稿件 1", "normal"],
      ["稿件 2", "unit_relaxed"],
      ["稿件 3", "unit_relaxed"],
      ["稿件 5", "normal"],
    ]);
  });

  it("gives each release time its number and each weekday its column", async () => {
    const publication = await office({
      slotCounts: [1, 3],
      columnMinimums: [{ column: "column-3", minimum: 1, weekday: "MON" }],
    });
    await world.articles(publication, 30);
    await set([30], `column_id = 3`);
    await world.tick(at("07:00"));
    const found = await picks();
    expect(found.map((pick) => pick.slot)).toEqual([1, 2, 2, 2]);
    expect(found.find((pick) => pick.title === "稿件 30")).toMatchObject({ rung: "column_minimum" });
    await world.tick(at("20:00"));
    await world.articles(publication, 1, 31);
    await set([31], `column_id = 3`);
    await world.tick(at("07:00", "2026-11-24"));
    expect((await picks()).map((pick) => pick.title)).not.toContain("稿件 31");
  });

  it("has editions on days of rest if they have a quota, of that size", async () => {
    await world.articles(await office({ restQuota: 2 }), 20);
    await world.tick(at("20:00", "2026-11-21"));
    expect(await world.all(`SELECT date, quota, shortfall FROM editions`)).toEqual([
      { date: "2026-11-21", quota: 2, shortfall: 0 },
    ]);
    expect(await world.one(`SELECT count(*) FROM posts`)).toBe(2);
    expect(await world.one(`SELECT due_at FROM publications`)).toBe(at("07:00", "2026-11-22"));
  });

  it("says why it is short, and why an article was passed over", async () => {
    const publication = await office({ reprintShare: 0.25 });
    await world.articles(publication, 3);
    await set([3], `must_run_on = '2026-12-01'`);
    await world.tick(at("07:00"));
    expect(await world.one(`SELECT short_because FROM editions`)).toMatch(/^缺 2 篇/);
    await world.articles(publication, 6, 10);
    await set([10, 11, 12], `kind = 'reprint'`);
    const proposal = await propose(
      world.deps.db,
      OFFICIAL,
      (await findPublication(world.db, "daily"))!,
      DATE,
      at("08:00"),
    );
    expect(proposal.added.map((pick) => pick.title)).toEqual(["稿件 10", "稿件 13"]);
    const { ladder } = proposal;
    const why = ladder!.passed.input.candidates.map((c) => whyNot(c, ladder!));
    expect(why.filter((text) => text !== null).sort()).toEqual([
      "今日名额已满，排在第 3 位",
      "今日名额已满，排在第 4 位",
      "今日转载已达限额 1 篇",
      "今日转载已达限额 1 篇",
    ]);
  });
});

describe("the reserve", () => {
  it("gives a queued reprint back to the queue and an evergreen back to the reserve when their day is over", async () => {
    const publication = await office({ reprintShare: 0 }, 2);
    await world.article(publication, 1, { evergreen: true });
    await world.tick(at("20:00", "2026-09-01"));
    expect(await world.one(`SELECT status FROM articles`)).toBe("published");
    await world.article(publication, 2);
    await set([2], `kind = 'reprint'`);
    await world.tick(at("07:00"));
    expect((await picks()).filter((pick) => pick.rung === "reserve")).toHaveLength(2);
    await world.db.prepare(`UPDATE publications SET stopped_at = 1, stop_reason = 'test'`).run();
    await world.tick(at("07:00", "2026-11-24"));
    await world.db.prepare(`UPDATE publications SET stopped_at = NULL, due_at = 0`).run();
    await world.tick(at("07:01", "2026-11-24"));
    expect(
      await world.one(`SELECT count(*) FROM picks k JOIN editions e ON e.id = k.edition_id WHERE e.date = '${DATE}'`),
    ).toBe(0);
    await world.tick(at("20:00", "2026-11-24"));
    expect(await world.all(`SELECT title FROM posts ORDER BY id`)).toEqual([
      { title: "稿件 1" },
      { title: "稿件 2" },
      { title: "稿件 1" },
    ]);
  });
});

describe("the month's posts", () => {
  it("are counted once with the release, by unit, and decide whose turn it is", async () => {
    const publication = await office({}, 2);
    await world.articles(publication, 2);
    await set([1, 2], `unit_id = 1`);
    for (let i = 0; i < 3; i++) await world.tick(at("20:00"));
    expect(await world.all(`SELECT month, unit_id, posts FROM unit_months`)).toEqual([
      { month: "2026-11", unit_id: 1, posts: 2 },
    ]);
    await world.articles(publication, 4, 10);
    await set([10, 11, 12], `unit_id = 1`);
    await set([13], `unit_id = 2`);
    const publicationNow = (await findPublication(world.db, "daily"))!;
    await planEdition(world.deps.db, OFFICIAL, publicationNow, "2026-11-24", at("07:00", "2026-11-24"));
    expect(
      await world.all(
        `SELECT a.title FROM picks k JOIN articles a ON a.id = k.article_id WHERE k.seq IS NULL ORDER BY k.position`,
      ),
    ).toEqual([{ title: "稿件 13" }, { title: "稿件 10" }]);
  });
});
