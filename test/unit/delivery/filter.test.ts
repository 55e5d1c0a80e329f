import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Filter } from "../../../src/delivery/filter.ts";
import { countToday, digestTime, quietUntil, roomToday, waitUntil } from "../../../src/delivery/filter.ts";
import { HOUR, iso, MINUTE } from "../../../src/platform/time.ts";
import { ZONES } from "../zones.ts";

const at = (text: string): number => Date.parse(text);
const night: Filter = { quiet: { from: "22:00", to: "07:00" } };
const noon: Filter = { quiet: { from: "12:00", to: "14:00" } };
const BERLIN = "Europe/Berlin";

describe("quiet hours", () => {
  it.each<[string, Filter, string, string | null]>([
    ["before", night, "2026-11-23T21:59:59+08:00", null],
    ["their first moment", night, "2026-11-23T22:00:00+08:00", "2026-11-24T07:00:00+08:00"],
    ["before midnight", night, "2026-11-23T23:30:00+08:00", "2026-11-24T07:00:00+08:00"],
    ["after midnight", night, "2026-11-24T00:00:00+08:00", "2026-11-24T07:00:00+08:00"],
    ["their last moment", night, "2026-11-24T06:59:59.999+08:00", "2026-11-24T07:00:00+08:00"],
    ["their end", night, "2026-11-24T07:00:00+08:00", null],
    ["over the year's end", night, "2026-12-31T23:00:00+08:00", "2027-01-01T07:00:00+08:00"],
    ["within a day", noon, "2026-11-23T13:00:00+08:00", "2026-11-23T14:00:00+08:00"],
    ["within a day, outside", noon, "2026-11-23T14:00:00+08:00", null],
    ["in another zone", { ...noon, time_zone: "UTC" }, "2026-11-23T13:00:00+08:00", null],
    ["none", {}, "2026-11-23T23:00:00+08:00", null],
    // Berlin's clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
    [
      "whose end the clocks skip",
      { quiet: { from: "22:00", to: "02:30" }, time_zone: BERLIN },
      "2026-03-29T01:59:00+01:00",
      "2026-03-29T03:00:00+02:00",
    ],
    [
      "whose end comes twice: in the first hour",
      { quiet: { from: "22:00", to: "02:30" }, time_zone: BERLIN },
      "2026-10-25T02:10:00+02:00",
      "2026-10-25T02:30:00+02:00",
    ],
    [
      "whose end comes twice: in the second, they are over",
      { quiet: { from: "22:00", to: "02:30" }, time_zone: BERLIN },
      "2026-10-25T02:10:00+01:00",
      null,
    ],
    [
      "that a longer night lengthens",
      { quiet: { from: "22:00", to: "07:00" }, time_zone: BERLIN },
      "2026-10-24T22:00:00+02:00",
      "2026-10-25T07:00:00+01:00",
    ],
  ])("%s", (_, filter, now, until) => {
    expect(quietUntil(filter, at(now))).toBe(until === null ? null : at(until));
  });

  const time = fc.tuple(fc.nat(23), fc.nat(59)).map((parts) => parts.map((n) => String(n).padStart(2, "0")).join(":"));
  it("end, always later and within a day and an hour, and are over then", () =>
    fc.assert(
      fc.property(
        fc.record({ from: time, to: time }).filter(({ from, to }) => from !== to),
        fc.constantFrom(...ZONES),
        fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2027-12-31T00:00:00Z") }),
        (quiet, zone, now) => {
          const filter = { quiet, time_zone: zone };
          const until = quietUntil(filter, now);
          if (until === null) return;
          expect(until).toBeGreaterThan(now);
          expect(until - now).toBeLessThanOrEqual(25 * HOUR);
          expect(quietUntil(filter, until)).toBeNull();
        },
      ),
    ));
});

describe("a digest", () => {
  const twice: Filter = { mode: "digest", digest_at: ["18:00", "12:00"] };
  it.each<[string, string, string]>([
    ["of the morning", "2026-11-23T08:30:00+08:00", "2026-11-23T12:00:00+08:00"],
    ["of the very moment", "2026-11-23T12:00:00+08:00", "2026-11-23T12:00:00+08:00"],
    ["of the afternoon", "2026-11-23T12:00:01+08:00", "2026-11-23T18:00:00+08:00"],
    ["of the evening", "2026-11-23T18:00:01+08:00", "2026-11-24T12:00:00+08:00"],
  ])("takes what is %s", (_, entry, time) => expect(digestTime(twice, at(entry))).toBe(at(time)));

  it("waits for its time, and sends then and later", () => {
    const entry = at("2026-11-23T08:30:00+08:00");
    const noonOf = at("2026-11-23T12:00:00+08:00");
    expect(waitUntil(twice, entry, entry)).toBe(noonOf);
    expect(waitUntil(twice, entry, noonOf)).toBeNull();
    expect(waitUntil(twice, entry, noonOf + 5 * MINUTE)).toBeNull();
    expect(waitUntil({ ...twice, ...noon }, entry, noonOf)).toBe(noonOf + 2 * HOUR);
  });

  it("has its time within a day of any entry, in any zone, whatever the clocks do", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2027-12-31T00:00:00Z") }),
        (zone, entry) => {
          const time = digestTime({ mode: "digest", digest_at: ["12:00"], time_zone: zone }, entry);
          expect(time).toBeGreaterThanOrEqual(entry);
          expect(time - entry).toBeLessThanOrEqual(25 * HOUR);
          expect(iso(time, zone).slice(11, 16)).toBe("12:00");
        },
      ),
    ));
});

describe("a day's number", () => {
  const now = at("2026-11-23T23:59:00+08:00");
  const five: Filter = { daily_max: 5 };
  it.each<[string, Filter, Parameters<typeof roomToday>[1], number]>([
    ["no maximum", {}, { day: "2026-11-23", dayPosts: 99 }, Infinity],
    ["its first", five, { day: null, dayPosts: 0 }, 5],
    ["some of today", five, { day: "2026-11-23", dayPosts: 3 }, 2],
    ["all of today", five, { day: "2026-11-23", dayPosts: 5 }, 0],
    ["more than the maximum was lowered to", five, { day: "2026-11-23", dayPosts: 9 }, 0],
    ["yesterday's do not count", five, { day: "2026-11-22", dayPosts: 5 }, 5],
    ["its own zone's date", { ...five, time_zone: "UTC" }, { day: "2026-11-24", dayPosts: 5 }, 5],
  ])("%s", (_, filter, today, room) => expect(roomToday(filter, today, now)).toBe(room));

  it("is counted on its date, and only where there is a maximum", () => {
    expect(countToday(five, { day: "2026-11-23", dayPosts: 2 }, 3, now)).toEqual({ day: "2026-11-23", dayPosts: 5 });
    expect(countToday(five, { day: "2026-11-22", dayPosts: 5 }, 1, now)).toEqual({ day: "2026-11-23", dayPosts: 1 });
    expect(countToday(five, { day: "2026-11-22", dayPosts: 5 }, 0, now)).toEqual({ day: "2026-11-22", dayPosts: 5 });
    expect(countToday({}, { day: null, dayPosts: 0 }, 3, now)).toEqual({ day: null, dayPosts: 0 });
  });
});
