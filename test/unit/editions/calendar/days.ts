// Dates for the calendar's tests.
import type { EnteredDay, Entries } from "../../../../src/editions/calendar/calendar.ts";
import { addDays } from "../../../../src/platform/time.ts";

/** The days of a year in order. */
export function daysOf(year: number): string[] {
  const days: string[] = [];
  for (let date = `${year}-01-01`; date.startsWith(String(year)); date = addDays(date, 1)) days.push(date);
  return days;
}

/** 0 = Sunday. */
export const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();
export const isWeekday = (date: string): boolean => weekday(date) >= 1 && weekday(date) <= 5;

/** What was entered, for all time. */
export const entered = (days: readonly EnteredDay[], announced: readonly number[] = []): Entries => ({
  from: "0000-01-01",
  to: "9999-12-31",
  years: announced.map((year) => ({ year, announced: true, notice: null, rev: 1 })),
  days,
});

export const local = (date: string, working: boolean, note = ""): EnteredDay => ({
  date,
  working,
  name: null,
  source: "local",
  year: Number(date.slice(0, 4)),
  note,
});

export const noticed = (date: string, working: boolean, name: string, year = Number(date.slice(0, 4))): EnteredDay => ({
  date,
  working,
  name,
  source: "notice",
  year,
  note: "",
});
