/** What a run over a shard writes after it has sent: the outcomes, the cursors, and the steps of a push in between. */
import type { Statement } from "../platform/d1.ts";
import { DAY } from "../platform/time.ts";
import type { Circuit } from "./breaker.ts";
import { finishShard } from "./store.ts";
import type { ChannelStatus, Outcome } from "./types.ts";

/** What became of a channel's delivery in this run. */
export interface DeliveryResult {
  outcome: Outcome;
  /** The call that the intent counted was not made. */
  unsent: boolean;
  /** Whether a call was made, of which `ms` and `status` tell. */
  called: boolean;
  ms: number | null;
  status: number | null;
  /** Null leaves what there is. */
  excerpt: string | null;
  nextAt: number | null;
  /** Where a push of several calls stands; null when it has ended, or begins anew. */
  state: string | null;
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
  failingSince: number | null;
  warnedAt: number | null;
  day: string | null;
  dayPosts: number;
  /** What it calls, for a channel of which that was not known. */
  host: string | null;
  /** New settings after a move, as they are stored; they stand only if nobody changed the channel meanwhile. */
  moved: { rev: number; config: string; host: string | null; credential: string | null } | null;
  /** Null when nothing was begun. */
  delivery: DeliveryResult | null;
  /** Entries up to the cursor that were for the channel and are stale. */
  missed: number[] | null;
}

/** What a run learned of hosts. */
export interface HostChanges {
  opened: ReadonlyMap<string, Circuit>;
  closed: readonly string[];
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
  // Kept as rows: json_each writes an element out anew each time that it is named.
  const given = `WITH j AS MATERIALIZED (SELECT value AS v FROM json_each(?1))`;
  const missed = results.some((result) => result.missed !== null);
  return [
    ...(missed ? [insertMissed(db, json, token, at.now)] : []),
    db
      .prepare(
        `${given}
         UPDATE deliveries SET outcome = d ->> 'outcome', next_at = d ->> 'nextAt', state = d ->> 'state',
           ms = iif(d ->> 'called', d ->> 'ms', ms), status = iif(d ->> 'called', d ->> 'status', status),
           excerpt = coalesce(d ->> 'excerpt', excerpt), n = n - (d ->> 'unsent')
         FROM (SELECT c.id, v ->> 'from' AS from_seq, v -> 'delivery' AS d FROM j
               JOIN channels c ON c.id = v ->> 'channel' AND c.lease_token = ?2 WHERE v ->> 'delivery' IS NOT NULL) r
         WHERE deliveries.channel_id = r.id AND deliveries.from_seq = r.from_seq`,
      )
      .bind(json, token),
    db
      .prepare(
        `${given}
         UPDATE channels SET cursor = r ->> 'cursor', due_at = r ->> 'dueAt', tries = r ->> 'tries', status = coalesce(r ->> 'status', status),
           failing_since = r ->> 'failingSince', warned_at = r ->> 'warnedAt', day = r ->> 'day', day_posts = r ->> 'dayPosts',
           lease_token = NULL, lease_until = 0, rev = rev + moves, config = iif(moves, m ->> 'config', config),
           credential = iif(moves, m ->> 'credential', credential), host = iif(moves, m ->> 'host', coalesce(host, r ->> 'host'))
         FROM (SELECT o.id, v AS r, v -> 'moved' AS m, coalesce(o.rev = v -> 'moved' ->> 'rev', 0) AS moves
               FROM j JOIN channels o ON o.id = v ->> 'channel' AND o.lease_token = ?2) x
         WHERE channels.id = x.id`,
      )
      .bind(json, token),
    finishShard(db, shard, at, tickets),
  ];
}

/**
 * The ledger's rows for what a channel missed because it went stale before it could be sent: new ones, or the head of a
 * delivery that is open and of which nothing arrived, which ends with it.
 */
function insertMissed(db: D1Database, results: string, token: string, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO deliveries (channel_id, from_seq, to_seq, entries, outcome, n, at, excerpt)
       SELECT c.id, j.value ->> 'from', j.value ->> 'cursor', j.value -> 'missed', 'expired', 0, ?3, 'stale before it could be sent'
       FROM json_each(?1) j JOIN channels c ON c.id = j.value ->> 'channel' AND c.lease_token = ?2
       WHERE j.value ->> 'missed' IS NOT NULL
       ON CONFLICT DO UPDATE SET to_seq = excluded.to_seq, entries = excluded.entries, outcome = 'expired', excerpt = excluded.excerpt,
         next_at = NULL WHERE deliveries.outcome IN ('pending', 'retry')`,
    )
    .bind(results, token, now);
}

/** What a run learned of hosts: which are left alone from now on, and which answer again. None for a run that learned nothing. */
export function hostStatements(db: D1Database, { opened, closed }: HostChanges): Statement[] {
  const statements: Statement[] = [];
  if (opened.size > 0)
    statements.push(
      db
        .prepare(
          `INSERT INTO hosts (host, trips, until) SELECT j.value ->> 0, j.value -> 1 ->> 'trips', j.value -> 1 ->> 'until' FROM json_each(?) j
           WHERE true ON CONFLICT (host) DO UPDATE SET trips = excluded.trips, until = max(until, excluded.until)`,
        )
        .bind(JSON.stringify([...opened])),
    );
  if (closed.length > 0)
    statements.push(
      db.prepare(`DELETE FROM hosts WHERE host IN (SELECT value FROM json_each(?))`).bind(JSON.stringify(closed)),
    );
  return statements;
}

/** How long a host that nobody asks for any more is remembered beyond its time, ms. */
const HOST_MEMORY = DAY;

/** Forgets hosts that no channel has called since they were left alone. */
export function forgetHosts(db: D1Database, now: number): Statement {
  return db.prepare(`DELETE FROM hosts WHERE until < ?`).bind(now - HOST_MEMORY);
}

/** What the call of a step came to, in the middle of a push. */
export interface CallRecord {
  ms: number;
  status: number | null;
  excerpt: string;
}

/**
 * Stores the next state of a push of several calls before its call is made, and with it what the last one of this run came
 * to, if there was one. False if the channel is not under our lease any more.
 */
export async function advanceSteps(
  db: D1Database,
  token: string,
  delivery: { channel: number; from: number },
  last: CallRecord | null,
  state: string,
  now: number,
): Promise<boolean> {
  const ours = `channel_id = ?1 AND from_seq = ?2 AND EXISTS (SELECT 1 FROM channels WHERE id = ?1 AND lease_token = ?3)`;
  const key = [delivery.channel, delivery.from, token];
  const begin = db
    .prepare(
      `UPDATE deliveries SET n = n + 1, outcome = 'sending', at = ?4, state = ?5, ms = NULL, status = NULL, excerpt = NULL WHERE ${ours}`,
    )
    .bind(...key, now, state);
  if (last === null) return (await begin.run()).meta.changes > 0;
  const [, begun] = await db.batch([
    // Two statements, so that the trigger puts the call aside that the row told of.
    db
      .prepare(`UPDATE deliveries SET outcome = 'pending', ms = ?4, status = ?5, excerpt = ?6 WHERE ${ours}`)
      .bind(...key, last.ms, last.status, last.excerpt),
    begin,
  ]);
  return begun!.meta.changes > 0;
}
