/** The hand on the wheel: what a person does to an edition, and what planning leaves alone afterwards. */
import { beforeEach, describe, expect, it } from "vitest";
import type { WheelRequest } from "../../src/editions/wheel.ts";
import { turn } from "../../src/editions/wheel.ts";
import { calendarOf } from "../../src/editions/calendar/calendar.ts";
import { findPublication } from "../../src/newsroom/publication-store.ts";
import { at, DATE, World } from "./helpers/world.ts";

const world = new World();
const ACTOR = { name: "person:editor", role: null, scopes: [] };
let publication: number;

const article = (n: number) => `article-${publication}-${n}`;
const act = async (request: Omit<WheelRequest, "reason">, date = DATE, now = at("08:00")) =>
  turn(
    world.deps.db,
    calendarOf({ from: "2026-01-01", to: "2026-12-31", years: [], days: [] }),
    (await findPublication(world.db, "daily"))!,
    date,
    { reason: "值班编辑调整", ...request },
    ACTOR,
    now,
  );

/** The edition as [article number, slot] in order. */
const order = async (date = DATE) =>
  (
    await world.all<{ uid: string; slot: number; position: number }>(
      `SELECT a.uid, k.slot, k.position FROM picks k JOIN articles a ON a.id = k.article_id JOIN editions e ON e.id = k.edition_id
       WHERE e.date = ? ORDER BY k.position`,
      date,
    )
  ).map(({ uid, slot, position }, i) => {
    expect(position).toBe(i + 1);
    return [Number(uid.split("-").at(-1)), slot];
  });
const status = (n: number) => world.one<string>(`SELECT status FROM articles WHERE uid = ?`, article(n));

beforeEach(async () => {
  await world.wipe();
  publication = await world.publication({ quota: 4 });
  await world.articles(publication, 8);
  await world.tick(at("07:00"));
});

describe("the order", () => {
  it("a pin takes its place, and what stood there moves down; the quota is not cut", async () => {
    await act({ op: "pin", articleUid: article(7), position: 1 });
    expect(await order()).toEqual([
      [7, 1],
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ]);
    expect(await world.all(`SELECT rung, placed_by, reason FROM picks WHERE placed_by IS NOT NULL`)).toEqual([
      { rung: "pinned", placed_by: "person:editor", reason: "值班编辑调整" },
    ]);
  });

  it("a move keeps how many each slot holds", async () => {
    await act({ op: "move", articleUid: article(4), position: 1 });
    expect(await order()).toEqual([
      [4, 1],
      [1, 1],
      [2, 2],
      [3, 2],
    ]);
    await act({ op: "move", articleUid: article(4), slotAt: at("15:00") });
    expect(await order()).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
  });

  it("a swap changes two and nobody else", async () => {
    await act({ op: "swap", articleUid: article(1), position: 4 });
    expect(await order()).toEqual([
      [4, 1],
      [2, 1],
      [3, 2],
      [1, 2],
    ]);
  });

  it("planning afterwards moves nothing", async () => {
    await act({ op: "swap", articleUid: article(1), position: 4 });
    await act({ op: "add", articleUid: article(8), slotAt: at("15:00") });
    const before = await order();
    await world.db.prepare(`UPDATE publications SET due_at = 0`).run();
    await world.tick(at("08:10"));
    expect(await order()).toEqual(before);
  });

  it("what is released is out of reach, and new places come after it", async () => {
    await world.tick(at("08:30"));
    await expect(act({ op: "move", articleUid: article(1), position: 4 })).rejects.toThrow("has been released");
    await expect(act({ op: "pin", articleUid: article(7), position: 1 })).rejects.toThrow("must be from 3 to 5");
    await act({ op: "pin", articleUid: article(7), position: 3 });
    expect(await order()).toEqual([
      [1, 1],
      [2, 1],
      [7, 2],
      [3, 2],
      [4, 2],
    ]);
    await world.tick(at("15:00"));
    expect(await world.all(`SELECT p.title FROM wire w JOIN posts p ON p.id = w.post_id ORDER BY w.seq`)).toEqual(
      [1, 2, 7, 3, 4].map((n) => ({ title: `稿件 ${n}` })),
    );
  });
});

describe("taking out", () => {
  it("a dropped article goes back to the queue, is not chosen again for this edition, and the place is filled", async () => {
    await act({ op: "drop", articleUid: article(2) });
    expect(await status(2)).toBe("queued");
    await world.tick(at("08:30"));
    await world.tick(at("15:00"));
    expect((await order()).map(([n]) => n)).not.toContain(2);
    expect(await world.one(`SELECT shortfall FROM editions`)).toBe(0);
    await world.tick(at("07:00", "2026-11-24"));
    expect((await order("2026-11-24")).map(([n]) => n)).toContain(2);
  });

  it("a held article waits until a person lets it go", async () => {
    await act({ op: "hold", articleUid: article(2) });
    expect(await status(2)).toBe("held");
    await world.tick(at("20:00"));
    await world.tick(at("20:00", "2026-11-24"));
    expect(await status(2)).toBe("held");
  });

  it("a dropped article can be put back by hand", async () => {
    await act({ op: "drop", articleUid: article(2) });
    await act({ op: "add", articleUid: article(2), slotAt: at("15:00") });
    expect((await order()).at(-1)).toEqual([2, 2]);
  });
});

describe("a pin for a day to come", () => {
  it("has its place before the day is planned, and keeps it; the day is planned around it", async () => {
    await act({ op: "pin", articleUid: article(8), slotAt: at("15:00", "2026-11-25") }, "2026-11-25");
    expect(await order("2026-11-25")).toEqual([[8, 2]]);
    await world.tick(at("20:00"));
    await world.tick(at("20:00", "2026-11-24"));
    expect(await status(8)).toBe("planned");
    await world.tick(at("20:00", "2026-11-25"));
    const posts = await world.all<{ title: string }>(
      `SELECT p.title FROM posts p JOIN editions e ON e.id = p.edition_id WHERE e.date = '2026-11-25'`,
    );
    expect(posts.map((post) => post.title)).toContain("稿件 8");
  });

  it("is refused on a day of rest", async () => {
    await expect(act({ op: "pin", articleUid: article(8) }, "2026-11-28")).rejects.toThrow("not a working day");
  });
});

describe("refusals and the record", () => {
  it.each([
    ["an unknown article", { op: "pin" as const, articleUid: "nothing" }, "no article"],
    ["one that is not in the edition", { op: "drop" as const, articleUid: "7" }, "is not in this edition"],
    ["one that is in it already", { op: "add" as const, articleUid: "1" }, "is in this edition already"],
    ["a place beyond the end", { op: "move" as const, articleUid: "1", position: 9 }, "must be from 1 to 4"],
    ["a slot that is none", { op: "move" as const, articleUid: "1", slotAt: at("09:00") }, "not a release time"],
    ["a swap without a place", { op: "swap" as const, articleUid: "1" }, "is required"],
  ])("%s", async (_, request, words) => {
    const before = await order();
    const uid = /^\d$/.test(request.articleUid) ? article(Number(request.articleUid)) : request.articleUid;
    await expect(act({ ...request, articleUid: uid })).rejects.toThrow(words);
    expect(await order()).toEqual(before);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action LIKE 'pick.%'`)).toBe(0);
  });

  it("an article is not put where its embargo or expiry forbids it", async () => {
    await world.article(publication, 50, { embargoUntil: at("12:00") });
    await expect(act({ op: "pin", articleUid: article(50), position: 1 })).rejects.toThrow("embargoed");
    await act({ op: "pin", articleUid: article(50), slotAt: at("15:00") });
    expect((await order()).at(-1)).toEqual([50, 2]);
  });

  it("each act stands in the audit with who and why", async () => {
    await act({ op: "drop", articleUid: article(2) });
    const [row] = await world.all<{ actor: string; subject: string; detail: string }>(
      `SELECT actor, subject, detail FROM audit WHERE action = 'pick.drop'`,
    );
    expect(row).toMatchObject({ actor: "person:editor", subject: `edition:daily/${DATE}` });
    expect(JSON.parse(row!.detail)).toMatchObject({ article: article(2), reason: "值班编辑调整" });
  });

  it("two people at once: one act stands, the other is told", async () => {
    const results = await Promise.allSettled([
      act({ op: "pin", articleUid: article(7), position: 1 }),
      act({ op: "pin", articleUid: article(8), position: 1 }),
    ]);
    expect(results.filter((result) => result.status === "fulfilled").length).toBeGreaterThanOrEqual(1);
    expect((await order()).length).toBe(4 + results.filter((result) => result.status === "fulfilled").length);
  });
});
