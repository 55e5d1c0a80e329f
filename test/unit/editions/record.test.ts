import { describe, expect, it } from "vitest";
import { OFFICIAL } from "../../../src/editions/calendar/calendar.ts";
import type { EditionRecord } from "../../../src/editions/record.ts";
import { daysBetween, recordOf } from "../../../src/editions/record.ts";

const edition = (date: string, released: number, more: Partial<EditionRecord> = {}): EditionRecord => ({
  date,
  quota: 1,
  released,
  lateSlots: 0,
  provisional: false,
  ...more,
});
const { dayOf } = OFFICIAL;
const publication = { quota: 1, since: "2026-01-01", today: "2026-03-05" };
const verdicts = (editions: EditionRecord[], more: Partial<typeof publication> = {}) =>
  recordOf("2026-03", editions, dayOf, { ...publication, ...more }).map(({ date, met }) => [date.slice(8), met]);

describe("the record of a month", () => {
  it("holds working days that are over, met or missed; one without an edition is missed", () => {
    // 1 March 2026 is a Sunday.
    expect(verdicts([edition("2026-03-02", 1), edition("2026-03-03", 0)])).toEqual([
      ["02", true],
      ["03", false],
      ["04", false],
    ]);
  });

  it("leaves today open until it has met its quota or is over", () => {
    const today = (released: number) => verdicts([edition("2026-03-05", released)]).at(-1);
    expect(today(0)).toEqual(["05", null]);
    expect(today(1)).toEqual(["05", true]);
    expect(verdicts([]).at(-1)).toEqual(["04", false]);
    expect(verdicts([], { today: "2026-03-06" }).at(-1)).toEqual(["05", false]);
  });

  it("does not count the days before there was a publication", () => {
    expect(verdicts([], { since: "2026-03-04" })).toEqual([["04", false]]);
  });

  it("knows make-up days and holidays", () => {
    const days = recordOf("2026-02", [], dayOf, { ...publication, today: "2026-03-01" }).map(({ date }) => date);
    expect(days).toContain("2026-02-14"); // a Saturday worked for Spring Festival
    expect(days).not.toContain("2026-02-17"); // its first day
  });

  it("tells what a day is short of, and keeps what the edition says of itself", () => {
    const [day] = recordOf(
      "2026-03",
      [edition("2026-03-02", 12, { quota: 15, lateSlots: 2, provisional: true })],
      dayOf,
      publication,
    );
    expect(day).toEqual({
      date: "2026-03-02",
      quota: 15,
      released: 12,
      shortfall: 3,
      met: false,
      lateSlots: 2,
      provisional: true,
    });
  });

  it("is empty for a month to come", () => {
    expect(recordOf("2026-04", [], dayOf, publication)).toEqual([]);
  });
});

describe("days since", () => {
  const at = (text: string) => Date.parse(`${text}+08:00`);
  it.each([
    ["the same day", "2026-03-02T00:10", "2026-03-02T23:50", 0],
    ["over midnight", "2026-03-02T23:50", "2026-03-03T00:10", 1],
    ["a week", "2026-03-02T12:00", "2026-03-09T08:00", 7],
    ["a post of a replayed day to come", "2026-03-09T08:00", "2026-03-02T08:00", 0],
  ])("%s", (_, from, to, days) => {
    expect(daysBetween(at(from), at(to), "Asia/Shanghai")).toBe(days);
  });
});
