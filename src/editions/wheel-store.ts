/** What a person's act on an edition writes. Every statement is guarded by the edition's stamp. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";

/** Stamps the edition if nobody has changed it, or the article that is to be placed, since they were read. */
export function stampChange(
  db: D1Database,
  edition: { id: number; planRev: number },
  article: { id: number; rev: number },
  stamp: string,
): Statement {
  return db
    .prepare(
      `UPDATE editions SET plan_rev = plan_rev + 1, stamp = ? WHERE id = ? AND plan_rev = ? AND closed_at IS NULL
         AND EXISTS (SELECT 1 FROM articles WHERE id = ? AND rev = ?)`,
    )
    .bind(stamp, edition.id, edition.planRev, article.id, article.rev);
}

/** Stamps the edition if nobody has changed it since it was read. */
export function stampRead(db: D1Database, edition: { id: number; planRev: number }, stamp: string): Statement {
  return db
    .prepare(
      `UPDATE editions SET plan_rev = plan_rev + 1, stamp = ? WHERE id = ? AND plan_rev = ? AND closed_at IS NULL`,
    )
    .bind(stamp, edition.id, edition.planRev);
}

/** Removes an article's waiting pick. */
export function removePick(db: D1Database, editionId: number, articleId: number, guard: Guard): Statement {
  return guarded(
    db,
    `DELETE FROM picks WHERE edition_id = ? AND article_id = ? AND seq IS NULL`,
    [editionId, articleId],
    guard,
  );
}

/** Planning leaves the article out of this edition from now on, or takes it into account again. */
export function setDropped(
  db: D1Database,
  editionId: number,
  articleId: number,
  dropped: boolean,
  guard: Guard,
): Statement {
  return dropped
    ? guarded(db, `INSERT INTO drops (edition_id, article_id) SELECT ?, ? WHERE 1`, [editionId, articleId], guard)
    : guarded(db, `DELETE FROM drops WHERE edition_id = ? AND article_id = ?`, [editionId, articleId], guard);
}

/** A pick that a person made, at a place that {@link renumber} then sets right. */
export function insertPlaced(
  db: D1Database,
  pick: { editionId: number; articleId: number; hash: string; slot: number; reason: string; by: string },
  guard: Guard,
): Statement {
  return guarded(
    db,
    `INSERT INTO picks (edition_id, position, slot, article_id, hash, rung, reason, placed_by)
     SELECT e.id, (SELECT coalesce(max(position), 0) + 1000 FROM picks WHERE edition_id = e.id), ?, a.id, a.hash, 'pinned', ?, ?
     FROM editions e, articles a WHERE e.id = ? AND a.id = ? AND a.hash = ? AND a.status = 'queued'`,
    [pick.slot, pick.reason, pick.by, pick.editionId, pick.articleId, pick.hash],
    guard,
  );
}

/** Notes that a person placed an article's pick, and as what. */
export function markPlaced(
  db: D1Database,
  pick: { editionId: number; articleId: number; reason: string; by: string; pinned: boolean },
  guard: Guard,
): Statement {
  return guarded(
    db,
    `UPDATE picks SET placed_by = ?, reason = CASE WHEN ? THEN ? ELSE reason END, rung = CASE WHEN ? THEN 'pinned' ELSE rung END
     WHERE edition_id = ? AND article_id = ? AND seq IS NULL`,
    [pick.by, pick.pinned ? 1 : 0, pick.reason, pick.pinned ? 1 : 0, pick.editionId, pick.articleId],
    guard,
  );
}

/** Gives the waiting picks their new places. Two statements: a place must be free before another pick may take it. */
export function renumber(
  db: D1Database,
  editionId: number,
  picks: readonly { articleId: number; position: number; slot: number }[],
  guard: Guard,
): Statement[] {
  return [
    guarded(db, `UPDATE picks SET position = -position WHERE edition_id = ? AND seq IS NULL`, [editionId], guard),
    db
      .prepare(
        `UPDATE picks SET position = j.value ->> 'position', slot = j.value ->> 'slot' FROM json_each(?) j
         WHERE picks.edition_id = ? AND picks.article_id = j.value ->> 'articleId' AND picks.seq IS NULL AND ${guard.sql}`,
      )
      .bind(JSON.stringify(picks), editionId, ...guard.args),
  ];
}

/** What an act must know of an article it names. */
interface NamedArticle extends Times {
  id: number;
  uid: string;
  rev: number;
  hash: string;
  status: string;
  publicationId: number;
}

/** When an article may run. */
interface Times {
  embargoUntil: number | null;
  expiresAt: number | null;
}

/** When the articles with these ids may run, by id. */
export async function readTimes(db: D1Database, articles: readonly number[]): Promise<Map<number, Times>> {
  const found = await rows<Times & { id: number }>(
    db
      .prepare(
        `SELECT id, embargo_until AS embargoUntil, expires_at AS expiresAt FROM articles
         WHERE id IN (SELECT value FROM json_each(?))`,
      )
      .bind(JSON.stringify(articles)),
  );
  return new Map(found.map((times) => [times.id, times]));
}

/** The article with this public id, or null. */
export function findNamedArticle(db: D1Database, uid: string): Promise<NamedArticle | null> {
  return row<NamedArticle>(
    db
      .prepare(
        `SELECT id, uid, rev, hash, status, publication_id AS publicationId, embargo_until AS embargoUntil, expires_at AS expiresAt
         FROM articles WHERE uid = ?`,
      )
      .bind(uid),
  );
}
