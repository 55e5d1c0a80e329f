import type { Sql, Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { backToWaiting } from "../articles/queue-store.ts";
import type { Kind } from "../articles/types.ts";
import { wakePublication } from "../newsroom/publication-store.ts";
import type { NewPick, Placed, Rung } from "./ladder/index.ts";

export interface Edition {
  id: number;
  date: string;
  quota: number;
  shortfall: number;
  /** Why it is short, in words; "" when it is not. */
  shortBecause: string;
  provisional: boolean;
  planRev: number;
  plannedAt: number;
  closedAt: number | null;
}

export interface Slot {
  n: number;
  at: number;
  releasedAt: number | null;
  late: boolean;
}

export interface Pick {
  position: number;
  slot: number;
  articleId: number;
  uid: string;
  title: string;
  kind: Kind;
  column: string | null;
  unit: string | null;
  columnId: number | null;
  unitId: number | null;
  rung: Rung;
  reason: string;
  seq: number | null;
  /** The actor who placed it; null for the planner's own picks. */
  placedBy: string | null;
}

/** An edition with its slots and picks, as one read. */
export interface Planned {
  edition: Edition;
  slots: Slot[];
  picks: Pick[];
  /** Articles that a person took out of it (internal ids): planning leaves them out. */
  dropped: number[];
  /** An edition of an earlier day still holds picks. */
  earlierOpen: boolean;
}

interface EditionRow {
  id: number;
  date: string;
  quota: number;
  shortfall: number;
  short_because: string;
  provisional: number;
  plan_rev: number;
  planned_at: number;
  closed_at: number | null;
  slots: string;
  dropped: string;
  earlier: number;
}

/** The edition of a publication on a date, or null before it is planned. Two queries. */
export async function readEdition(db: D1Database, publicationId: number, date: string): Promise<Planned | null> {
  const found = await row<EditionRow>(
    db
      .prepare(
        `SELECT id, date, quota, shortfall, short_because, provisional, plan_rev, planned_at, closed_at,
           (SELECT json_group_array(json_object('n', n, 'at', at, 'releasedAt', released_at, 'late', late)) FROM slots
            WHERE edition_id = editions.id) AS slots,
           (SELECT json_group_array(article_id) FROM drops WHERE edition_id = editions.id) AS dropped,
           EXISTS (SELECT 1 FROM editions o WHERE o.publication_id = editions.publication_id AND o.closed_at IS NULL AND o.date < editions.date)
             AS earlier
         FROM editions WHERE publication_id = ? AND date = ?`,
      )
      .bind(publicationId, date),
  );
  if (!found) return null;
  const picks = await rows<Pick>(
    db
      .prepare(
        `SELECT k.position, k.slot, k.article_id AS articleId, a.uid, a.title, a.kind, c.slug AS "column", u.slug AS unit,
           a.column_id AS columnId, a.unit_id AS unitId, k.rung, k.reason, k.seq, k.placed_by AS placedBy
         FROM picks k JOIN articles a ON a.id = k.article_id LEFT JOIN columns c ON c.id = a.column_id LEFT JOIN units u ON u.id = a.unit_id
         WHERE k.edition_id = ? ORDER BY k.position`,
      )
      .bind(found.id),
  );
  const slots = (JSON.parse(found.slots) as (Omit<Slot, "late"> & { late: number })[]).map((slot) => ({
    ...slot,
    late: slot.late === 1,
  }));
  return {
    edition: {
      id: found.id,
      date: found.date,
      quota: found.quota,
      shortfall: found.shortfall,
      shortBecause: found.short_because,
      provisional: found.provisional === 1,
      planRev: found.plan_rev,
      plannedAt: found.planned_at,
      closedAt: found.closed_at,
    },
    slots: slots.sort((a, b) => a.n - b.n),
    picks,
    dropped: JSON.parse(found.dropped) as number[],
    earlierOpen: found.earlier === 1,
  };
}

/** The picks as the ladder sees them: places that are taken. */
export function placedOf(planned: Planned | null): Placed[] {
  return (planned?.picks ?? []).map((pick) => ({
    articleId: pick.articleId,
    position: pick.position,
    slot: pick.slot,
    rung: pick.rung,
    kind: pick.kind,
    column: pick.columnId,
    unit: pick.unitId,
    released: pick.seq !== null,
  }));
}

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

export interface EditionSummary {
  publication: string;
  date: string;
  quota: number;
  shortfall: number;
  picked: number;
  released: number;
}

/** Today's figures of each named edition: `wanted` is [[publication id, date], …]. */
export function summarise(db: D1Database, wanted: readonly (readonly [number, string])[]): Promise<EditionSummary[]> {
  return rows<EditionSummary>(
    db
      .prepare(
        `SELECT p.slug AS publication, e.date, e.quota, e.shortfall, count(k.id) AS picked, count(k.seq) AS released
         FROM json_each(?) j JOIN editions e ON e.publication_id = j.value ->> 0 AND e.date = j.value ->> 1
           JOIN publications p ON p.id = e.publication_id LEFT JOIN picks k ON k.edition_id = e.id
         GROUP BY e.id`,
      )
      .bind(JSON.stringify(wanted)),
  );
}
