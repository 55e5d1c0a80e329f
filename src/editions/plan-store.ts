/** What planning writes of an edition, and what a change of an article does to its waiting pick. */
import type { Sql, Statement } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { backToWaiting } from "../articles/queue-store.ts";
import { wakePublication } from "../newsroom/publication-store.ts";
import type { NewPick } from "./ladder/index.ts";

/** First statement of a planning batch: makes the edition, or stamps it if nobody has planned it since it was read. */
export function stampEdition(
  db: D1Database,
  plan: {
    publicationId: number;
    date: string;
    quota: number;
    provisional: boolean;
    planRev: number | null;
    stamp: string;
  },
  now: number,
): Statement {
  return plan.planRev === null
    ? db
        .prepare(
          `INSERT INTO editions (publication_id, date, quota, shortfall, provisional, plan_rev, stamp, planned_at)
           VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (publication_id, date) DO NOTHING`,
        )
        .bind(plan.publicationId, plan.date, plan.quota, plan.quota, plan.provisional ? 1 : 0, plan.stamp, now)
    : db
        .prepare(
          `UPDATE editions SET quota = ?3, plan_rev = plan_rev + 1, stamp = ?5, planned_at = ?6
           WHERE publication_id = ?1 AND date = ?2 AND plan_rev = ?4 AND closed_at IS NULL`,
        )
        .bind(plan.publicationId, plan.date, plan.quota, plan.planRev, plan.stamp, now);
}

const STAMPED = `(SELECT id FROM editions WHERE publication_id = ?1 AND date = ?2 AND stamp = ?3)`;

interface Batch {
  publicationId: number;
  date: string;
  stamp: string;
}

/** The edition's slots, on its first planning. */
export function insertSlots(db: D1Database, batch: Batch, slots: readonly { n: number; at: number }[]): Statement {
  return db
    .prepare(
      `INSERT INTO slots (edition_id, n, at) SELECT e.id, s.value ->> 'n', s.value ->> 'at'
       FROM editions e, json_each(?4) s WHERE e.publication_id = ?1 AND e.date = ?2 AND e.stamp = ?3 ON CONFLICT DO NOTHING`,
    )
    .bind(batch.publicationId, batch.date, batch.stamp, JSON.stringify(slots));
}

/** The new picks, each with the text that its article has by then, and only if that article still waits. */
export function insertPicks(db: D1Database, batch: Batch, picks: readonly NewPick[]): Statement {
  return db
    .prepare(
      `INSERT INTO picks (edition_id, position, slot, article_id, hash, rung, reason, again)
       SELECT e.id, p.value ->> 'position', p.value ->> 'slot', a.id, a.hash, p.value ->> 'rung', p.value ->> 'reason', p.value ->> 'again'
       FROM editions e, json_each(?4) p JOIN articles a ON a.id = p.value ->> 'articleId'
         AND a.status = CASE p.value ->> 'again' WHEN 1 THEN 'published' ELSE 'queued' END
       WHERE e.publication_id = ?1 AND e.date = ?2 AND e.stamp = ?3`,
    )
    .bind(batch.publicationId, batch.date, batch.stamp, JSON.stringify(picks));
}

/** The articles that a planning batch has just picked, as ids. */
export function pickedArticles(batch: Batch, picks: readonly NewPick[]): Sql {
  return {
    sql: `SELECT k.article_id FROM picks k JOIN editions e ON e.id = k.edition_id AND e.publication_id = ? AND e.date = ? AND e.stamp = ?
          JOIN json_each(?) p ON p.value ->> 'articleId' = k.article_id WHERE k.seq IS NULL`,
    args: [batch.publicationId, batch.date, batch.stamp, JSON.stringify(picks)],
  };
}

/** Counts what the edition is short of, from its picks, and says why. */
export function countShortfall(db: D1Database, batch: Batch, shortBecause: string): Statement {
  return db
    .prepare(
      `UPDATE editions SET shortfall = max(0, quota - (SELECT count(*) FROM picks WHERE edition_id = editions.id)), short_because = ?4
       WHERE id = ${STAMPED}`,
    )
    .bind(batch.publicationId, batch.date, batch.stamp, shortBecause);
}

/** Takes back what editions of days that are over planned and did not release: their articles wait in the queue again. */
export function closeEarlier(db: D1Database, publicationId: number, today: string, now: number): Statement[] {
  const earlier = `SELECT id FROM editions WHERE publication_id = ? AND closed_at IS NULL AND date < ?`;
  const args = [publicationId, today];
  const left = `SELECT article_id, again AS reserve FROM picks WHERE seq IS NULL AND edition_id IN (${earlier})`;
  return [
    backToWaiting(db, { sql: left, args }, now),
    db.prepare(`DELETE FROM picks WHERE seq IS NULL AND edition_id IN (${earlier})`).bind(...args),
    db
      .prepare(`UPDATE editions SET closed_at = ?, plan_rev = plan_rev + 1 WHERE id IN (${earlier})`)
      .bind(now, ...args),
  ];
}

/** An article that changed leaves its waiting pick, in the batch of the change; the tick looks at the edition at once. */
export function unpick(
  db: D1Database,
  article: { id: number; publicationId: number },
  guard: Guard,
  now: number,
): Statement[] {
  return [
    wakePublication(
      db,
      article.publicationId,
      now,
      `EXISTS (SELECT 1 FROM picks WHERE article_id = ? AND seq IS NULL) AND ${guard.sql}`,
      [article.id, ...guard.args],
    ),
    guarded(
      db,
      `UPDATE editions SET shortfall = max(0, quota - (SELECT count(*) - 1 FROM picks WHERE edition_id = editions.id)), plan_rev = plan_rev + 1
       WHERE id = (SELECT edition_id FROM picks WHERE article_id = ? AND seq IS NULL)`,
      [article.id],
      guard,
    ),
    guarded(db, `DELETE FROM picks WHERE article_id = ? AND seq IS NULL`, [article.id], guard),
  ];
}

/** An article has joined the queue: if the publication's open edition is short, the tick looks at it at once. */
export function joined(db: D1Database, article: { publicationId: number }, guard: Guard, now: number): Statement[] {
  return [
    wakePublication(
      db,
      article.publicationId,
      now,
      `EXISTS (SELECT 1 FROM editions WHERE publication_id = ? AND shortfall > 0 AND closed_at IS NULL) AND ${guard.sql}`,
      [article.publicationId, ...guard.args],
    ),
  ];
}
