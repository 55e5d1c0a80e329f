import { insertAlerts } from "../alerts/store.ts";
import type { NewAlert } from "../alerts/store.ts";
import type { Statement } from "../platform/d1.ts";
import { rows } from "../platform/d1.ts";

/** An edition as the forecast needs it. */
export interface StandingRow {
  date: string;
  quota: number;
  closedAt: number | null;
  picked: number;
  /** JSON list of the release times that are still to come. */
  slots: string;
}

/** The editions of a publication on these dates. */
export function editionsOn(db: D1Database, publicationId: number, dates: readonly string[]): Statement {
  return db
    .prepare(
      `SELECT date, quota, closed_at AS closedAt, (SELECT count(*) FROM picks WHERE edition_id = e.id) AS picked,
         (SELECT json_group_array(at) FROM slots WHERE edition_id = e.id AND released_at IS NULL) AS slots
       FROM editions e WHERE publication_id = ? AND date IN (SELECT value FROM json_each(?))`,
    )
    .bind(publicationId, JSON.stringify(dates));
}

/** The times of day, `HH:MM`, at which the date's shortfall has been looked at. */
export async function looksTaken(db: D1Database, publicationId: number, date: string): Promise<string[]> {
  const found = await rows<{ time: string }>(
    db.prepare(`SELECT time FROM warnings WHERE publication_id = ? AND date = ?`).bind(publicationId, date),
  );
  return found.map((row) => row.time);
}

/** First statement of a warning's batch: takes these looks, as far as nobody has. */
export function takeLooks(
  db: D1Database,
  look: { publicationId: number; date: string; times: readonly string[]; stamp: string },
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO warnings (publication_id, date, time, at, stamp) SELECT ?1, ?2, value, ?3, ?4 FROM json_each(?5) WHERE true
       ON CONFLICT DO NOTHING`,
    )
    .bind(look.publicationId, look.date, now, look.stamp, JSON.stringify(look.times));
}

/** The alert of a look, if the batch is the one that took it. */
export function insertWarning(
  db: D1Database,
  look: { publicationId: number; date: string; time: string; stamp: string },
  alert: NewAlert,
): Statement {
  return insertAlerts(db, {
    sql: `SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM warnings WHERE publication_id = ? AND date = ? AND time = ? AND stamp = ?)`,
    args: [
      alert.at,
      alert.kind,
      alert.title,
      alert.body,
      alert.subject,
      look.publicationId,
      look.date,
      look.time,
      look.stamp,
    ],
  });
}
