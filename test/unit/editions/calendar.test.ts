import { afterEach, describe, expect, it, vi } from "vitest";
import { ANNOUNCED_TO, dayOf } from "../../../src/editions/calendar.ts";
import { addDays } from "../../../src/platform/time.ts";

/** The days of a year in order. */
function daysOf(year: number): string[] {
  const days: string[] = [];
  for (let date = `${year}-01-01`; date.startsWith(String(year)); date = addDays(date, 1)) days.push(date);
  return days;
}
const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();
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

describe("a year that is not announced", () => {
  it("is provisional on every day", () => {
    expect(ANNOUNCED_TO).toBe(2026);
    expect(daysOf(2027).every((date) => dayOf(date).provisional)).toBe(true);
    expect(dayOf("2026-12-31").provisional).toBe(false);
    expect(dayOf("2031-06-02").provisional).toBe(true);
  });

  it.each([
    ["2027-03-10", true],
    ["2027-03-12", true],
    ["2027-03-13", false],
    ["2027-03-14", false],
  ])("takes weekdays for working days until then: %s %s", (date, expected) => {
    expect(dayOf(date).working).toBe(expected);
  });
});

describe("whatever zone the machine is in", () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each(["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago"])("%s", (zone) => {
    vi.stubEnv("TZ", zone);
    const midnight = new Date(Date.UTC(2026, 0, 4)).getHours();
    expect(midnight, "the zone must have taken effect").not.toBe(0);
    for (const date of MAKE_UP) expect(dayOf(date).working, date).toBe(true);
    for (const [, first, last] of HOLIDAYS)
      for (const date of [first, last]) expect(dayOf(date).working, date).toBe(false);
    expect(working(daysOf(2026))).toHaveLength(248);
  });
});
