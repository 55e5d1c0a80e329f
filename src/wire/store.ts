import type { Statement } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { auditEach } from "../newsroom/audit-store.ts";

/** The state of the wire's head, in SQL. */
export const HEAD = `(SELECT coalesce(max(seq), 0) FROM wire)`;

/**
 * The posts of the batch that is running: those past the head of the wire. A post's id is the seq of its 'published'
 * entry, so within a release they exist before their entries do, and a committed wire has none of them.
 */
export const NEW_POSTS = `SELECT id, article_id, edition_id, position, hash FROM posts WHERE id > ${HEAD}`;

/** Makes posts of the rows of `source` (a subquery of the releasing room), in order of position, under the guard. */
export function insertPosts(
  db: D1Database,
  source: { sql: string; args: readonly unknown[] },
  uids: Readonly<Record<number, string>>,
  guard: Guard,
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO posts (id, uid, article_id, publication_id, column_id, unit_id, edition_id, position, hash, kind, title, digest, released_at)
       SELECT ${HEAD} + row_number() OVER (ORDER BY s.position), u.value, s.article_id, s.publication_id, s.column_id, s.unit_id,
         s.edition_id, s.position, s.hash, s.kind, s.title, s.digest, ?
       FROM json_each(?) u JOIN (${source.sql}) s ON s.position = CAST(u.key AS INTEGER) WHERE ${guard.sql}`,
    )
    .bind(now, JSON.stringify(uids), ...source.args, ...guard.args);
}

/** Opens the pictures of the new posts to readers. */
export function insertNewPostMedia(db: D1Database): Statement {
  return db.prepare(
    `INSERT INTO post_media (hash, post_id) SELECT m.value, n.id FROM (${NEW_POSTS}) n
       JOIN revisions r ON r.article_id = n.article_id AND r.hash = n.hash, json_each(r.media) m WHERE true ON CONFLICT DO NOTHING`,
  );
}

/** The audit rows of the new posts. */
export function auditNewPosts(db: D1Database, now: number): Statement {
  return auditEach(db, {
    sql: `SELECT ?, 'tick', 'article.published', 'article:' || a.uid, json_object('seq', n.id, 'hash', n.hash)
          FROM (${NEW_POSTS}) n JOIN articles a ON a.id = n.article_id`,
    args: [now],
  });
}

/** Last of a release batch: the entries of the new posts, which makes them old. */
export function insertPublished(db: D1Database, now: number): Statement {
  return db
    .prepare(`INSERT INTO wire (seq, kind, at, post_id) SELECT id, 'published', ?, id FROM (${NEW_POSTS}) ORDER BY id`)
    .bind(now);
}

/** The correction of an article's latest post, under the guard of the article's own move. */
export function insertCorrection(
  db: D1Database,
  articleId: number,
  note: string,
  guard: Guard,
  now: number,
): Statement {
  return guarded(
    db,
    `INSERT INTO wire (seq, kind, at, post_id, note)
     SELECT ${HEAD} + 1, 'corrected', ?, id, ? FROM posts WHERE id = (SELECT max(id) FROM posts WHERE article_id = ?)`,
    [now, note, articleId],
    guard,
  );
}

/** The recall of each of the article's live posts, before they are marked: a channel may have got an earlier run only. */
export function insertRecalls(db: D1Database, articleId: number, note: string, guard: Guard, now: number): Statement {
  return guarded(
    db,
    `INSERT INTO wire (seq, kind, at, post_id, note)
     SELECT ${HEAD} + row_number() OVER (ORDER BY id), 'recalled', ?, id, ? FROM posts WHERE article_id = ? AND recalled_at IS NULL`,
    [now, note, articleId],
    guard,
  );
}

/** The post now shows the article's current text. */
export function correctPost(db: D1Database, articleId: number, guard: Guard, now: number): Statement[] {
  const latest = `(SELECT max(id) FROM posts WHERE article_id = ?)`;
  return [
    guarded(
      db,
      `UPDATE posts SET hash = a.hash, title = a.title, digest = a.digest, column_id = a.column_id, corrected_at = ?
       FROM articles a WHERE a.id = posts.article_id AND posts.id = ${latest}`,
      [now, articleId],
      guard,
    ),
    guarded(db, `DELETE FROM post_media WHERE post_id = ${latest}`, [articleId], guard),
    db
      .prepare(
        `INSERT INTO post_media (hash, post_id) SELECT m.value, p.id FROM posts p JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash,
           json_each(r.media) m WHERE p.id = ${latest} AND ${guard.sql} ON CONFLICT DO NOTHING`,
      )
      .bind(articleId, ...guard.args),
  ];
}

/** Every post of the article is gone from the readers' pages, and its pictures with it. */
export function recallPosts(db: D1Database, articleId: number, guard: Guard, now: number): Statement[] {
  return [
    guarded(
      db,
      `UPDATE posts SET recalled_at = ? WHERE article_id = ? AND recalled_at IS NULL`,
      [now, articleId],
      guard,
    ),
    guarded(
      db,
      `DELETE FROM post_media WHERE post_id IN (SELECT id FROM posts WHERE article_id = ?)`,
      [articleId],
      guard,
    ),
  ];
}
