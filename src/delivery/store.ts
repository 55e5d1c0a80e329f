import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import { DAY } from "../platform/time.ts";
import type { Filter, OpenDelivery } from "./owed.ts";

/** How many channels share a shard: one claim takes them all, one consumer sends to them all. */
export const SHARD_SIZE = 50;

/** How long the ledger keeps accepted deliveries. What failed stays. */
export const RETENTION = 30 * DAY;

export const CHANNEL_STATUSES = ["active", "paused", "held", "gone"] as const;
export type ChannelStatus = (typeof CHANNEL_STATUSES)[number];

export const OUTCOMES = ["sending", "pending", "accepted", "retry", "rejected", "gone", "expired", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The state of the wire's head, in SQL. */
const HEAD = `(SELECT coalesce(max(seq), 0) FROM wire)`;

/** Every shard looks at the wire by `now`: the last statements of a batch that wrote to it. */
export function wakeShards(db: D1Database, now: number): Statement[] {
  return [db.prepare(`UPDATE shards SET due_at = ?1 WHERE members > 0 AND (due_at IS NULL OR due_at > ?1)`).bind(now)];
}

/** One shard looks at the wire by `now`. */
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
  kind: string;
  config: string;
  secret: string | null;
  filter: Filter;
  expiresAfter: number;
  startSeq: number;
  cursor: number;
  dueAt: number;
  tries: number;
  open: OpenDelivery | null;
}

interface ClaimedRow extends Omit<Claimed, "filter" | "open"> {
  filter: string;
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
         WHERE id IN (SELECT id FROM channels WHERE shard = ?1 AND status = 'active' AND cursor < ${HEAD} AND due_at <= ?4
                        AND lease_until <= ?5 LIMIT ${SHARD_SIZE})
         RETURNING id, uid, kind, config, secret, filter, expires_after AS expiresAfter, start_seq AS startSeq, cursor, due_at AS dueAt, tries,
           (SELECT json_object('to', d.to_seq, 'entries', json(d.entries), 'n', d.n) FROM deliveries d
            WHERE d.channel_id = channels.id AND d.from_seq = channels.cursor
              AND d.outcome IN ('sending', 'pending', 'retry', 'unknown')) AS open`,
      )
      .bind(shard, lease.token, lease.until, now, wall),
  );
  return found.map((r) => ({
    ...r,
    filter: JSON.parse(r.filter) as Filter,
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
             WHERE shard = ?1 AND status = 'active' AND cursor < ${HEAD}) m
       WHERE shards.id = ?1 AND (shards.ticket = ?4 OR (m.due IS NOT NULL AND (shards.due_at IS NULL OR m.due < shards.due_at)))
       RETURNING due_at AS dueAt`,
    )
    .bind(shard, at.now, at.wall, tickets.mine, tickets.next, at.horizon, at.grace);
}

/** Puts a new channel into the first shard with room, making one when all are full. Two statements of a batch. */
export function insertChannel(
  db: D1Database,
  channel: {
    uid: string;
    kind: string;
    name: string;
    config: string;
    secret: string | null;
    filter: Filter;
    expiresAfter: number;
  },
  now: number,
): Statement[] {
  return [
    db
      .prepare(
        `INSERT INTO shards (id, members) SELECT coalesce(max(id), 0) + 1, 0 FROM shards
         HAVING NOT EXISTS (SELECT 1 FROM shards WHERE members < ${SHARD_SIZE})`,
      )
      .bind(),
    db
      .prepare(
        `INSERT INTO channels (uid, shard, kind, name, status, config, secret, filter, expires_after, start_seq, cursor, due_at, rev, created_at,
           updated_at)
         SELECT ?1, min(id), ?2, ?3, 'active', ?4, ?5, ?6, ?7, ${HEAD}, ${HEAD}, ?8, 1, ?8, ?8 FROM shards WHERE members < ${SHARD_SIZE}`,
      )
      .bind(
        channel.uid,
        channel.kind,
        channel.name,
        channel.config,
        channel.secret,
        JSON.stringify(channel.filter),
        channel.expiresAfter,
        now,
      ),
    db
      .prepare(`UPDATE shards SET members = members + 1 WHERE id = (SELECT shard FROM channels WHERE uid = ?)`)
      .bind(channel.uid),
  ];
}

/** A channel as people see and change it. `config` and `secret` are sealed. */
export interface ChannelRow {
  id: number;
  uid: string;
  shard: number;
  kind: string;
  name: string;
  status: ChannelStatus;
  config: string;
  secret: string | null;
  filter: Filter;
  expiresAfter: number;
  cursor: number;
  rev: number;
  createdAt: number;
  last: string | null;
}

const CHANNEL = `SELECT id, uid, shard, kind, name, status, config, secret, filter, expires_after AS expiresAfter, cursor, rev,
    created_at AS createdAt,
    (SELECT json_object('from', from_seq, 'to', to_seq, 'outcome', outcome, 'at', at) FROM deliveries d WHERE d.channel_id = channels.id
     ORDER BY from_seq DESC LIMIT 1) AS last
  FROM channels`;

const toChannel = (r: Omit<ChannelRow, "filter"> & { filter: string }): ChannelRow => ({
  ...r,
  filter: JSON.parse(r.filter) as Filter,
});

/** The channel with this public id, or null. */
export async function findChannel(db: D1Database, uid: string): Promise<ChannelRow | null> {
  const found = await row<Omit<ChannelRow, "filter"> & { filter: string }>(
    db.prepare(`${CHANNEL} WHERE uid = ?`).bind(uid),
  );
  return found && toChannel(found);
}

/** One page of channels after the internal id `after`. */
export async function listChannels(db: D1Database, after: number, limit: number): Promise<ChannelRow[]> {
  const found = await rows<Omit<ChannelRow, "filter"> & { filter: string }>(
    db.prepare(`${CHANNEL} WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit),
  );
  return found.map(toChannel);
}

/** Writes what a person changed of a channel, if nobody else did first. */
export function updateChannel(
  db: D1Database,
  channel: { id: number; rev: number; name: string; config: string; filter: Filter; expiresAfter: number },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE channels SET name = ?3, config = ?4, filter = ?5, expires_after = ?6, rev = rev + 1, updated_at = ?7 WHERE id = ?1 AND rev = ?2`,
    )
    .bind(
      channel.id,
      channel.rev,
      channel.name,
      channel.config,
      JSON.stringify(channel.filter),
      channel.expiresAfter,
      now,
    );
}

/** Pauses or resumes. A resumed channel goes on where it stopped; nothing is sent again. */
export function setChannelStatus(db: D1Database, id: number, status: "active" | "paused", now: number): Statement {
  return db
    .prepare(
      `UPDATE channels SET status = ?2, due_at = min(due_at, ?3), rev = rev + 1, updated_at = ?3 WHERE id = ?1 AND status <> ?2`,
    )
    .bind(id, status, now);
}

/** Removes a channel with its ledger. */
export function deleteChannel(db: D1Database, channel: { id: number; shard: number }): Statement[] {
  return [
    db
      .prepare(`UPDATE shards SET members = members - 1 WHERE id = ? AND EXISTS (SELECT 1 FROM channels WHERE id = ?)`)
      .bind(channel.shard, channel.id),
    db.prepare(`DELETE FROM channels WHERE id = ?`).bind(channel.id),
  ];
}

export interface DeliveryRow {
  channel: string;
  from: number;
  to: number;
  entries: string;
  outcome: Outcome;
  n: number;
  at: number;
  ms: number | null;
  status: number | null;
  excerpt: string | null;
  nextAt: number | null;
  attempts: string;
}

const DELIVERY = `SELECT c.uid AS channel, d.from_seq AS "from", d.to_seq AS "to", d.entries, d.outcome, d.n, d.at, d.ms, d.status, d.excerpt,
    d.next_at AS nextAt,
    (SELECT json_group_array(json_object('n', t.n, 'at', t.at, 'ms', t.ms, 'outcome', t.outcome, 'status', t.status, 'excerpt', t.excerpt))
     FROM attempts t WHERE t.channel_id = d.channel_id AND t.from_seq = d.from_seq) AS attempts
  FROM deliveries d JOIN channels c ON c.id = d.channel_id`;

/** A page of a channel's deliveries, newest first, before the cursor position `before`. */
export function listDeliveries(
  db: D1Database,
  channelId: number,
  before: number,
  limit: number,
): Promise<DeliveryRow[]> {
  return rows(
    db
      .prepare(`${DELIVERY} WHERE d.channel_id = ? AND d.from_seq < ? ORDER BY d.from_seq DESC LIMIT ?`)
      .bind(channelId, before, limit),
  );
}

/** One delivery, by its channel's public id and where the cursor stood; or null. */
export function findDelivery(db: D1Database, channelUid: string, from: number): Promise<DeliveryRow | null> {
  return row(db.prepare(`${DELIVERY} WHERE c.uid = ? AND d.from_seq = ?`).bind(channelUid, from));
}

/** How far a hundred channels at most have got with the entries up to `seq`. */
export function listProgress(
  db: D1Database,
  seq: number,
): Promise<{ channel: string; name: string; kind: string; status: ChannelStatus; cursor: number; settled: number }[]> {
  return rows(
    db
      .prepare(
        `SELECT uid AS channel, name, kind, status, cursor, cursor >= ? AS settled FROM channels ORDER BY id LIMIT 100`,
      )
      .bind(seq),
  );
}

/** The delivery part of the health page, from bounded looks: shards due, channels that are being retried or held. */
export async function readDeliveryHealth(
  db: D1Database,
  now: number,
): Promise<{ due: number; retrying: number; held: number }> {
  const found = await row<{ due: number; retrying: number; held: number }>(
    db
      .prepare(
        `SELECT (SELECT count(*) FROM shards WHERE due_at <= ?) AS due,
           (SELECT count(*) FROM (SELECT 1 FROM channels WHERE tries > 0 AND status = 'active' LIMIT 1000)) AS retrying,
           (SELECT count(*) FROM (SELECT 1 FROM channels WHERE status IN ('held', 'gone') LIMIT 1000)) AS held`,
      )
      .bind(now),
  );
  return found!;
}

/** How many ledger rows one clean-up removes at most. */
export const PURGE_LIMIT = 500;

/** Removes accepted deliveries that are older than their retention, a bounded number at a time. */
export function purgeDeliveries(db: D1Database, now: number): Statement {
  return db
    .prepare(
      `DELETE FROM deliveries WHERE (channel_id, from_seq) IN (
         SELECT d.channel_id, d.from_seq FROM channels c JOIN deliveries d ON d.channel_id = c.id
           AND d.from_seq < (SELECT coalesce(max(seq), 0) FROM wire WHERE at < ?1)
         WHERE d.outcome = 'accepted' AND d.at < ?1 LIMIT ${PURGE_LIMIT})`,
    )
    .bind(now - RETENTION);
}

/** Keeps what the demo inbox received; the same delivery again only raises its count. */
export function insertInbox(
  db: D1Database,
  message: { delivery: string; channel: string; body: string },
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO inbox (delivery, channel, received_at, times, body) VALUES (?, ?, ?, 1, ?)
       ON CONFLICT (delivery) DO UPDATE SET times = times + 1`,
    )
    .bind(message.delivery, message.channel, now, message.body);
}

export interface InboxRow {
  delivery: string;
  channel: string;
  receivedAt: number;
  times: number;
  body: string;
}

/** What the demo inbox received last. */
export function listInbox(db: D1Database, limit: number): Promise<InboxRow[]> {
  return rows(
    db
      .prepare(
        `SELECT delivery, channel, received_at AS receivedAt, times, body FROM inbox ORDER BY received_at DESC, delivery DESC LIMIT ?`,
      )
      .bind(limit),
  );
}
