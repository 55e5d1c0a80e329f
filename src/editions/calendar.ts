/**
 * China's working days, with 调休, from the announced calendars that `chinese-days` carries. Dates are local dates: what
 * day it is somewhere is the caller's question.
 */
import chineseDays from "chinese-days";

/** The last year whose calendar the State Council has announced and the library carries. */
export const ANNOUNCED_TO = 2026;

export interface Day {
  working: boolean;
  /** The year's calendar is not announced: weekdays count as working days until it is (暂定). */
  provisional: boolean;
}

/** What kind of day a date is. */
export function dayOf(date: string): Day {
  // The library reads a bare date as UTC and its weekday in the machine's zone; at noon, local, both are the same day.
  return { working: chineseDays.isWorkday(`${date}T12:00`), provisional: Number(date.slice(0, 4)) > ANNOUNCED_TO };
}
