/** What the hub keeps: requests that are not confirmed yet, and the channels that they make, renew and end. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { MINUTE } from "../platform/time.ts";
import type { Mode } from "./hub-rules.ts";

/** How often a callback is asked about one request at most, until it is forgotten. */
const TRIES = 3;
/** A request is forgotten after this. */
const LIFE = 10 * MINUTE;
/** How many requests about one host may be open or recently failed. Threat: somebody has us ask a host that is not theirs. */
const OF_A_HOST = 30;
/** How many requests one tick sends to the queue. */
const SWEEP_LIMIT = 100;
/** How many requests one clean-up forgets at most. */
const FORGET_LIMIT = 1000;
/** How many ended channels one clean-up removes at most: each takes its ledger with it. */
export const ENDED_LIMIT = 100;

/**
 * Writes a request down, due at once, in the place of an earlier one of the same id, whose run then changes nothing. Gives
 * whether it was: not when its host has too many, or when it was tried as often as it may be.
 */
export async function putRequest(
  db: D1Database,
  request: { id: string; mode: Mode; channel: string; host: string; asked: string },
  wall: number,
  enqueuedUntil: number,
): Promise<boolean> {
  const found = await row(
    db
      .prepare(
        `INSERT INTO hub_requests (id, mode, channel, host, asked, tries, next_at, enqueued_until, expires_at)
         SELECT ?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?6 + ${LIFE}
         WHERE (SELECT count(*) FROM (SELECT 1 FROM hub_requests WHERE host = ?4 AND expires_at > ?6 AND id <> ?1 LIMIT ${OF_A_HOST})) < ${OF_A_HOST}
         ON CONFLICT (id) DO UPDATE SET asked = excluded.asked, token = NULL, next_at = excluded.next_at,
           enqueued_until = excluded.enqueued_until, tries = iif(expires_at <= ?6, 0, tries),
           expires_at = iif(expires_at <= ?6, excluded.expires_at, expires_at)
           WHERE tries < ${TRIES} OR expires_at <= ?6
         RETURNING id`,
      )
      .bind(request.id, request.mode, request.channel, request.host, request.asked, wall, enqueuedUntil),
  );
  return found !== null;
}

/** A request whose turn it is. */
interface ClaimedRequest {
  mode: Mode;
  channel: string;
  asked: string;
}

/**
 * Takes a due request for one question. The time of the next one is written with it, before the question is put: so a
 * question without an answer needs no other write, and a second message finds nothing due.
 */
export function claimRequest(db: D1Database, id: string, token: string, wall: number): Promise<ClaimedRequest | null> {
  return row(
    db
      .prepare(
        `UPDATE hub_requests SET tries = tries + 1, token = ?2, enqueued_until = 0,
           next_at = CASE tries WHEN 0 THEN ?3 + ${MINUTE} WHEN 1 THEN ?3 + ${3 * MINUTE} END
         WHERE id = ?1 AND next_at <= ?3 AND expires_at > ?3 AND tries < ${TRIES} RETURNING mode, channel, asked`,
      )
      .bind(id, token, wall),
  );
}

/** Holds while the request is the one that this run asks about. */
export function asking(id: string, token: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM hub_requests WHERE id = ? AND token = ?)`, args: [id, token] };
}

/** The callback is not asked again about this. The row goes on counting against its host until it is forgotten. */
export function denyRequest(db: D1Database, id: string, token: string): Statement {
  return db.prepare(`UPDATE hub_requests SET next_at = NULL WHERE id = ? AND token = ?`).bind(id, token);
}

/** Last of a confirmed request's batch: the row goes, and with it what held the batch together. */
export function endRequest(db: D1Database, id: string, token: string): Statement {
  return db.prepare(`DELETE FROM hub_requests WHERE id = ? AND token = ?`).bind(id, token);
}

/** Due requests that no message is under way for; writes down that one is. Those whose time is over are asked about no more. */
export async function takeDueRequests(db: D1Database, wall: number, until: number): Promise<string[]> {
  const found = await rows<{ id: string; due: number | null }>(
    db
      .prepare(
        `UPDATE hub_requests SET enqueued_until = ?2, next_at = iif(expires_at > ?1 AND tries < ${TRIES}, next_at, NULL)
         WHERE id IN (SELECT id FROM hub_requests WHERE next_at <= ?1 AND enqueued_until < ?1 ORDER BY next_at LIMIT ${SWEEP_LIMIT})
         RETURNING id, next_at AS due`,
      )
      .bind(wall, until),
  );
  return found.flatMap(({ id, due }) => (due === null ? [] : [id]));
}

/** Forgets requests whose time is over, a bounded number at a time. */
export function forgetRequestsOfHub(db: D1Database, wall: number): Statement {
  return db
    .prepare(
      `DELETE FROM hub_requests WHERE id IN (SELECT id FROM hub_requests WHERE expires_at <= ? ORDER BY expires_at LIMIT ${FORGET_LIMIT})`,
    )
    .bind(wall);
}

/** Holds while there is such a channel. */
export const present = (uid: string): Guard => ({ sql: `EXISTS (SELECT 1 FROM channels WHERE uid = ?)`, args: [uid] });
/** Holds while there is none. */
export const absent = (uid: string): Guard => ({ sql: `NOT ${present(uid).sql}`, args: [uid] });
/** Holds while both do. */
export const both = (a: Guard, b: Guard): Guard => ({ sql: `${a.sql} AND ${b.sql}`, args: [...a.args, ...b.args] });

/** Removes the channel of this public id with its ledger; with `endedBy` only if it is gone or its time was over by then. */
export function dropChannel(db: D1Database, uid: string, guard: Guard, endedBy: number | null = null): Statement[] {
  const which = `uid = ?1 AND (?2 IS NULL OR status = 'gone' OR ends_at <= ?2)`;
  const args = [uid, endedBy];
  return [
    guarded(
      db,
      `UPDATE shards SET members = members - 1 WHERE id = (SELECT shard FROM channels WHERE ${which})`,
      args,
      guard,
    ),
    guarded(db, `DELETE FROM channels WHERE ${which}`, args, guard),
  ];
}

/**
 * The channel of this public id goes on at its cursor, with new settings and until `endsAt`. Its endpoint has just
 * answered, so it is in good health. One that was held, for nobody could open its settings, is tried again; one that a
 * person paused stays so.
 */
export function renewChannel(
  db: D1Database,
  channel: { uid: string; config: string; endsAt: number },
  guard: Guard,
  now: number,
): Statement {
  return guarded(
    db,
    `UPDATE channels SET config = ?2, ends_at = ?3, failing_since = NULL, warned_at = NULL,
       tries = iif(status = 'held', 0, tries), due_at = iif(status = 'held', 0, due_at),
       status = iif(status = 'held', 'active', status), rev = rev + 1, updated_at = ?4 WHERE uid = ?1`,
    [channel.uid, channel.config, channel.endsAt, now],
    guard,
  );
}

/** The shard of this channel looks at its log by `now`. */
export function wakeShardOf(db: D1Database, uid: string, now: number): Statement {
  return db
    .prepare(
      `UPDATE shards SET due_at = min(coalesce(due_at, ?2), ?2) WHERE id = (SELECT shard FROM channels WHERE uid = ?1)`,
    )
    .bind(uid, now);
}

/** Removes channels whose time is over with their ledgers, {@link ENDED_LIMIT} at most. The last statement tells how many. */
export function removeEnded(db: D1Database, wall: number): Statement[] {
  const ended = `SELECT id FROM channels WHERE ends_at <= ?1 ORDER BY ends_at, id LIMIT ${ENDED_LIMIT}`;
  return [
    db
      .prepare(
        `UPDATE shards SET members = members - (SELECT count(*) FROM channels c WHERE c.shard = shards.id AND c.id IN (${ended}))
         WHERE id IN (SELECT shard FROM channels WHERE id IN (${ended}))`,
      )
      .bind(wall),
    db.prepare(`DELETE FROM channels WHERE id IN (${ended})`).bind(wall),
  ];
}
