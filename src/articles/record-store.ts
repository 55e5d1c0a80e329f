/** What stays on record of an article: its reviews, its texts, its pictures. */
import type { Statement } from "../platform/d1.ts";
import { rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import type { Decision, Gate } from "./types.ts";

/** A stage's signed decision, under the guard of the move that it caused. */
export function insertReview(
  db: D1Database,
  review: {
    articleId: number;
    stage: string;
    hash: string;
    decision: Decision;
    gates: readonly Gate[];
    note: string;
    reviewer: string;
  },
  now: number,
  guard: Guard,
): Statement {
  return guarded(
    db,
    `INSERT INTO reviews (article_id, stage, hash, decision, gates, note, reviewer, at) SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE 1`,
    [
      review.articleId,
      review.stage,
      review.hash,
      review.decision,
      JSON.stringify(review.gates),
      review.note,
      review.reviewer,
      now,
    ],
    guard,
  );
}

/** Whether the reviewer has decided on the article at or after `since`. */
export async function hasReviewed(
  db: D1Database,
  articleId: number,
  reviewer: string,
  since: number,
): Promise<boolean> {
  const found = await rows(
    db
      .prepare(`SELECT 1 FROM reviews WHERE article_id = ? AND reviewer = ? AND at >= ? LIMIT 1`)
      .bind(articleId, reviewer, since),
  );
  return found.length > 0;
}

export interface ReviewRow {
  stage: string;
  hash: string;
  decision: Decision;
  gates: string;
  note: string;
  reviewer: string;
  at: number;
}

/** The decisions on an article, in order. */
export function listReviews(db: D1Database, articleId: number): Promise<ReviewRow[]> {
  return rows<ReviewRow>(
    db
      .prepare(`SELECT stage, hash, decision, gates, note, reviewer, at FROM reviews WHERE article_id = ? ORDER BY id`)
      .bind(articleId),
  );
}

export interface RevisionRow {
  position: number;
  hash: string;
  title: string;
  digest: string;
  markdown: string;
  saved_by: string;
  saved_at: number;
}

/** One page of an article's texts, newest first, before the internal position `before`. */
export function listRevisions(
  db: D1Database,
  articleId: number,
  before: number,
  limit: number,
): Promise<RevisionRow[]> {
  return rows<RevisionRow>(
    db
      .prepare(
        `SELECT rowid AS position, hash, title, digest, markdown, saved_by, saved_at FROM revisions
         WHERE article_id = ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`,
      )
      .bind(articleId, before, limit),
  );
}

export interface MediaRow {
  hash: string;
  type: string;
  /** Bytes. */
  size: number;
  /** Of a picture, in pixels; null for a video, and where its headers do not tell. */
  width: number | null;
  height: number | null;
}

/** Notes an upload; the same bytes again change nothing, unless the extent of a picture was not known before. */
export function insertMedia(db: D1Database, media: MediaRow, by: string, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO media (hash, type, size, width, height, uploaded_by, uploaded_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET width = excluded.width, height = excluded.height
       WHERE media.width IS NULL AND excluded.width IS NOT NULL`,
    )
    .bind(media.hash, media.type, media.size, media.width, media.height, by, now);
}

/** In SQL: what is known of the pictures of ours that revision `r` shows, in reading order, for `picturesOf`. */
export const PICTURES = `(SELECT json_group_array(json_array(m.hash, m.type, m.width, m.height) ORDER BY j.key)
  FROM json_each(r.media) j CROSS JOIN media m ON m.hash = j.value WHERE m.type <> 'video/mp4')`;
