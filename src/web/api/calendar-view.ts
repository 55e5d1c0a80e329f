import type { Day } from "../../editions/calendar/calendar.ts";
import type { CalendarYear } from "../../editions/calendar/change.ts";
import type { Changes, DayChange } from "../../editions/calendar/compare.ts";
import { countWorking, specialDays } from "../../editions/calendar/compare.ts";

const dayView = (day: Day) => ({
  working: day.working,
  provisional: day.provisional,
  name: day.name,
  source: day.source,
  ...(day.note && { note: day.note }),
});

/** A year of the calendar: only the days that differ from an ordinary week. */
export function calendarView({ year, calendar }: CalendarYear) {
  const [from, to] = [`${year.year}-01-01`, `${year.year}-12-31`];
  const announced = calendar.announced(year.year);
  return {
    year: year.year,
    rev: year.rev,
    status: announced ? "announced" : "provisional",
    provisional: !announced,
    notice: year.notice,
    working_days: countWorking(calendar, from, to),
    days: specialDays(calendar, from, to).map(({ date, ...day }) => ({ date, ...dayView(day) })),
  };
}

/** What a change of the calendar does, day by day. */
export function calendarChangesView(changes: Changes) {
  const shown = ({ date, from, to }: DayChange) => ({ date, from: dayView(from), to: dayView(to) });
  return {
    added: changes.added.map(shown),
    removed: changes.removed.map(shown),
    changed: changes.changed.map(shown),
  };
}
