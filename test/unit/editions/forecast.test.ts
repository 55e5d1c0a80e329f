import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ForecastDay, ForecastInput, Stock } from "../../../src/editions/forecast.ts";
import {
  forecast,
  lowerQuantile,
  usualArrivals,
  workingDaysAfter,
  workingDaysBefore,
} from "../../../src/editions/forecast.ts";
import { OFFICIAL } from "../../../src/editions/calendar/calendar.ts";

const at = (date: string, time: string): number => Date.parse(`${date}T${time}:00+08:00`);
const DATES = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"] as const;
const TODAY = "2026-11-22";

const day = (date: string, more: Partial<ForecastDay> = {}): ForecastDay => ({
  date,
  quota: 10,
  planned: 0,
  slots: [at(date, "08:30"), at(date, "15:00")],
  ...more,
});
const lot = (count: number, more: Partial<Stock> = {}): Stock => ({
  count,
  embargoUntil: null,
  expiresAt: null,
  mustRunOn: null,
  ...more,
});
const run = (input: Partial<ForecastInput>) =>
  forecast({ today: TODAY, days: DATES.map((date) => day(date)), stock: [], usualArrivals: 0, reserve: 0, ...input });
const of = (key: "short" | "fromQueue" | "fromArrivals" | "expected" | "reserve", input: Partial<ForecastInput>) =>
  run(input).map((one) => one[key]);

describe("forecast", () => {
  it.each<
    [string, Partial<ForecastInput>, Partial<Record<"short" | "fromQueue" | "fromArrivals" | "reserve", number[]>>]
  >([
    ["nothing at all", {}, { short: [10, 10, 10, 10, 10] }],
    [
      "the queue goes to the first days",
      { stock: [lot(23)] },
      { fromQueue: [10, 10, 3, 0, 0], short: [0, 0, 7, 10, 10] },
    ],
    ["arrivals come each day", { usualArrivals: 4 }, { fromArrivals: [4, 4, 4, 4, 4], short: [6, 6, 6, 6, 6] }],
    [
      "arrivals that a day does not need are kept for the next",
      { stock: [lot(20)], usualArrivals: 4 },
      { fromQueue: [10, 10, 0, 0, 0], fromArrivals: [0, 0, 10, 6, 4], short: [0, 0, 0, 4, 6] },
    ],
    [
      "what is held comes with the slot after its embargo",
      {
        stock: [
          lot(3, { embargoUntil: at("2026-11-24", "15:00") }),
          lot(2, { embargoUntil: at("2026-11-25", "15:01") }),
        ],
      },
      { fromQueue: [0, 3, 0, 2, 0] },
    ],
    [
      "what expires goes first, and not after",
      { stock: [lot(10), lot(12, { expiresAt: at("2026-11-24", "08:00") })] },
      { fromQueue: [10, 10, 0, 0, 0] },
    ],
    [
      "must-runs wait for their date and go above the quota",
      { stock: [lot(30), lot(12, { mustRunOn: "2026-11-24" })] },
      { fromQueue: [10, 12, 10, 10, 0], short: [0, 0, 0, 0, 10] },
    ],
    [
      "a must-run whose date is over goes at once",
      { stock: [lot(1, { mustRunOn: "2026-11-20" })] },
      { fromQueue: [1, 0, 0, 0, 0] },
    ],
    [
      "the reserve fills what it can, once",
      { stock: [lot(8)], reserve: 5 },
      { short: [2, 10, 10, 10, 10], reserve: [2, 3, 0, 0, 0] },
    ],
  ])("%s", (_, input, expected) => {
    for (const [key, values] of Object.entries(expected)) expect(of(key as "short", input)).toEqual(values);
  });

  it("counts what is planned once, and adds only what is missing", () => {
    const days = [day(DATES[0], { planned: 7 }), day(DATES[1])];
    expect(run({ days, stock: [lot(8)] })).toMatchObject([
      { planned: 7, fromQueue: 3, expected: 10, short: 0 },
      { planned: 0, fromQueue: 5, expected: 5, short: 5 },
    ]);
  });

  it("gives nothing to a day whose last slot has gone, and no further arrivals to today", () => {
    const days = [day(TODAY, { planned: 6, slots: [] }), day(DATES[0])];
    expect(run({ days, stock: [lot(3)], usualArrivals: 2, reserve: 9 })).toMatchObject([
      { expected: 6, short: 4, reserve: 0, fromArrivals: 0 },
      { fromQueue: 3, fromArrivals: 2, short: 5, reserve: 5 },
    ]);
    expect(run({ days: [day(TODAY)], usualArrivals: 2 })).toMatchObject([{ fromArrivals: 0, short: 10 }]);
  });
});

const lots = fc.array(
  fc.record({
    count: fc.nat(15),
    embargoUntil: fc.option(fc.constantFrom(...DATES.map((date) => at(date, "12:00"))), { nil: null }),
    expiresAt: fc.option(fc.constantFrom(...DATES.map((date) => at(date, "14:00"))), { nil: null }),
    mustRunOn: fc.option(fc.constantFrom(...DATES), { nil: null, freq: 4 }),
  }),
  { maxLength: 8 },
);
const inputs = fc.record({
  today: fc.constant(TODAY),
  days: fc
    .tuple(...DATES.map(() => fc.record({ quota: fc.nat(20), planned: fc.nat(20), gone: fc.nat(2) })))
    .map((made) =>
      made.map(({ quota, planned, gone }, i) => {
        const whole = day(DATES[i]!, { quota, planned });
        return { ...whole, slots: whole.slots.slice(gone) };
      }),
    ),
  stock: lots,
  usualArrivals: fc.nat(12),
  reserve: fc.nat(20),
});

describe("for any office", () => {
  const RUNS = { numRuns: 2000 };

  it("nothing is negative, and every day adds up", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const found of forecast(input)) {
          expect(
            Math.min(found.planned, found.fromQueue, found.fromArrivals, found.short, found.reserve),
          ).toBeGreaterThanOrEqual(0);
          expect(found.expected).toBe(found.planned + found.fromQueue + found.fromArrivals);
          expect(found.short).toBe(Math.max(0, found.quota - found.expected));
          expect(found.reserve).toBeLessThanOrEqual(found.short);
        }
      }),
      RUNS,
    );
  });

  it("no article is counted twice", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const found = forecast(input);
        const sum = (key: "fromQueue" | "fromArrivals" | "reserve") =>
          found.reduce((total, one) => total + one[key], 0);
        expect(sum("fromQueue")).toBeLessThanOrEqual(input.stock.reduce((total, { count }) => total + count, 0));
        expect(sum("fromArrivals")).toBeLessThanOrEqual(input.usualArrivals * input.days.length);
        expect(sum("reserve")).toBeLessThanOrEqual(input.reserve);
      }),
      RUNS,
    );
  });

  it("a longer queue, more arrivals never make a day shorter", () => {
    fc.assert(
      fc.property(inputs, lots, fc.nat(5), (input, more, arrivals) => {
        const before = forecast(input);
        const after = forecast({
          ...input,
          stock: [...input.stock, ...more],
          usualArrivals: input.usualArrivals + arrivals,
        });
        for (const [i, found] of after.entries()) expect(found.short).toBeLessThanOrEqual(before[i]!.short);
      }),
      RUNS,
    );
  });

  it("planning from the queue leaves the sum as it was", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(10), (queued, picked) => {
        const taken = Math.min(queued, picked);
        const planned = DATES.map((date, i) => day(date, { planned: i === 0 ? taken : 0 }));
        expect(of("expected", { days: planned, stock: [lot(queued - taken)] })).toEqual(
          of("expected", { stock: [lot(queued)] }),
        );
      }),
      RUNS,
    );
  });

  it("leaves its input as it was", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const before = structuredClone(input);
        forecast(input);
        expect(input).toEqual(before);
      }),
    );
  });
});

describe("usual arrivals", () => {
  const DAYS = ["2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25"];
  const counted = (...counts: [string, number][]) => counts.map(([date, approved]) => ({ date, approved }));

  it("are those of a poor day", () => {
    const counts = counted(["2026-11-20", 9], ["2026-11-23", 4], ["2026-11-24", 7], ["2026-11-25", 500]);
    expect(usualArrivals(DAYS, counts, "2026-01-01")).toBe(4);
  });

  it("count an idle day as none", () => {
    expect(usualArrivals(DAYS, counted(["2026-11-20", 9], ["2026-11-25", 9]), "2026-01-01")).toBe(0);
  });

  it("count a weekend for the Monday after it, and nothing of the first day", () => {
    const counts = counted(
      ["2026-11-19", 99],
      ["2026-11-20", 8],
      ["2026-11-21", 3],
      ["2026-11-22", 2],
      ["2026-11-24", 6],
      ["2026-11-25", 7],
    );
    expect(usualArrivals(DAYS, counts, "2026-01-01")).toBe(5);
  });

  it("of a new office are those since it began; of one without any, none", () => {
    expect(usualArrivals(DAYS, counted(["2026-11-24", 6], ["2026-11-25", 7]), "2026-11-24")).toBe(6);
    expect(usualArrivals(DAYS, [], null)).toBe(0);
  });

  it.each([
    [[], 0],
    [[3], 3],
    [[4, 1, 3, 2], 1],
    [[5, 4, 1, 3, 2], 2],
  ])("the lower quartile of %j is %i", (values, expected) => {
    expect(lowerQuantile(values, 0.25)).toBe(expected);
  });
});

describe("working days", () => {
  it("pass over weekends and holidays, and take the make-up days", () => {
    expect(workingDaysAfter("2026-11-26", 5, OFFICIAL)).toEqual([
      "2026-11-27",
      "2026-11-30",
      "2026-12-01",
      "2026-12-02",
      "2026-12-03",
    ]);
    expect(workingDaysAfter("2026-02-13", 2, OFFICIAL)).toEqual(["2026-02-14", "2026-02-24"]);
    expect(workingDaysBefore("2026-10-08", 3, OFFICIAL)).toEqual(["2026-09-28", "2026-09-29", "2026-09-30"]);
  });

  it("come to an end where no day is worked", () => {
    expect(workingDaysAfter("2026-11-26", 5, { dayOf: () => ({ working: false }) })).toEqual([]);
  });
});
