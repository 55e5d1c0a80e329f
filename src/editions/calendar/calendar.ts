/**
 * Which days are worked, with 调休. Four sources, the first that speaks of a day has the word: a local day that the office
 * entered, the year's arrangement (the imported notice, else the library's, else the standing rule), the ordinary week.
 * Dates are local dates: what day it is somewhere is the caller's question.
 */
import type { ArrangedDay } from "./holidays.ts";
import { FIRST_YEAR, LAST_YEAR, ordinary, yearOf } from "./holidays.ts";
import { carries, libraryDays } from "./library.ts";
import { ruleDays } from "./rule.ts";

export type DaySource = "local" | "notice" | "library" | "rule" | "week";

export interface Day {
  working: boolean;
  /** The year is not announced and nobody here decided about the day: it follows from the rule (暂定). */
  provisional: boolean;
  /** The holiday that it is, or is worked for. */
  name: string | null;
  source: DaySource;
  /** Why, for a local day. */
  note: string;
}

/** What a person entered of a year. */
export interface EnteredYear {
  year: number;
  /** Its notice was imported, and its days are among the entered ones. */
  announced: boolean;
  notice: string | null;
  rev: number;
}

/** A day that a person entered: with a notice, or by itself. */
export interface EnteredDay extends ArrangedDay {
  source: "notice" | "local";
  /** The year whose calendar it belongs to. */
  year: number;
  note: string;
}

/** Everything that was entered for the dates `from` to `to`. */
export interface Entries {
  from: string;
  to: string;
  years: readonly EnteredYear[];
  days: readonly EnteredDay[];
}

export interface Calendar {
  /** What kind of day a date is. Throws for a date that the calendar was not read for. */
  dayOf(date: string): Day;
  /** Whether the year's arrangement is known: imported here, or carried by the library. */
  announced(year: number): boolean;
}

interface Arrangement {
  source: "notice" | "library" | "rule";
  days: ReadonlyMap<string, ArrangedDay>;
}

const byDate = <T extends ArrangedDay>(days: readonly T[]): Map<string, T> =>
  new Map(days.map((day) => [day.date, day]));

/** The calendar that follows from what was entered. */
export function calendarOf(entries: Entries): Calendar {
  const imported = new Set(entries.years.filter((year) => year.announced).map((year) => year.year));
  const local = byDate(entries.days.filter((day) => day.source === "local"));
  const arrangements = new Map<number, Arrangement>();

  const announced = (year: number) => imported.has(year) || carries(year);
  const arrange = (year: number): Arrangement => {
    if (imported.has(year))
      return {
        source: "notice",
        days: byDate(entries.days.filter((day) => day.source === "notice" && day.year === year)),
      };
    if (carries(year)) return { source: "library", days: byDate(libraryDays(year)) };
    return { source: "rule", days: byDate(year < FIRST_YEAR || year > LAST_YEAR ? [] : ruleDays(year)) };
  };
  const arrangement = (year: number): Arrangement => {
    let found = arrangements.get(year);
    if (!found) {
      found = arrange(year);
      arrangements.set(year, found);
    }
    return found;
  };

  return {
    announced,
    dayOf(date) {
      if (date < entries.from || date > entries.to)
        throw new Error(`The calendar was read for ${entries.from} to ${entries.to}, not for ${date}.`);
      const own = local.get(date);
      if (own) return { working: own.working, provisional: false, name: own.name, source: "local", note: own.note };
      const year = yearOf(date);
      // 元旦 may begin in December, and then the next year's arrangement speaks of that day.
      for (const owner of date.slice(5, 7) === "12" ? [year + 1, year] : [year]) {
        const { source, days } = arrangement(owner);
        const day = days.get(date);
        if (day) return { working: day.working, provisional: source === "rule", name: day.name, source, note: "" };
      }
      return { working: ordinary(date), provisional: !announced(year), name: null, source: "week", note: "" };
    },
  };
}

/** The calendar where nobody entered anything. */
export const OFFICIAL = calendarOf({ from: "0000-01-01", to: "9999-12-31", years: [], days: [] });
