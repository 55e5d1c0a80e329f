import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fill, whyNot } from "../../../src/editions/ladder/index.ts";
import type { LadderInput } from "../../../src/editions/ladder/index.ts";
import { anyDay, article, at, DATE, day, eligible, mayRun, placedAfter, RUNS } from "./ladder-day.ts";

const special = (input: LadderInput, result: ReturnType<typeof fill>) =>
  placedAfter(input, result).filter((pick) => pick.rung === "must_run" || pick.rung === "pinned").length;

describe("whatever the day", () => {
  it("meets the quota whenever enough are eligible, and says how many are missing otherwise", () =>
    fc.assert(
      fc.property(anyDay, (input) => {
        const result = fill(input);
        const total = input.placed.length + result.picks.length;
        const may = eligible(input).filter((c) => c.lastRunAt !== null || c.mustRunOn === null || c.mustRunOn <= DATE);
        expect(total).toBeGreaterThanOrEqual(Math.min(input.quota, input.placed.length + may.length));
        expect(result.shortfall).toBe(Math.max(0, input.quota - total));
        expect(result.shortBecause).toMatch(result.shortfall > 0 ? new RegExp(`^缺 ${result.shortfall} 篇：`) : /^$/);
      }),
      RUNS,
    ));

  it("exceeds the quota only for must-runs and pins and one ordinary place, the maximum only for must-runs", () =>
    fc.assert(
      fc.property(anyDay, (input) => {
        const result = fill(input);
        const total = input.placed.length + result.picks.length;
        const added = result.picks.filter((pick) => pick.rung !== "must_run");
        const marked = special(input, result);
        if (added.some((pick) => pick.rung !== "pinned"))
          expect(total).toBeLessThanOrEqual(Math.max(input.quota, marked + 1));
        if (input.rules.maximum !== null && added.length > 0) expect(total).toBeLessThanOrEqual(input.rules.maximum);
      }),
      RUNS,
    ));

  it("never breaks embargo, expiry, medium, a date to come, a released slot or a taken place", () =>
    fc.assert(
      fc.property(anyDay, (input) => {
        const { picks } = fill(input);
        const known = new Map(input.candidates.map((c) => [c.articleId, c]));
        const slots = new Map(input.slots.map((slot) => [slot.n, slot]));
        for (const pick of picks) {
          const c = known.get(pick.articleId)!;
          const slot = slots.get(pick.slot)!;
          expect(slot.released).toBe(false);
          expect(mayRun(c, slot.at)).toBe(true);
          expect(c.kind).not.toBe("video");
          if (pick.rung !== "pinned")
            expect(c.mustRunOn === null || c.mustRunOn <= DATE || c.lastRunAt !== null).toBe(true);
          expect(pick.again).toBe(c.lastRunAt !== null);
          expect(pick.reason).not.toBe("");
        }
        const after = placedAfter(input, { picks } as ReturnType<typeof fill>);
        expect(new Set(after.map((pick) => pick.articleId)).size).toBe(after.length);
        expect(new Set(after.map((pick) => pick.position)).size).toBe(after.length);
        expect(Math.min(1, ...after.map((pick) => pick.position))).toBe(1);
      }),
      RUNS,
    ));

  it("is the same edition whatever order the candidates come in", () =>
    fc.assert(
      fc.property(
        anyDay.chain((input) =>
          fc.tuple(
            fc.constant(input),
            fc.shuffledSubarray(input.candidates as LadderInput["candidates"][number][], {
              minLength: input.candidates.length,
            }),
          ),
        ),
        ([input, candidates]) => {
          expect(fill({ ...input, candidates }).picks).toEqual(fill(input).picks);
        },
      ),
      RUNS,
    ));

  it("planned again adds nothing, whether or not slots have gone out meanwhile", () =>
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 3 }), (input, out) => {
        const placed = placedAfter(input, fill(input));
        expect(fill({ ...input, placed }).picks).toEqual([]);
        const gone = fill({
          ...input,
          placed: placed.map((pick) => ({ ...pick, released: pick.released || pick.slot <= out })),
          slots: input.slots.map((slot) => ({ ...slot, released: slot.released || slot.n <= out })),
        });
        expect(gone.picks).toEqual([]);
      }),
      RUNS,
    ));

  it("moves nothing that is placed or released: its answer names other articles and other places", () =>
    fc.assert(
      fc.property(anyDay, (input) => {
        const { picks } = fill(input);
        const taken = new Set(input.placed.map((pick) => pick.articleId));
        const places = new Set(input.placed.map((pick) => pick.position));
        expect(picks.filter((pick) => taken.has(pick.articleId) || places.has(pick.position))).toEqual([]);
      }),
      RUNS,
    ));

  it("can say of every article that was passed over why, and of no other", () =>
    fc.assert(
      fc.property(anyDay, (input) => {
        const result = fill(input);
        const inside = new Set(placedAfter(input, result).map((pick) => pick.articleId));
        for (const c of input.candidates) {
          const why = whyNot(c, result);
          if (inside.has(c.articleId)) expect(why).toBeNull();
          else expect(why).toMatch(/\S/);
        }
        expect(inside.size).toBe(input.placed.length + result.picks.length);
      }),
      RUNS,
    ));
});

describe("the rungs, one by one", () => {
  const rungs = (input: LadderInput) => fill(input).picks.map((pick) => [pick.articleId, pick.rung]);
  const many = (n: number, more = {}) => Array.from({ length: n }, (_, i) => article(i + 1, more));

  it("must-runs leave one ordinary place, and exceed even the maximum", () => {
    const must = many(5, { mustRunOn: DATE });
    const input = day({ quota: 3, candidates: [...must, article(9)] });
    expect(rungs(input).map(([, rung]) => rung)).toEqual([...Array<string>(5).fill("must_run"), "normal"]);
    const bounded = day({ quota: 3, candidates: [...must, article(9)], rules: { maximum: 4 } });
    expect(rungs(bounded).map(([, rung]) => rung)).toEqual(Array<string>(5).fill("must_run"));
  });

  it("a pin brings its article into its slot; one that cannot be kept binds nothing", () => {
    const candidates = many(4);
    const pinned = fill(day({ quota: 2, candidates, pins: [{ articleId: 4, slot: 3 }] }));
    expect(pinned.picks.find((pick) => pick.articleId === 4)).toMatchObject({ rung: "pinned", slot: 3 });
    const late = candidates.map((c) => ({ ...c, expiresAt: at(13) }));
    expect(rungs(day({ quota: 2, candidates: late, pins: [{ articleId: 4, slot: 3 }] }))).toEqual([
      [1, "expiring"],
      [2, "expiring"],
    ]);
  });

  it("what came by its date leaves the caps to the queue", () => {
    const expiring = many(3, { unit: 1, expiresAt: at(23) });
    const waiting = [11, 12, 13, 14].map((id) => article(id, { unit: 1 }));
    const found = rungs(day({ quota: 5, candidates: [...expiring, ...waiting], rules: { unitCap: 2 } }));
    expect(found.map(([, rung]) => rung)).toEqual(["expiring", "expiring", "expiring", "normal", "normal"]);
  });

  it("a column's minimum goes before the queue, within the unit's cap where that is possible", () => {
    const star = [8, 9].map((id) => article(id, { column: 7, unit: id === 8 ? 1 : 2 }));
    const rest = many(6, { unit: 1 });
    const result = fill(
      day({
        quota: 3,
        candidates: [...rest, ...star],
        rules: { unitCap: 2, minimums: [{ column: 7, minimum: 1, name: "每周一星" }] },
      }),
    );
    expect(result.picks[0]).toMatchObject({
      articleId: 9,
      rung: "column_minimum",
      reason: "专栏「每周一星」今日至少 1 篇",
    });
    expect(result.picks.map((pick) => pick.rung)).not.toContain("unit_relaxed");
  });

  it("relaxes the unit's cap before the column's, and says which", () => {
    const candidates = [...many(3, { unit: 1, column: 1 }), article(4, { unit: 2, column: 1 })];
    const result = fill(day({ quota: 4, candidates, rules: { unitCap: 1, columnCap: 3 } }));
    expect(result.picks.map(({ articleId, rung, reason }) => [articleId, rung, reason])).toEqual([
      [1, "normal", "按签发先后和优先级，排在队列第 1 位"],
      [4, "normal", "按签发先后和优先级，排在队列第 2 位"],
      [2, "unit_relaxed", "单位上限 1 已满，仍缺稿，放宽单位上限"],
      [3, "column_relaxed", "专栏上限 3 已满，仍缺稿，放宽专栏上限"],
    ]);
  });

  it("takes reprints beyond their share, then rested evergreens, only to fill a gap", () => {
    const reprints = many(4, { kind: "reprint" });
    const evergreen = article(9, { lastRunAt: at(-24 * 60) });
    const input = day({ quota: 4, candidates: [...reprints, evergreen, article(10)], rules: { reprintShare: 0.25 } });
    expect(rungs(input)).toEqual([
      [1, "normal"],
      [10, "normal"],
      [2, "reserve"],
      [3, "reserve"],
    ]);
    expect(rungs({ ...input, quota: 6 }).at(-1)).toEqual([9, "reserve"]);
    expect(fill({ ...input, quota: 8 })).toMatchObject({
      shortfall: 2,
      shortBecause: expect.stringMatching(/^缺 2 篇/),
    });
  });

  it("gives units turns within a day, those with fewer posts this month first", () => {
    const candidates = [...many(4, { unit: 1 }), article(8, { unit: 2 }), article(9, { unit: 3 })];
    const input = day({
      quota: 4,
      candidates,
      monthPosts: new Map([
        [1, 3],
        [2, 4],
      ]),
    });
    expect(fill(input).picks.map((pick) => pick.articleId)).toEqual([9, 1, 2, 8]);
  });

  it("exempts what has waited too long from the caps", () => {
    const old = [1, 2, 3].map((id) => article(id, { unit: 1, queueKey: at(-15 * 24) + id }));
    const result = fill(day({ quota: 3, candidates: [...old, article(8, { unit: 2 })], rules: { unitCap: 1 } }));
    expect(result.picks.map((pick) => [pick.articleId, pick.rung])).toEqual([
      [1, "normal"],
      [2, "normal"],
      [3, "normal"],
    ]);
    expect(result.picks[0]!.reason).toContain("已等候超过 14 天");
  });

  it("tells an editor why not", () => {
    const candidates = [
      article(1, { column: 1 }),
      article(2, { column: 1 }),
      article(3, { unit: 1 }),
      article(4, { unit: 1 }),
      article(5),
      article(6),
      article(7, { mustRunOn: "2026-11-30" }),
      article(8, { embargoUntil: at(30) }),
      article(9, { expiresAt: at(7) }),
      article(10, { lastRunAt: at(-24 * 40) }),
      article(11, { kind: "video" }),
    ];
    const result = fill(day({ quota: 3, candidates, rules: { columnCap: 1, unitCap: 1 } }));
    expect(candidates.map((c) => whyNot(c, result))).toEqual([
      null,
      "专栏今日已达上限 1 篇",
      null,
      "单位今日已达上限 1 篇",
      null,
      "今日名额已满，排在第 3 位",
      "保留到指定日期 2026-11-30",
      "未到解禁时间（2026-11-24 06:00）",
      "在今日余下的时段之前到期",
      "常青稿留作储备（上次刊发 2026-10-14），今日稿件已足",
      "稿件类型与本刊不符",
    ]);
    const full = day({
      quota: 1,
      candidates: candidates.slice(4, 6),
      slots: [{ n: 1, at: at(8), released: true, count: null }],
    });
    expect(whyNot(candidates[5]!, fill(full))).toBe("今日各时段均已发出");
  });
});
