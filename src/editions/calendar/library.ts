/** The announced years that `chinese-days` carries. */
import chineseDays from "chinese-days";
import { addDays } from "../../platform/time.ts";
import type { ArrangedDay } from "./holidays.ts";
import { FIRST_YEAR, holidayName } from "./holidays.ts";

/** The last year whose notice the library carries. A test fails when an upgrade brings the next one. */
export const CARRIED_TO = 2026;

const years = new Map<number, readonly ArrangedDay[]>();

/** Whether the library carries the year's notice. */
export function carries(year: number): boolean {
  return year >= FIRST_YEAR && year <= CARRIED_TO;
}

/** The days that the year's notice arranges. Those of a December belong to the 元旦 that follows, thus to the next year. */
export function libraryDays(year: number): readonly ArrangedDay[] {
  let found = years.get(year);
  if (!found) {
    found = read(year);
    years.set(year, found);
  }
  return found;
}

function read(year: number): ArrangedDay[] {
  const days: ArrangedDay[] = [];
  for (let date = `${year - 1}-12-01`; date < `${year}-12-01`; date = addDays(date, 1)) {
    // The library reads a bare date as UTC and shows it in the machine's zone; at noon, local, both are the same day.
    const { work, name } = chineseDays.getDayDetail(`${date}T12:00`);
    // "Spring Festival,春节,4" for a day of a notice; the weekday's name for any other.
    const chinese = name.split(",")[1];
    if (chinese !== undefined) days.push({ date, working: work, name: holidayName(chinese) });
  }
  return days;
}
