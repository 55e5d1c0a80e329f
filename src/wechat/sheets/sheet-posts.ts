/** The posts of a hand-over sheet, with what a person copies and what the account has of them. */
import { PICTURES } from "../../articles/record-store.ts";
import type { Statement } from "../../platform/d1.ts";
import { rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { guarded } from "../../platform/guard.ts";
import type { ReceiptState } from "../books/receipt-store.ts";

/** A post of a sheet. `meta` is the revision's JSON, `pictures` is for `picturesOf`. */
export interface SheetPost {
  /** Its place in the draft, from 1. */
  idx: number;
  postId: number;
  postUid: string;
  articleUid: string;
  kind: "original" | "reprint" | "video";
  title: string;
  digest: string;
  markdown: string;
  meta: string;
  pictures: string;
  publication: string;
  publicationName: string;
  unitName: string | null;
  column: string | null;
  columnName: string | null;
  correctedAt: number | null;
  recalledAt: number | null;
  /** What the account has of it; null without a receipt. */
  state: ReceiptState | null;
  url: string | null;
  /** The title and text that readers have there, of a correction: those of the release, or of the correction before this one. */
  oldTitle: string | null;
  oldMarkdown: string | null;
}

/**
 * The text that stands at the account: the newest that was saved after the release and before it was published there or
 * last changed by hand, else the one that was released.
 */
const OLD_HASH = `coalesce(
    (SELECT r.hash FROM revisions r WHERE r.article_id = p.article_id AND r.saved_at > p.released_at AND r.saved_at <= max(w.at, coalesce(
       (SELECT max(d.done_at) FROM wechat_sheet_posts x JOIN wechat_sheets d ON d.id = x.sheet_id
        WHERE x.post_id = p.id AND d.channel_id = s.channel_id AND d.kind = 'correct' AND d.state = 'done' AND d.id <> s.id), 0))
     ORDER BY r.saved_at DESC LIMIT 1),
    (SELECT k.hash FROM picks k WHERE k.edition_id = p.edition_id AND k.position = p.position))`;

/** A sheet's posts, in order. One query. */
export function listSheetPosts(db: D1Database, sheetId: number): Promise<SheetPost[]> {
  return rows(
    db
      .prepare(
        `SELECT n.idx, p.id AS postId, p.uid AS postUid, a.uid AS articleUid, p.kind, p.title, p.digest, r.markdown, r.meta,
           ${PICTURES} AS pictures, b.slug AS publication, b.name AS publicationName, u.name AS unitName, c.slug AS "column", c.name AS columnName, p.corrected_at AS correctedAt,
           p.recalled_at AS recalledAt, w.state, w.url, o.title AS oldTitle, o.markdown AS oldMarkdown
         FROM wechat_sheets s JOIN wechat_sheet_posts n ON n.sheet_id = s.id JOIN posts p ON p.id = n.post_id
           JOIN articles a ON a.id = p.article_id JOIN publications b ON b.id = p.publication_id
           JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash
           LEFT JOIN columns c ON c.id = p.column_id LEFT JOIN units u ON u.id = p.unit_id
           LEFT JOIN wechat_articles w ON w.channel_id = s.channel_id AND w.post_id = p.id
           LEFT JOIN revisions o ON s.kind = 'correct' AND o.article_id = p.article_id AND o.hash = ${OLD_HASH}
         WHERE s.id = ? ORDER BY n.idx`,
      )
      .bind(sheetId),
  );
}

/** What a person, or the platform, says of an article that was sent. */
export interface Sent {
  postId: number;
  /** Its place in what was sent, from 1: what was left out before it does not count. */
  place: number;
  url: string | null;
}

/** The receipts of what was sent. `job` is the MsgID, where the platform told of it. */
export function publishBySheet(
  db: D1Database,
  sheetId: number,
  sent: readonly Sent[],
  job: string | null,
  guard: Guard,
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_articles (channel_id, post_id, state, way, bundle, idx, draft, job, url, at)
       SELECT s.channel_id, l.value ->> 'postId', 'published', 'mass', s.bundle, l.value ->> 'place', s.draft, ?, l.value ->> 'url', ?
       FROM wechat_sheets s JOIN json_each(?) l WHERE s.id = ? AND ${guard.sql}
       ON CONFLICT (channel_id, post_id) DO UPDATE SET state = 'published', way = 'mass', idx = excluded.idx, draft = excluded.draft,
         job = coalesce(excluded.job, job), url = coalesce(excluded.url, url), why = NULL, at = excluded.at`,
    )
    .bind(job, now, JSON.stringify(sent), sheetId, ...guard.args);
}

const POSTS = `post_id IN (SELECT post_id FROM wechat_sheet_posts WHERE sheet_id = ?)`;
const CHANNEL = `channel_id = (SELECT channel_id FROM wechat_sheets WHERE id = ?)`;

/** What stayed in the draft, or was taken down by hand, is gone. */
export function endBySheet(
  db: D1Database,
  sheetId: number,
  from: "drafted" | "published",
  why: string,
  guard: Guard,
  now: number,
): Statement {
  return guarded(
    db,
    `UPDATE wechat_articles SET state = 'deleted', why = ?, at = ? WHERE ${CHANNEL} AND ${POSTS} AND state = ?`,
    [why, now, sheetId, sheetId, from],
    guard,
  );
}

/** A correction by hand gave a new address. */
export function moveBySheet(db: D1Database, sheetId: number, url: string, guard: Guard): Statement {
  return guarded(
    db,
    `UPDATE wechat_articles SET url = ? WHERE ${CHANNEL} AND ${POSTS} AND state = 'published'`,
    [url, sheetId, sheetId],
    guard,
  );
}

/** A sheet that was ticked off by mistake: what it said was sent is in its draft again, what it took down is there again. */
export function undoSheet(
  db: D1Database,
  sheet: { id: number; kind: "send" | "takedown" },
  guard: Guard,
  now: number,
): Statement {
  const [from, to] = sheet.kind === "send" ? ["published", "drafted"] : ["deleted", "published"];
  return guarded(
    db,
    `UPDATE wechat_articles SET state = ?, why = NULL, at = ? WHERE ${CHANNEL} AND ${POSTS} AND state = ?`,
    [to, now, sheet.id, sheet.id, from],
    guard,
  );
}
