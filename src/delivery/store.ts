/** What a run over a shard reads and writes. Each statement is one of the six that a run may take. */
import type { Statement } from "../platform/d1.ts";
import { rows } from "../platform/d1.ts";
import { headOf } from "./logs.ts";
import type { Filter, OpenDelivery } from "./owed.ts";
import type { OldSecret } from "./secrets.ts";
import type { ChannelStatus, Outcome, Purpose } from "./types.ts";
import { RETENTION } from "./types.ts";

/** How many channels share a shard: one claim takes them all, one consumer sends to them all. */
export const SHARD_SIZE = 50;

/** Every shard that follows the log looks at it by `now`: the last statements of a batch that wrote to it. */
export function wakeShards(db: D1Database, now: number, purpose: Purpose = "news"): Statement[] {
  return [
    db
      .prepare(`UPDATE shards SET due_at = ?1 WHERE purpose = ?2 AND members > 0 AND (due_at IS NULL OR due_at > ?1)`)
      .bind(now, purpose),
  ];
}

/** One shard looks at its log by `now`. */
export function wakeShard(db: D1Database, shard: number, now: number): Statement {
  return db.prepare(`UPDATE shards SET due_at = min(coalesce(due_at, ?2), ?2) WHERE id = ?1`).bind(shard, now);
}

/** How many shards one tick sends to the queue at most: six batches of a hundred messages. */
export const SWEEP_LIMIT = 600;

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

/** A channel whose turn it is, under our lease. */
export interface Claimed {
  id: number;
  uid: string;
  purpose: Purpose;
  kind: string;
  name: string;
  config: string;
  secret: string | null;
  oldSecrets: OldSecret[];
  filter: Filter;
  expiresAfter: number;
  startSeq: number;
  cursor: number;
  dueAt: number;
  tries: number;
  open: OpenDelivery | null;
}

interface ClaimedRow extends Omit<Claimed, "filter" | "open" | "oldSecrets"> {
  filter: string;
  oldSecrets: string;
  open: string | null;
}

/**
 * Leases the shard's due channels to `token` until `until` (wall clock). Two consumers get disjoint sets. The delivery
 * that a channel has open, if any, comes with it.
 */
export async function claimChannels(
  db: D1Database,
  shard: number,
  lease: { token: string; until: number },
  now: number,
  wall: number,
): Promise<Claimed[]> {
  const found = await rows<ClaimedRow>(
    db
      .prepare(
        `UPDATE channels SET lease_token = ?2, lease_until = ?3
         WHERE id IN (SELECT id FROM channels WHERE shard = ?1 AND status = 'active' AND cursor < ${headOf("purpose")} AND due_at <= ?4
                        AND lease_until <= ?5 LIMIT ${SHARD_SIZE})
         RETURNING id, uid, purpose, kind, name, config, secret, old_secrets AS oldSecrets, filter, expires_after AS expiresAfter, start_seq AS startSeq, cursor, due_at AS dueAt, tries,
           (SELECT json_object('to', d.to_seq, 'entries', json(d.entries), 'n', d.n) FROM deliveries d
            WHERE d.channel_id = channels.id AND d.from_seq = channels.cursor
              AND d.outcome IN ('sending', 'pending', 'retry', 'unknown')) AS open`,
      )
      .bind(shard, lease.token, lease.until, now, wall),
  );
  return found.map((r) => ({
    ...r,
    filter: JSON.parse(r.filter) as Filter,
    oldSecrets: JSON.parse(r.oldSecrets) as OldSecret[],
    open: r.open === null ? null : (JSON.parse(r.open) as OpenDelivery),
  }));
}

const MAYBE_SENT = (d: string) =>
  `(${d}.outcome IN ('unknown', 'sending') OR EXISTS (SELECT 1 FROM attempts t WHERE t.channel_id = ${d}.channel_id AND t.from_seq = ${d}.from_seq AND t.outcome = 'unknown'))`;

/** Which of the posts each channel was told of, or may have been: pairs [channel id, post id]. */
export function readKnown(
  db: D1Database,
  channels: readonly number[],
  posts: readonly { id: number; releasedAt: number }[],
  now: number,
): Promise<{ channel: number; post: number }[]> {
  return rows(
    db
      .prepare(
        `SELECT c.id AS channel, p.value ->> 'id' AS post FROM channels c, json_each(?2) p
         WHERE c.id IN (SELECT value FROM json_each(?1)) AND p.value ->> 'id' > c.start_seq
           AND (p.value ->> 'releasedAt' < ?3 -- purged by now: it is taken for told
             OR EXISTS (SELECT 1 FROM deliveries d, json_each(d.entries) e
                WHERE d.channel_id = c.id AND (d.outcome = 'accepted' OR ${MAYBE_SENT("d")}) AND e.value = p.value ->> 'id'
                  AND d.from_seq = (SELECT max(from_seq) FROM deliveries WHERE channel_id = c.id AND from_seq < p.value ->> 'id')))`,
      )
      .bind(JSON.stringify(channels), JSON.stringify(posts), now - RETENTION),
  );
}

/** What is about to be sent. */
export interface Intent {
  channel: number;
  from: number;
  to: number;
  entries: number[];
}

/**
 * Writes down what is about to be sent, before it is: a new row, or another attempt of the open one, whose range stays
 * as it was. Only for channels still under the lease. Gives the number of the attempt for each.
 */
export function beginDeliveries(
  db: D1Database,
  token: string,
  intents: readonly Intent[],
  now: number,
): Promise<{ channel: number; n: number }[]> {
  return rows(
    db
      .prepare(
        `INSERT INTO deliveries (channel_id, from_seq, to_seq, entries, outcome, n, at)
         SELECT c.id, j.value ->> 'from', j.value ->> 'to', j.value -> 'entries', 'sending', 1, ?3
         FROM json_each(?1) j JOIN channels c ON c.id = j.value ->> 'channel' AND c.lease_token = ?2 AND c.cursor = j.value ->> 'from'
         WHERE true
         ON CONFLICT (channel_id, from_seq) DO UPDATE SET n = n + 1, outcome = 'sending', at = excluded.at, next_at = NULL,
           -- What was recalled since is not sent, unless an earlier attempt may have brought it.
           entries = CASE WHEN ${MAYBE_SENT("deliveries")} THEN entries ELSE excluded.entries END
           WHERE deliveries.outcome IN ('sending', 'pending', 'retry', 'unknown')
         RETURNING channel_id AS channel, n`,
      )
      .bind(JSON.stringify(intents), token, now),
  );
}

/** How a claimed channel leaves our hands. */
export interface Result {
  channel: number;
  from: number;
  /** Where the cursor stands afterwards. */
  cursor: number;
  dueAt: number;
  tries: number;
  status: ChannelStatus | null;
  /** What became of its delivery; null when nothing was sent. */
  delivery: {
    outcome: Outcome;
    ms: number | null;
    status: number | null;
    excerpt: string | null;
    nextAt: number | null;
  } | null;
}

/**
 * Writes all outcomes at once and gives the channels back: first the ledger, then the cursors, then when the shard is due
 * again. Every row is written only if the channel is still under our lease, so a consumer that took too long changes
 * nothing. The last statement gives when the shard is due, if this run is the one to send its next message.
 */
export function settleStatements(
  db: D1Database,
  shard: number,
  token: string,
  results: readonly Result[],
  at: { now: number; wall: number; horizon: number; grace: number },
  tickets: { mine: string; next: string },
): Statement[] {
  const json = JSON.stringify(results);
  return [
    db
      .prepare(
        `UPDATE deliveries SET outcome = j.value -> 'delivery' ->> 'outcome', ms = j.value -> 'delivery' ->> 'ms',
           status = j.value -> 'delivery' ->> 'status', excerpt = j.value -> 'delivery' ->> 'excerpt',
           next_at = j.value -> 'delivery' ->> 'nextAt',
           -- Handed back unsent: the attempt was not made.
           n = n - (j.value -> 'delivery' ->> 'outcome' = 'pending')
         FROM json_each(?1) j JOIN channels c ON c.id = j.value ->> 'channel' AND c.lease_token = ?2
         WHERE deliveries.channel_id = c.id AND deliveries.from_seq = j.value ->> 'from' AND j.value ->> 'delivery' IS NOT NULL`,
      )
      .bind(json, token),
    db
      .prepare(
        `UPDATE channels SET cursor = j.value ->> 'cursor', due_at = j.value ->> 'dueAt', tries = j.value ->> 'tries',
           status = coalesce(j.value ->> 'status', status), lease_token = NULL, lease_until = 0
         FROM json_each(?1) j WHERE channels.id = j.value ->> 'channel' AND channels.lease_token = ?2`,
      )
      .bind(json, token),
    finishShard(db, shard, at, tickets),
  ];
}

/**
 * When the shard is due again: the earliest member that is behind, a leased one when its lease ends. The holder of the
 * shard's ticket writes it and passes the ticket on; anyone else only if it is earlier than what stands there. A message
 * is expected by then if the time is within `horizon`, and given `grace` to arrive before the tick sends another.
 */
function finishShard(
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
             WHERE shard = ?1 AND status = 'active' AND cursor < ${headOf("purpose")}) m
       WHERE shards.id = ?1 AND (shards.ticket = ?4 OR (m.due IS NOT NULL AND (shards.due_at IS NULL OR m.due < shards.due_at)))
       RETURNING due_at AS dueAt`,
    )
    .bind(shard, at.now, at.wall, tickets.mine, tickets.next, at.horizon, at.grace);
}
