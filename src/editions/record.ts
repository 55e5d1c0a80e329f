/** The monthly record of quotas: which days met theirs. The days are a plain function of the editions of the month. */
import { row, rows } from "../platform/d1.ts";
import { addDays, DAY, localDate } from "../platform/time.ts";
import type { Day } from "./calendar/calendar.ts";

/** What is on record of one edition. */
export interface EditionRecord {
  date: string;
  quota: number;
  released: number;
  lateSlots: number;
  provisional: boolean;
}

interface DayRecord extends EditionRecord {
  shortfall: number;
  /** Null while the day can still meet its quota. */
  met: boolean | null;
}

/**
 * The days of a month that had, or should have had, an edition. A day has met its quota as soon as it has; it has missed
 * it only when it is over. A working day without an edition counts once it is over, unless it was before `since`, when
 * the publication did not exist.
 */
export function recordOf(
  month: string,
  editions: readonly EditionRecord[],
  dayOf: (date: string) => Day,
  publication: { quota: number; since: string; today: string },
): DayRecord[] {
  const found = new Map(editions.map((edition) => [edition.date, edition]));
  const days: DayRecord[] = [];
  for (let date = `${month}-01`; date.startsWith(month); date = addDays(date, 1)) {
    const over = date < publication.today;
    const day = dayOf(date);
    const missing = day.working && over && date >= publication.since;
    const edition =
      found.get(date) ??
      (missing
        ? { date, quota: publication.quota, released: 0, lateSlots: 0, provisional: day.provisional }
        : undefined);
    if (!edition) continue;
    const met = edition.released >= edition.quota;
    days.push({
      ...edition,
      shortfall: Math.max(0, edition.quota - edition.released),
      met: met ? true : over ? false : null,
    });
  }
  return days;
}

/** The editions of a publication in a month (`YYYY-MM`): at most 31 rows, since a date has one edition. One query. */
export async function readRecord(db: D1Database, publicationId: number, month: string): Promise<EditionRecord[]> {
  const found = await rows<Omit<EditionRecord, "provisional"> & { provisional: number }>(
    db
      .prepare(
        `SELECT e.date, e.quota, e.provisional, (SELECT count(k.seq) FROM picks k WHERE k.edition_id = e.id) AS released,
           (SELECT count(*) FROM slots s WHERE s.edition_id = e.id AND s.late = 1) AS lateSlots
         FROM editions e WHERE e.publication_id = ?1 AND e.date BETWEEN ?2 || '-01' AND ?2 || '-31' ORDER BY e.date`,
      )
      .bind(publicationId, month),
  );
  return found.map((edition) => ({ ...edition, provisional: edition.provisional === 1 }));
}

/** When the publication was made, and when its last post was released, or null before the first. One query, two rows. */
export async function readLife(
  db: D1Database,
  publicationId: number,
): Promise<{ createdAt: number; lastPostAt: number | null }> {
  const found = await row<{ createdAt: number; lastPostAt: number | null }>(
    db
      .prepare(
        `SELECT created_at AS createdAt,
           (SELECT released_at FROM posts WHERE publication_id = ?1 ORDER BY id DESC LIMIT 1) AS lastPostAt
         FROM publications WHERE id = ?1`,
      )
      .bind(publicationId),
  );
  return found ?? { createdAt: 0, lastPostAt: null };
}

/** Whole local days from one moment to a later one: 0 on the same date. */
export function daysBetween(from: number, to: number, zone: string): number {
  return Math.max(0, (Date.parse(localDate(to, zone)) - Date.parse(localDate(from, zone))) / DAY);
}
