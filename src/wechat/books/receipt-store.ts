/** Receipts of posts at WeChat accounts (`wechat_articles`), as they are read and changed after the push that made them. */
import type { Statement } from "../../platform/d1.ts";
import { rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { guarded } from "../../platform/guard.ts";

const RECEIPT_STATES = ["drafted", "published", "failed", "deleted", "banned"] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];
type Way = "mass" | "publish" | "draft";

/** What became of a post at an account, as it is stored. */
export interface Receipt {
  state: ReceiptState;
  way: Way;
  bundle: string;
  /** Its place in the bundle, from 1. */
  idx: number;
  draft: string | null;
  /** publish_id or msg_id. */
  job: string | null;
  articleId: string | null;
  url: string | null;
}

/** A receipt as the office reads it. */
interface ReceiptLine {
  /** The post's seq on the wire. */
  seq: number;
  /** The channel's public id. */
  channel: string;
  state: ReceiptState;
  way: Way;
  url: string | null;
  why: string | null;
  at: number;
}

/** The receipts of the posts with these seqs, by channel in order of making. One query. */
export function listReceipts(db: D1Database, seqs: readonly number[]): Promise<ReceiptLine[]> {
  return rows(
    db
      .prepare(
        `SELECT a.post_id AS seq, c.uid AS channel, a.state, a.way, a.url, a.why, a.at
         FROM json_each(?) j CROSS JOIN wechat_articles a ON a.post_id = j.value JOIN channels c ON c.id = a.channel_id
         ORDER BY a.post_id, a.channel_id`,
      )
      .bind(JSON.stringify(seqs)),
  );
}

/** What a job published is gone, or a draft is: under the guard of what found it out. What has taken its place since stays. */
export function endReceipt(
  db: D1Database,
  receipt: { channelId: number; postId: number; job: string | null },
  to: { state: "deleted" | "banned"; why: string },
  guard: Guard,
  now: number,
): Statement {
  return guarded(
    db,
    `UPDATE wechat_articles SET state = ?, why = ?, at = ? WHERE channel_id = ? AND post_id = ? AND job IS ? AND state IN ('published', 'drafted')`,
    [to.state, to.why, now, receipt.channelId, receipt.postId, receipt.job],
    guard,
  );
}

/** A publication that is looked at again: all of it was published by one job. */
export interface Publication {
  channelId: number;
  job: string;
}

/** Publications of freepublish since `since` that were not looked at since `lookedBefore`, the longest unseen first. */
export function dueLooks(db: D1Database, since: number, lookedBefore: number, limit: number): Promise<Publication[]> {
  return rows(
    db
      .prepare(
        `SELECT channel_id AS channelId, job FROM wechat_articles INDEXED BY wechat_articles_published
         WHERE state = 'published' AND way = 'publish' AND at > ? AND job IS NOT NULL
         GROUP BY channel_id, job HAVING min(coalesce(looked_at, 0)) <= ?
         ORDER BY min(coalesce(looked_at, 0)), channel_id, job LIMIT ?`,
      )
      .bind(since, lookedBefore, limit),
  );
}

/** Writes down that a publication was looked at. */
export function noteLook(db: D1Database, { channelId, job }: Publication, since: number, now: number): Statement {
  return db
    .prepare(
      `UPDATE wechat_articles INDEXED BY wechat_articles_job SET looked_at = ?4 WHERE state = 'published' AND way = 'publish' AND at > ?3 AND channel_id = ?1 AND job = ?2`,
    )
    .bind(channelId, job, since, now);
}

/** An article of a publication, with what an alert says of it. */
export interface PublishedArticle {
  postId: number;
  idx: number;
  articleId: string | null;
  url: string | null;
  title: string;
  articleUid: string;
}

/** What readers are believed to have of a publication, in its order. */
export function listPublished(
  db: D1Database,
  { channelId, job }: Publication,
  since: number,
): Promise<PublishedArticle[]> {
  return rows(
    db
      .prepare(
        `SELECT w.post_id AS postId, w.idx, w.article_id AS articleId, w.url, p.title, a.uid AS articleUid
         FROM wechat_articles w INDEXED BY wechat_articles_job JOIN posts p ON p.id = w.post_id JOIN articles a ON a.id = p.article_id
         WHERE w.state = 'published' AND w.way = 'publish' AND w.at > ?3 AND w.channel_id = ?1 AND w.job = ?2 ORDER BY w.idx`,
      )
      .bind(channelId, job, since),
  );
}

/** Holds while the receipt says that the job published it. */
export function published(channelId: number, postId: number, job: string): Guard {
  return {
    sql: `EXISTS (SELECT 1 FROM wechat_articles WHERE channel_id = ? AND post_id = ? AND job = ? AND state = 'published')`,
    args: [channelId, postId, job],
  };
}
