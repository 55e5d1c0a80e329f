/** Replays and tests as the database keeps them. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Circuit } from "./breaker.ts";
import type { Ledgered } from "./replay.ts";
import type { Outcome } from "./types.ts";
import { RETENTION } from "./types.ts";

type Trigger = "replay" | "test";

/** How many resends one clean-up removes at most. */
const PURGE_LIMIT = 500;
/** A channel's next test may be asked for after this: a button must not become a way to flood somebody. */
const TEST_REST = 10_000;
/** How many channels with waiting replays one tick sends to the queue. */
const SWEEP_LIMIT = 100;

/** A replay or test as people read it. */
export interface ResendRow {
  id: number;
  channel: string;
  trigger: Trigger;
  pushId: string;
  entries: string;
  outcome: Outcome;
  n: number;
  at: number;
  ms: number | null;
  status: number | null;
  excerpt: string | null;
  attempts: string;
  nextAt: number | null;
}

const RESEND = `SELECT r.id, c.uid AS channel, r."trigger", r.push_id AS pushId, r.entries, r.outcome, r.n, r.at, r.ms, r.status, r.excerpt,
    r.attempts, r.next_at AS nextAt FROM resends r JOIN channels c ON c.id = r.channel_id`;

/** A page of a channel's replays and tests, newest first, before the id `before`. */
export function listResends(db: D1Database, channelId: number, before: number, limit: number): Promise<ResendRow[]> {
  return rows(
    db
      .prepare(`${RESEND} WHERE r.channel_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?`)
      .bind(channelId, before, limit),
  );
}

/** One replay or test, or null. */
export function findResend(db: D1Database, channelUid: string, id: number): Promise<ResendRow | null> {
  return row(db.prepare(`${RESEND} WHERE c.uid = ? AND r.id = ?`).bind(channelUid, id));
}

/**
 * The deliveries of a channel that may have carried entries from `first` to `last`, oldest first. What was missed before
 * any of it could be sent went under no id.
 */
export async function readLedger(db: D1Database, channelId: number, first: number, last: number): Promise<Ledgered[]> {
  const found = await rows<{ from: number; entries: string; outcome: Outcome }>(
    db
      .prepare(
        `SELECT from_seq AS "from", entries, outcome FROM deliveries WHERE channel_id = ?1 AND from_seq < ?3 AND to_seq >= ?2
           AND NOT (n = 0 AND outcome = 'expired') ORDER BY from_seq`,
      )
      .bind(channelId, first, last),
  );
  return found.map((each) => ({ ...each, entries: JSON.parse(each.entries) as number[] }));
}

/** The entries that a channel's waiting replays carry. */
export async function readUnderWay(db: D1Database, channelId: number): Promise<Set<number>> {
  const found = await rows<{ seq: number }>(
    db
      .prepare(
        `SELECT DISTINCT e.value AS seq FROM resends r, json_each(r.entries) e WHERE r.channel_id = ? AND r.next_at IS NOT NULL`,
      )
      .bind(channelId),
  );
  return new Set(found.map(({ seq }) => seq));
}

/**
 * The rows of a replay, due at once. An entry that another request put on its way meanwhile is not put there twice: then
 * none of the push that carries it is.
 */
export function insertReplays(
  db: D1Database,
  channelId: number,
  pushes: readonly { pushId: string; entries: readonly number[] }[],
  by: string,
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO resends (channel_id, "trigger", push_id, entries, outcome, n, at, next_at, asked_by, created_at)
       SELECT ?1, 'replay', j.value ->> 'pushId', j.value -> 'entries', 'pending', 0, ?3, ?3, ?4, ?3 FROM json_each(?2) j
       WHERE NOT EXISTS (SELECT 1 FROM resends r, json_each(r.entries) e WHERE r.channel_id = ?1 AND r.next_at IS NOT NULL
                           AND e.value IN (SELECT value FROM json_each(j.value -> 'entries')))
       ORDER BY j.key RETURNING id`,
    )
    .bind(channelId, JSON.stringify(pushes), now, by);
}

/**
 * The row of a test that is about to be sent; none if the channel's last one was less than {@link TEST_REST} ago. It says
 * `unknown` until its answer is written: a Worker that dies in between has no second try.
 */
export function insertTest(db: D1Database, channelId: number, by: string, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO resends (channel_id, "trigger", push_id, entries, outcome, n, at, excerpt, asked_by, created_at)
       SELECT ?1, 'test', '', '[]', 'unknown', 1, ?2, 'no answer was recorded', ?3, ?2
       WHERE NOT EXISTS (SELECT 1 FROM resends WHERE channel_id = ?1 AND "trigger" = 'test' AND created_at > ?2 - ${TEST_REST})
       RETURNING id`,
    )
    .bind(channelId, now, by);
}

/** Channels with a replay that is due and that no message is under way for; writes down that one is. */
export async function takeDueResends(db: D1Database, now: number, wall: number, until: number): Promise<number[]> {
  const found = await rows<{ channel: number }>(
    db
      .prepare(
        `UPDATE resends SET enqueued_until = ?3
         WHERE id IN (SELECT id FROM resends WHERE next_at <= ?1 AND enqueued_until < ?2 ORDER BY next_at LIMIT ${SWEEP_LIMIT})
         RETURNING channel_id AS channel`,
      )
      .bind(now, wall, until),
  );
  return [...new Set(found.map(({ channel }) => channel))];
}

/** A replay whose turn it is, under our lease. */
interface ClaimedResend {
  id: number;
  pushId: string;
  entries: number[];
  n: number;
  askedAt: number;
}

/**
 * Leases the channel's first waiting replay if it is due, and writes down the attempt before it is made. One that never
 * said how it ended is kept as `unknown`.
 */
export async function claimResend(
  db: D1Database,
  channelId: number,
  lease: { token: string; until: number },
  now: number,
  wall: number,
): Promise<ClaimedResend | null> {
  const found = await row<Omit<ClaimedResend, "entries"> & { entries: string }>(
    db
      .prepare(
        `UPDATE resends SET lease_token = ?2, lease_until = ?3, n = n + 1, outcome = 'sending', at = ?4,
           attempts = CASE outcome WHEN 'pending' THEN attempts ELSE json_insert(attempts, '$[#]', json_object('n', n, 'at', at, 'ms', ms,
             'outcome', CASE outcome WHEN 'sending' THEN 'unknown' ELSE outcome END, 'status', status,
             'excerpt', CASE outcome WHEN 'sending' THEN 'interrupted before an answer was recorded' ELSE excerpt END)) END
         WHERE id = (SELECT id FROM resends WHERE channel_id = ?1 AND next_at IS NOT NULL ORDER BY id LIMIT 1)
           AND next_at <= ?4 AND lease_until <= ?5
         RETURNING id, push_id AS pushId, entries, n, created_at AS askedAt`,
      )
      .bind(channelId, lease.token, lease.until, now, wall),
  );
  return found && { ...found, entries: JSON.parse(found.entries) as number[] };
}

/** What became of an attempt. */
export interface ResendResult {
  outcome: Outcome;
  ms: number | null;
  status: number | null;
  excerpt: string | null;
  nextAt: number | null;
}

/** Writes it, if the row is still under our lease (a test bears none), and gives the row back. One that waits spent no try. */
export function settleResend(db: D1Database, id: number, token: string | null, result: ResendResult): Statement {
  const { outcome, ms, status, excerpt, nextAt } = result;
  return db
    .prepare(
      `UPDATE resends SET outcome = ?3, ms = ?4, status = ?5, excerpt = ?6, next_at = ?7, lease_token = NULL, lease_until = 0,
         enqueued_until = 0, n = n - (?3 = 'pending') WHERE id = ?1 AND lease_token IS ?2`,
    )
    .bind(id, token, outcome, ms, status, excerpt, nextAt);
}

/** What a replay shares with the channel's own pushes. */
export interface Road {
  /** Of its host, if that is in trouble. */
  circuit: Circuit | null;
  /** How many active channels share its credential, this one included; 0 without one. */
  peers: number;
}

/** How a channel's host fares, and how many share its credential. One query. */
export async function readRoad(db: D1Database, channelId: number): Promise<Road> {
  const found = await row<{ trips: number | null; until: number | null; peers: number }>(
    db
      .prepare(
        `SELECT h.trips, h.until, coalesce(p.channels, 0) AS peers FROM channels c
         LEFT JOIN hosts h ON h.host = c.host LEFT JOIN credentials p ON p.hash = c.credential WHERE c.id = ?`,
      )
      .bind(channelId),
  );
  const { trips = null, until = null, peers = 0 } = found ?? {};
  return { circuit: trips === null || until === null ? null : { trips, until }, peers };
}

/** The channel's next waiting replay rests until then. */
export function restNext(db: D1Database, channelId: number, until: number): Statement {
  return db
    .prepare(
      `UPDATE resends SET next_at = max(next_at, ?2)
       WHERE id = (SELECT id FROM resends WHERE channel_id = ?1 AND next_at IS NOT NULL ORDER BY id LIMIT 1)`,
    )
    .bind(channelId, until);
}

/** When the channel's next waiting replay is due, or null. */
export async function nextResend(db: D1Database, channelId: number): Promise<number | null> {
  const found = await row<{ at: number }>(
    db
      .prepare(`SELECT next_at AS at FROM resends WHERE channel_id = ? AND next_at IS NOT NULL ORDER BY id LIMIT 1`)
      .bind(channelId),
  );
  return found?.at ?? null;
}

/** Removes replays and tests that have ended and are older than the ledger's retention, a bounded number at a time. */
export function purgeResends(db: D1Database, now: number): Statement {
  return db
    .prepare(
      `DELETE FROM resends WHERE id IN (SELECT id FROM resends WHERE created_at < ? AND next_at IS NULL ORDER BY id LIMIT ${PURGE_LIMIT})`,
    )
    .bind(now - RETENTION);
}
