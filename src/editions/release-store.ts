/** What a release writes of an edition: its slot, its picks, what was left over. */
import type { Statement } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { backToWaiting } from "../articles/queue-store.ts";

/** The waiting picks of a missed slot join a later one, before its own; twice is as once. */
export function foldSlot(db: D1Database, editionId: number, missed: number, into: number): Statement {
  return db
    .prepare(
      `UPDATE picks SET slot = ?3 WHERE edition_id = ?1 AND slot = ?2 AND seq IS NULL
         AND 2 = (SELECT count(*) FROM slots WHERE edition_id = ?1 AND n IN (?2, ?3) AND released_at IS NULL)`,
    )
    .bind(editionId, missed, into);
}

/** First statement of a release batch: stamps the slot if it has not gone out and the publication is not stopped. */
export function stampSlot(
  db: D1Database,
  slot: { editionId: number; n: number; late: boolean; stamp: string; publicationId: number },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE slots SET released_at = ?, late = ?, stamp = ? WHERE edition_id = ? AND n = ? AND released_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM publications WHERE id = ? AND stopped_at IS NOT NULL)`,
    )
    .bind(now, slot.late ? 1 : 0, slot.stamp, slot.editionId, slot.n, slot.publicationId);
}

/** The guard of a release batch: the slot bears the batch's stamp. */
export function slotStamped(editionId: number, n: number, stamp: string): Guard {
  return {
    sql: `EXISTS (SELECT 1 FROM slots WHERE edition_id = ? AND n = ? AND stamp = ?)`,
    args: [editionId, n, stamp],
  };
}

/**
 * The picks of a slot that may go out, as a subquery with parameters (edition, slot, now, now): text, state, embargo and
 * expiry are checked again at the last moment.
 */
export const RELEASABLE = `SELECT k.id AS pick_id, k.position, k.edition_id, a.id AS article_id, a.publication_id, a.column_id, a.unit_id,
    a.hash, a.kind, a.title, a.digest
  FROM picks k JOIN articles a ON a.id = k.article_id AND a.hash = k.hash AND a.status = 'planned'
  WHERE k.edition_id = ? AND k.slot = ? AND k.seq IS NULL AND (a.embargo_until IS NULL OR a.embargo_until <= ?)
    AND (a.expires_at IS NULL OR a.expires_at > ?)`;

/** Notes on the picks which wire entries they became. Runs before the entries are written: the new posts are those past the head. */
export function numberPicks(db: D1Database, newPosts: string): Statement {
  return db.prepare(
    `UPDATE picks SET seq = n.id FROM (${newPosts}) n WHERE picks.edition_id = n.edition_id AND picks.position = n.position AND picks.seq IS NULL`,
  );
}

/** Adds the new posts to their units' month, which the fairness between units is judged by. Runs before the entries are written. */
export function countMonth(db: D1Database, newPosts: string): Statement {
  return db.prepare(
    `INSERT INTO unit_months (publication_id, month, unit_id, posts)
     SELECT e.publication_id, substr(e.date, 1, 7), coalesce(a.unit_id, 0), count(*) FROM (${newPosts}) n JOIN editions e ON e.id = n.edition_id
       JOIN articles a ON a.id = n.article_id WHERE true GROUP BY 1, 2, 3
     ON CONFLICT (publication_id, month, unit_id) DO UPDATE SET posts = posts + excluded.posts`,
  );
}

/** What could not go out with its slot goes back to where it waits, and its places are free for a later slot. */
export function returnLeftovers(
  db: D1Database,
  slot: { editionId: number; n: number; stamp: string },
  now: number,
): Statement[] {
  const leftover = `SELECT article_id, again AS reserve FROM picks WHERE edition_id = ?1 AND slot = ?2 AND seq IS NULL
    AND EXISTS (SELECT 1 FROM slots WHERE edition_id = ?1 AND n = ?2 AND stamp = ?3)`;
  const args = [slot.editionId, slot.n, slot.stamp];
  return [
    backToWaiting(
      db,
      {
        sql: `SELECT article_id, again AS reserve FROM picks WHERE edition_id = ? AND slot = ? AND seq IS NULL
              AND EXISTS (SELECT 1 FROM slots s WHERE s.edition_id = picks.edition_id AND s.n = picks.slot AND s.stamp = ?)`,
        args,
      },
      now,
    ),
    db
      .prepare(
        `UPDATE editions SET shortfall = max(0, quota - (SELECT count(*) FROM picks WHERE edition_id = ?1 AND NOT (slot = ?2 AND seq IS NULL))),
           plan_rev = plan_rev + 1
         WHERE id = ?1 AND EXISTS (${leftover})`,
      )
      .bind(...args),
    db
      .prepare(
        `DELETE FROM picks WHERE edition_id = ?1 AND slot = ?2 AND seq IS NULL
           AND EXISTS (SELECT 1 FROM slots WHERE edition_id = ?1 AND n = ?2 AND stamp = ?3)`,
      )
      .bind(...args),
  ];
}

/** Closes the edition once its last slot has gone out. */
export function closeIfDone(db: D1Database, editionId: number, now: number): Statement {
  return db
    .prepare(
      `UPDATE editions SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM slots WHERE edition_id = ?1 AND released_at IS NULL)`,
    )
    .bind(editionId, now);
}
