import type { Statement } from "../../platform/d1.ts";
import { row } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { guarded } from "../../platform/guard.ts";
import type { Entries, EnteredDay, EnteredYear } from "./calendar.ts";
import { yearOf } from "./holidays.ts";

interface YearJson extends Omit<EnteredYear, "announced"> {
  status: "announced" | "provisional";
}

interface DayJson extends Omit<EnteredDay, "working"> {
  working: number;
}

/** What was entered for the dates `from` to `to`, and the state of their years and the next. One query. */
export async function readEntries(db: D1Database, from: string, to: string): Promise<Entries> {
  const found = await row<{ years: string; days: string }>(
    db
      .prepare(
        `SELECT (SELECT json_group_array(json_object('year', year, 'status', status, 'notice', notice, 'rev', rev))
             FROM calendar_years WHERE year BETWEEN ?1 AND ?2) AS years,
           (SELECT json_group_array(json_object('date', date, 'source', source, 'year', year, 'working', working, 'name', name, 'note', note))
             FROM calendar_days WHERE date BETWEEN ?3 AND ?4) AS days`,
      )
      .bind(yearOf(from), yearOf(to) + 1, from, to),
  );
  return {
    from,
    to,
    years: (JSON.parse(found!.years) as YearJson[]).map(({ status, ...year }) => ({
      ...year,
      announced: status === "announced",
    })),
    days: (JSON.parse(found!.days) as DayJson[]).map((day) => ({ ...day, working: day.working === 1 })),
  };
}

/**
 * First statement of a change: makes the year's row (`rev` 0: nobody entered anything yet), or stamps it if it still has
 * the revision that was read.
 */
export function stampYear(db: D1Database, year: EnteredYear, stamp: string, now: number): Statement {
  const status = year.announced ? "announced" : "provisional";
  return year.rev === 0
    ? db
        .prepare(
          `INSERT INTO calendar_years (year, status, notice, rev, stamp, updated_at) VALUES (?, ?, ?, 1, ?, ?)
           ON CONFLICT (year) DO NOTHING`,
        )
        .bind(year.year, status, year.notice, stamp, now)
    : db
        .prepare(
          `UPDATE calendar_years SET status = ?2, notice = ?3, rev = rev + 1, stamp = ?5, updated_at = ?6 WHERE year = ?1 AND rev = ?4`,
        )
        .bind(year.year, status, year.notice, year.rev, stamp, now);
}

/** Holds if the year bears `stamp`. */
export function yearStamped(year: number, stamp: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM calendar_years WHERE year = ? AND stamp = ?)`, args: [year, stamp] };
}

/** Takes what was entered with `source` on these dates out of the calendar. */
export function deleteDays(
  db: D1Database,
  year: number,
  source: EnteredDay["source"],
  dates: readonly string[],
  guard: Guard,
): Statement {
  return guarded(
    db,
    `DELETE FROM calendar_days WHERE date IN (SELECT value FROM json_each(?)) AND source = ? AND year = ?`,
    [JSON.stringify(dates), source, year],
    guard,
  );
}

/** Puts these days in, in place of what the same source said of them. */
export function insertDays(db: D1Database, days: readonly EnteredDay[], guard: Guard): Statement {
  return db
    .prepare(
      `INSERT INTO calendar_days (date, source, year, working, name, note)
       SELECT value ->> 'date', value ->> 'source', value ->> 'year', value ->> 'working', value ->> 'name', value ->> 'note'
       FROM json_each(?) WHERE ${guard.sql}
       ON CONFLICT (date, source) DO UPDATE SET year = excluded.year, working = excluded.working, name = excluded.name, note = excluded.note`,
    )
    .bind(JSON.stringify(days.map((day) => ({ ...day, working: day.working ? 1 : 0 }))), ...guard.args);
}

/** Nobody was warned on the date (one parameter) or later. */
const NOT_WARNED = `coalesce(calendar_warned_on, '') < ?`;

/** Holds while nobody was warned on `date` or later. */
export function notWarned(date: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM office WHERE id = 1 AND ${NOT_WARNED})`, args: [date] };
}

/** Notes that the office was warned on `date`, once. */
export function noteWarning(db: D1Database, date: string): Statement {
  return db.prepare(`UPDATE office SET calendar_warned_on = ? WHERE id = 1 AND ${NOT_WARNED}`).bind(date, date);
}
