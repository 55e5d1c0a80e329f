/** Days for the ladder's property tests: small enough to check by brute force, with every kind of trouble in them. */
import fc from "fast-check";
import type { Candidate, LadderInput, LadderResult, Placed } from "../../../src/editions/ladder/index.ts";
import { fill } from "../../../src/editions/ladder/index.ts";
import { DAY, HOUR } from "../../../src/platform/time.ts";

export const DATE = "2026-11-23";
export const at = (hour: number): number => Date.parse(`${DATE}T00:00:00+08:00`) + hour * HOUR;
export const RUNS = { numRuns: 2000 };

const plain: LadderInput["rules"] = {
  maximum: null,
  columnCap: null,
  unitCap: null,
  columnCaps: new Map(),
  unitCaps: new Map(),
  minimums: [],
  reprintShare: null,
  lead: "first",
  oldDays: 14,
  coolDownDays: 30,
};

export const article = (articleId: number, more: Partial<Candidate> = {}): Candidate => ({
  articleId,
  kind: "original",
  column: null,
  unit: null,
  important: false,
  queueKey: at(0) - 2 * DAY + articleId,
  mustRunOn: null,
  expiresAt: null,
  embargoUntil: null,
  lastRunAt: null,
  ...more,
});

export const day = (
  more: Partial<Omit<LadderInput, "rules">> & { rules?: Partial<LadderInput["rules"]> },
): LadderInput => ({
  date: DATE,
  timeZone: "Asia/Shanghai",
  medium: "article",
  quota: 15,
  slots: [8, 12, 18].map((hour, i) => ({ n: i + 1, at: at(hour), released: false, count: null })),
  placed: [],
  pins: [],
  candidates: [],
  dayEnd: at(24),
  monthPosts: new Map(),
  ...more,
  rules: { ...plain, ...more.rules },
});

const ids = fc.option(fc.integer({ min: 1, max: 4 }), { nil: null, freq: 8 });
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 3 }).map((x) => x);
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const hour = fc.integer({ min: -10, max: 40 }).map(at);

export const candidate: fc.Arbitrary<Omit<Candidate, "articleId">> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("original" as const) },
    { weight: 3, arbitrary: fc.constant("reprint" as const) },
    { weight: 1, arbitrary: fc.constant("video" as const) },
  ),
  column: ids,
  unit: ids,
  important: fc.boolean(),
  queueKey: fc.integer({ min: -20 * 24, max: 6 }).map((hours) => at(hours)),
  mustRunOn: seldom(fc.constantFrom("2026-11-20", DATE, "2026-11-25")),
  expiresAt: seldom(hour),
  embargoUntil: seldom(hour),
  lastRunAt: seldom(fc.integer({ min: -90, max: -31 }).map((days) => at(0) + days * DAY)),
});

const cap = rarely(fc.integer({ min: 0, max: 3 }));
const capMap = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), { maxLength: 2 })
  .map((entries) => new Map(entries));

const rules = (quota: number): fc.Arbitrary<LadderInput["rules"]> =>
  fc.record({
    maximum: rarely(fc.integer({ min: quota, max: quota + 3 })),
    columnCap: cap,
    unitCap: cap,
    columnCaps: capMap,
    unitCaps: capMap,
    minimums: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constant([{ column: 1, minimum: 2, name: "每周一星" }]) },
    ),
    reprintShare: rarely(fc.constantFrom(0, 0.25, 0.5)),
    lead: fc.constantFrom<LadderInput["rules"]["lead"]>("first", "important", { column: 2 }),
    oldDays: fc.integer({ min: 3, max: 25 }),
    coolDownDays: fc.constant(30),
  });

export const numbered = (list: readonly Omit<Candidate, "articleId">[], from = 1): Candidate[] =>
  list.map((c, i) => ({ ...c, articleId: from + i }));

/** A day that begins: nothing is placed yet. */
export const fresh = (most = 12, articles = candidate): fc.Arbitrary<LadderInput> =>
  fc.integer({ min: 0, max: 8 }).chain((quota) =>
    fc
      .record({
        candidates: fc.array(articles, { maxLength: most }).map((list) => numbered(list)),
        rules: rules(quota),
        hours: fc.uniqueArray(fc.integer({ min: 7, max: 22 }), { minLength: 1, maxLength: 3 }),
        counts: fc.boolean(),
        pin: fc.option(
          fc.record({ articleId: fc.integer({ min: 1, max: 12 }), slot: rarely(fc.integer({ min: 1, max: 3 })) }),
        ),
        months: fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 5 }))),
      })
      .map(({ candidates, rules, hours, counts, pin, months }) =>
        day({
          quota,
          candidates,
          rules,
          pins: pin ? [pin] : [],
          monthPosts: new Map(months),
          slots: hours
            .sort((a, b) => a - b)
            .map((h, i) => ({ n: i + 1, at: at(h), released: false, count: counts ? (i === 0 ? quota : 1) : null })),
        }),
      ),
  );

/** The places of an edition after the ladder's answer. */
export function placedAfter(input: LadderInput, result: LadderResult): Placed[] {
  const known = new Map(input.candidates.map((c) => [c.articleId, c]));
  return [
    ...input.placed,
    ...result.picks.map(({ articleId, position, slot, rung }) => {
      const { kind, column, unit } = known.get(articleId)!;
      return { articleId, position, slot, rung, kind, column, unit, released: false };
    }),
  ];
}

/** A day some way on: planned once, its first slots out, perhaps a few withdrawn, new articles there. */
export const later = (most = 8): fc.Arbitrary<LadderInput> =>
  fc
    .tuple(
      fresh(most),
      fc.array(candidate, { maxLength: most }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 1, max: 5 }),
    )
    .map(([input, arrived, out, withdrawn]) => {
      const placed = placedAfter(input, fill(input))
        .map((pick) => ({ ...pick, released: pick.slot <= out }))
        .filter((pick) => pick.released || pick.articleId % withdrawn !== 1);
      return {
        ...input,
        placed,
        candidates: [...input.candidates, ...numbered(arrived, 101)],
        slots: input.slots.map((slot) => ({ ...slot, released: slot.n <= out })),
      };
    });

export const anyDay: fc.Arbitrary<LadderInput> = fc.oneof(fresh(), later());

export const mayRun = (c: Candidate, ms: number): boolean =>
  (c.embargoUntil === null || c.embargoUntil <= ms) && (c.expiresAt === null || ms < c.expiresAt);

/** What could stand in the edition at all, said without the ladder's help. */
export const eligible = (input: LadderInput): Candidate[] =>
  input.candidates.filter(
    (c) =>
      !input.placed.some((pick) => pick.articleId === c.articleId) &&
      c.kind !== "video" &&
      input.slots.some((slot) => !slot.released && mayRun(c, slot.at)),
  );
