import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import { picturesOf } from "./media.ts";
import { PICTURES } from "./record-store.ts";
import { wakeAt } from "./states.ts";
import type { Article, Content, Credit, Handling, Kind, Source, Status } from "./types.ts";

interface ArticleRow {
  id: number;
  uid: string;
  rev: number;
  status: Status;
  stage: number;
  publication_id: number;
  publication: string;
  column_id: number | null;
  column_slug: string | null;
  unit_id: number | null;
  unit_slug: string | null;
  author: string;
  kind: Kind;
  hash: string;
  title: string;
  digest: string;
  important: number;
  priority: number;
  event_at: number | null;
  embargo_until: number | null;
  expires_at: number | null;
  must_run_on: string | null;
  evergreen: number;
  created_at: number;
  updated_at: number;
  markdown: string;
  meta: string;
  pictures: string;
}

interface Meta {
  credits: Credit[];
  cover: string | null;
  source: Source | null;
  file?: string | null;
  captions?: string | null;
}

const articleSelect = (
  text: string,
  meta: string,
) => `SELECT a.id, a.uid, a.rev, a.status, a.stage, a.publication_id, p.slug AS publication, a.column_id, c.slug AS column_slug,
    a.unit_id, u.slug AS unit_slug, a.author, a.kind, a.hash, a.title, a.digest, a.important, a.priority, a.event_at, a.embargo_until,
    a.expires_at, a.must_run_on, a.evergreen, a.created_at, a.updated_at, ${text} AS markdown, ${meta} AS meta,
    ${PICTURES} AS pictures
  FROM articles a JOIN publications p ON p.id = a.publication_id JOIN revisions r ON r.article_id = a.id AND r.hash = a.hash
    LEFT JOIN columns c ON c.id = a.column_id LEFT JOIN units u ON u.id = a.unit_id`;

/** With its text, or in a list without: a page of texts could fill the Worker's memory. */
const ARTICLE = articleSelect("r.markdown", "r.meta");
const SUMMARY = articleSelect("''", "json_remove(r.meta, '$.captions')");

function toArticle(r: ArticleRow): Article {
  return {
    id: r.id,
    uid: r.uid,
    rev: r.rev,
    status: r.status,
    stage: r.stage,
    publicationId: r.publication_id,
    publication: r.publication,
    columnId: r.column_id,
    column: r.column_slug,
    unitId: r.unit_id,
    unit: r.unit_slug,
    author: r.author,
    kind: r.kind,
    hash: r.hash,
    pictures: picturesOf(r.pictures),
    title: r.title,
    digest: r.digest,
    markdown: r.markdown,
    important: r.important === 1,
    priority: r.priority,
    eventAt: r.event_at,
    embargoUntil: r.embargo_until,
    expiresAt: r.expires_at,
    mustRunOn: r.must_run_on,
    evergreen: r.evergreen === 1,
    createdAt: r.created_at,
    updatedAt: r.updated_at,
    ...(JSON.parse(r.meta) as Meta),
  };
}

/** The article with this public id and its current text, or null. */
export async function findArticle(db: D1Database, uid: string): Promise<Article | null> {
  const found = await row<ArticleRow>(db.prepare(`${ARTICLE} WHERE a.uid = ?`).bind(uid));
  return found && toArticle(found);
}

/** What narrows a list of articles; ids are internal. */
interface ArticleFilter {
  status?: Status | undefined;
  publicationId?: number | undefined;
  columnId?: number | undefined;
  unitId?: number | undefined;
  /** Words that the title contains. */
  q?: string | undefined;
}

/** One page of articles, without their texts, newest first, before the internal id `before`. */
export async function listArticles(
  db: D1Database,
  filter: ArticleFilter,
  before: number,
  limit: number,
): Promise<Omit<Article, "markdown">[]> {
  const where = ["a.id < ?"];
  const args: unknown[] = [before];
  const narrow = (sql: string, value: unknown) => {
    if (value === undefined) return;
    where.push(sql);
    args.push(value);
  };
  narrow("a.publication_id = ?", filter.publicationId);
  narrow("a.status = ?", filter.status);
  narrow("a.column_id = ?", filter.columnId);
  narrow("a.unit_id = ?", filter.unitId);
  narrow("instr(a.title, ?) > 0", filter.q);
  const found = await rows<ArticleRow>(
    db.prepare(`${SUMMARY} WHERE ${where.join(" AND ")} ORDER BY a.id DESC LIMIT ?`).bind(...args, limit),
  );
  return found.map(toArticle);
}

const meta = (content: Content): string => {
  const { credits, cover, source, file, captions } = content;
  return JSON.stringify({
    credits,
    cover,
    source,
    ...(file && { file }),
    ...(captions && { captions }),
  } satisfies Meta);
};

const flag = (value: boolean): number => (value ? 1 : 0);

/** Where an article stands in the office: internal ids. */
export interface Place {
  publicationId: number;
  columnId: number | null;
  unitId: number | null;
}

/** A new draft. A repeat with the same public id changes nothing, which is what makes a repeated request harmless. */
export function insertArticle(
  db: D1Database,
  article: {
    uid: string;
    hash: string;
    author: string;
    content: Content;
    handling: Handling;
    place: Place;
    stamp: string;
  },
  now: number,
): Statement {
  const { content, handling, place } = article;
  return db
    .prepare(
      `INSERT INTO articles (uid, publication_id, column_id, unit_id, author, kind, status, hash, title, digest, important, priority,
         evergreen, event_at, embargo_until, expires_at, must_run_on, rev, stamp, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'draft', ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 1, ?17, ?18, ?18) ON CONFLICT (uid) DO NOTHING`,
    )
    .bind(
      article.uid,
      place.publicationId,
      place.columnId,
      place.unitId,
      article.author,
      content.kind,
      article.hash,
      content.title,
      content.digest,
      flag(handling.important),
      handling.priority,
      flag(handling.evergreen),
      handling.eventAt,
      handling.embargoUntil,
      handling.expiresAt,
      handling.mustRunOn,
      article.stamp,
      now,
    );
}

/** Saves a text under its hash for the article that bears `stamp`. Saving the same text again changes nothing. */
export function insertRevision(
  db: D1Database,
  uid: string,
  revision: { hash: string; content: Content; media: readonly string[]; savedBy: string; stamp: string },
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO revisions (article_id, hash, title, digest, markdown, meta, media, saved_by, saved_at)
       SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM articles WHERE uid = ?1 AND stamp = ?10
       ON CONFLICT (article_id, hash) DO NOTHING`,
    )
    .bind(
      uid,
      revision.hash,
      revision.content.title,
      revision.content.digest,
      revision.content.markdown,
      meta(revision.content),
      JSON.stringify(revision.media),
      revision.savedBy,
      now,
      revision.stamp,
    );
}

/** The condition on which a change of an article is written: nobody has changed it since it was read. */
export interface Expected {
  id: number;
  rev: number;
  stamp: string;
}

/** Moves an article to another status, if it is still as read. A queue key is given when it clears its reviews, and kept otherwise. */
export function moveArticle(
  db: D1Database,
  expected: Expected,
  to: { status: Status; stage: number; queueKey?: number | undefined },
  handling: Pick<Handling, "embargoUntil" | "expiresAt">,
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE articles SET status = ?, stage = ?, queue_key = coalesce(?, queue_key), wake_at = ?, rev = rev + 1, stamp = ?, updated_at = ?
       WHERE id = ? AND rev = ?`,
    )
    .bind(
      to.status,
      to.stage,
      to.queueKey ?? null,
      wakeAt(to.status, handling),
      expected.stamp,
      now,
      expected.id,
      expected.rev,
    );
}

/** Writes a changed article whole, if it is still as read. */
export function rewriteArticle(
  db: D1Database,
  expected: Expected,
  next: {
    status: Status;
    stage: number;
    queueKey?: number | undefined;
    hash: string;
    content: Content;
    handling: Handling;
    place: Place;
  },
  now: number,
): Statement {
  const { content, handling, place } = next;
  return db
    .prepare(
      `UPDATE articles SET column_id = ?, unit_id = ?, kind = ?, status = ?, stage = ?, queue_key = coalesce(?, queue_key), wake_at = ?, hash = ?, title = ?,
         digest = ?, important = ?, priority = ?, evergreen = ?, event_at = ?, embargo_until = ?, expires_at = ?, must_run_on = ?,
         rev = rev + 1, stamp = ?, updated_at = ?
       WHERE id = ? AND rev = ?`,
    )
    .bind(
      place.columnId,
      place.unitId,
      content.kind,
      next.status,
      next.stage,
      next.queueKey ?? null,
      wakeAt(next.status, handling),
      next.hash,
      content.title,
      content.digest,
      flag(handling.important),
      handling.priority,
      flag(handling.evergreen),
      handling.eventAt,
      handling.embargoUntil,
      handling.expiresAt,
      handling.mustRunOn,
      expected.stamp,
      now,
      expected.id,
      expected.rev,
    );
}

/** Deletes a draft nobody has acted on, if it is still as read. Its revisions go with it. */
export function deleteArticle(db: D1Database, id: number, rev: number): Statement {
  return db.prepare(`DELETE FROM articles WHERE id = ? AND rev = ? AND status = 'draft'`).bind(id, rev);
}
