/** Which drafts wait for a person, and when to look whether one was sent: the statements behind `sent-by-hand.ts`. */
import { explainMass } from "../../channels/wechat/codes.ts";
import type { Statement } from "../../platform/d1.ts";
import { row, rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { guarded } from "../../platform/guard.ts";
import { DAY, MINUTE } from "../../platform/time.ts";
import type { Finish } from "../callback/finish.ts";
import type { Sheet } from "./sheet-store.ts";

/** A look that did not come to an end is taken again after this. */
const LOOK_AGAIN = 2 * MINUTE;

/** A sheet this old is not looked at any more: a person ticks it off. */
const GIVE_UP_AFTER = 3 * DAY;

/** How many accounts with due looks one tick sends to the queue. */
const SWEEP_LIMIT = 100;

/** A draft that waits for a person, with its posts in order. */
export interface OpenSend extends Pick<Sheet, "id" | "uid" | "channelId" | "note"> {
  draft: string;
  posts: { postId: number; recalled: boolean }[];
}

/** An account's drafts that wait for a person, the oldest first. One query. */
export async function listOpenSends(db: D1Database, channelId: number, limit: number): Promise<OpenSend[]> {
  const found = await rows<Omit<OpenSend, "posts"> & { posts: string }>(
    db
      .prepare(
        `SELECT s.id, s.uid, s.channel_id AS channelId, s.note, s.draft,
           (SELECT json_group_array(json_object('postId', p.id, 'recalled', json(iif(p.recalled_at IS NULL, 'false', 'true'))) ORDER BY n.idx)
            FROM wechat_sheet_posts n JOIN posts p ON p.id = n.post_id WHERE n.sheet_id = s.id) AS posts
         FROM wechat_sheets s WHERE s.channel_id = ? AND s.state = 'open' AND s.kind = 'send' ORDER BY s.id LIMIT ?`,
      )
      .bind(channelId, limit),
  );
  return found.map((each) => ({ ...each, posts: JSON.parse(each.posts) as OpenSend["posts"] }));
}

/**
 * The platform told of a message to all that went out. Whose it is takes calls, which its event must not wait for: the
 * account's open sheets are looked at. Statements of the batch that notes the event.
 */
export function lookAtSheets(
  db: D1Database,
  channelId: number,
  finish: Finish,
  guard: Guard,
  now: number,
): Statement[] {
  if (finish.type !== "mass" || explainMass(finish.status) !== null) return [];
  return [
    guarded(
      db,
      `UPDATE wechat_sheets SET look_at = ? WHERE channel_id = ? AND state = 'open' AND kind = 'send'`,
      [now, channelId],
      guard,
    ),
  ];
}

/** Accounts with a look that is due; it is due again if nothing comes of it, for some days. */
export async function takeDueLooks(db: D1Database, now: number): Promise<number[]> {
  const found = await rows<{ channel: number }>(
    db
      .prepare(
        `UPDATE wechat_sheets SET look_at = iif(created_at > ?3, ?2, NULL)
         WHERE id IN (SELECT id FROM wechat_sheets WHERE look_at <= ?1 ORDER BY look_at LIMIT ${SWEEP_LIMIT})
         RETURNING channel_id AS channel`,
      )
      .bind(now, now + LOOK_AGAIN, now - GIVE_UP_AFTER),
  );
  return [...new Set(found.map(({ channel }) => channel))];
}

/** A look that has begun: sheets opened since `since`. */
interface Look {
  mark: number;
  since: number;
}

/** Begins to look at an account's sheets; null if there is none to look at. */
export async function beginLook(db: D1Database, channelId: number, now: number): Promise<Look | null> {
  const mark = now + LOOK_AGAIN;
  const found = await rows<{ since: number }>(
    db
      .prepare(
        `UPDATE wechat_sheets SET look_at = ? WHERE channel_id = ? AND state = 'open' AND look_at IS NOT NULL RETURNING created_at AS since`,
      )
      .bind(mark, channelId),
  );
  return found.length === 0 ? null : { mark, since: Math.min(...found.map(({ since }) => since)) };
}

/** The look has come to its end; what an event asked for meanwhile stays. */
export function endLook(db: D1Database, channelId: number, { mark }: Look): Statement {
  return db
    .prepare(`UPDATE wechat_sheets SET look_at = NULL WHERE channel_id = ? AND state = 'open' AND look_at = ?`)
    .bind(channelId, mark);
}

/** Messages to all that the platform told of since then and that no receipt speaks of, the oldest first. */
export async function listStrange(
  db: D1Database,
  channelId: number,
  since: number,
  limit: number,
): Promise<Extract<Finish, { type: "mass" }>[]> {
  const found = await rows<{ body: string }>(
    db
      .prepare(
        `SELECT body FROM wechat_finishes f WHERE channel_id = ?1 AND job >= 'mass:' AND job < 'mass;' AND at >= ?2
           AND NOT EXISTS (SELECT 1 FROM wechat_articles w WHERE w.channel_id = ?1 AND w.job = substr(f.job, 6))
         ORDER BY at LIMIT ?3`,
      )
      .bind(channelId, since, limit),
  );
  return found.map(({ body }) => JSON.parse(body) as Extract<Finish, { type: "mass" }>);
}

/** Whether a job's receipts are written: an event that came twice, or one of a message of ours. One query. */
export async function knowsJob(db: D1Database, channelId: number, job: string): Promise<boolean> {
  return (
    (await row(
      db.prepare(`SELECT 1 FROM wechat_articles WHERE channel_id = ? AND job = ? LIMIT 1`).bind(channelId, job),
    )) !== null
  );
}
