/** The queue: how articles join it, leave it and come back, many at a time. */
import type { Sql, Statement } from "../platform/d1.ts";
import { row } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { auditEach } from "../newsroom/audit-store.ts";
import type { Status } from "./types.ts";

/** The articles that `picked` names (ids) leave the queue, or the reserve, for an edition. */
export function toPlanned(db: D1Database, picked: Sql, now: number): Statement {
  return db
    .prepare(
      `UPDATE articles SET status = 'planned', wake_at = NULL, rev = rev + 1,
         updated_at = CASE status WHEN 'published' THEN updated_at ELSE ? END
       WHERE id IN (${picked.sql}) AND status IN ('queued', 'published')`,
    )
    .bind(now, ...picked.args);
}

/**
 * The planned articles that `left` names, rows of (article_id, reserve), go back to where they waited: to the queue, to
 * the reserve they were taken from, or, if their time has come meanwhile, out of it.
 */
export function backToWaiting(db: D1Database, left: Sql, now: number): Statement {
  return db
    .prepare(
      `UPDATE articles SET
         status = CASE WHEN l.reserve THEN 'published' WHEN expires_at <= ? THEN 'expired' WHEN embargo_until > ? THEN 'held' ELSE 'queued' END,
         wake_at = CASE WHEN l.reserve OR expires_at <= ? THEN NULL WHEN embargo_until > ? THEN embargo_until ELSE expires_at END,
         rev = rev + 1
       FROM (${left.sql}) l WHERE articles.id = l.article_id AND status = 'planned'`,
    )
    .bind(now, now, now, now, ...left.args);
}

/** The articles that `released` names (ids) are published. */
export function toPublished(db: D1Database, released: Sql, now: number): Statement {
  return db
    .prepare(
      `UPDATE articles SET status = 'published', wake_at = NULL, rev = rev + 1, updated_at = ? WHERE id IN (${released.sql})`,
    )
    .bind(now, ...released.args);
}

/** How many articles one tick moves at most; the rest follow a minute later. */
export const WAKE_LIMIT = 200;

const WAKING = `SELECT id FROM articles WHERE wake_at <= ?1 ORDER BY wake_at LIMIT ${WAKE_LIMIT}`;

/** Lifts embargoes and expires the stale, at most {@link WAKE_LIMIT} of them, each with its audit row. One batch. */
export function wakeArticles(db: D1Database, now: number): Statement[] {
  return [
    auditEach(db, {
      sql: `SELECT ?1, 'tick', CASE status WHEN 'held' THEN 'article.embargo_ended' ELSE 'article.expired' END, 'article:' || uid, '{}'
            FROM articles WHERE id IN (${WAKING})`,
      args: [now],
    }),
    db
      .prepare(
        `UPDATE articles SET status = CASE status WHEN 'held' THEN 'queued' ELSE 'expired' END,
           wake_at = CASE status WHEN 'held' THEN expires_at END, rev = rev + 1, updated_at = ?1
         WHERE id IN (${WAKING})`,
      )
      .bind(now),
  ];
}

/** More waiting articles than this are "many": a count must not read the whole queue. */
const MANY = 1000;

/** How many articles wait, up to a thousand of each; `more` tells that there are more. */
export async function countQueued(
  db: D1Database,
): Promise<{ queued: number; held: number; in_review: number; more: boolean }> {
  const count = (status: Status) =>
    `(SELECT count(*) FROM (SELECT 1 FROM publications p JOIN articles a ON a.publication_id = p.id AND a.status = '${status}' LIMIT ${MANY}))`;
  const found = await row<{ queued: number; held: number; in_review: number }>(
    db.prepare(`SELECT ${count("queued")} AS queued, ${count("held")} AS held, ${count("in_review")} AS in_review`),
  );
  return { ...found!, more: Object.values(found!).includes(MANY) };
}

/** 暂缓: a planned article waits until a person submits it again. */
export function holdArticle(db: D1Database, id: number, guard: Guard): Statement {
  return guarded(
    db,
    `UPDATE articles SET status = 'held', wake_at = NULL, rev = rev + 1 WHERE id = ? AND status = 'planned'`,
    [id],
    guard,
  );
}
