/** When a publication does what: its release times on a date, and the next thing that the tick must not sleep through. */
import { Cron } from "croner";
import { addDays, DAY, localDate, zonedTime } from "../platform/time.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { spread } from "./ladder/index.ts";
import { hasEdition } from "./rules.ts";

/** What slots follow from. */
export interface Timetable {
  timeZone: string;
  /** `HH:MM` */
  planAt: string;
  /** Five-field cron expressions, local. */
  releaseTimes: readonly string[];
  /** `HH:MM`: when the days ahead are looked at for a shortfall. */
  warnAt?: readonly string[];
  /** Days of rest have editions too if they have a quota. */
  ladder?: { restQuota: number };
}

/** A day with more slots than this is a mistyped expression (`* * * * *`), not a plan. */
export const MOST_SLOTS = 48;

/** Why an expression cannot be a release time, or null. Weekday numbers are refused: platforms count them differently. */
export function refuseExpression(expression: string): string | null {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) return "must have five fields: minute, hour, day of month, month, day of week";
  if (/\d/.test(fields[4]!)) return "names weekdays (MON-FRI): their numbers differ between Cloudflare and node-cron";
  try {
    const cron = new Cron(expression, { paused: true, timezone: "UTC", mode: "5-part" });
    const runs = cron.nextRuns(MOST_SLOTS + 1, new Date(-1000));
    if (runs.length === 0) return "never comes";
    return runs.length > MOST_SLOTS && runs.at(-1)!.getTime() - runs[0]!.getTime() < DAY
      ? `comes more than ${MOST_SLOTS} times a day`
      : null;
  } catch (error) {
    return error instanceof Error ? error.message : "is not a cron expression";
  }
}

/**
 * Why a list of release times, each of them good, cannot be a day's: null, or too many slots together. The days that are
 * tried are the week of each month's beginning, which sees every weekday and every month.
 */
export function refuseTimes(releaseTimes: readonly string[]): string | null {
  const timetable = { timeZone: "UTC", planAt: "00:00", releaseTimes };
  for (let month = 0; month < 12; month++)
    for (let day = 1; day <= 7; day++) {
      const slots = slotsOn(new Date(Date.UTC(2026, month, day)).toISOString().slice(0, 10), timetable).length;
      if (slots > MOST_SLOTS) return `make ${slots} slots a day together; ${MOST_SLOTS} is the most`;
    }
  return null;
}

/** When one release time comes on a local date, epoch ms in order. */
function runsOn(expression: string, date: string, timeZone: string): number[] {
  const from = zonedTime(date, "00:00", timeZone);
  const to = zonedTime(addDays(date, 1), "00:00", timeZone);
  const cron = new Cron(expression, { paused: true, timezone: timeZone, mode: "5-part" });
  const runs: number[] = [];
  // nextRun is exclusive of its start. One run past the day is looked for, not a month of them.
  for (let run = cron.nextRun(new Date(from - 1000)); run && run.getTime() < to; run = cron.nextRun(run))
    runs.push(run.getTime());
  return runs;
}

/** The release times of a publication on a local date, epoch ms in order, without repeats. */
export function slotsOn(date: string, timetable: Timetable): number[] {
  const found = new Set(timetable.releaseTimes.flatMap((expression) => runsOn(expression, date, timetable.timeZone)));
  return [...found].sort((a, b) => a - b);
}

/**
 * How many places each release time of a date has, by its moment: `counts` has one number for each expression, which is
 * spread over the expression's runs, the earlier ones taking the odd places.
 */
export function countsOn(date: string, timetable: Timetable, counts: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const [i, expression] of timetable.releaseTimes.entries()) {
    const runs = runsOn(expression, date, timetable.timeZone);
    for (const [k, n] of spread(counts[i] ?? 0, runs.length).entries())
      found.set(runs[k]!, (found.get(runs[k]!) ?? 0) + n);
  }
  return found;
}

/** When the edition of a date is planned. */
export function planTime(date: string, timetable: Timetable): number {
  return zonedTime(date, timetable.planAt, timetable.timeZone);
}

/** How far ahead the next working day is looked for: the longest holiday run is far shorter. */
const HORIZON_DAYS = 31;

/** How far around today anyone looks: a forecast learns from twenty working days and tells of five. */
const SIGHT_DAYS = 90;

/** The dates that a tick at `now` may ask the calendar for, whatever the zone. */
export function horizon(now: number): { from: string; to: string } {
  const today = new Date(now).toISOString().slice(0, 10);
  return { from: addDays(today, -SIGHT_DAYS - 1), to: addDays(today, SIGHT_DAYS + 1) };
}

/** The next moment after `now` at which the tick has something to do for the publication. */
export function nextEvent(now: number, timetable: Timetable, calendar: Calendar): number {
  let date = localDate(now, timetable.timeZone);
  for (let i = 0; i < HORIZON_DAYS; i++, date = addDays(date, 1)) {
    const { working } = calendar.dayOf(date);
    if (!hasEdition(working, timetable)) continue;
    const warnings = (working ? (timetable.warnAt ?? []) : []).map((time) => zonedTime(date, time, timetable.timeZone));
    const later = [planTime(date, timetable), ...slotsOn(date, timetable), ...warnings].filter((at) => at > now);
    if (later.length > 0) return Math.min(...later);
  }
  return zonedTime(date, "00:00", timetable.timeZone);
}
