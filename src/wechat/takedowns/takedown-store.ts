/** Take-downs as the database keeps them: asked for in the recall's own batch, then a lane with leases. */
import type { Statement } from "../../platform/d1.ts";
import { row, rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { guarded } from "../../platform/guard.ts";
import { cancelCorrections } from "../sheets/sheet-store.ts";
import type { Target } from "./takedown.ts";

/** How many accounts with due take-downs one tick sends to the queue. */
const SWEEP_LIMIT = 100;

/**
 * Once for each post and account. One that was done is opened anew only if readers have the post all the same: it was
 * published after the look that found nothing, or by a person.
 */
const ONCE = `ON CONFLICT (channel_id, post_id) DO UPDATE SET state = 'open', tries = 0, next_at = excluded.next_at, why = NULL,
    alerted = 0, asked_at = excluded.asked_at, lease_token = NULL, lease_until = 0, enqueued_until = 0
  WHERE wechat_takedowns.state = 'done' AND EXISTS (SELECT 1 FROM wechat_articles x WHERE x.channel_id = excluded.channel_id
          AND x.post_id = excluded.post_id AND x.state = 'published')`;

const LIVE = `w.state IN ('published', 'drafted')`;

/**
 * Takes down what the account has of these posts. For what a recall's own batch could not see: a post that was under way
 * to the account when it was recalled. Twice is once.
 */
export function insertTakedowns(
  db: D1Database,
  channelId: number,
  postIds: readonly number[],
  note: string,
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_takedowns (channel_id, post_id, note, state, tries, next_at, asked_at)
       SELECT w.channel_id, w.post_id, ?3, 'open', 0, ?4, ?4 FROM json_each(?2) j JOIN wechat_articles w
         ON w.channel_id = ?1 AND w.post_id = j.value WHERE ${LIVE} ${ONCE}`,
    )
    .bind(channelId, JSON.stringify(postIds), note, now);
}

/** The same for those of the posts that are recalled already: what a person sent all the same. */
export function insertTakedownsOfRecalled(
  db: D1Database,
  channelId: number,
  postIds: readonly number[],
  guard: Guard,
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_takedowns (channel_id, post_id, note, state, tries, next_at, asked_at)
       SELECT w.channel_id, w.post_id, '', 'open', 0, ?, ? FROM json_each(?) j JOIN wechat_articles w
         ON w.post_id = j.value JOIN posts p ON p.id = w.post_id
       WHERE w.channel_id = ? AND w.state = 'published' AND p.recalled_at IS NOT NULL AND ${guard.sql} ${ONCE}`,
    )
    .bind(now, now, JSON.stringify(postIds), channelId, ...guard.args);
}

/**
 * 撤回: what the accounts have of the article's posts is taken down, and nobody corrects it any more. Under the guard of
 * the article's move.
 */
export function recallAtAccounts(
  db: D1Database,
  articleId: number,
  note: string,
  guard: Guard,
  now: number,
): Statement[] {
  return [
    db
      .prepare(
        `INSERT INTO wechat_takedowns (channel_id, post_id, note, state, tries, next_at, asked_at)
         SELECT w.channel_id, w.post_id, ?, 'open', 0, ?, ? FROM posts p JOIN wechat_articles w ON w.post_id = p.id
         WHERE p.article_id = ? AND ${LIVE} AND ${guard.sql} ${ONCE}`,
      )
      .bind(note, now, now, articleId, ...guard.args),
    cancelCorrections(db, articleId, note, guard),
  ];
}

/** Accounts with a take-down that is due and that no message is under way for; writes down that one is. */
export async function takeDueTakedowns(db: D1Database, now: number, wall: number, until: number): Promise<number[]> {
  const found = await rows<{ channel: number }>(
    db
      .prepare(
        `UPDATE wechat_takedowns SET enqueued_until = ?3 WHERE (channel_id, post_id) IN (SELECT channel_id, post_id
           FROM wechat_takedowns WHERE next_at <= ?1 AND enqueued_until < ?2 ORDER BY next_at LIMIT ${SWEEP_LIMIT})
         RETURNING channel_id AS channel`,
      )
      .bind(now, wall, until),
  );
  return [...new Set(found.map(({ channel }) => channel))];
}

/** A take-down under our lease. */
export interface ClaimedTakedown {
  channelId: number;
  postId: number;
  /** The attempt that begins. */
  tries: number;
  askedAt: number;
  alerted: boolean;
  token: string;
}

/** Leases the account's first due take-down, and writes down the attempt before it is made. */
export async function claimTakedown(
  db: D1Database,
  channelId: number,
  lease: { token: string; until: number },
  now: number,
  wall: number,
): Promise<ClaimedTakedown | null> {
  const found = await row<Omit<ClaimedTakedown, "alerted"> & { alerted: number }>(
    db
      .prepare(
        `UPDATE wechat_takedowns SET lease_token = ?2, lease_until = ?3, tries = tries + 1
         WHERE channel_id = ?1 AND post_id = (SELECT post_id FROM wechat_takedowns WHERE channel_id = ?1 AND next_at <= ?4
           AND lease_until <= ?5 ORDER BY next_at, post_id LIMIT 1)
         RETURNING channel_id AS channelId, post_id AS postId, tries, asked_at AS askedAt, alerted, lease_token AS token`,
      )
      .bind(channelId, lease.token, lease.until, now, wall),
  );
  return found && { ...found, alerted: found.alerted === 1 };
}

/** When the account's next take-down is due, or null. */
export async function nextTakedown(db: D1Database, channelId: number): Promise<number | null> {
  const found = await row<{ at: number | null }>(
    db
      .prepare(`SELECT min(next_at) AS at FROM wechat_takedowns WHERE channel_id = ? AND next_at IS NOT NULL`)
      .bind(channelId),
  );
  return found?.at ?? null;
}

/** What a take-down is about, in words for people. */
export interface TakedownTarget extends Target {
  title: string;
  articleUid: string;
  postUid: string;
}

/** The article that is to go, or null: the account has no receipt of it. One query. */
export async function readTarget(db: D1Database, channelId: number, postId: number): Promise<TakedownTarget | null> {
  const found = await row<Omit<TakedownTarget, "sheetOpen"> & { sheetOpen: number }>(
    db
      .prepare(
        `SELECT w.state, w.way, w.bundle, w.idx, w.draft, w.job, w.article_id AS articleId, w.url, p.title, p.uid AS postUid,
           a.uid AS articleUid,
           (SELECT count(*) FROM wechat_articles o JOIN posts q ON q.id = o.post_id WHERE o.channel_id = w.channel_id
              AND o.bundle = w.bundle AND o.draft = w.draft AND o.state = 'drafted' AND q.recalled_at IS NULL) AS company,
           EXISTS (SELECT 1 FROM wechat_sheets s WHERE s.channel_id = w.channel_id AND s.state = 'open' AND s.kind = 'send'
              AND s.draft = w.draft) AS sheetOpen
         FROM wechat_articles w JOIN posts p ON p.id = w.post_id JOIN articles a ON a.id = p.article_id
         WHERE w.channel_id = ? AND w.post_id = ?`,
      )
      .bind(channelId, postId),
  );
  return found && { ...found, sheetOpen: found.sheetOpen === 1 };
}

type Claim = Pick<ClaimedTakedown, "channelId" | "postId" | "token">;

/** First statement of an attempt's end, if the row is still under our lease. */
export function settleTakedown(
  db: D1Database,
  { channelId, postId, token }: Claim,
  to: { state: "open" | "done" | "failed"; why: string; nextAt: number | null; alerted: boolean },
): Statement {
  return db
    .prepare(
      `UPDATE wechat_takedowns SET state = ?4, why = ?5, next_at = ?6, alerted = ?7, lease_until = 0, enqueued_until = 0
       WHERE channel_id = ?1 AND post_id = ?2 AND lease_token = ?3`,
    )
    .bind(channelId, postId, token, to.state, to.why, to.nextAt, to.alerted ? 1 : 0);
}

/** Holds if the take-down is still ours. */
export function claimedBy({ channelId, postId, token }: Claim): Guard {
  return {
    sql: `EXISTS (SELECT 1 FROM wechat_takedowns WHERE channel_id = ? AND post_id = ? AND lease_token = ?)`,
    args: [channelId, postId, token],
  };
}

/** A person took these posts down: what the lane gave up is done. Under the guard of the sheet that says so. */
export function endTakedowns(db: D1Database, sheetId: number, why: string, guard: Guard): Statement {
  return guarded(
    db,
    `UPDATE wechat_takedowns SET state = 'done', why = ?, next_at = NULL
     WHERE (channel_id, post_id) IN (SELECT s.channel_id, sp.post_id FROM wechat_sheets s JOIN wechat_sheet_posts sp ON sp.sheet_id = s.id
       WHERE s.id = ?)`,
    [why, sheetId],
    guard,
  );
}
