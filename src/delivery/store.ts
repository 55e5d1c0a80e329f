/** Shards: which are due, and which message is under way for them. */
import type { Statement } from "../platform/d1.ts";
import { rows } from "../platform/d1.ts";
import { headOf } from "./logs.ts";
import type { Purpose } from "./types.ts";

/** How many channels share a shard: one claim takes them all, one consumer sends to them all. */
export const SHARD_SIZE = 50;

/**
 * Every shard that follows the log looks at it by `now`: the last statements of a batch that wrote to it. A message that
 * is under way for a later time does not count any more, or one channel's next try tomorrow would keep its shard from
 * today's news.
 */
export function wakeShards(db: D1Database, now: number, purpose: Purpose = "news"): Statement[] {
  return [
    db
      .prepare(
        `UPDATE shards SET due_at = ?1, enqueued_until = 0 WHERE purpose = ?2 AND members > 0 AND (due_at IS NULL OR due_at > ?1)`,
      )
      .bind(now, purpose),
  ];
}

/** One shard looks at its log by `now`. */
export function wakeShard(db: D1Database, shard: number, now: number): Statement {
  return db
    .prepare(`UPDATE shards SET due_at = ?2, enqueued_until = 0 WHERE id = ?1 AND (due_at IS NULL OR due_at > ?2)`)
    .bind(shard, now);
}

/** One channel is looked at by `now`, whatever it waits for: two statements of a batch. */
export function wakeChannel(db: D1Database, channel: number, now: number): Statement[] {
  return [
    db.prepare(`UPDATE channels SET due_at = min(due_at, ?2) WHERE id = ?1`).bind(channel, now),
    db
      .prepare(
        `UPDATE shards SET due_at = ?2, enqueued_until = 0
         WHERE id = (SELECT shard FROM channels WHERE id = ?1) AND (due_at IS NULL OR due_at > ?2)`,
      )
      .bind(channel, now),
  ];
}

/** How many shards one tick sends to the queue at most: six batches of a hundred messages. */
const SWEEP_LIMIT = 600;

/** Takes the due shards that no message is under way for, and writes down that one is. Gives their new tickets. */
export function takeDueShards(
  db: D1Database,
  now: number,
  wall: number,
  until: number,
  ticket: string,
): Promise<{ id: number; ticket: string }[]> {
  return rows(
    db
      .prepare(
        `UPDATE shards SET enqueued_until = ?3, ticket = ?4 || ':' || id
         WHERE id IN (SELECT id FROM shards WHERE due_at <= ?1 AND enqueued_until < ?2 ORDER BY due_at LIMIT ${SWEEP_LIMIT})
         RETURNING id, ticket`,
      )
      .bind(now, wall, until, ticket),
  );
}

/** The queue did not take the messages: nothing is under way. */
export function forgetEnqueued(db: D1Database, shards: readonly number[]): Statement {
  return db
    .prepare(`UPDATE shards SET enqueued_until = 0 WHERE id IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(shards));
}

/**
 * When the shard is due again: the earliest member that is behind, a leased one when its lease ends. The holder of the
 * shard's ticket writes it and passes the ticket on; anyone else only if it is earlier than what stands there. A message
 * is expected by then if the time is within `horizon`, and given `grace` to arrive before the tick sends another.
 */
export function finishShard(
  db: D1Database,
  shard: number,
  at: { now: number; wall: number; horizon: number; grace: number },
  tickets: { mine: string; next: string },
): Statement {
  return db
    .prepare(
      `UPDATE shards SET due_at = m.due, ticket = ?5,
         enqueued_until = CASE WHEN m.due - ?2 <= ?6 THEN ?3 + max(0, m.due - ?2) + ?7 ELSE 0 END
       FROM (SELECT min(CASE WHEN lease_until > ?3 THEN max(due_at, ?2 + lease_until - ?3) ELSE due_at END) AS due FROM channels
             WHERE shard = ?1 AND status = 'active' AND cursor < ${headOf("purpose")} AND (ends_at IS NULL OR ends_at > ?3)) m
       WHERE shards.id = ?1 AND (shards.ticket = ?4 OR (m.due IS NOT NULL AND (shards.due_at IS NULL OR m.due < shards.due_at)))
       RETURNING due_at AS dueAt`,
    )
    .bind(shard, at.now, at.wall, tickets.mine, tickets.next, at.horizon, at.grace);
}
