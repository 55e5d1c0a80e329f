import { Cron } from "croner";
import fc from "fast-check";
import * as nodeCron from "node-cron";
import { describe, expect, it } from "vitest";
import { calendarOf, OFFICIAL } from "../../../src/editions/calendar/calendar.ts";
import type { Timetable } from "../../../src/editions/slots.ts";
import {
  horizon,
  MOST_SLOTS,
  nextEvent as nextEventBy,
  planTime,
  refuseExpression,
  slotsOn,
} from "../../../src/editions/slots.ts";
import { addDays, DAY, iso, localDate, MINUTE, zonedTime } from "../../../src/platform/time.ts";
import { localText, transitions, ZONES } from "../zones.ts";

const timetable = (timeZone: string, ...releaseTimes: string[]): Timetable => ({
  timeZone,
  planAt: "07:00",
  releaseTimes,
});
const HUADE = timetable("Asia/Shanghai", "30 8 * * *", "30 11 * * *", "0 15 * * *", "30 18 * * *");
const nextEvent = (now: number, timetable: Timetable): number => nextEventBy(now, timetable, OFFICIAL);
const at = (text: string): number => Date.parse(`${text}+08:00`);
const shown = (date: string, zone: string, ...releaseTimes: string[]): string[] =>
  slotsOn(date, timetable(zone, ...releaseTimes)).map((ms) => iso(ms, zone));

describe("which expressions are release times", () => {
  it.each([
    "30 8 * * *",
    "0 0 * * *",
    "59 23 * * *",
    "0 8,11,15 * * *",
    "*/30 8-18 * * *",
    "0 8 * * MON-FRI",
    "0 8 * * mon-fri",
    "0 8 * * SUN,SAT",
    "0 8 1 * *",
    "0 8 1-7 JAN-MAR MON",
    "0 8 29 2 *",
    "  30 8 * * *  ",
    "*/30 * * * *",
  ])("%j", (expression) => {
    expect(refuseExpression(expression)).toBeNull();
  });

  it.each([
    ["", /five fields/],
    ["   ", /five fields/],
    ["30 8 * *", /five fields/],
    ["0 30 8 * * *", /five fields/],
    ["0 30 8 * * MON-FRI", /five fields/],
    ["0 30 8 * * * 2026", /five fields/],
    ["@daily", /five fields/],
    ["@every 5 m a b", /./],
    ["08:30", /five fields/],
    ["每 天 八 点 半", /./],
    ["60 8 * * *", /minute/],
    ["0 24 * * *", /hour/],
    ["-1 8 * * *", /./],
    ["0.5 8 * * *", /./],
    ["1e1 8 * * *", /./],
    ["0 8 0 * *", /day/],
    ["0 8 32 * *", /day/],
    ["0 8 * 0 *", /month/],
    ["0 8 * 13 *", /month/],
    ["*/0 8 * * *", /./],
    ["0 11-8 * * *", /./],
    ["0 8,, * * *", /./],
    ["0 8 * * FUN", /./],
    ["0 8 * * MONDAY", /./],
    ["0 ８ * * *", /./],
    ["'; DROP TABLE slots --", /./],
    ["0 8 31 2 *", /never/],
    ["0 8 30 FEB *", /never/],
  ])("not %j", (expression, why) => {
    expect(refuseExpression(expression)).toMatch(why);
  });

  it.each(["* * * * *", "*/15 * * * *", "*/5 8-18 * * *", "* 8 * * MON-FRI", "* 8 1 * *"])(
    "not %j, which is more slots than a day has",
    (expression) => {
      expect(refuseExpression(expression)).toMatch(`more than ${MOST_SLOTS} times a day`);
    },
  );

  it.each([
    "0 8 * * 1",
    "0 8 * * 0",
    "0 8 * * 7",
    "0 8 * * 1-5",
    "0 8 * * 2,4",
    "0 8 * * */2",
    "0 8 * * MON-5",
    "0 8 * * MON#1",
  ])("not %j: weekdays go by name", (expression) => {
    expect(refuseExpression(expression)).toMatch(/MON-FRI/);
  });

  it("because a number is not the same day everywhere: Cloudflare counts from 1 = Sunday, croner and node-cron from 0", () => {
    const SUNDAY = Date.UTC(2026, 10, 22);
    const croner = (expression: string) =>
      new Cron(expression, { paused: true, timezone: "UTC" }).nextRun(new Date(SUNDAY - 1))!.getTime();
    expect([0, 1, 7].map((n) => (croner(`0 0 * * ${n}`) - SUNDAY) / DAY)).toEqual([0, 1, 0]);
    expect([0, 1, 7].map((n) => nodeCron.parse(`0 0 * * ${n}`).dayOfWeek)).toEqual([[0], [1], [0]]);
    // Cloudflare: MON-FRI is 2-6 there, so `1-5` would rest on Fridays and work on Sundays.
    // Names mean the same to all of them.
    const friday = SUNDAY + 5 * DAY;
    expect(croner("0 0 * * FRI")).toBe(friday);
    const task = nodeCron.createTask("0 0 * * MON-FRI", () => {}, { timezone: "UTC" });
    const matched = [0, 1, 2, 3, 4, 5, 6].filter((day) => task.match(new Date(SUNDAY + day * DAY)));
    expect(matched).toEqual([1, 2, 3, 4, 5]);
    const cron = new Cron("0 0 * * MON-FRI", { paused: true, timezone: "UTC" });
    expect(cron.nextRuns(5, new Date(SUNDAY)).map((run) => (run.getTime() - SUNDAY) / DAY)).toEqual(matched);
  });

  it("what is taken, node-cron can read too", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 59 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom("*", "1", "1-7", "*/2"),
        fc.constantFrom("*", "JAN", "3-6"),
        fc.constantFrom("*", "MON-FRI", "SUN", "MON,WED,FRI"),
        (minute, hours, day, month, weekday) => {
          const expression = `${minute} ${hours.join(",")} ${day} ${month} ${weekday}`;
          expect(refuseExpression(expression)).toBeNull();
          expect(nodeCron.validate(expression)).toBe(true);
        },
      ),
    ));
});

describe("the slots of a day", () => {
  it("in Huade", () => {
    expect(shown("2026-11-23", "Asia/Shanghai", ...HUADE.releaseTimes)).toEqual([
      "2026-11-23T08:30:00+08:00",
      "2026-11-23T11:30:00+08:00",
      "2026-11-23T15:00:00+08:00",
      "2026-11-23T18:30:00+08:00",
    ]);
  });

  it.each([
    ["midnight belongs to the day that begins", ["0 0 * * *"], ["00:00"]],
    ["and the last minute to the one that ends", ["59 23 * * *"], ["23:59"]],
    ["in order, whatever the order of the list", ["0 18 * * *", "0 9 * * *"], ["09:00", "18:00"]],
    ["a time that is named twice is one slot", ["0 9 * * *", "0 9 * * *", "0 9,10 * * *"], ["09:00", "10:00"]],
    ["every half hour of a morning", ["*/30 8-9 * * *"], ["08:00", "08:30", "09:00", "09:30"]],
    ["Monday's own", ["0 9 * * MON", "0 10 * * TUE"], ["09:00"]],
    ["none", ["0 9 * * SAT,SUN"], []],
    ["none at all", [], []],
  ])("%s", (_, expressions, times) => {
    expect(shown("2026-11-23", "Asia/Shanghai", ...expressions)).toEqual(
      times.map((time) => `2026-11-23T${time}:00+08:00`),
    );
  });

  it("are all there when there are many", () => {
    expect(slotsOn("2026-11-23", timetable("Asia/Shanghai", "*/30 * * * *"))).toHaveLength(48);
    expect(slotsOn("2026-11-01", timetable("America/New_York", "*/30 * * * *"))).toHaveLength(50);
    expect(slotsOn("2026-03-08", timetable("America/New_York", "*/30 * * * *"))).toHaveLength(46);
  });

  it.each([
    // 02:00 to 03:00 is skipped on 2026-03-08, 01:00 to 02:00 comes twice on 2026-11-01.
    ["2026-03-07", "30 2 * * *", "2026-03-07T02:30:00-05:00"],
    ["2026-03-08", "30 2 * * *", "2026-03-08T03:00:00-04:00"],
    ["2026-03-08", "0 2 * * *", "2026-03-08T03:00:00-04:00"],
    ["2026-03-08", "30 3 * * *", "2026-03-08T03:30:00-04:00"],
    ["2026-03-09", "30 2 * * *", "2026-03-09T02:30:00-04:00"],
    ["2026-11-01", "30 1 * * *", "2026-11-01T01:30:00-04:00"],
    ["2026-11-01", "30 2 * * *", "2026-11-01T02:30:00-05:00"],
    ["2026-11-02", "30 1 * * *", "2026-11-02T01:30:00-05:00"],
  ])("New York on %s: %s comes exactly once", (date, expression, expected) => {
    expect(shown(date, "America/New_York", expression)).toEqual([expected]);
  });

  it("a slot that falls into the gap is one with the slot after it", () => {
    expect(shown("2026-03-08", "America/New_York", "30 2 * * *", "0 3 * * *")).toEqual(["2026-03-08T03:00:00-04:00"]);
  });

  const time = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 15, 30, 45) });
  /** A zone and a date there, half of them on the day of a clock change or beside it. */
  const day = fc.constantFrom(...ZONES).chain((zone) => {
    const dates = transitions(zone).flatMap((ms) => [-1, 0, 1].map((days) => addDays(localDate(ms, zone), days)));
    const any = fc.integer({ min: 0, max: 1000 }).map((days) => addDays("2025-01-01", days));
    return fc.record({
      zone: fc.constant(zone),
      date: dates.length > 0 ? fc.oneof(any, fc.constantFrom(...dates)) : any,
    });
  });

  it("are the moments of their wall times, in any zone and through any clock change", () =>
    fc.assert(
      fc.property(day, fc.array(time, { minLength: 1, maxLength: 5 }), ({ zone, date }, times) => {
        const expressions = times.map(({ hour, minute }) => `${minute} ${hour} * * *`);
        const expected = times.map(({ hour, minute }) => {
          const pad = (n: number) => String(n).padStart(2, "0");
          return zonedTime(date, `${pad(hour)}:${pad(minute)}`, zone);
        });
        expect(slotsOn(date, timetable(zone, ...expressions))).toEqual(
          [...new Set(expected)].toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 500 },
    ));

  it("of neighbouring days have none in common, and each shows its own date", () =>
    fc.assert(
      fc.property(
        day,
        fc.constantFrom("*/30 * * * *", "0 * * * *", "0,30 0-3,23 * * *"),
        ({ zone, date }, expression) => {
          const own = slotsOn(date, timetable(zone, expression));
          const next = slotsOn(addDays(date, 1), timetable(zone, expression));
          expect(own.length).toBeGreaterThan(0);
          expect(own.at(-1)!).toBeLessThan(next[0]!);
          for (const ms of own) expect(localText(ms, zone).slice(0, 10)).toBe(date);
        },
      ),
      { numRuns: 100 },
    ));
});

it.each([
  ["2026-11-23", "Asia/Shanghai", "2026-11-23T07:00:00+08:00"],
  ["2026-07-01", "Europe/London", "2026-07-01T07:00:00+01:00"],
])("the edition of %s in %s is planned at %s", (date, zone, expected) => {
  expect(iso(planTime(date, timetable(zone)), zone)).toBe(expected);
});

describe("what the tick must not sleep through", () => {
  it.each([
    ["before the planning", "2026-11-23T06:59:59.999", "2026-11-23T07:00"],
    ["the planning itself is not next again", "2026-11-23T07:00", "2026-11-23T08:30"],
    ["after the planning, the first slot", "2026-11-23T07:00:01", "2026-11-23T08:30"],
    ["a slot is not next again", "2026-11-23T08:30", "2026-11-23T11:30"],
    ["between slots", "2026-11-23T12:00", "2026-11-23T15:00"],
    ["after the last slot, tomorrow's planning", "2026-11-23T18:30", "2026-11-24T07:00"],
    ["just before midnight", "2026-11-23T23:59:59.999", "2026-11-24T07:00"],
    ["at midnight", "2026-11-24T00:00", "2026-11-24T07:00"],
    ["over a weekend", "2026-11-20T18:30", "2026-11-23T07:00"],
    ["on a Saturday", "2026-11-21T12:00", "2026-11-23T07:00"],
    ["over 国庆 (1st to 7th)", "2026-09-30T18:30", "2026-10-08T07:00"],
    ["over 春节, which nine days long begins on a Sunday", "2026-02-14T18:30", "2026-02-24T07:00"],
    ["the Saturday before 春节 is worked", "2026-02-13T18:30", "2026-02-14T07:00"],
    ["the Sunday 2026-09-20 is worked", "2026-09-18T18:30", "2026-09-20T07:00"],
    ["on a make-up Sunday", "2026-09-20T09:00", "2026-09-20T11:30"],
    ["the Saturday 2026-10-10 is worked", "2026-10-09T18:30", "2026-10-10T07:00"],
    ["over 元旦 into a Sunday", "2025-12-31T18:30", "2026-01-04T07:00"],
  ])("%s: %s → %s", (_, now, expected) => {
    expect(iso(nextEvent(at(now.length === 16 ? `${now}:00` : now), HUADE), "Asia/Shanghai")).toBe(
      `${expected}:00+08:00`,
    );
  });

  it("planning after the first slot, or between two, is an event in its place", () => {
    const late = { ...HUADE, planAt: "12:00" };
    expect(nextEvent(at("2026-11-23T11:30:00"), late)).toBe(at("2026-11-23T12:00:00"));
    expect(nextEvent(at("2026-11-23T12:00:00"), late)).toBe(at("2026-11-23T15:00:00"));
  });

  it("goes by the publication's own date", () => {
    // Friday evening in New York is Saturday in Huade.
    const friday = Date.parse("2026-11-20T18:00:00-05:00");
    expect(iso(nextEvent(friday, { ...HUADE, timeZone: "America/New_York" }), "America/New_York")).toBe(
      "2026-11-20T18:30:00-05:00",
    );
    expect(iso(nextEvent(friday, HUADE), "Asia/Shanghai")).toBe("2026-11-23T07:00:00+08:00");
  });

  it("goes by what the office entered", () => {
    const local = (date: string, working: boolean) =>
      ({ date, working, name: null, source: "local", year: 2026, note: "" }) as const;
    const calendar = calendarOf({
      ...horizon(at("2026-11-20T18:30:00")),
      years: [],
      days: [local("2026-11-21", true), local("2026-11-23", false)],
    });
    const next = (now: string) => iso(nextEventBy(at(now), HUADE, calendar), "Asia/Shanghai");
    expect(next("2026-11-20T18:30:00")).toBe("2026-11-21T07:00:00+08:00");
    expect(next("2026-11-21T18:30:00")).toBe("2026-11-24T07:00:00+08:00");
  });

  it("asks the calendar for nothing beyond its horizon, wherever the publication is and however long it rests", () =>
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 366 * 24 }), (zone, hours) => {
        const now = at("2026-01-01T00:00:00") + hours * 60 * MINUTE;
        const { from, to } = horizon(now);
        const days = [];
        for (let date = from; date <= to; date = addDays(date, 1))
          days.push({ date, working: false, name: null, source: "local", year: 2026, note: "" } as const);
        expect(
          nextEventBy(now, { ...HUADE, timeZone: zone }, calendarOf({ from, to, years: [], days })),
        ).toBeGreaterThan(now);
      }),
    ));

  it("a publication without slots still plans", () => {
    expect(nextEvent(at("2026-11-23T07:00:00"), { ...HUADE, releaseTimes: [] })).toBe(at("2026-11-24T07:00:00"));
  });

  it("is ahead of now, an event of a working day, and the first such", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: at("2026-01-01T00:00:00") / MINUTE, max: at("2026-12-20T00:00:00") / MINUTE }),
        fc.constantFrom(0, 1, 30_000),
        (minutes, ms) => {
          const now = minutes * MINUTE + ms;
          const next = nextEvent(now, HUADE);
          expect(next).toBeGreaterThan(now);
          const date = localDate(next, HUADE.timeZone);
          expect(OFFICIAL.dayOf(date).working).toBe(true);
          expect([planTime(date, HUADE), ...slotsOn(date, HUADE)]).toContain(next);
          for (let day = localDate(now, HUADE.timeZone); day <= date; day = addDays(day, 1)) {
            if (!OFFICIAL.dayOf(day).working) continue;
            const between = [planTime(day, HUADE), ...slotsOn(day, HUADE)].filter((ms) => ms > now && ms < next);
            expect(between).toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    ));
});
