import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Day } from "../../../../src/editions/calendar/calendar.ts";
import { calendarOf, OFFICIAL } from "../../../../src/editions/calendar/calendar.ts";
import { HOLIDAYS as NAMES } from "../../../../src/editions/calendar/holidays.ts";
import { CARRIED_TO, libraryDays } from "../../../../src/editions/calendar/library.ts";
import { addDays } from "../../../../src/platform/time.ts";
import { daysOf, entered, isWeekday, local, noticed, weekday } from "./days.ts";

const { dayOf } = OFFICIAL;
const working = (dates: readonly string[]): string[] => dates.filter((date) => dayOf(date).working);

// The State Council's notice for 2026 (issued 2025-11-04).
const HOLIDAYS = [
  ["元旦", "2026-01-01", "2026-01-03"],
  ["春节", "2026-02-15", "2026-02-23"],
  ["清明节", "2026-04-04", "2026-04-06"],
  ["劳动节", "2026-05-01", "2026-05-05"],
  ["端午节", "2026-06-19", "2026-06-21"],
  ["中秋节", "2026-09-25", "2026-09-27"],
  ["国庆节", "2026-10-01", "2026-10-07"],
] as const;
const MAKE_UP = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];

describe("2026, as announced", () => {
  it("has 248 working days", () => expect(working(daysOf(2026))).toHaveLength(248));

  it("works on these six weekend days", () => {
    expect(working(daysOf(2026)).filter((date) => [0, 6].includes(weekday(date)))).toEqual(MAKE_UP);
  });

  it.each(HOLIDAYS)("rests over %s, %s to %s", (_, first, last) => {
    const rest = daysOf(2026).filter((date) => date >= first && date <= last);
    expect(rest.length).toBeGreaterThanOrEqual(3);
    expect(working(rest)).toEqual([]);
  });

  it("works on every other weekday and rests on every other weekend", () => {
    const free = (date: string) => HOLIDAYS.some(([, first, last]) => date >= first && date <= last);
    const expected = daysOf(2026).filter(
      (date) => MAKE_UP.includes(date) || (weekday(date) >= 1 && weekday(date) <= 5 && !free(date)),
    );
    expect(working(daysOf(2026))).toEqual(expected);
  });

  it("is not provisional", () => {
    expect(daysOf(2026).filter((date) => dayOf(date).provisional)).toEqual([]);
  });
});

it.each([
  [2024, 251],
  [2025, 248],
])("%i had %i working days", (year, days) => {
  expect(working(daysOf(year))).toHaveLength(days);
});

it("the library carries the notices to this year and not the next: an upgrade raises CARRIED_TO", () => {
  expect(CARRIED_TO).toBe(2026);
  expect(libraryDays(CARRIED_TO)).not.toEqual([]);
  expect(libraryDays(CARRIED_TO + 1)).toEqual([]);
});

it("holidays go by their usual names", () => {
  const names = new Set([2025, 2026].flatMap((year) => libraryDays(year).map((day) => day.name)));
  expect([...names].sort()).toEqual([...NAMES].sort());
  expect(dayOf("2026-02-14")).toMatchObject({ working: true, name: "春节", source: "library" });
  expect(dayOf("2026-03-04")).toMatchObject({ working: true, name: null, source: "week" });
});

describe("a year that is not announced", () => {
  it("is provisional on every day", () => {
    expect(daysOf(2027).every((date) => dayOf(date).provisional)).toBe(true);
    expect(dayOf("2026-12-31").provisional).toBe(false);
    expect(dayOf("2031-06-02").provisional).toBe(true);
    expect([2026, 2027].map(OFFICIAL.announced)).toEqual([true, false]);
  });

  it("has its holidays by the rule and 243 working days in 2027, before any make-up day", () => {
    expect(working(daysOf(2027))).toHaveLength(243);
    expect(dayOf("2027-02-08")).toEqual({ working: false, provisional: true, name: "春节", source: "rule", note: "" });
  });

  it.each([
    ["2027-03-10", true],
    ["2027-03-12", true],
    ["2027-03-13", false],
    ["2027-03-14", false],
  ])("takes weekdays for working days otherwise: %s %s", (date, expected) => {
    expect(dayOf(date)).toMatchObject({ working: expected, source: "week" });
  });

  it("may rest in the December before: the Monday 2029-12-31 goes with 元旦 2030, a Tuesday", () => {
    expect(dayOf("2029-12-31")).toMatchObject({ working: false, name: "元旦", source: "rule" });
    expect(dayOf("2029-12-28")).toMatchObject({ working: true, source: "week" });
  });

  it.each(["1999-12-31", "2003-10-01", "2101-02-01", "2101-10-03", "9999-12-31", "0000-01-01"])(
    "outside the calendar's years there is only the week, and it is provisional: %s",
    (date) => {
      expect(dayOf(date)).toMatchObject({ working: isWeekday(date), provisional: true, source: "week" });
    },
  );
});

describe("which source has the word", () => {
  const calendar = calendarOf(
    entered(
      [
        local("2027-01-01", true, "值班"),
        noticed("2027-01-01", false, "元旦"),
        noticed("2027-02-05", false, "春节"),
        noticed("2027-01-30", true, "春节"),
        noticed("2026-12-31", false, "元旦", 2027),
        local("2026-10-01", true),
        local("2028-03-04", true, "那达慕"),
      ],
      [2027],
    ),
  );
  const is = (date: string, day: Partial<Day>) => expect(calendar.dayOf(date), date).toMatchObject(day);

  it("a local day, over the notice, the library and the rule", () => {
    is("2027-01-01", { working: true, source: "local", provisional: false, note: "值班" });
    is("2026-10-01", { working: true, source: "local", provisional: false });
    is("2028-03-04", { working: true, source: "local", provisional: false });
    is("2028-03-06", { working: true, source: "week", provisional: true });
  });

  it("the imported notice, over the rule: what it leaves out is an ordinary day", () => {
    is("2027-02-05", { working: false, source: "notice", provisional: false });
    is("2027-01-30", { working: true, source: "notice" });
    is("2027-02-08", { working: true, source: "week", provisional: false });
    expect(OFFICIAL.dayOf("2027-02-08").working).toBe(false);
    expect(calendar.announced(2027)).toBe(true);
  });

  it("the notice of the year that begins, over the library, in December", () => {
    is("2026-12-31", { working: false, source: "notice", provisional: false });
  });

  it("the library, where nothing was imported", () => is("2026-10-02", { working: false, source: "library" }));

  it("an imported notice replaces the library's, but for the days of the next 元旦", () => {
    const again = calendarOf(entered([noticed("2022-01-03", false, "元旦")], [2022]));
    expect(again.dayOf("2022-10-03")).toMatchObject({ working: true, source: "week" });
    expect(again.dayOf("2022-12-31")).toMatchObject({ working: false, source: "library", name: "元旦" });
  });

  it("any day that is a local one, whatever else was entered", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (days, works, announced, said) => {
          const date = addDays("2024-01-01", days);
          const year = Number(date.slice(0, 4));
          const calendar = calendarOf(
            entered([local(date, works), noticed(date, said, "春节")], announced ? [year] : []),
          );
          expect(calendar.dayOf(date)).toMatchObject({ working: works, source: "local", provisional: false });
          const next = addDays(date, 1);
          if (!announced) expect(calendar.dayOf(next)).toEqual(OFFICIAL.dayOf(next));
        },
      ),
    ));

  it("and a day beyond what was read is refused, not guessed", () => {
    const calendar = calendarOf({ ...entered([]), from: "2026-11-01", to: "2026-11-30" });
    expect(calendar.dayOf("2026-11-30").working).toBe(true);
    for (const date of ["2026-10-31", "2026-12-01"]) expect(() => calendar.dayOf(date)).toThrow(/read for 2026-11-01/);
  });
});

describe("whatever zone the machine is in", () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each(["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago"])("%s", async (zone) => {
    vi.stubEnv("TZ", zone);
    const midnight = new Date(Date.UTC(2026, 0, 4)).getHours();
    expect(midnight, "the zone must have taken effect").not.toBe(0);
    // A fresh copy: years that were read in another zone are kept.
    vi.resetModules();
    const { OFFICIAL: here } = await import("../../../../src/editions/calendar/calendar.ts");
    expect(here).not.toBe(OFFICIAL);
    for (const year of [2022, 2026, 2027, 2028]) {
      const dates = daysOf(year);
      expect(dates.map((date) => here.dayOf(date))).toEqual(dates.map((date) => dayOf(date)));
    }
    expect(MAKE_UP.map((date) => here.dayOf(date).working)).toEqual(MAKE_UP.map(() => true));
  });
});
