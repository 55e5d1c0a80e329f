import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, DAY, HOUR, isDate, iso, isZone, localDate, MINUTE, zonedTime } from "../../../src/platform/time.ts";
import { localText, offsetText, transitions, ZONES } from "../zones.ts";

const from = Date.UTC(1990, 0, 1);
const to = Date.UTC(2060, 0, 1);

const zone = fc.constantFrom(...ZONES);
const anywhere = fc.integer({ min: from, max: to });
/** A zone and a moment there: half of them within a day of a clock change, where errors live. */
const moment = zone.chain((name) => {
  const near = transitions(name).map((at) => fc.integer({ min: at - DAY, max: at + DAY }));
  return fc.record({ zone: fc.constant(name), ms: near.length > 0 ? fc.oneof(anywhere, ...near) : anywhere });
});
/** A zone and a wall time there, about half of them on the day of a clock change. */
const wall = moment.chain(({ zone, ms }) =>
  fc.record({
    zone: fc.constant(zone),
    date: fc.constant(localText(ms, zone).slice(0, 10)),
    time: fc.oneof(
      fc.constant(localText(ms, zone).slice(11, 16)),
      fc
        .integer({ min: 0, max: 24 * 60 - 1 })
        .map((m) => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`),
    ),
  }),
);

describe("against Intl", () => {
  it("knows the zones' clock changes, or these properties would say little", () => {
    expect(ZONES.filter((name) => transitions(name).length > 0).length).toBeGreaterThanOrEqual(8);
    expect(transitions("Asia/Shanghai")).toEqual([]);
    expect(transitions("America/New_York").map((at) => new Date(at).toISOString())).toContain(
      "2026-03-08T07:00:00.000Z",
    );
  });

  it("localDate is the date that a calendar on the wall shows", () =>
    fc.assert(
      fc.property(moment, ({ zone, ms }) => {
        expect(localDate(ms, zone)).toBe(localText(ms, zone).slice(0, 10));
      }),
      { numRuns: 1000 },
    ));

  it("iso shows wall time and offset, and is the same moment when read back", () =>
    fc.assert(
      fc.property(moment, ({ zone, ms }) => {
        const text = iso(ms, zone);
        expect(Date.parse(text)).toBe(ms);
        expect(text.slice(0, 19)).toBe(localText(ms, zone));
        const offset = offsetText(ms, zone);
        expect(text.endsWith(offset)).toBe(true);
        expect(text.slice(19, -offset.length)).toMatch(/^(\.\d{3})?$/);
      }),
      { numRuns: 1000 },
    ));

  it("zonedTime is the first moment that shows the wall time, or the end of the gap that skips it", () =>
    fc.assert(
      fc.property(wall, ({ zone, date, time }) => {
        const wanted = `${date}T${time}:00`;
        const ms = zonedTime(date, time, zone);
        if (localText(ms, zone) === wanted) {
          // No clock change that these zones know is larger than three hours.
          for (let earlier = MINUTE * 15; earlier <= 3 * HOUR; earlier += MINUTE * 15)
            expect(localText(ms - earlier, zone)).not.toBe(wanted);
        } else {
          const [before, after] = [localText(ms - 1, zone), localText(ms, zone)];
          expect(before < wanted).toBe(true);
          expect(after > wanted).toBe(true);
        }
      }),
      { numRuns: 1500 },
    ));

  it("zonedTime undoes iso, but for the second showing of an hour", () =>
    fc.assert(
      fc.property(moment, ({ zone, ms }) => {
        const minute = Math.floor(ms / MINUTE) * MINUTE;
        const shown = localText(minute, zone);
        const back = zonedTime(shown.slice(0, 10), shown.slice(11, 16), zone);
        expect(back).toBeLessThanOrEqual(minute);
        expect(localText(back, zone)).toBe(shown);
      }),
      { numRuns: 1000 },
    ));
});

describe("clock changes", () => {
  it.each([
    ["an ordinary time", "2026-11-23", "08:30", "Asia/Shanghai", "2026-11-23T08:30:00+08:00"],
    ["before the gap", "2026-03-08", "01:59", "America/New_York", "2026-03-08T01:59:00-05:00"],
    ["the start of the gap", "2026-03-08", "02:00", "America/New_York", "2026-03-08T03:00:00-04:00"],
    ["within the gap", "2026-03-08", "02:30", "America/New_York", "2026-03-08T03:00:00-04:00"],
    ["after the gap", "2026-03-08", "03:00", "America/New_York", "2026-03-08T03:00:00-04:00"],
    ["shown twice", "2026-11-01", "01:30", "America/New_York", "2026-11-01T01:30:00-04:00"],
    ["after the repeat", "2026-11-01", "02:00", "America/New_York", "2026-11-01T02:00:00-05:00"],
    ["a skipped midnight", "2026-04-24", "00:00", "Africa/Cairo", "2026-04-24T01:00:00+03:00"],
    ["a midnight shown twice", "2026-11-01", "00:30", "America/Havana", "2026-11-01T00:30:00-04:00"],
    ["half an hour's gap", "2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-04T02:30:00+11:00"],
    ["half an hour's repeat", "2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-05T01:45:00+11:00"],
    ["a day that was left out", "2011-12-30", "12:00", "Pacific/Apia", "2011-12-31T00:00:00+14:00"],
  ])("%s", (_, date, time, zone, expected) => {
    expect(iso(zonedTime(date, time, zone), zone)).toBe(expected);
  });

  it.each([
    ["2026-03-08", 23],
    ["2026-03-09", 24],
    ["2026-11-01", 25],
  ])("%s has %i hours in New York", (date, hours) => {
    const [start, end] = [date, addDays(date, 1)].map((day) => zonedTime(day, "00:00", "America/New_York"));
    expect((end! - start!) / HOUR).toBe(hours);
  });
});

describe("iso", () => {
  it.each([
    [0, "UTC", "1970-01-01T00:00:00Z"],
    [1, "UTC", "1970-01-01T00:00:00.001Z"],
    [Date.UTC(2026, 10, 23, 0, 30, 0, 50), "Asia/Shanghai", "2026-11-23T08:30:00.050+08:00"],
    [Date.UTC(2026, 0, 1), "America/St_Johns", "2025-12-31T20:30:00-03:30"],
    [Date.UTC(2026, 0, 1), "Pacific/Chatham", "2026-01-01T13:45:00+13:45"],
    [Date.UTC(2026, 0, 1), "Europe/London", "2026-01-01T00:00:00Z"],
    [Date.UTC(2026, 6, 1), "Europe/London", "2026-07-01T01:00:00+01:00"],
    [-1, "UTC", "1969-12-31T23:59:59.999Z"],
  ])("%i in %s", (ms, zone, expected) => {
    expect(iso(ms, zone)).toBe(expected);
  });

  it("is in UTC unless told", () => expect(iso(Date.UTC(2026, 1, 3))).toBe("2026-02-03T00:00:00Z"));
});

describe("dates", () => {
  it.each([
    ["2026-11-23", true],
    ["2024-02-29", true],
    ["2000-02-29", true],
    ["2026-02-29", false],
    ["1900-02-29", false],
    ["2026-02-30", false],
    ["2026-04-31", false],
    ["2026-13-01", false],
    ["2026-00-10", false],
    ["2026-01-00", false],
    ["2026-1-1", false],
    ["2026-11-23T00:00:00Z", false],
    [" 2026-11-23", false],
    ["2026-11-23\n", false],
    ["26-11-23", false],
    ["", false],
    ["today", false],
    ["２０２６-11-23", false],
  ])("isDate(%j) is %s", (text, expected) => {
    expect(isDate(text)).toBe(expected);
  });

  it("isDate takes exactly the days that the calendar has", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const pad = (n: number) => String(n).padStart(2, "0");
          const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
          const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
          const real = month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!;
          expect(isDate(`${year}-${pad(month)}-${pad(day)}`)).toBe(real);
        },
      ),
      { numRuns: 1000 },
    ));

  it.each([
    ["2026-11-23", 1, "2026-11-24"],
    ["2026-12-31", 1, "2027-01-01"],
    ["2024-02-28", 1, "2024-02-29"],
    ["2026-03-01", -1, "2026-02-28"],
    ["2026-03-08", 1, "2026-03-09"],
    ["2026-01-01", 365, "2027-01-01"],
    ["2026-01-01", 0, "2026-01-01"],
  ])("%s and %i days is %s", (date, days, expected) => {
    expect(addDays(date, days)).toBe(expected);
  });

  it("addDays goes there and back, one day at a time or all at once", () =>
    fc.assert(
      fc.property(anywhere, fc.integer({ min: -800, max: 800 }), (ms, days) => {
        const date = new Date(ms).toISOString().slice(0, 10);
        const moved = addDays(date, days);
        expect(isDate(moved)).toBe(true);
        expect(Math.sign(moved.localeCompare(date))).toBe(Math.sign(days));
        expect(addDays(moved, -days)).toBe(date);
        expect(addDays(addDays(date, days - 1), 1)).toBe(moved);
      }),
    ));
});

it.each([
  ["Asia/Shanghai", true],
  ["UTC", true],
  ["America/Argentina/Buenos_Aires", true],
  ["Asia/Huade", false],
  ["", false],
  ["北京", false],
  ["Asia/Shanghai ", false],
])("isZone(%j) is %s", (name, expected) => {
  expect(isZone(name)).toBe(expected);
});
