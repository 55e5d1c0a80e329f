/** The tick follows the calendar: what the office enters, a whole year of it, and what it costs. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Override } from "../../src/editions/calendar/change.ts";
import { changeCalendar, readYear } from "../../src/editions/calendar/change.ts";
import { OFFICIAL } from "../../src/editions/calendar/calendar.ts";
import { planTime, slotsOn } from "../../src/editions/slots.ts";
import { listPublications } from "../../src/newsroom/publication-store.ts";
import { localDate } from "../../src/platform/time.ts";
import { daysOf } from "../unit/editions/calendar/days.ts";
import { NOTICE_2027 } from "../unit/editions/calendar/notices.ts";
import { at, World } from "./helpers/world.ts";

const world = new World();
const ADMIN = { name: "admin", role: null, scopes: [] };

beforeEach(async () => {
  await world.wipe();
});

async function override(now: number, ...overrides: Override[]): Promise<void> {
  const year = Number(overrides[0]!.date.slice(0, 4));
  const { rev } = (await readYear(world.db, year)).year;
  await changeCalendar(world.db, year, { kind: "local", overrides }, rev, ADMIN, now);
}

const editions = async () =>
  (await world.all<{ date: string }>(`SELECT date FROM editions ORDER BY date`)).map((edition) => edition.date);
const released = () => world.one<number>(`SELECT count(*) FROM wire`);

describe("a local day", () => {
  const [FRIDAY, SATURDAY, MONDAY, TUESDAY] = ["2026-11-20", "2026-11-21", "2026-11-23", "2026-11-24"] as const;

  it("of rest stops the edition, even one that is planned; its articles run on the next working day", async () => {
    await world.articles(await world.publication(), 15);
    await world.tick(at("07:00", MONDAY));
    expect(await world.one(`SELECT count(*) FROM picks`)).toBe(15);
    await override(at("08:00", MONDAY), { date: MONDAY, working: false, note: "停电" });
    await world.tick(at("08:00", MONDAY));
    for (const time of ["08:30", "15:00"]) await world.tick(at(time, MONDAY));
    expect(await released()).toBe(0);
    for (const time of ["07:00", "08:30", "15:00"]) await world.tick(at(time, TUESDAY));
    expect(
      await world.one(`SELECT count(*) FROM posts p JOIN editions e ON e.id = p.edition_id WHERE e.date = ?`, TUESDAY),
    ).toBe(15);
  });

  it("of rest in advance keeps the edition from being planned at all", async () => {
    await world.articles(await world.publication(), 15);
    await override(at("12:00", FRIDAY), { date: MONDAY, working: false, note: "" });
    for (const time of ["12:01", "15:00"]) await world.tick(at(time, FRIDAY));
    for (const time of ["07:00", "08:30", "15:00"]) await world.tick(at(time, MONDAY));
    await world.tick(at("07:00", TUESDAY));
    expect(await editions()).toEqual([FRIDAY, TUESDAY]);
  });

  it("of work on a Saturday makes an edition, although the tick had meant to sleep until Monday", async () => {
    await world.articles(await world.publication(), 30);
    await world.tick(at("16:00", FRIDAY));
    expect(await world.one(`SELECT due_at FROM publications`)).toBe(at("07:00", MONDAY));
    await override(at("18:00", FRIDAY), { date: SATURDAY, working: true, note: "那达慕" });
    await world.tick(at("18:00", FRIDAY));
    expect(await world.one(`SELECT due_at FROM publications`)).toBe(at("07:00", SATURDAY));
    for (const time of ["07:00", "08:30", "15:00"]) await world.tick(at(time, SATURDAY));
    expect(
      await world.one(`SELECT count(*) FROM posts p JOIN editions e ON e.id = p.edition_id WHERE e.date = ?`, SATURDAY),
    ).toBe(15);
  });

  it("taken back is as if it had never been", async () => {
    await world.articles(await world.publication(), 15);
    await override(at("12:00", FRIDAY), { date: SATURDAY, working: true, note: "" });
    await override(at("12:01", FRIDAY), { date: SATURDAY, remove: true });
    await world.tick(at("09:00", SATURDAY));
    expect(await editions()).toEqual([]);
  });
});

it("an edition of a provisional day says so, and one of the imported year does not", async () => {
  await world.articles(await world.publication({ quota: 1 }), 5);
  await world.tick(at("08:30", "2027-03-08"));
  await changeCalendar(
    world.db,
    2027,
    { kind: "notice", text: NOTICE_2027, number: null },
    0,
    ADMIN,
    at("09:00", "2027-03-08"),
  );
  await world.tick(at("08:30", "2027-03-09"));
  await world.tick(at("08:30", "2027-04-25"));
  expect(await world.all(`SELECT date, provisional FROM editions ORDER BY date`)).toEqual([
    { date: "2027-03-08", provisional: 1 },
    { date: "2027-03-09", provisional: 0 },
    { date: "2027-04-25", provisional: 0 },
  ]);
});

describe("the alarm", () => {
  const warnings = () =>
    world.all<{ at: number; subject: string }>(
      `SELECT at, subject FROM audit WHERE action = 'calendar.provisional' ORDER BY id`,
    );

  it("is noted once a day from 1 November, and no more once the notice is there", async () => {
    for (const time of ["00:00", "12:00", "23:30"]) await world.tick(at(time, "2026-10-31"));
    expect(await warnings()).toEqual([]);
    for (const date of ["2026-11-01", "2026-11-02"])
      for (const time of ["00:30", "01:30", "02:30", "12:00", "23:30"]) await world.tick(at(time, date));
    expect(await warnings()).toEqual([
      { at: at("00:30", "2026-11-01"), subject: "calendar:2027" },
      { at: at("00:30", "2026-11-02"), subject: "calendar:2027" },
    ]);
    await changeCalendar(world.db, 2027, { kind: "notice", text: NOTICE_2027, number: null }, 0, ADMIN, 0);
    await world.tick(at("12:00", "2026-11-03"));
    expect(await warnings()).toHaveLength(2);
  });

  it("costs an hour's chores three queries at most, and nothing before November", async () => {
    const cost = async (now: number) => {
      await world.db.prepare(`UPDATE office SET chores_at = ?`).bind(now).run();
      world.line.resetCounts();
      await world.tick(now);
      return world.line.queries;
    };
    await world.tick(at("09:00", "2026-10-20"));
    const before = await cost(at("10:00", "2026-10-20"));
    expect(await cost(at("10:00", "2026-11-20"))).toBeLessThanOrEqual(before + 3);
    expect(await cost(at("11:00", "2026-11-20"))).toBeLessThanOrEqual(before + 3);
  });
});

describe("what the calendar costs a tick", () => {
  it("one query when something is due, of as many rows as were entered; none when nothing is", async () => {
    await world.articles(await world.publication(), 15);
    await world.publication({ slug: "second" });
    await world.publication({ slug: "third" });
    await changeCalendar(world.db, 2027, { kind: "notice", text: NOTICE_2027, number: null }, 0, ADMIN, 0);
    const read = () =>
      world.line.effects.filter((effect) => effect.name.includes("json_group_array(json_object('year'")).length;
    // Without the hourly chores, which look at the next year by themselves.
    await world.db.prepare(`UPDATE office SET chores_at = ?`).bind(at("23:00")).run();
    world.line.resetCounts();
    await world.tick(at("07:00"));
    expect(read()).toBe(1);
    world.line.resetCounts();
    await world.tick(at("07:10"));
    expect(read()).toBe(0);
    expect(world.line.queries).toBeLessThanOrEqual(4);
  });
});

describe("the year 2026, replayed by its ticks", () => {
  it(
    "has editions on its working days and on no other, in Shanghai and in New York",
    { timeout: 180_000 },
    async () => {
      // Planned and released at one moment: half as many ticks.
      const settings = { quota: 1, planAt: "08:30", releaseTimes: ["30 8 * * *"] };
      const daily = await world.publication(settings);
      const abroad = await world.publication({ ...settings, slug: "abroad", timeZone: "America/New_York" });
      // Written in bulk, as an import would: a working day of either uses up one.
      for (const publication of [daily, abroad])
        await world.db
          .prepare(
            `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
           INSERT INTO articles (uid, publication_id, author, kind, status, hash, title, digest, important, priority, evergreen, queue_key, rev,
             created_at, updated_at)
           SELECT 'year-' || ?1 || '-' || i, ?1, 'import', 'original', 'queued', 'h', '稿件 ' || i, '', 0, 0, 0, i, 1, 0, 0 FROM n`,
          )
          .bind(publication)
          .run();
      await world.db
        .prepare(
          `INSERT INTO revisions SELECT id, hash, title, '', '正文', '{"credits":[],"cover":null,"source":null}', '[]', 'import', 0, '[]' FROM articles`,
        )
        .run();
      // Every moment at which either would plan or release if every day were worked.
      const publications = await listPublications(world.db);
      const moments = new Set(
        daysOf(2026).flatMap((date) => publications.flatMap((p) => [planTime(date, p), ...slotsOn(date, p)])),
      );
      expect(moments.size).toBe(2 * 365);
      // The hourly chores are none of this test's business, and would run at each of these ticks.
      await world.db.prepare(`UPDATE office SET chores_at = ?`).bind(at("00:00", "2028-01-01")).run();
      for (const now of [...moments].sort((a, b) => a - b)) await world.tick(now);

      const working = daysOf(2026).filter((date) => OFFICIAL.dayOf(date).working);
      expect(working).toHaveLength(248);
      for (const publication of publications) {
        const found = await world.all<{
          date: string;
          released: number;
          at: number;
          late: number;
          provisional: number;
        }>(
          `SELECT e.date, (SELECT count(*) FROM picks k WHERE k.edition_id = e.id AND k.seq IS NOT NULL) AS released, s.released_at AS at, s.late,
           e.provisional
         FROM editions e JOIN slots s ON s.edition_id = e.id WHERE e.publication_id = ? AND e.date >= '2026' ORDER BY e.date`,
          publication.id,
        );
        expect(found.map((edition) => edition.date)).toEqual(working);
        for (const edition of found) {
          expect(edition).toMatchObject({ released: 1, late: 0, provisional: 0 });
          expect(edition.at).toBe(slotsOn(edition.date, publication)[0]);
          expect(localDate(edition.at, publication.timeZone)).toBe(edition.date);
        }
      }
      // New York's year ends 13 hours later, and began so: the first tick was its evening of 31 December 2025, a working day.
      expect(await editions()).toHaveLength(2 * 248 + 1);
    },
  );
});
