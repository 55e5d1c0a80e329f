/** No needless relaxation: the ladder against two oracles that know nothing of its flow. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fill } from "../../../src/editions/ladder/index.ts";
import type { Candidate, LadderInput, Placed, Rung } from "../../../src/editions/ladder/index.ts";
import { addDays, localDate } from "../../../src/platform/time.ts";
import { anyDay, article, at, candidate, DATE, day, eligible, numbered, placedAfter, RUNS } from "./ladder-day.ts";

const COUNTED: readonly Rung[] = ["column_minimum", "normal", "unit_relaxed", "column_relaxed"];

/** What the caps still allow, by the size of a set: is this set of articles within them, beside what counts already? */
interface Caps {
  columns: boolean;
  units: boolean;
  /** Reprints that may be added. */
  reprints: number;
}

const isOld = (c: Candidate, input: LadderInput) =>
  localDate(c.queueKey, input.timeZone) < addDays(DATE, -input.rules.oldDays);

function within(
  set: readonly Candidate[],
  counted: readonly Pick<Placed, "column" | "unit">[],
  caps: Caps,
  input: LadderInput,
): boolean {
  const { rules } = input;
  if (set.filter((c) => c.kind === "reprint").length > caps.reprints) return false;
  const bound = set.filter((c) => !isOld(c, input));
  const keeps = (key: "column" | "unit", by: ReadonlyMap<number, number>, cap: number | null) =>
    bound.every((c) => {
      const id = c[key];
      const most = id === null ? null : (by.get(id) ?? cap);
      return most === null || [...bound, ...counted].filter((other) => other[key] === id).length <= most;
    });
  return (
    (!caps.columns || keeps("column", rules.columnCaps, rules.columnCap)) &&
    (!caps.units || keeps("unit", rules.unitCaps, rules.unitCap))
  );
}

/** The size of the largest set of `from` beside `base`, `most` in all, that is within the caps: by trying every one. */
function largest(
  from: readonly Candidate[],
  base: readonly Candidate[],
  most: number,
  ok: (set: readonly Candidate[]) => boolean,
): number {
  let best = base.length;
  const grow = (i: number, set: readonly Candidate[]): void => {
    best = Math.max(best, set.length);
    for (let k = i; k < from.length; k++) {
      if (best >= most || set.length + from.length - k <= best) return;
      // Caps only count upwards, so a set that breaks one has no good superset.
      const next = [...set, from[k]!];
      if (ok(next)) grow(k + 1, next);
    }
  };
  grow(0, base);
  return best;
}

/** How the choosing stood when the queue's own rungs began, told from the answer. */
function standing(input: LadderInput) {
  const result = fill(input);
  const after = placedAfter(input, result);
  const of = (...rungs: Rung[]) =>
    result.picks.filter((pick) => rungs.includes(pick.rung)).map((pick) => pick.articleId);
  const early = new Set(of("must_run", "pinned", "expiring", "column_minimum"));
  const known = new Map(input.candidates.map((c) => [c.articleId, c]));
  const special = after.filter((pick) => pick.rung === "must_run" || pick.rung === "pinned").length;
  const places = Math.min(
    Math.max(input.quota - special, Math.min(1, input.quota)),
    Math.max(0, (input.rules.maximum ?? Infinity) - special),
  );
  const ordinary = [...input.placed, ...after.filter((pick) => early.has(pick.articleId))].filter(
    (pick) => pick.rung !== "must_run" && pick.rung !== "pinned",
  ).length;
  const minimums = of("column_minimum").map((id) => known.get(id)!);
  const counted = [
    ...input.placed.filter((pick) => COUNTED.includes(pick.rung)),
    ...minimums.filter((c) => !isOld(c, input)),
  ];
  const reprints = [...input.placed.filter((pick) => COUNTED.includes(pick.rung)), ...minimums].filter(
    (c) => c.kind === "reprint",
  );
  const { reprintShare } = input.rules;
  return {
    room: Math.max(0, places - ordinary),
    waiting: eligible(input).filter((c) => c.lastRunAt === null && c.mustRunOn === null && !early.has(c.articleId)),
    counted,
    reprintsLeft: reprintShare === null ? Infinity : Math.floor(reprintShare * input.quota) - reprints.length,
    normal: of("normal").map((id) => known.get(id)!),
    unitRelaxed: of("unit_relaxed").map((id) => known.get(id)!),
    columnRelaxed: of("column_relaxed").map((id) => known.get(id)!),
    reserve: of("reserve").map((id) => known.get(id)!),
  };
}

describe("a cap is relaxed only when no assignment keeps it", () => {
  it("against every subset of the waiting", () =>
    fc.assert(
      fc.property(anyDay, (input) => {
        const s = standing(input);
        const reprints = Math.max(0, s.reprintsLeft);
        const reach = (base: readonly Candidate[], caps: Omit<Caps, "reprints">) =>
          largest(
            s.waiting.filter((c) => !base.includes(c)),
            base,
            s.room,
            (set) => within(set, s.counted, { ...caps, reprints }, input),
          );
        expect(s.normal.length).toBe(reach([], { columns: true, units: true }));
        const second = [...s.normal, ...s.unitRelaxed];
        expect(second.length).toBe(reach(s.normal, { columns: true, units: false }));
        const third = [...second, ...s.columnRelaxed];
        expect(third.length).toBe(reach(second, { columns: false, units: false }));
        // Only reprints beyond their share wait for the reserve.
        expect(s.reserve.every((c) => c.lastRunAt !== null || c.kind === "reprint")).toBe(true);
      }),
      RUNS,
    ));

  /** Ford–Fulkerson: source → column → article → unit → sink, one augmenting path after another by depth-first search. */
  function maxFlow(articles: readonly Candidate[], columnCap: number, unitCap: number): number {
    const left = new Map<string, Map<string, number>>();
    const edge = (from: string, to: string, capacity: number) => {
      for (const node of [from, to]) if (!left.has(node)) left.set(node, new Map());
      left.get(from)!.set(to, capacity);
      if (!left.get(to)!.has(from)) left.get(to)!.set(from, 0);
    };
    for (const { articleId, column, unit } of articles) {
      edge("source", `column ${column}`, columnCap);
      edge(`column ${column}`, `article ${articleId}`, 1);
      edge(`article ${articleId}`, `unit ${unit}`, 1);
      edge(`unit ${unit}`, "sink", unitCap);
    }
    const augment = (node: string, seen: Set<string>): boolean => {
      if (node === "sink") return true;
      seen.add(node);
      for (const [next, capacity] of left.get(node)!)
        if (capacity > 0 && !seen.has(next) && augment(next, seen)) {
          left.get(node)!.set(next, capacity - 1);
          left.get(next)!.set(node, left.get(next)!.get(node)! + 1);
          return true;
        }
      return false;
    };
    let flow = 0;
    while (augment("source", new Set())) flow += 1;
    return flow;
  }

  it("against Ford–Fulkerson on whole days", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), candidate), {
          minLength: 5,
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (list, columnCap, unitCap) => {
          const candidates = numbered(
            list.map(([column, unit, c]) => ({
              ...c,
              column,
              unit,
              kind: "original" as const,
              mustRunOn: null,
              expiresAt: null,
              embargoUntil: null,
              lastRunAt: null,
            })),
          );
          const input = day({ quota: 15, candidates, rules: { columnCap, unitCap, oldDays: 365 } });
          const normal = fill(input).picks.filter((pick) => pick.rung === "normal").length;
          expect(normal).toBe(Math.min(15, maxFlow(candidates, columnCap, unitCap)));
        },
      ),
      RUNS,
    ));
});

it("of all the largest choices within the caps it takes the first in queue order", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.boolean()), {
        maxLength: 9,
      }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(null, 0, 0.34, 0.5),
      (list, quota, reprintShare) => {
        // Each article has a day of its own, so that the order of the queue is beyond doubt.
        const candidates = list.map(([column, unit, reprint], i) =>
          article(i + 1, {
            column,
            unit,
            kind: reprint ? "reprint" : "original",
            queueKey: at(-24 * (list.length - i)),
          }),
        );
        const input = day({ quota, candidates, rules: { columnCap: 2, unitCap: 1, reprintShare, oldDays: 300 } });
        const caps = { columns: true, units: true, reprints: Math.floor((reprintShare ?? quota) * quota) };
        const most = (base: readonly Candidate[], from: readonly Candidate[]) =>
          largest(from, base, quota, (set) => within(set, [], caps, input));
        const target = most([], candidates);
        const wanted: Candidate[] = [];
        for (const [i, c] of candidates.entries())
          if (
            wanted.length < target &&
            within([...wanted, c], [], caps, input) &&
            most([...wanted, c], candidates.slice(i + 1)) === target
          )
            wanted.push(c);
        const normal = fill(input).picks.filter((pick) => pick.rung === "normal");
        expect(normal.map((pick) => pick.articleId)).toEqual(wanted.map((c) => c.articleId));
      },
    ),
    RUNS,
  ));
