import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { picturesOf } from "../articles/media.ts";
import { PICTURES } from "../articles/record-store.ts";
import type { MediaFacts } from "../articles/types.ts";
import { auditEach } from "../newsroom/store.ts";

export const ENTRY_KINDS = ["published", "corrected", "recalled"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

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

/** A wire entry with its post, as channels, feeds and the API read it. */
export interface Entry {
  seq: number;
  kind: EntryKind;
  at: number;
  note: string;
  postId: number;
  releasedAt: number;
  uid: string;
  title: string;
  digest: string;
  recalled: boolean;
  original: boolean;
  publication: string;
  publicationName: string;
  timeZone: string;
  stopped: boolean;
  column: string | null;
  unit: string | null;
  columnName: string | null;
  unitName: string | null;
  correctedAt: number | null;
  /** As it was given: nobody has judged the address. */
  cover: string | null;
  pictures: MediaFacts[];
  /** Only when texts are asked for, as the revision's JSON (`meta`). */
  markdown: string | null;
  meta: string | null;
  /** Its publication's theme, as JSON; only with the text. */
  theme: string | null;
}

interface EntryRow extends Omit<Entry, "recalled" | "original" | "stopped" | "pictures"> {
  pictures: string;
  recalled: number;
  original: number;
  stopped: number;
}

const entrySelect = (withText: boolean) =>
  `SELECT w.seq, w.kind, w.at, w.note, w.post_id AS postId, p.released_at AS releasedAt, p.uid, p.title, p.digest, p.recalled_at IS NOT NULL AS recalled,
     p.kind <> 'reprint' AS original, pub.slug AS publication, pub.time_zone AS timeZone, pub.stopped_at IS NOT NULL AS stopped,
     c.slug AS "column", u.slug AS unit, pub.name AS publicationName, c.name AS columnName, u.name AS unitName, p.corrected_at AS correctedAt,
     r.meta ->> 'cover' AS cover, ${PICTURES} AS pictures, ${withText ? "r.markdown, r.meta, pub.theme" : "NULL AS markdown, NULL AS meta, NULL AS theme"}
   FROM wire w JOIN posts p ON p.id = w.post_id JOIN publications pub ON pub.id = p.publication_id
     JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash
     LEFT JOIN columns c ON c.id = p.column_id LEFT JOIN units u ON u.id = p.unit_id`;

const toEntry = (r: EntryRow): Entry => ({
  ...r,
  pictures: picturesOf(r.pictures),
  recalled: r.recalled === 1,
  original: r.original === 1,
  stopped: r.stopped === 1,
});

/**
 * The next `window` entries after each of the given cursors, in order, without repeats. Entries are addressed by number
 * (the wire has no gaps), so the cost is the number of distinct cursors times the window, however long the wire.
 */
export async function readSlices(
  db: D1Database,
  cursors: readonly number[],
  window: number,
  withText: boolean,
): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    db
      .prepare(
        `${entrySelect(withText)} WHERE w.seq IN (SELECT DISTINCT c.value + n.value FROM json_each(?1) c, json_each(?2) n) ORDER BY w.seq`,
      )
      .bind(JSON.stringify([...new Set(cursors)]), JSON.stringify(Array.from({ length: window }, (_, i) => i + 1))),
  );
  return found.map(toEntry);
}

/** Which entries somebody asks for by name. `upTo` is the last one that may be among them. */
export type Asked = ({ from: number; to: number } | { posts: readonly string[] } | { since: number }) & {
  upTo: number;
};

/** How far back a look by time goes, in entries: the wire has no index by time, and these are some weeks of a busy office. */
const REACH = 5000;

/** The entries that are asked for, in order, at most `limit`: by their numbers, the releases of some posts, or since a time (ms). */
export async function readAsked(db: D1Database, asked: Asked, limit: number): Promise<Entry[]> {
  const [where, ...args] =
    "from" in asked
      ? [`w.seq BETWEEN ?3 AND ?4`, asked.from, asked.to]
      : "posts" in asked
        ? [
            `w.seq IN (SELECT id FROM posts WHERE uid IN (SELECT value FROM json_each(?3)))`,
            JSON.stringify(asked.posts),
          ]
        : [`w.seq > ?1 - ${REACH} AND w.at >= ?3`, asked.since];
  const found = await rows<EntryRow>(
    db
      .prepare(`${entrySelect(false)} WHERE w.seq <= ?1 AND ${where} ORDER BY w.seq LIMIT ?2`)
      .bind(asked.upTo, limit, ...args),
  );
  return found.map(toEntry);
}

/** The entries of these numbers, in order, those that there are. */
export async function readEntriesNamed(db: D1Database, seqs: readonly number[], withText: boolean): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    db
      .prepare(`${entrySelect(withText)} WHERE w.seq IN (SELECT value FROM json_each(?)) ORDER BY w.seq`)
      .bind(JSON.stringify(seqs)),
  );
  return found.map(toEntry);
}

/** Entries after `after`, at most `limit`. */
export async function readWire(db: D1Database, after: number, limit: number): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    db.prepare(`${entrySelect(false)} WHERE w.seq > ? ORDER BY w.seq LIMIT ?`).bind(after, limit),
  );
  return found.map(toEntry);
}

/** The seq of the last entry, 0 before the first. */
export async function readHead(db: D1Database): Promise<number> {
  return (await row<{ head: number }>(db.prepare(`SELECT ${HEAD} AS head`)))!.head;
}

/** When a publication's last post went out, as `at`; no row before the first. */
export function lastRelease(db: D1Database, publicationId: number): Statement {
  return db
    .prepare(`SELECT released_at AS at FROM posts WHERE publication_id = ? ORDER BY id DESC LIMIT 1`)
    .bind(publicationId);
}

/** What every readers' page depends on: the head of the wire and the office's revision. One query, two rows. */
export async function readVersion(db: D1Database): Promise<string> {
  const found = await row<{ head: number; rev: number }>(
    db.prepare(`SELECT ${HEAD} AS head, rev FROM office WHERE id = 1`),
  );
  return `${found?.head ?? 0}-${found?.rev ?? 0}`;
}

/** A post as readers see it, without its text. */
export interface PostSummary {
  id: number;
  uid: string;
  kind: "original" | "reprint" | "video";
  title: string;
  digest: string;
  releasedAt: number;
  correctedAt: number | null;
  recalledAt: number | null;
  publication: string;
  publicationName: string;
  timeZone: string;
  column: string | null;
  columnName: string | null;
  unit: string | null;
  unitName: string | null;
  editionDate: string;
  position: number;
}

/** A post with its text. `meta` is the revision's JSON: credits, cover, source; `pictures` is for `picturesOf`. */
export interface PostDetail extends PostSummary {
  articleUid: string;
  markdown: string;
  meta: string;
  pictures: string;
}

const POST_COLUMNS = `p.id, p.uid, p.kind, p.title, p.digest, p.released_at AS releasedAt, p.corrected_at AS correctedAt,
  p.recalled_at AS recalledAt, pub.slug AS publication, pub.name AS publicationName, pub.time_zone AS timeZone, c.slug AS "column",
  c.name AS columnName, u.slug AS unit, u.name AS unitName, e.date AS editionDate, p.position`;
const POST_JOINS = `JOIN publications pub ON pub.id = p.publication_id JOIN editions e ON e.id = p.edition_id
  LEFT JOIN columns c ON c.id = p.column_id LEFT JOIN units u ON u.id = p.unit_id`;

/** The post with this public id, recalled or not, or null. One query. */
export function findPost(db: D1Database, uid: string): Promise<PostDetail | null> {
  return row<PostDetail>(
    db
      .prepare(
        `SELECT ${POST_COLUMNS}, a.uid AS articleUid, r.markdown, r.meta, ${PICTURES} AS pictures FROM posts p ${POST_JOINS} JOIN articles a ON a.id = p.article_id
           JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash
         WHERE p.uid = ?`,
      )
      .bind(uid),
  );
}

/** The public id of an article's latest live post, or null. */
export async function postOfArticle(db: D1Database, articleUid: string): Promise<string | null> {
  const found = await row<{ uid: string }>(
    db
      .prepare(
        `SELECT p.uid FROM articles a JOIN posts p ON p.article_id = a.id WHERE a.uid = ? AND p.recalled_at IS NULL ORDER BY p.id DESC LIMIT 1`,
      )
      .bind(articleUid),
  );
  return found?.uid ?? null;
}

/** What a list of posts is of. */
export type Shelf = { of: "all" } | { of: "publication"; slug: string } | { of: "column"; slug: string };

const SHELF = {
  all: "",
  publication: "p.publication_id = (SELECT id FROM publications WHERE slug = ?) AND",
  column: "p.column_id = (SELECT id FROM columns WHERE slug = ?) AND",
} as const;

/** Live posts, newest first, before the internal id `before`; with their texts for feeds. One query. */
export function listPosts(db: D1Database, shelf: Shelf, before: number, limit: number): Promise<PostSummary[]>;
export function listPosts(
  db: D1Database,
  shelf: Shelf,
  before: number,
  limit: number,
  texts: true,
): Promise<PostDetail[]>;
export function listPosts(
  db: D1Database,
  shelf: Shelf,
  before: number,
  limit: number,
  texts = false,
): Promise<PostSummary[]> {
  const text = texts ? `, a.uid AS articleUid, r.markdown, r.meta, ${PICTURES} AS pictures` : "";
  const textJoins = texts
    ? "JOIN articles a ON a.id = p.article_id JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash"
    : "";
  return rows<PostSummary>(
    db
      .prepare(
        `SELECT ${POST_COLUMNS}${text} FROM posts p ${POST_JOINS} ${textJoins}
         WHERE ${SHELF[shelf.of]} p.recalled_at IS NULL AND p.id < ? ORDER BY p.id DESC LIMIT ?`,
      )
      .bind(...(shelf.of === "all" ? [] : [shelf.slug]), before, limit),
  );
}

/** Whether a live post shows the picture. */
export async function isMediaPublic(db: D1Database, hash: string): Promise<boolean> {
  return (await row(db.prepare(`SELECT 1 FROM post_media WHERE hash = ? LIMIT 1`).bind(hash))) !== null;
}

/** What feeds depend on: as {@link readVersion}, and the business time of the last entry, null before the first. One query. */
export async function readFeedVersion(db: D1Database): Promise<{ version: string; changedAt: number | null }> {
  const found = await row<{ head: number; rev: number; changedAt: number | null }>(
    db.prepare(
      `SELECT ${HEAD} AS head, rev, (SELECT at FROM wire ORDER BY seq DESC LIMIT 1) AS changedAt FROM office WHERE id = 1`,
    ),
  );
  return { version: `${found?.head ?? 0}-${found?.rev ?? 0}`, changedAt: found?.changedAt ?? null };
}

/** A post on the front page, with what its cover is picked from: an address that nobody has judged yet, and pictures. */
export interface FrontPost extends PostSummary {
  cover: string | null;
  pictures: string;
}

/** The newest live posts of every publication, `each` of one at most: publications in order of making, newest first. One query. */
export function listFront(db: D1Database, each: number): Promise<FrontPost[]> {
  return rows<FrontPost>(
    db
      .prepare(
        `SELECT ${POST_COLUMNS}, r.meta ->> 'cover' AS cover, ${PICTURES} AS pictures
         FROM publications f CROSS JOIN posts p ON p.id IN (SELECT id FROM posts WHERE publication_id = f.id AND recalled_at IS NULL
           ORDER BY id DESC LIMIT ?) ${POST_JOINS} JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash
         ORDER BY f.id, p.id DESC`,
      )
      .bind(each),
  );
}

/** A column with its newest live post; both null while it has none. */
export interface ColumnFront {
  column: string;
  name: string;
  uid: string | null;
  title: string | null;
}

/** Every column in order of making, a thousand at most. One query, a few rows a column. */
export function listColumnFronts(db: D1Database): Promise<ColumnFront[]> {
  return rows<ColumnFront>(
    db.prepare(
      `SELECT c.slug AS "column", c.name, p.uid, p.title FROM columns c LEFT JOIN posts p ON p.id =
         (SELECT id FROM posts WHERE column_id = c.id AND recalled_at IS NULL ORDER BY id DESC LIMIT 1)
       ORDER BY c.id LIMIT 1000`,
    ),
  );
}

/** The posts with these public ids, recalled or not, in no order. One query. */
export function listPostsNamed(db: D1Database, uids: readonly string[]): Promise<PostSummary[]> {
  return rows<PostSummary>(
    db
      .prepare(`SELECT ${POST_COLUMNS} FROM json_each(?) j CROSS JOIN posts p ON p.uid = j.value ${POST_JOINS}`)
      .bind(JSON.stringify(uids)),
  );
}
