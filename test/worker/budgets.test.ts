/** Cost is part of the behaviour: queries, rows read and rows written, from D1's own counts. */
import { beforeEach, describe, expect, it } from "vitest";
import { calendarOf, OFFICIAL } from "../../src/editions/calendar/calendar.ts";
import { readEntries } from "../../src/editions/calendar/store.ts";
import type { LadderSettings } from "../../src/newsroom/ladder-settings.ts";
import { LADDER_DEFAULTS } from "../../src/newsroom/ladder-settings.ts";
import { planEdition } from "../../src/editions/plan.ts";
import { findPublication } from "../../src/newsroom/publication-store.ts";
import { at, DATE, World } from "./helpers/world.ts";

const world = new World();

beforeEach(async () => {
  await world.wipe();
});

/** A long queue, as one unit's import would make it, in one statement. */
async function backlog(publication: number, count: number): Promise<void> {
  await world.db
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO articles (uid, publication_id, author, kind, status, hash, title, digest, important, priority, evergreen, embargo_until,
         expires_at, must_run_on, wake_at, queue_key, rev, created_at, updated_at)
       SELECT 'bulk-' || i, ?1, 'import', 'original', CASE WHEN i % 50 = 1 THEN 'held' ELSE 'queued' END, 'h', '稿件 ' || i, '', 0, 0, 0,
         CASE WHEN i % 50 = 1 THEN ?3 END, CASE WHEN i % 40 = 0 THEN ?3 END, CASE WHEN i % 5000 = 0 THEN '${DATE}' END,
         CASE WHEN i % 50 = 1 OR i % 40 = 0 THEN ?3 END, i, 1, 0, 0 FROM n`,
    )
    .bind(publication, count, at("07:00", "2027-06-01"))
    .run();
  await world.db
    .prepare(
      `INSERT INTO revisions SELECT id, hash, title, '', '正文', '{"credits":[],"cover":null,"source":null}', '[]', 'import', 0, '[]' FROM articles`,
    )
    .run();
}

const COLUMNS = 18;
const UNITS = 17;

/** A queue dealt out over the office's columns, units and kinds, as a year of correspondents would fill it. */
async function dealt(publication: number, count: number, columns: number, kinds: number): Promise<void> {
  const insert = (table: string, extra: string, rows: number) =>
    world.db.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
       INSERT INTO ${table} SELECT i, '${table}-' || i, '${table} ' || i, ${extra} 0 FROM n`,
    );
  await world.db.batch([insert("columns", "", COLUMNS), insert("units", "'committee',", UNITS)]);
  await world.db
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO articles (uid, publication_id, column_id, unit_id, author, kind, status, hash, title, digest, important, priority, evergreen,
         embargo_until, expires_at, wake_at, queue_key, rev, created_at, updated_at)
       SELECT 'bulk-' || i, ?1, 1 + i % ${columns}, 1 + (i / ${columns}) % ${UNITS}, 'import',
         CASE (i / ${columns * UNITS}) % ${kinds} WHEN 0 THEN 'original' ELSE 'reprint' END,
         CASE WHEN i % 50 = 1 THEN 'held' ELSE 'queued' END, 'h', '稿件 ' || i, '', 0, 0, 0,
         CASE WHEN i % 50 = 1 THEN ?3 END, CASE WHEN i % 40 = 0 THEN ?3 END, CASE WHEN i % 50 = 1 OR i % 40 = 0 THEN ?3 END,
         ?4 - i, 1, 0, 0 FROM n`,
    )
    .bind(publication, count, at("07:00", "2027-06-01"), at("07:00"))
    .run();
}

/** One unit imports so many into one column, all of them before everything else in the queue. */
async function flood(publication: number, count: number): Promise<void> {
  await world.db
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO articles (uid, publication_id, column_id, unit_id, author, kind, status, hash, title, digest, important, priority, evergreen,
         queue_key, rev, created_at, updated_at)
       SELECT 'flood-' || i, ?1, 1, 1, 'import', 'original', 'queued', 'h', '来稿 ' || i, '', 0, 0, 0, ?3 - i, 1, 0, 0 FROM n`,
    )
    .bind(publication, count, at("06:00"))
    .run();
}

/** As if no edition had been planned: cheaper than another queue of 100,000. */
async function unplan(): Promise<void> {
  await world.db.batch([
    ...["picks", "slots", "editions"].map((table) => world.db.prepare(`DELETE FROM ${table}`)),
    world.db.prepare(`UPDATE articles SET status = 'queued' WHERE status = 'planned'`),
  ]);
}

const spent = () => ({ queries: world.line.queries, read: world.line.rowsRead, written: world.line.rowsWritten });

describe("planning", () => {
  it("with 100,000 queued articles takes at most 12 queries and 2,000 rows read", { timeout: 60_000 }, async () => {
    const publication = await world.publication();
    await backlog(publication, 100_000);
    world.line.resetCounts();
    const calendar = calendarOf(await readEntries(world.deps.db, DATE, DATE));
    await planEdition(world.deps.db, calendar, (await findPublication(world.db, "daily"))!, DATE, at("07:00"));
    expect(await world.one(`SELECT count(*) FROM picks`)).toBeGreaterThanOrEqual(15);
    expect(world.line.queries).toBeLessThanOrEqual(12);
    expect(world.line.rowsRead).toBeLessThanOrEqual(2000);
    await world.db.prepare(`DELETE FROM revisions`).run();
  });

  const CAPS = { columnCap: 3, unitCap: 3 };
  it.each<[string, number, number, Record<string, Partial<LadderSettings>>]>([
    [
      "every column",
      COLUMNS,
      2,
      {
        "no caps": {},
        "caps of 3 and 3": CAPS,
        "caps of 3 and 3, a third reprints, minimums": {
          ...CAPS,
          reprintShare: 1 / 3,
          columnMinimums: [{ column: "columns-18", minimum: 2 }],
        },
      },
    ],
    ["few columns", 13, 1, { "caps of 12 and 10": { columnCap: 12, unitCap: 10 } }],
  ])(
    "with 100,000 queued in %s, from every unit, takes no more, also after one unit has imported 5,000 into one column",
    { timeout: 120_000 },
    async (_, columns, kinds, ladders) => {
      await dealt(await world.publication(), 100_000, columns, kinds);
      const publication = (await findPublication(world.db, "daily"))!;
      await flood(publication.id, 5000);
      for (const [name, settings] of Object.entries(ladders)) {
        world.line.resetCounts();
        const ladder = { ...LADDER_DEFAULTS, ...settings, oldDays: 36_500 };
        await planEdition(world.deps.db, OFFICIAL, { ...publication, ladder }, DATE, at("07:00"));
        expect(await world.one(`SELECT count(*) FROM picks`), name).toBeGreaterThanOrEqual(15);
        if (ladder.columnCap) {
          const most = `SELECT max(n) FROM (SELECT count(*) AS n FROM picks k JOIN articles a ON a.id = k.article_id WHERE k.rung = 'normal' GROUP BY `;
          expect(await world.one(`${most} a.column_id)`), name).toBeLessThanOrEqual(ladder.columnCap);
          expect(await world.one(`${most} a.unit_id)`), name).toBeLessThanOrEqual(ladder.unitCap!);
          const strained = `SELECT rung FROM picks WHERE rung LIKE '%relaxed' OR rung = 'reserve'`;
          expect(await world.all(strained), name).toEqual([]);
        }
        expect(world.line.queries, name).toBeLessThanOrEqual(12);
        expect(world.line.rowsRead, name).toBeLessThanOrEqual(2000);
        await unplan();
      }
    },
  );
});

describe("an idle tick", () => {
  it("takes at most 4 queries, 20 rows read and 1 written", async () => {
    const publication = await world.publication();
    await world.publication({ slug: "video" });
    await world.articles(publication, 15);
    for (let n = 1; n <= 3; n++) await world.webhook(n);
    for (const time of ["07:00", "08:30", "15:00"]) await world.tick(at(time));
    await world.recover(at("15:01"), 4);
    world.line.resetCounts();
    await world.tick(at("15:30"));
    expect(world.line.queries).toBeLessThanOrEqual(4);
    expect(world.line.rowsRead).toBeLessThanOrEqual(20);
    expect(world.line.rowsWritten).toBeLessThanOrEqual(1);
  });

  it("costs no more beside a long archive and many channels", { timeout: 30_000 }, async () => {
    const publication = await world.publication();
    await backlog(publication, 5000);
    await world.db.prepare(`UPDATE articles SET status = 'withdrawn', wake_at = NULL`).run();
    for (let n = 1; n <= 60; n++) await world.webhook(n);
    await world.tick(at("20:00"));
    await world.recover(at("20:01"), 2);
    world.line.resetCounts();
    await world.tick(at("20:30"));
    expect(spent().read).toBeLessThanOrEqual(20);
    expect(spent().written).toBeLessThanOrEqual(1);
  });
});

describe("a shard of 50 channels", () => {
  it.each(["accepted", "failing"])(
    "takes at most 6 queries a run and 5 rows written a push: %s",
    { timeout: 30_000 },
    async (how) => {
      const publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 3 });
      await world.articles(publication, 3);
      for (let n = 1; n <= 50; n++) await world.webhook(n, {}, "full");
      expect(await world.all(`SELECT members FROM shards`)).toEqual([{ members: 50 }]);
      world.wall = at("08:30");
      world.endpoint = () => new Response("", { status: how === "accepted" ? 200 : 500 });
      await world.tick(at("08:30"));
      const [message] = world.queue.splice(0);
      world.line.resetCounts();
      await world.handle(message!.body);
      expect(world.received.length).toBe(50);
      expect(world.line.queries).toBeLessThanOrEqual(6);
      expect(world.line.rowsWritten).toBeLessThanOrEqual(5 * 50);
    },
  );

  it("takes no more when it tries again", { timeout: 30_000 }, async () => {
    const publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 1 });
    await world.articles(publication, 1);
    for (let n = 1; n <= 50; n++) await world.webhook(n);
    world.wall = at("08:30");
    world.endpoint = () => new Response("", { status: 500 });
    await world.tick(at("08:30"));
    await world.drain();
    world.wall += 60_000;
    const [message] = world.queue.splice(0);
    world.line.resetCounts();
    await world.handle(message!.body);
    // Those that have failed are tried six at a time.
    expect(world.received.length).toBe(56);
    expect(world.line.queries).toBeLessThanOrEqual(6);
    // The shard's own row and its index entry are shared by all of them.
    expect(world.line.rowsWritten).toBeLessThanOrEqual(5 * 6 + 2);
  });

  it("costs the same however long the wire is behind it", { timeout: 30_000 }, async () => {
    const publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 60 });
    await world.articles(publication, 60);
    for (let n = 1; n <= 5; n++) await world.webhook(n);
    world.wall = at("08:30");
    await world.tick(at("08:30"));
    const [message] = world.queue.splice(0);
    world.line.resetCounts();
    await world.handle(message!.body);
    const first = spent();
    await world.db.prepare(`UPDATE channels SET cursor = 50`).run();
    const [second] = world.queue.splice(0);
    world.line.resetCounts();
    await world.handle(second!.body);
    expect(spent().read).toBeLessThanOrEqual(first.read);
  });
});

describe("the hot queries use their indexes", () => {
  const plan = async (sql: string, ...args: unknown[]): Promise<string> =>
    (await world.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...args)).map((row) => row.detail).join("\n");

  it.each([
    [
      "the planner's queue",
      `SELECT id FROM articles INDEXED BY articles_queue WHERE publication_id = 1 AND status = 'queued' AND must_run_on IS NULL AND kind = 'original'
       ORDER BY queue_key, id LIMIT 15`,
      "articles_queue (publication_id=? AND kind=?)",
    ],
    [
      "a cell's head, without the table",
      `SELECT id, queue_key, expires_at, embargo_until, important FROM articles INDEXED BY articles_cells WHERE publication_id = 1 AND status = 'queued'
         AND must_run_on IS NULL AND kind = 'original' AND column_id IS 1 AND unit_id IS NULL ORDER BY queue_key, id LIMIT 3`,
      "COVERING INDEX articles_cells (publication_id=? AND kind=? AND column_id=? AND unit_id=?)",
    ],
    [
      "the next cell",
      `SELECT unit_id FROM articles INDEXED BY articles_cells WHERE publication_id = 1 AND status = 'queued' AND must_run_on IS NULL
         AND kind = 'original' AND column_id IS 1 AND unit_id > 2 ORDER BY unit_id LIMIT 1`,
      "articles_cells (publication_id=? AND kind=? AND column_id=? AND unit_id>?)",
    ],
    [
      "what wakes",
      `SELECT id FROM articles WHERE wake_at <= 5 ORDER BY wake_at LIMIT 200`,
      "articles_wake (wake_at<?)",
    ],
    [
      "due publications",
      `SELECT id FROM publications WHERE due_at <= 5 ORDER BY due_at`,
      "publications_due (due_at<?)",
    ],
    [
      "due shards",
      `SELECT id FROM shards WHERE due_at <= 5 AND enqueued_until < 5 ORDER BY due_at`,
      "shards_due (due_at<?)",
    ],
    [
      "a shard's members",
      `SELECT id FROM channels WHERE shard = 1 AND status = 'active' AND due_at <= 5 AND lease_until <= 5 LIMIT 50`,
      "channels_shard (shard=?)",
    ],
    [
      "a waiting pick",
      `SELECT edition_id FROM picks WHERE article_id = 1 AND seq IS NULL`,
      "picks_waiting (article_id=?)",
    ],
    [
      "a slice of the wire",
      `SELECT seq FROM wire WHERE seq IN (SELECT value FROM json_each('[1,2]'))`,
      "USING INTEGER PRIMARY KEY (rowid=?)",
    ],
    [
      "a column's posts",
      `SELECT id FROM posts WHERE column_id = 1 AND recalled_at IS NULL AND id < 100 ORDER BY id DESC LIMIT 20`,
      "posts_column (column_id=? AND id<?)",
    ],
    [
      "an open edition",
      `SELECT 1 FROM editions WHERE publication_id = 1 AND shortfall > 0 AND closed_at IS NULL`,
      "editions_open (publication_id=?)",
    ],
  ])("%s", async (_, sql, index) => {
    const found = await plan(sql);
    expect(found).toContain(index);
    expect(found).not.toMatch(/USE TEMP B-TREE|^SCAN (?!json_each)/m);
  });
});
