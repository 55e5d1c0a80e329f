/** What a change does to the calendar: shown before it is applied, and noted when it was. */
import { addDays } from "../../platform/time.ts";
import type { Calendar, Day } from "./calendar.ts";
import { ordinary } from "./holidays.ts";

export interface DayChange {
  date: string;
  from: Day;
  to: Day;
}

export interface Changes {
  /** Days that now differ from the ordinary week. */
  added: DayChange[];
  /** Days that are now as the ordinary week has them. */
  removed: DayChange[];
  /** Days that differ from the week as before, under another name or note. */
  changed: DayChange[];
}

/** A date with what kind of day it is. */
interface DatedDay extends Day {
  date: string;
}

/** The days from `from` to `to` that differ from the ordinary week, and the local ones whatever they say. */
export function specialDays(calendar: Calendar, from: string, to: string): DatedDay[] {
  const days: DatedDay[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const day = calendar.dayOf(date);
    if (day.working !== ordinary(date) || day.source === "local") days.push({ date, ...day });
  }
  return days;
}

/** How many days from `from` to `to` are worked. */
export function countWorking(calendar: Calendar, from: string, to: string): number {
  let count = 0;
  for (let date = from; date <= to; date = addDays(date, 1)) if (calendar.dayOf(date).working) count += 1;
  return count;
}

/** Day by day, what `after` has otherwise than `before`. */
export function compare(before: Calendar, after: Calendar, from: string, to: string): Changes {
  const changes: Changes = { added: [], removed: [], changed: [] };
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const change = { date, from: before.dayOf(date), to: after.dayOf(date) };
    if (change.from.working !== change.to.working)
      changes[change.to.working === ordinary(date) ? "removed" : "added"].push(change);
    else if (
      change.to.working !== ordinary(date) &&
      (change.from.name !== change.to.name || change.from.note !== change.to.note)
    )
      changes.changed.push(change);
  }
  return changes;
}
