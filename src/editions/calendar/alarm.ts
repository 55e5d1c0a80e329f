/** The alarm: a year that is about to begin, or has begun, without its notice. */
import type { Statement } from "../../platform/d1.ts";
import { localDate } from "../../platform/time.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Calendar } from "./calendar.ts";
import { yearOf } from "./holidays.ts";
import { noteWarning, notWarned } from "./store.ts";

/** Where the State Council sits and the office with it. */
const OFFICE_ZONE = "Asia/Shanghai";

/** Notices come out between late October and early December. */
const ALARM_FROM = "11-01";

/** The office's date at `now`. */
export function officeDate(now: number): string {
  return localDate(now, OFFICE_ZONE);
}

/** The years that should be announced by the office's date and are not: this one, and from 1 November the next. */
export function overdueYears(calendar: Pick<Calendar, "announced">, date: string): number[] {
  const year = yearOf(date);
  const wanted = date.slice(5) >= ALARM_FROM ? [year, year + 1] : [year];
  return wanted.filter((year) => !calendar.announced(year));
}

/** What the office is told of a year that is not announced. */
export function warning(year: number): string {
  return `${year} 年节假日安排尚未录入，按惯例暂定`;
}

/** The batch that notes the day's warning, once a day: its last statement changes a row only then. */
export function noteOverdue(db: D1Database, years: readonly number[], date: string, now: number): Statement[] {
  return [
    ...years.map((year) =>
      audit(
        db,
        { at: now, actor: "tick", action: "calendar.provisional", subject: `calendar:${year}`, detail: { date } },
        notWarned(date),
      ),
    ),
    noteWarning(db, date),
  ];
}
