/** The ledger as people read it, its clean-up, and the demo inbox. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { ChannelStatus, Outcome } from "./types.ts";
import { RETENTION } from "./types.ts";

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

/** How far a hundred of the office's news channels at most have got with the entries up to `seq`. */
export function listProgress(
  db: D1Database,
  seq: number,
): Promise<{ channel: string; name: string; kind: string; status: ChannelStatus; cursor: number; settled: number }[]> {
  return rows(
    db
      .prepare(
        `SELECT uid AS channel, name, kind, status, cursor, cursor >= ? AS settled FROM channels WHERE origin = 'office' AND purpose = 'news' ORDER BY id LIMIT 100`,
      )
      .bind(seq),
  );
}

/**
 * The delivery part of the health page, from bounded looks: shards due, channels that are being retried, those of the
 * office that are held.
 */
export async function readDeliveryHealth(
  db: D1Database,
  now: number,
): Promise<{ due: number; retrying: number; held: number }> {
  const found = await row<{ due: number; retrying: number; held: number }>(
    db
      .prepare(
        `SELECT (SELECT count(*) FROM shards WHERE due_at <= ?) AS due,
           (SELECT count(*) FROM (SELECT 1 FROM channels WHERE tries > 0 AND status = 'active' LIMIT 1000)) AS retrying,
           (SELECT count(*) FROM (SELECT 1 FROM channels WHERE origin = 'office' AND status = 'held' LIMIT 1000)) AS held`,
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
           AND d.from_seq < CASE c.purpose WHEN 'alert' THEN (SELECT coalesce(max(seq), 0) FROM alerts WHERE at < ?1)
             ELSE (SELECT coalesce(max(seq), 0) FROM wire WHERE at < ?1) END
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
