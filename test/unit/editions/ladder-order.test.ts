/** The order of the day: no two neighbours of one column or unit wherever that is possible, told by trying every order. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fill } from "../../../src/editions/ladder/index.ts";
import type { Candidate, LadderInput } from "../../../src/editions/ladder/index.ts";
import { article, at, candidate, day, fresh, later, mayRun, placedAfter, RUNS } from "./ladder-day.ts";

interface Spot {
  slot: number;
  position: number;
  column: number | null;
  unit: number | null;
}

const clash = (a: Spot, b: Spot): boolean =>
  (a.column !== null && a.column === b.column) || (a.unit !== null && a.unit === b.unit);

const clashes = (spots: readonly Spot[]): number =>
  [...spots]
    .sort((a, b) => a.slot - b.slot || a.position - b.position)
    .filter((spot, i, all) => i > 0 && clash(all[i - 1]!, spot)).length;

/** Whether the new picks could stand on their own places in some other order without a clash. */
function possible(input: LadderInput, articles: readonly Candidate[], places: readonly Spot[]): boolean {
  const at = new Map(input.slots.map((slot) => [slot.n, slot.at]));
  const pinnedTo = (c: Candidate) => {
    const pin = input.pins.find((p) => p.articleId === c.articleId)?.slot ?? null;
    const slot = input.slots.find((s) => s.n === pin && !s.released);
    return slot && mayRun(c, slot.at) ? pin : null;
  };
  const tryFrom = (i: number, left: readonly Candidate[], spots: readonly Spot[]): boolean => {
    if (i === places.length) return clashes(spots) === 0;
    return left.some((c) => {
      const { slot, position } = places[i]!;
      const pin = pinnedTo(c);
      if (!mayRun(c, at.get(slot)!) || (pin !== null && pin !== slot)) return false;
      const next = [...spots, { slot, position, column: c.column, unit: c.unit }];
      return tryFrom(
        i + 1,
        left.filter((other) => other !== c),
        next,
      );
    });
  };
  return tryFrom(
    0,
    articles,
    input.placed.map(({ slot, position, column, unit }) => ({ slot, position, column, unit })),
  );
}

const small = candidate.map((c) => ({ ...c, mustRunOn: null, kind: "original" as const }));
const some: fc.Arbitrary<LadderInput> = fc
  .oneof(fresh(7, small), later(4))
  .map((input) => ({ ...input, quota: Math.min(input.quota, 6), rules: { ...input.rules, lead: "first" } }));

describe("neighbours", () => {
  it("differ in column and unit whenever an arrangement exists", () => {
    let [perfect, crowded] = [0, 0];
    fc.assert(
      fc.property(some, (input) => {
        const result = fill(input);
        fc.pre(result.picks.length <= 7);
        const known = new Map(input.candidates.map((c) => [c.articleId, c]));
        const articles = result.picks.map((pick) => known.get(pick.articleId)!);
        const found = clashes(placedAfter(input, result));
        if (found === 0) perfect += 1;
        else {
          crowded += 1;
          expect(
            possible(
              input,
              articles,
              result.picks.map((pick) => ({ ...pick, column: null, unit: null })),
            ),
          ).toBe(false);
        }
        expect(found).toBeLessThan(Math.max(1, placedAfter(input, result).length));
      }),
      RUNS,
    );
    // Both kinds of day have been seen.
    expect(Math.min(perfect, crowded)).toBeGreaterThan(10);
  });

  it("differ on a whole day of 15 with three of each unit and column", () =>
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 15 }, (_, i) => i),
          { minLength: 15 },
        ),
        (order) => {
          const candidates = order.map((n, i) => article(i + 1, { column: 1 + (n % 5), unit: 1 + Math.floor(n / 3) }));
          const input = day({ candidates });
          const result = fill(input);
          expect(result.picks.length).toBe(15);
          expect(clashes(placedAfter(input, result))).toBe(0);
        },
      ),
      RUNS,
    ));
});

describe("the lead", () => {
  const candidates = [1, 2, 3, 4].map((id) => article(id, { column: id, important: id === 3 }));
  const leadOf = (lead: LadderInput["rules"]["lead"], more: Partial<LadderInput> = {}) =>
    fill(day({ quota: 4, candidates, ...more, rules: { lead } })).picks.find((pick) => pick.position === 1)?.articleId;

  it("is the first chosen, an important one, or one of a column", () => {
    expect(leadOf("first")).toBe(1);
    expect(leadOf("important")).toBe(3);
    expect(leadOf({ column: 4 })).toBe(4);
    expect(leadOf({ column: 9 })).toBe(1);
  });

  it("is not one that cannot run so early", () => {
    const later = candidates.map((c) => (c.important ? { ...c, embargoUntil: at(10) } : c));
    expect(leadOf("important", { candidates: later })).toBe(1);
  });

  it("stays who it is once a day has begun", () => {
    const released = {
      position: 1,
      slot: 1,
      rung: "normal",
      kind: "original",
      column: 9,
      unit: null,
      released: true,
    } as const;
    const input = day({
      quota: 4,
      candidates,
      placed: [{ ...released, articleId: 99 }],
      rules: { lead: "important" },
      slots: [8, 12].map((hour, i) => ({ n: i + 1, at: at(hour), released: i === 0, count: null })),
    });
    expect(fill(input).picks.map((pick) => [pick.articleId, pick.slot])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
  });
});

it("gives each slot the number of places it was set to have", () => {
  const candidates = Array.from({ length: 20 }, (_, i) => article(i + 1));
  const slots = [8, 12, 18].map((hour, i) => ({ n: i + 1, at: at(hour), released: false, count: [8, 4, 3][i]! }));
  const picks = fill(day({ candidates, slots })).picks;
  expect([1, 2, 3].map((n) => picks.filter((pick) => pick.slot === n).length)).toEqual([8, 4, 3]);
});
