/** What the desk has in hand and what usually comes in: bounded looks for the forecast, as statements of one batch. */
import type { Statement } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { localDate } from "../platform/time.ts";

/** One more approval on the local date, under the guard of the approval itself. */
export function countArrival(
  db: D1Database,
  publication: { id: number; timeZone: string },
  guard: Guard,
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO arrivals (publication_id, date, approved) SELECT ?, ?, 1 WHERE ${guard.sql}
       ON CONFLICT (publication_id, date) DO UPDATE SET approved = approved + 1`,
    )
    .bind(publication.id, localDate(now, publication.timeZone), ...guard.args);
}

export interface ArrivalRow {
  date: string;
  approved: number;
  /** The date of the publication's first approval of all. */
  first: string;
}

/** The approvals of each date after `after` and before `before`. */
export function arrivalsBetween(db: D1Database, publicationId: number, after: string, before: string): Statement {
  return db
    .prepare(
      `SELECT date, approved, (SELECT min(date) FROM arrivals WHERE publication_id = ?1) AS first FROM arrivals
       WHERE publication_id = ?1 AND date > ?2 AND date < ?3`,
    )
    .bind(publicationId, after, before);
}

/**
 * What waits, in lots of like articles: queued ones, and held ones whose embargo ends by itself. At most `limit` of each are
 * looked at, so the count says "at least"; times that make no difference before `until` are left out.
 */
export function waitingStock(
  db: D1Database,
  publicationId: number,
  span: { now: number; until: number },
  limit: number,
): Statement {
  const some = (status: "queued" | "held") =>
    `SELECT * FROM (SELECT status, must_run_on, embargo_until, expires_at FROM articles WHERE publication_id = ?1 AND status = '${status}' LIMIT ?4)`;
  return db
    .prepare(
      `SELECT count(*) AS count, CASE WHEN embargo_until > ?2 THEN embargo_until END AS embargoUntil,
         CASE WHEN expires_at < ?3 THEN expires_at END AS expiresAt, must_run_on AS mustRunOn
       FROM (${some("queued")} UNION ALL ${some("held")})
       WHERE status = 'queued' OR embargo_until IS NOT NULL AND embargo_until > ?2 GROUP BY 2, 3, 4`,
    )
    .bind(publicationId, span.now, span.until, limit);
}

export interface ReserveRow {
  uid: string;
  title: string;
}

/** The evergreens rested since before `restedBy`, longest first, at most `limit`. */
export function restedReserve(
  db: D1Database,
  publicationId: number,
  restedBy: number,
  now: number,
  limit: number,
): Statement {
  return db
    .prepare(
      `SELECT uid, title FROM articles INDEXED BY articles_evergreen
       WHERE publication_id = ? AND status = 'published' AND evergreen = 1 AND updated_at <= ? AND (expires_at IS NULL OR expires_at > ?)
       ORDER BY updated_at LIMIT ?`,
    )
    .bind(publicationId, restedBy, now, limit);
}
