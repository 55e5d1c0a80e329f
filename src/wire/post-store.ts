/** Posts as readers see them: one, shelves of them, the front page, and what their pages depend on. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import { PICTURES } from "../articles/record-store.ts";
import { HEAD } from "./store.ts";

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
interface ColumnFront {
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
