/** The look before the release: nobody's secret goes out, and no day is missed for it. */
import { beforeEach, expect, it } from "vitest";
import { findingsOf } from "../../src/editions/clearance.ts";
import { at, World } from "./helpers/world.ts";

const world = new World();
let publication: number;

beforeEach(async () => {
  await world.wipe();
  publication = await world.publication({ quota: 3, releaseTimes: ["30 8 * * *"] });
});

const forbid = (text: string) =>
  world.db
    .prepare(
      `INSERT INTO terms (uid, text, kind, write_as, severity, note, rev, stamp, created_at, updated_at) VALUES (?1, ?1, 'forbidden', NULL, 'error', '', 1, '', 0, 0)`,
    )
    .bind(text)
    .run();
const rewrite = (n: number, markdown: string) =>
  world.db
    .prepare(`UPDATE revisions SET markdown = ? WHERE article_id = (SELECT id FROM articles WHERE uid = ?)`)
    .bind(markdown, `article-${publication}-${n}`)
    .run();
const posted = async () =>
  (
    await world.all<{ uid: string }>(`SELECT a.uid FROM posts p JOIN articles a ON a.id = p.article_id ORDER BY p.id`)
  ).map(({ uid }) => Number(uid.split("-").at(-1)));
const alerts = () =>
  world.all<{ kind: string; title: string; body: string; subject: string }>(
    `SELECT kind, title, body, subject FROM alerts WHERE kind LIKE 'article.%' ORDER BY seq`,
  );

it("holds back what a word list forbids since, fills its place, tells the office once", async () => {
  await world.articles(publication, 5);
  await world.tick(at("07:00"));
  expect(await world.one(`SELECT count(*) FROM picks`)).toBe(3);
  await rewrite(2, "正文里有禁用词。");
  await forbid("禁用词");
  for (const time of ["08:30", "08:31"]) await world.tick(at(time));
  expect(await posted()).toEqual([1, 4, 3]);
  expect(await alerts()).toEqual([
    {
      kind: "article.held",
      title: "《稿件 2》发布前被暂缓",
      body: "正文里有本单位禁用的“禁用词”。请删去或改写。\n改好文字，或确认无误后重新提交，稿件即回到队列。",
      subject: `article:article-${publication}-2`,
    },
  ]);
  expect(await world.all(`SELECT status FROM articles WHERE uid = 'article-${publication}-2'`)).toEqual([
    { status: "held" },
  ]);
});

it("killed after any effect of it, the day ends the same", { timeout: 60_000 }, async () => {
  for (let n = 0, over = false; !over; n++) {
    await world.wipe();
    publication = await world.publication({ quota: 3, releaseTimes: ["30 8 * * *"] });
    await world.articles(publication, 4);
    await rewrite(2, "正文里有禁用词。");
    await forbid("禁用词");
    world.line.crash(n, "after");
    await world.tick(at("08:30")).catch(() => {});
    over = world.line.effects.length <= n;
    world.line.restart();
    for (const time of ["08:31", "08:32"]) await world.tick(at(time));
    expect([await posted(), (await alerts()).length], `effect ${n}`).toEqual([[1, 4, 3], 1]);
  }
});

it("lets out what a person accepted in this text, and holds back what was forbidden after that", async () => {
  await world.articles(publication, 3);
  await rewrite(1, "正文里有禁用词。");
  await rewrite(2, "正文里有禁用词和新词。");
  await world.db.prepare(`UPDATE revisions SET acknowledged = '["forbidden-term:禁用词"]'`).run();
  await forbid("禁用词");
  await forbid("新词");
  await world.tick(at("08:30"));
  expect(await posted()).toEqual([1, 3]);
});

it("never repeats an identity number, not even one in a title", async () => {
  await world.articles(publication, 1);
  const id = "110101190001010014";
  await world.db.prepare(`UPDATE revisions SET title = ?`).bind(`名单${id}`).run();
  await world.tick(at("08:30"));
  expect(await posted()).toEqual([]);
  const told = JSON.stringify([await alerts(), await world.all(`SELECT detail FROM audit`)]);
  expect(told).toContain("身份证号码");
  expect(told).not.toContain(id.slice(3, 16));
});

it("does not empty the queue into a slot that cannot be filled: it goes out with what may", async () => {
  await world.articles(publication, 20);
  for (let n = 1; n <= 20; n++) if (n !== 3) await rewrite(n, "禁用词");
  await forbid("禁用词");
  await world.tick(at("08:30"));
  expect(await posted()).toEqual([3]);
  expect(await world.one(`SELECT count(*) FROM articles WHERE status = 'held'`)).toBeLessThanOrEqual(9);
});

it("a missing picture does not stop the day; it is told with the release", async () => {
  await world.articles(publication, 1);
  await world.db.prepare(`UPDATE revisions SET media = '["${"a".repeat(64)}"]'`).run();
  for (const time of ["08:30", "08:31"]) await world.tick(at(time));
  expect(await posted()).toEqual([1]);
  expect((await alerts()).map(({ kind }) => kind)).toEqual(["article.media_missing"]);
});

it("costs one query a slot beyond the release, and none without a slot", async () => {
  await world.articles(publication, 3);
  await forbid("禁用词");
  await world.tick(at("07:00"));
  world.line.resetCounts();
  await world.tick(at("08:30"));
  const looks = world.line.effects.filter(({ name }) => name.startsWith("SELECT 'article' AS what"));
  expect(looks).toHaveLength(1);
  await world.tick(at("08:31"));
  expect(world.line.effects.filter(({ name }) => name.startsWith("SELECT 'article' AS what"))).toHaveLength(1);
});

it("reads what a dry run tells of all its picks in one query, three rows a pick and one a word", async () => {
  await world.articles(publication, 15);
  for (let n = 1; n <= 30; n++) await forbid(`禁用词${n}`);
  const ids = (await world.all<{ id: number }>(`SELECT id FROM articles`)).map(({ id }) => id);
  world.line.resetCounts();
  const found = await findingsOf(world.deps.db, "Asia/Shanghai", ids);
  expect(found.size).toBe(15);
  expect(world.line.queries).toBe(1);
  expect(world.line.rowsRead).toBeLessThanOrEqual(3 * 15 + 30);
});
