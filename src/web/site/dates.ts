/** Dates as Chinese readers write them. */
import { iso } from "../../platform/time.ts";

const WEEKDAYS = ["日", "一", "二", "三", "四", "五", "六"];

/** `2026-11-23` as `11月23日`. */
export function monthDay(date: string): string {
  return `${Number(date.slice(5, 7))}月${Number(date.slice(8, 10))}日`;
}

/** `2026-11-23` as `2026年11月23日`. */
export function fullDate(date: string): string {
  return `${date.slice(0, 4)}年${monthDay(date)}`;
}

/** The day of the week of a local date: `星期一`. */
export function weekday(date: string): string {
  return `星期${WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]}`;
}

/** A moment in a zone: `2026年11月23日 08:30`. */
export function localMinute(ms: number, zone: string): string {
  const local = iso(ms, zone);
  return `${fullDate(local.slice(0, 10))} ${local.slice(11, 16)}`;
}
