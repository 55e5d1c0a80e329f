import type { Sql, Statement } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";

/** What someone did. `subject` is `<kind>:<public id>`; `detail` never holds a secret. */
interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  subject: string;
  detail?: Record<string, unknown>;
}

/** The audit row of an act, in the act's own batch: with a guard it is written only if the act took effect. */
export function audit(db: D1Database, entry: AuditEntry, guard?: Guard): Statement {
  return db
    .prepare(
      `INSERT INTO audit (at, actor, action, subject, detail) SELECT ?, ?, ?, ?, ? WHERE ${guard ? guard.sql : "1"}`,
    )
    .bind(
      entry.at,
      entry.actor,
      entry.action,
      entry.subject,
      JSON.stringify(entry.detail ?? {}),
      ...(guard?.args ?? []),
    );
}

/** One audit row for each row of `source`, which gives (at, actor, action, subject, detail). */
export function auditEach(db: D1Database, source: Sql): Statement {
  return db.prepare(`INSERT INTO audit (at, actor, action, subject, detail) ${source.sql}`).bind(...source.args);
}
