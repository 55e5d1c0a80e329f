import { describe, expect, it } from "vitest";
import type { EnteredDay, Entries } from "../../../../src/editions/calendar/calendar.ts";
import { calendarOf, OFFICIAL } from "../../../../src/editions/calendar/calendar.ts";
import { overdueYears, warning } from "../../../../src/editions/calendar/alarm.ts";
import type { CalendarChange, CalendarYear } from "../../../../src/editions/calendar/change.ts";
import { propose } from "../../../../src/editions/calendar/change.ts";
import { countWorking, specialDays } from "../../../../src/editions/calendar/compare.ts";
import { Problem } from "../../../../src/platform/problem.ts";
import { entered, local, noticed } from "./days.ts";
import { NOTICE_2025, NOTICE_2026, NOTICE_2027 } from "./notices.ts";

function yearWith(year: number, days: readonly EnteredDay[] = [], announced = false): CalendarYear {
  const entries: Entries = {
    ...entered(days, announced ? [year] : []),
    from: `${year - 1}-12-01`,
    to: `${year}-12-31`,
  };
  return {
    year: entries.years[0] ?? { year, announced: false, notice: null, rev: 0 },
    calendar: calendarOf(entries),
    entries,
  };
}
const notice = (text: string, number: string | null = null): CalendarChange => ({ kind: "notice", text, number });
const workdays = ({ year: { year }, calendar }: CalendarYear) =>
  countWorking(calendar, `${year}-01-01`, `${year}-12-31`);
const dates = (days: readonly { date: string }[]) => days.map((day) => day.date);

/** The problem that a change is refused with. */
function refusal(year: CalendarYear, change: CalendarChange): Problem {
  try {
    propose(year, change);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("importing a notice", () => {
  it("announces the year: what the rule had stays, the make-up days are new, and 2026's last day is free", () => {
    const { after, changes } = propose(yearWith(2027), notice(NOTICE_2027));
    expect(after.year).toMatchObject({ announced: true, notice: "国办发明电〔2026〕9号" });
    expect(dates(changes.added)).toEqual([
      "2026-12-31",
      "2027-01-03",
      "2027-01-30",
      "2027-02-20",
      "2027-04-25",
      "2027-05-08",
      "2027-09-26",
      "2027-10-09",
    ]);
    expect(changes.added[1]).toMatchObject({
      from: { working: false, provisional: true },
      to: { working: true, provisional: false, source: "notice", name: "元旦" },
    });
    expect(changes.removed).toEqual([]);
    expect(workdays(after)).toBe(243 + 7);
  });

  it("of a year that the library has changes nothing but names", () => {
    for (const [year, text] of [
      [2026, NOTICE_2026],
      [2025, NOTICE_2025],
    ] as const) {
      const { after, changes } = propose(yearWith(year), notice(text));
      expect([...changes.added, ...changes.removed]).toEqual([]);
      expect(workdays(after)).toBe(248);
    }
  });

  it("twice gives the same as once; a corrected one replaces it", () => {
    const once = propose(yearWith(2027), notice(NOTICE_2027)).after;
    const twice = propose(once, notice(NOTICE_2027));
    expect(twice.changes).toEqual({ added: [], removed: [], changed: [] });
    const corrected = propose(once, notice(NOTICE_2027.replace("2月20日（周六）", "2月21日（周日）")));
    expect(dates(corrected.changes.removed)).toEqual(["2027-02-20"]);
    expect(dates(corrected.changes.added)).toEqual(["2027-02-21"]);
    expect(corrected.after.entries.days.some((day) => day.date === "2027-02-20")).toBe(false);
  });

  it("leaves the local days, which keep the last word", () => {
    const { after } = propose(yearWith(2027, [local("2027-01-03", false, "停产")]), notice(NOTICE_2027));
    expect(after.calendar.dayOf("2027-01-03")).toMatchObject({ working: false, source: "local", note: "停产" });
  });

  it("takes the number that is given over the one in the text", () => {
    expect(propose(yearWith(2027), notice(NOTICE_2027, "国办发明电〔2026〕10号")).after.year.notice).toBe(
      "国办发明电〔2026〕10号",
    );
  });

  it("that amends one holiday leaves the others, of the library or of an earlier import", () => {
    const text = "关于调整劳动节放假安排的通知：5月1日至6日放假调休，共6天。5月9日（周六）、5月10日（周日）上班。";
    for (const before of [yearWith(2026), propose(yearWith(2026), notice(NOTICE_2026)).after]) {
      const { after, changes } = propose(before, notice(text));
      expect(dates(changes.added)).toEqual(["2026-05-06", "2026-05-10"]);
      expect(changes.removed).toEqual([]);
      expect(after.year.notice).toBe(before.year.notice);
    }
  });

  it("that leaves holidays out is refused for a year that is not announced", () => {
    const cut = NOTICE_2027.slice(0, NOTICE_2027.indexOf("五、"));
    expect(refusal(yearWith(2027), notice(cut)).errors).toEqual([
      { field: "notice_text", message: expect.stringContaining("端午节、中秋节、国庆节") as string },
    ]);
  });

  it("that cannot be read names each sentence", () => {
    const problem = refusal(yearWith(2027), notice(NOTICE_2027.replaceAll("周五", "周四")));
    expect(problem.status).toBe(422);
    expect(problem.errors.length).toBeGreaterThanOrEqual(2);
    expect(problem.errors[0]).toEqual({
      field: "notice_text",
      message: "“2月5日(周四)至12日(周四)放假调休,共8天”: 2027-02-05 is a 周五, not a 周四",
    });
  });

  it("takes over a day that the next year's notice had in December, and gives no other of it back", () => {
    const before = yearWith(2027, [noticed("2027-12-31", false, "元旦", 2028)]);
    expect(before.calendar.dayOf("2027-12-31").working).toBe(true);
    const { after } = propose(before, notice(NOTICE_2027));
    expect(after.entries.days.filter((day) => day.year === 2028)).toHaveLength(1);
  });
});

describe("days of the office's own", () => {
  it("are set, changed and taken back", () => {
    const set = propose(yearWith(2026), {
      kind: "local",
      overrides: [
        { date: "2026-07-11", working: true, note: "那达慕" },
        { date: "2026-07-13", working: false, note: "" },
      ],
    });
    expect(dates(set.changes.added)).toEqual(["2026-07-11", "2026-07-13"]);
    expect(specialDays(set.after.calendar, "2026-07-01", "2026-07-31").map((day) => day.note)).toEqual(["那达慕", ""]);
    expect(set.after.year.announced).toBe(false);
    const back = propose(set.after, { kind: "local", overrides: [{ date: "2026-07-11", remove: true }] });
    expect(dates(back.changes.removed)).toEqual(["2026-07-11"]);
    expect(workdays(back.after)).toBe(247);
    const renamed = propose(set.after, {
      kind: "local",
      overrides: [{ date: "2026-07-11", working: true, note: "赛马" }],
    });
    expect(dates(renamed.changes.changed)).toEqual(["2026-07-11"]);
  });

  it("show the notice's word again when they are taken back", () => {
    const year = yearWith(2027, [noticed("2027-01-01", false, "元旦"), local("2027-01-01", true)], true);
    const { after } = propose(year, { kind: "local", overrides: [{ date: "2027-01-01", remove: true }] });
    expect(after.calendar.dayOf("2027-01-01")).toMatchObject({ working: false, source: "notice" });
  });

  it("of another year, or named twice, are refused", () => {
    const problem = refusal(yearWith(2026), {
      kind: "local",
      overrides: [
        { date: "2026-03-07", working: true, note: "" },
        { date: "2027-03-07", working: true, note: "" },
        { date: "2026-03-07", remove: true },
      ],
    });
    expect(problem.errors).toEqual([
      { field: "overrides.1.date", message: "is not in 2026" },
      { field: "overrides.2.date", message: "is named twice" },
    ]);
  });
});

it.each([
  ["2026-10-31", []],
  ["2026-11-01", [2027]],
  ["2026-12-31", [2027]],
  ["2027-01-01", [2027]],
  ["2027-11-01", [2027, 2028]],
])("on %s the years that should be announced and are not: %j", (date, years) => {
  expect(overdueYears(OFFICIAL, date)).toEqual(years);
});

it("the warning says what is missing and what holds until then", () => {
  expect(warning(2027)).toBe("2027 年节假日安排尚未录入，按惯例暂定");
});
