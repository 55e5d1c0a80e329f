import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Candidate, LadderInput, NewPick } from "../../../src/editions/ladder.ts";
import { fill, RUNGS, spread } from "../../../src/editions/ladder.ts";
import { addDays, DAY, HOUR, zonedTime } from "../../../src/platform/time.ts";

const DATE = "2026-11-23";
const at = (time: string, date = DATE): number => zonedTime(date, time, "Asia/Shanghai");
const MIDNIGHT = at("00:00");
const DAY_END = at("00:00", "2026-11-24");
const FOUR = ["08:30", "11:30", "15:00", "18:30"].map((time, i) => ({ n: i + 1, at: at(time), released: false }));
const RUNS = { numRuns: 2000 };

let ids = 0;
/** An article that waits in the queue; the later made, the later its key. */
function article(more: Partial<Candidate> = {}): Candidate {
  ids += 1;
  return {
    articleId: ids,
    hash: `hash-${ids}`,
    queueKey: ids,
    mustRunOn: null,
    expiresAt: null,
    embargoUntil: null,
    lastRunAt: null,
    ...more,
  };
}
const articles = (n: number, more: Partial<Candidate> = {}): Candidate[] =>
  Array.from({ length: n }, () => article(more));
const input = (more: Partial<LadderInput> = {}): LadderInput => ({
  date: DATE,
  quota: 15,
  slots: FOUR,
  placed: [],
  candidates: [],
  dayEnd: DAY_END,
  ...more,
});
const idsOf = (list: readonly { articleId: number }[]): number[] => list.map(({ articleId }) => articleId);
const released = (slots: LadderInput["slots"], ...n: number[]) =>
  slots.map((slot) => ({ ...slot, released: slot.released || n.includes(slot.n) }));

// What the ladder has to reckon with, in its own words rather than the code's.
const mayRunAt = (c: Candidate, slot: { at: number }): boolean =>
  slot.at >= (c.embargoUntil ?? -Infinity) && slot.at < (c.expiresAt ?? Infinity);
const due = (c: Candidate, date: string): boolean =>
  c.lastRunAt === null && c.mustRunOn !== null && c.mustRunOn <= date;
const notYet = (c: Candidate, date: string): boolean =>
  c.lastRunAt === null && c.mustRunOn !== null && c.mustRunOn > date;
/** Those that the day could use: not placed, not for a later day, with an open slot in which they may run. */
const usable = ({ candidates, placed, slots, date }: LadderInput): Candidate[] =>
  candidates.filter(
    (c) =>
      !placed.some((pick) => pick.articleId === c.articleId) &&
      !notYet(c, date) &&
      slots.some((slot) => !slot.released && mayRunAt(c, slot)),
  );

// ---- any day ----
// Articles are decoded from one number each: thousands of days a second, and 0 is the plainest article.

const MUST_RUNS = [DATE, addDays(DATE, -1), addDays(DATE, -3), addDays(DATE, 1)];
const CANDIDATES = 9 * 14 * 72 * 72 * 9 * 32;
function decode(number: number, articleId: number): Candidate & { shuffle: number } {
  let rest = number;
  const digit = (base: number) => {
    const value = rest % base;
    rest = Math.floor(rest / base);
    return value;
  };
  // From the evening before to the next morning but one; half have none.
  const hour = (n: number) => (n < 36 ? null : MIDNIGHT + (n - 36 - 4) * HOUR);
  return {
    articleId,
    hash: `hash-${articleId}`,
    // Few keys, so that many are tied.
    queueKey: digit(9),
    mustRunOn: MUST_RUNS[digit(14) - 10] ?? null,
    expiresAt: hour(digit(72)),
    embargoUntil: hour(digit(72)),
    lastRunAt: [MIDNIGHT - 40 * DAY, MIDNIGHT - 31 * DAY][digit(9) - 7] ?? null,
    shuffle: digit(32),
  };
}
const candidate = fc.nat(CANDIDATES - 1);

const anyDay: fc.Arbitrary<LadderInput> = fc
  .record({
    quota: fc.nat(20),
    halfHours: fc.uniqueArray(fc.nat(47), { maxLength: 6 }),
    out: fc.nat(63),
    numbers: fc.array(candidate, { maxLength: 25, size: "max" }),
    positions: fc.uniqueArray(fc.integer({ min: 1, max: 24 }), { maxLength: 8 }),
    seats: fc.nat(6 ** 8 - 1),
    known: fc.nat(255),
  })
  .map(({ quota, halfHours, out, numbers, positions, seats, known }) => {
    const slots = halfHours
      .toSorted((a, b) => a - b)
      .map((half, i) => ({ n: i + 1, at: MIDNIGHT + half * (HOUR / 2), released: (out >> i) % 2 === 1 }));
    return {
      date: DATE,
      quota,
      slots,
      placed: (slots.length === 0 ? [] : positions).map((position, i) => ({
        // Some of the placed are among the candidates.
        articleId: (known >> i) % 2 === 1 ? i + 1 : 1000 + i,
        position,
        slot: 1 + (Math.floor(seats / 6 ** i) % slots.length),
      })),
      candidates: numbers
        .map((number, i) => decode(number, i + 1))
        .sort((a, b) => a.shuffle - b.shuffle)
        .map(({ shuffle: _shuffle, ...c }) => c),
      dayEnd: DAY_END,
    };
  });

/** The day after `picks` were written down. */
const after = (day: LadderInput, picks: readonly NewPick[]): LadderInput => ({
  ...day,
  placed: [...day.placed, ...picks.map(({ articleId, position, slot }) => ({ articleId, position, slot }))],
});

describe("whatever the day", () => {
  it("meets the quota if it can, runs every must-run, and tells exactly what is missing", () =>
    fc.assert(
      fc.property(anyDay, (day) => {
        const { picks, shortfall } = fill(day);
        const room = Math.max(0, day.quota - day.placed.length);
        const eligible = usable(day);
        const mustRuns = eligible.filter((c) => due(c, DATE));
        expect(picks).toHaveLength(Math.max(mustRuns.length, Math.min(room, eligible.length)));
        expect(shortfall).toBe(Math.max(0, day.quota - day.placed.length - picks.length));
        expect(idsOf(picks)).toEqual(expect.arrayContaining(idsOf(mustRuns)));
      }),
      RUNS,
    ));

  it("takes only what it was offered, and nothing twice", () =>
    fc.assert(
      fc.property(anyDay, (day) => {
        const { picks } = fill(day);
        const all = [...idsOf(day.placed), ...idsOf(picks)];
        expect(new Set(all).size).toBe(all.length);
        for (const pick of picks)
          expect(day.candidates.find((c) => c.articleId === pick.articleId)?.hash).toBe(pick.hash);
      }),
      RUNS,
    ));

  it("runs nothing before its embargo ends, once it has expired, in a slot that is out, or ahead of its day", () =>
    fc.assert(
      fc.property(anyDay, (day) => {
        for (const pick of fill(day).picks) {
          const slot = day.slots.find(({ n }) => n === pick.slot)!;
          const chosen = day.candidates.find((c) => c.articleId === pick.articleId)!;
          expect(slot.released).toBe(false);
          expect(slot.at).toBeGreaterThanOrEqual(chosen.embargoUntil ?? -Infinity);
          expect(slot.at).toBeLessThan(chosen.expiresAt ?? Infinity);
          expect(notYet(chosen, DATE)).toBe(false);
        }
      }),
      RUNS,
    ));

  it("gives every pick a place of its own and leaves those that are taken", () =>
    fc.assert(
      fc.property(anyDay, (day) => {
        const before = structuredClone(day);
        const positions = [...day.placed, ...fill(day).picks].map((pick) => pick.position);
        expect(new Set(positions).size).toBe(positions.length);
        expect(positions.every((position) => Number.isInteger(position) && position >= 1)).toBe(true);
        expect(day).toEqual(before);
      }),
      RUNS,
    ));

  it("does not depend on the order in which the articles are read", () =>
    fc.assert(
      fc.property(anyDay, fc.infiniteStream(fc.nat(99)), (day, noise) => {
        const candidates = day.candidates
          .map((c) => [noise.next().value as number, c] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, c]) => c);
        expect(fill({ ...day, candidates })).toEqual(fill(day));
        expect(fill({ ...day, candidates: day.candidates.toReversed() })).toEqual(fill(day));
      }),
      RUNS,
    ));

  it("adds nothing when it is planned again", () =>
    fc.assert(
      fc.property(anyDay, (day) => {
        const first = fill(day);
        expect(fill(after(day, first.picks))).toEqual({ picks: [], shortfall: first.shortfall });
      }),
      RUNS,
    ));

  it("puts nobody before those who come first: must-runs, what expires today, the queue, the reserve", () =>
    fc.assert(
      fc.property(anyDay, (day) => {
        const { picks } = fill(day);
        const eligible = usable(day);
        const left = eligible.filter((c) => !picks.some((pick) => pick.articleId === c.articleId));
        const expiring = (c: Candidate) => c.expiresAt !== null && c.expiresAt <= DAY_END;
        const of = (rung: string) =>
          picks
            .filter((pick) => pick.rung === rung)
            .map((pick) => eligible.find((c) => c.articleId === pick.articleId)!);
        // Every pick says truly why it was chosen.
        expect(of("must_run").every((c) => due(c, DATE))).toBe(true);
        expect(of("expiring").every((c) => c.lastRunAt === null && expiring(c))).toBe(true);
        expect(of("normal").every((c) => c.lastRunAt === null)).toBe(true);
        expect(of("reserve").every((c) => c.lastRunAt !== null)).toBe(true);
        // The reserve is the last resort, then the queue, then what will not run tomorrow.
        if (of("reserve").length > 0) expect(left.filter((c) => c.lastRunAt === null)).toEqual([]);
        if (of("normal").length > 0) expect(left.filter((c) => c.lastRunAt === null && expiring(c))).toEqual([]);
        // Within a rung whoever stays behind comes after whoever went.
        const first = (went: Candidate[], stayed: Candidate[], by: (c: Candidate) => number) =>
          Math.max(...went.map(by)) <= Math.min(...stayed.map(by));
        const fresh = left.filter((c) => c.lastRunAt === null);
        const byKey = (c: Candidate) => c.queueKey * 1000 + c.articleId;
        expect(first(of("normal"), fresh, byKey)).toBe(true);
        expect(first(of("expiring"), fresh.filter(expiring), (c) => c.expiresAt!)).toBe(true);
        expect(
          first(
            of("reserve"),
            left.filter((c) => c.lastRunAt !== null),
            (c) => c.lastRunAt!,
          ),
        ).toBe(true);
        // In the result the rungs follow each other as they are climbed.
        const climbed = picks.map((pick) => RUNGS.indexOf(pick.rung));
        expect(climbed.toSorted((a, b) => a - b)).toEqual(climbed);
        expect(picks.every((pick) => pick.reason.length > 0)).toBe(true);
      }),
      RUNS,
    ));

  it("lets a day go on: slots go out, picks are taken back, articles arrive, and every top-up keeps all of this", () =>
    fc.assert(
      fc.property(
        anyDay,
        fc.array(
          fc.record({ drop: fc.nat(30), release: fc.boolean(), arrive: fc.array(candidate, { maxLength: 3 }) }),
          { maxLength: 5 },
        ),
        (start, steps) => {
          let day: LadderInput = { ...start, slots: start.slots.map((slot) => ({ ...slot, released: false })) };
          let next = 5000;
          for (const step of steps) {
            const { picks, shortfall } = fill(day);
            expect(picks.every((pick) => !day.slots[pick.slot - 1]!.released)).toBe(true);
            day = after(day, picks);
            expect(new Set(day.placed.map((pick) => pick.position)).size).toBe(day.placed.length);
            expect(shortfall).toBe(Math.max(0, day.quota - day.placed.length));
            const out = day.slots.findIndex((slot) => !slot.released);
            if (step.release && out >= 0) day = { ...day, slots: released(day.slots, out + 1) };
            const waiting = day.placed.filter((pick) => !day.slots[pick.slot - 1]!.released);
            const gone = waiting[step.drop % Math.max(1, waiting.length)];
            day = {
              ...day,
              placed: day.placed.filter((pick) => pick !== gone),
              candidates: [
                ...day.candidates.filter((c) => c.articleId !== gone?.articleId),
                ...step.arrive.map((number) => decode(number, next++)),
              ],
            };
          }
        },
      ),
      RUNS,
    ));
});

// ---- days as they are ----

describe("a day with plenty", () => {
  it("takes the first of the queue, spread over the slots in order, the earlier slots taking the odd ones", () => {
    const queue = articles(40);
    const { picks, shortfall } = fill(input({ candidates: queue.toReversed() }));
    expect(shortfall).toBe(0);
    expect(idsOf(picks)).toEqual(idsOf(queue.slice(0, 15)));
    expect(picks.map((pick) => pick.position)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(picks.map((pick) => pick.slot)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4]);
    expect(new Set(picks.map((pick) => pick.rung))).toEqual(new Set(["normal"]));
  });

  it("runs ties by article id", () => {
    const tied = articles(6, { queueKey: 7 });
    expect(idsOf(fill(input({ quota: 3, candidates: tied.toReversed() })).picks)).toEqual(idsOf(tied.slice(0, 3)));
  });

  it("runs a must-run first, even above the quota, and says which day it was meant for", () => {
    const queue = articles(20);
    const today = article({ mustRunOn: DATE });
    const missed = article({ mustRunOn: "2026-11-20" });
    const tomorrow = article({ mustRunOn: "2026-11-24", queueKey: -1 });
    const { picks } = fill(input({ candidates: [...queue, today, missed, tomorrow] }));
    expect(picks).toHaveLength(15);
    expect(picks.slice(0, 2)).toMatchObject([
      {
        articleId: today.articleId,
        rung: "must_run",
        position: 1,
        slot: 1,
        reason: expect.stringContaining("今日必发"),
      },
      { articleId: missed.articleId, rung: "must_run", reason: expect.stringContaining("2026-11-20") },
    ]);
    expect(idsOf(picks)).not.toContain(tomorrow.articleId);

    const many = articles(18, { mustRunOn: DATE });
    const above = fill(input({ candidates: [...queue, ...many] }));
    expect(idsOf(above.picks)).toEqual(idsOf(many));
    expect(above.shortfall).toBe(0);
  });

  it("runs a must-run although the day is full, and although there is no quota", () => {
    const must = article({ mustRunOn: DATE });
    const placed = Array.from({ length: 15 }, (_, i) => ({ articleId: 9000 + i, position: i + 1, slot: 1 }));
    expect(fill(input({ placed, candidates: [must, article()] }))).toMatchObject({
      picks: [{ articleId: must.articleId, position: 16 }],
      shortfall: 0,
    });
    expect(idsOf(fill(input({ quota: 0, candidates: [must, article()] })).picks)).toEqual([must.articleId]);
  });

  it("runs what expires today before the queue, soonest first", () => {
    const queue = articles(5);
    const evening = article({ expiresAt: at("20:00") });
    const noon = article({ expiresAt: at("12:00") });
    const midnight = article({ expiresAt: DAY_END });
    const tomorrow = article({ expiresAt: DAY_END + 1 });
    const { picks } = fill(input({ quota: 5, candidates: [...queue, tomorrow, midnight, evening, noon] }));
    expect(idsOf(picks)).toEqual([...idsOf([noon, evening, midnight]), ...idsOf(queue.slice(0, 2))]);
    expect(picks.map((pick) => pick.rung)).toEqual(["expiring", "expiring", "expiring", "normal", "normal"]);
  });
});

describe("a day with too little", () => {
  it("is short by what is missing", () => {
    const { picks, shortfall } = fill(input({ candidates: articles(11) }));
    expect(picks).toHaveLength(11);
    expect(shortfall).toBe(4);
    expect(fill(input())).toEqual({ picks: [], shortfall: 15 });
  });

  it("turns to the reserve only then, longest rested first", () => {
    const reserve = [
      article({ lastRunAt: at("08:30") - 31 * DAY }),
      article({ lastRunAt: at("08:30") - 90 * DAY }),
      article({ lastRunAt: at("08:30") - 60 * DAY }),
    ];
    const short = fill(input({ candidates: [...reserve, ...articles(13)] }));
    expect(short.picks.filter((pick) => pick.rung === "reserve").map((pick) => pick.articleId)).toEqual(
      idsOf([reserve[1]!, reserve[2]!]),
    );
    expect(short.shortfall).toBe(0);
    const plenty = fill(input({ candidates: [...reserve, ...articles(15)] }));
    expect(plenty.picks.filter((pick) => pick.rung === "reserve")).toEqual([]);
  });

  it("does not count what may not run in any slot that is left", () => {
    const candidates = [
      article({ embargoUntil: at("18:31") }),
      article({ expiresAt: at("08:30") }),
      article({ embargoUntil: at("09:00"), expiresAt: at("11:30") }),
    ];
    expect(fill(input({ candidates }))).toEqual({ picks: [], shortfall: 15 });
    const early = article({ expiresAt: at("11:30") });
    expect(fill(input({ slots: released(FOUR, 1), candidates: [early] })).picks).toEqual([]);
  });

  it("gives nothing once every slot has gone out, or on a day without slots", () => {
    expect(fill(input({ slots: released(FOUR, 1, 2, 3, 4), candidates: articles(20) }))).toEqual({
      picks: [],
      shortfall: 15,
    });
    expect(fill(input({ slots: [], candidates: articles(20, { mustRunOn: DATE }) }))).toEqual({
      picks: [],
      shortfall: 15,
    });
  });
});

describe("which slot", () => {
  it.each([
    ["an embargo ends with the second slot", { embargoUntil: at("11:30") }, 2],
    ["an embargo ends after the second slot", { embargoUntil: at("11:31") }, 3],
    ["it expires with the second slot", { expiresAt: at("11:30") }, 1],
    ["it expires after the first", { expiresAt: at("08:31") }, 1],
    ["only the third fits", { embargoUntil: at("12:00"), expiresAt: at("18:30") }, 3],
    ["all fit", {}, 1],
  ])("%s: slot %#", (_, window, slot) => {
    expect(fill(input({ quota: 4, candidates: [article(window)] })).picks.map((pick) => pick.slot)).toEqual([slot]);
  });

  it("an embargoed article does not push the others out of theirs", () => {
    const evening = article({ embargoUntil: at("18:00") });
    const { picks } = fill(input({ quota: 4, candidates: [evening, ...articles(3)] }));
    expect(picks.map((pick) => [pick.articleId === evening.articleId, pick.slot])).toEqual([
      [true, 4],
      [false, 1],
      [false, 2],
      [false, 3],
    ]);
  });

  it("more than its share fits into a slot, if there alone it may run", () => {
    const morning = articles(6, { expiresAt: at("09:00") });
    const { picks, shortfall } = fill(input({ quota: 8, candidates: [...morning, ...articles(10)] }));
    expect(shortfall).toBe(0);
    expect(picks.filter((pick) => pick.slot === 1).map((pick) => pick.articleId)).toEqual(idsOf(morning));
  });

  it("what a slot went out without goes into the next ones", () => {
    const first = fill(input({ candidates: articles(4) }));
    const topped = fill({ ...after(input(), first.picks), slots: released(FOUR, 1, 2), candidates: articles(20) });
    expect(topped.shortfall).toBe(0);
    expect(topped.picks).toHaveLength(11);
    expect(new Set(topped.picks.map((pick) => pick.slot))).toEqual(new Set([3, 4]));
  });

  it("a place that was given back is filled again", () => {
    const queue = articles(20);
    const first = fill(input({ candidates: queue }));
    const rest = first.picks.filter((pick) => pick.position !== 6);
    const again = fill({ ...after(input(), rest), candidates: queue.slice(14) });
    expect(again.picks).toMatchObject([{ articleId: queue[15]!.articleId, position: 6, slot: 2 }]);
  });
});

describe("spread", () => {
  it.each([
    [15, 4, [4, 4, 4, 3]],
    [1, 3, [1, 0, 0]],
    [0, 2, [0, 0]],
    [6, 3, [2, 2, 2]],
    [5, 1, [5]],
    [5, 0, []],
  ])("%i over %i", (total, slots, expected) => {
    expect(spread(total, slots)).toEqual(expected);
  });

  it("is even, whole, and front-loaded", () =>
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 48 }), (total, slots) => {
        const shares = spread(total, slots);
        expect(shares).toHaveLength(slots);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
        expect(shares[0]! - shares.at(-1)!).toBeLessThanOrEqual(1);
        expect(shares.toSorted((a, b) => b - a)).toEqual(shares);
      }),
    ));
});
