import chineseDays from "chinese-days";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HOLIDAYS } from "../../../../src/editions/calendar/holidays.ts";
import { libraryDays } from "../../../../src/editions/calendar/library.ts";
import { ruleDays } from "../../../../src/editions/calendar/rule.ts";
import { addDays } from "../../../../src/platform/time.ts";
import { daysOf, isWeekday, weekday } from "./days.ts";

const YEARS = Array.from({ length: 97 }, (_, i) => 2004 + i);

/** The rule's days as ranges: `02-05–02-12`. */
function ranges(year: number, name: string): string[] {
  const dates = ruleDays(year).flatMap((day) => (day.name === name ? [day.date] : []));
  const first = dates.filter((date) => !dates.includes(addDays(date, -1)));
  const last = dates.filter((date) => !dates.includes(addDays(date, 1)));
  return first.map((date, i) => (date === last[i] ? date.slice(5) : `${date.slice(5)}–${last[i]!.slice(5)}`));
}

describe("against what was announced", () => {
  it.each([2025, 2026])("it gives every weekday off of %i, and none more", (year) => {
    const off = (days: readonly { date: string; working: boolean }[]) =>
      days.filter((day) => !day.working && isWeekday(day.date)).map((day) => day.date);
    expect(off(ruleDays(year))).toEqual(off(libraryDays(year)));
    expect(off(ruleDays(year)).length).toBeGreaterThan(15);
  });
});

describe("2027", () => {
  it.each([
    ["元旦", "01-01–01-03"],
    ["春节", "02-05–02-12"],
    ["清明节", "04-03–04-05"],
    ["劳动节", "05-01–05-05"],
    ["端午节", "06-09"],
    ["中秋节", "09-15"],
    ["国庆节", "10-01–10-07"],
  ])("%s %s", (name, range) => expect(ranges(2027, name)).toEqual([range]));

  it("leaves 243 working days", () => {
    const off = new Set(ruleDays(2027).map((day) => day.date));
    expect(daysOf(2027).filter((date) => isWeekday(date) && !off.has(date))).toHaveLength(243);
  });
});

it.each([
  [2025, "国庆节", "10-01–10-08"],
  [2028, "国庆节", "10-01–10-08"],
  [2026, "国庆节", "10-01–10-07"],
  [2028, "端午节", "05-27–05-29"],
  [2024, "中秋节", "09-15–09-17"],
  [2030, "元旦", "12-30–01-01"],
  [2025, "元旦", "01-01"],
  [2026, "元旦", "01-01–01-03"],
])(
  "%i %s is %s: with 中秋 in it 国庆 has eight days, a leap month does not count, Wednesdays stand alone",
  (year, name, range) => {
    expect(ranges(year, name)).toEqual([range]);
  },
);

describe("in any year", () => {
  it.each(YEARS)("%i: seven holidays, never a make-up day, 元旦 清明 端午 中秋 with a weekend or alone", (year) => {
    const days = ruleDays(year);
    expect(days.every((day) => !day.working)).toBe(true);
    expect([...days].sort((a, b) => (a.date < b.date ? -1 : 1))).toEqual(days);
    for (const name of HOLIDAYS) {
      const own = days.filter((day) => day.name === name).map((day) => day.date);
      if (name === "中秋节" && own.length < 3) continue;
      expect(own.length, name).toBeGreaterThan(0);
      if (["清明节", "端午节"].includes(name) && own.length !== 3) {
        expect(own, name).toHaveLength(1);
        expect(weekday(own[0]!), name).toBe(3);
      }
      if (own.length === 3)
        expect(
          own.some((date) => !isWeekday(date)),
          name,
        ).toBe(true);
    }
    // A first month that starts the lunar year lies between 21 January and 21 February.
    const spring = days.filter((day) => day.name === "春节").map((day) => day.date);
    expect(spring).toHaveLength(8);
    expect(spring[1]! >= `${year}-01-21` && spring[1]! <= `${year}-02-21`).toBe(true);
  });
});

describe("清明", () => {
  afterEach(() => void vi.unstubAllEnvs());

  it("is the library's solar term, as a machine on UTC has it", () => {
    vi.stubEnv("TZ", "UTC");
    for (const year of YEARS.slice(0, -1)) {
      const term = chineseDays.getSolarTermDate(year, 4, "pure_brightness");
      expect(ruleDays(year).find((day) => day.date === term)?.name, term).toMatch(/清明节|春节/);
      const own = ruleDays(year).filter((day) => day.name === "清明节");
      if (own.length === 1) expect(own[0]!.date).toBe(term);
    }
    expect(ruleDays(2100).some((day) => day.date === "2100-04-05" && day.name === "清明节")).toBe(true);
  });
});
