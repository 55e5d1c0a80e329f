/** The office's own log: what its people have to know. Append only, numbered like the wire; channels of purpose `alert` follow it. */
import type { Sql, Statement } from "../platform/d1.ts";
import { rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";

/** The state of the log's head, in SQL. */
export const HEAD = `(SELECT coalesce(max(seq), 0) FROM alerts)`;

/** Something that a person has to know. `subject` is `<kind>:<public id>`, as in the audit. */
export interface NewAlert {
  at: number;
  /** `edition.short`, `delivery.gone` … */
  kind: string;
  title: string;
  body: string;
  subject: string;
}

export interface Alert extends NewAlert {
  seq: number;
}

/** One alert for each row of `source`, which gives (at, kind, title, body, subject), in its order. */
export function insertAlerts(db: D1Database, source: Sql): Statement {
  // Nothing is ever deleted here, so SQLite's own next number leaves no gap.
  return db.prepare(`INSERT INTO alerts (at, kind, title, body, subject) ${source.sql}`).bind(...source.args);
}

/** One alert, under a guard. */
export function insertAlert(db: D1Database, alert: NewAlert, guard: Guard): Statement {
  return insertAlerts(db, {
    sql: `SELECT ?, ?, ?, ?, ? WHERE ${guard.sql}`,
    args: [alert.at, alert.kind, alert.title, alert.body, alert.subject, ...guard.args],
  });
}

/** The next `window` alerts after each of the given cursors, in order, without repeats: addressed by number, like the wire's. */
export function readAlertSlices(db: D1Database, cursors: readonly number[], window: number): Promise<Alert[]> {
  return rows(
    db
      .prepare(
        `SELECT seq, at, kind, title, body, subject FROM alerts
         WHERE seq IN (SELECT DISTINCT c.value + n.value FROM json_each(?1) c, json_each(?2) n) ORDER BY seq`,
      )
      .bind(JSON.stringify([...new Set(cursors)]), JSON.stringify(Array.from({ length: window }, (_, i) => i + 1))),
  );
}
