/** What a run over a shard reads and writes before it sends: three of its six queries. */
import { rows } from "../platform/d1.ts";
import type { Circuit } from "./breaker.ts";
import type { Filter } from "./filter.ts";
import { headOf } from "./logs.ts";
import type { OldSecret } from "./secrets.ts";
import { SHARD_SIZE } from "./store.ts";
import type { Outcome, Purpose } from "./types.ts";
import { RETENTION } from "./types.ts";

/** A delivery that was begun and has not ended: its range and entries are frozen. */
interface OpenDelivery {
  to: number;
  entries: number[];
  n: number;
  /** Of its latest attempt; `sending` if the Worker died in it. */
  outcome: Extract<Outcome, "sending" | "pending" | "retry" | "unknown">;
  /** As stored, for pushes of several calls. */
  state: string | null;
  /** Whether an attempt may have arrived: then all of it keeps its id. */
  maybeSent: boolean;
}

/** Whether an attempt of a delivery may have arrived. */
const MAYBE_SENT = (d: string) =>
  `(${d}.outcome IN ('unknown', 'sending') OR EXISTS (SELECT 1 FROM attempts t WHERE t.channel_id = ${d}.channel_id AND t.from_seq = ${d}.from_seq AND t.outcome = 'unknown'))`;

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
  rev: number;
  filter: Filter;
  expiresAfter: number;
  startSeq: number;
  cursor: number;
  dueAt: number;
  tries: number;
  failingSince: number | null;
  warnedAt: number | null;
  day: string | null;
  dayPosts: number;
  host: string | null;
  /** How many active channels share its credential, this one included; 0 without one. */
  peers: number;
  credential: string | null;
  /** Of its host, if that is in trouble. */
  circuit: Circuit | null;
  open: OpenDelivery | null;
}

interface ClaimedRow extends Omit<Claimed, "filter" | "open" | "circuit" | "oldSecrets"> {
  filter: string;
  oldSecrets: string;
  circuit: string | null;
  open: string | null;
}

/**
 * Leases the shard's due channels to `token` until `until` (wall clock): those in good health, or, when none of these is
 * due, at most `failing` of the others, so that a dead endpoint's deadline holds up nobody who is well. None whose own time
 * is over. Two consumers get disjoint sets. The delivery that a channel has open, if any, comes with it.
 */
export async function claimChannels(
  db: D1Database,
  shard: number,
  lease: { token: string; until: number; failing: number },
  now: number,
  wall: number,
): Promise<Claimed[]> {
  const found = await rows<ClaimedRow>(
    db
      .prepare(
        `WITH due AS MATERIALIZED (SELECT id, failing_since IS NOT NULL AS failing, due_at FROM channels
           WHERE shard = ?1 AND status = 'active' AND cursor < ${headOf("purpose")} AND due_at <= ?4 AND lease_until <= ?5
             AND (ends_at IS NULL OR ends_at > ?5)),
         worst AS MATERIALIZED (SELECT min(failing) AS failing FROM due)
         UPDATE channels SET lease_token = ?2, lease_until = ?3
         WHERE id IN (SELECT id FROM due WHERE failing = (SELECT failing FROM worst)
                      ORDER BY due_at, id LIMIT (SELECT CASE failing WHEN 1 THEN ?6 ELSE ${SHARD_SIZE} END FROM worst))
         RETURNING id, uid, purpose, kind, name, config, secret, old_secrets AS oldSecrets, rev, filter, expires_after AS expiresAfter, start_seq AS startSeq, cursor,
           due_at AS dueAt, tries, failing_since AS failingSince, warned_at AS warnedAt, day, day_posts AS dayPosts, host, credential,
           coalesce((SELECT p.channels FROM credentials p WHERE p.hash = channels.credential), 0) AS peers,
           (SELECT json_object('trips', h.trips, 'until', h.until) FROM hosts h WHERE h.host = channels.host) AS circuit,
           (SELECT json_object('to', d.to_seq, 'entries', json(d.entries), 'n', d.n, 'outcome', d.outcome, 'state', d.state,
              'maybeSent', json(iif(${MAYBE_SENT("d")}, 'true', 'false')))
            FROM deliveries d WHERE d.channel_id = channels.id AND d.from_seq = channels.cursor
              AND d.outcome IN ('sending', 'pending', 'retry', 'unknown')) AS open`,
      )
      .bind(shard, lease.token, lease.until, now, wall, lease.failing),
  );
  return found.map((r) => ({
    ...r,
    filter: JSON.parse(r.filter) as Filter,
    oldSecrets: JSON.parse(r.oldSecrets) as OldSecret[],
    circuit: r.circuit === null ? null : (JSON.parse(r.circuit) as Circuit),
    open: r.open === null ? null : (JSON.parse(r.open) as OpenDelivery),
  }));
}

/**
 * Takes the one probe of each of these hosts: until `until` (business time) nobody else has it. Gives those that were
 * still to be had.
 */
export async function takeProbes(
  db: D1Database,
  hosts: readonly string[],
  now: number,
  until: number,
): Promise<string[]> {
  const found = await rows<{ host: string }>(
    db
      .prepare(
        `UPDATE hosts SET until = ?3 WHERE host IN (SELECT value FROM json_each(?1)) AND until <= ?2 RETURNING host`,
      )
      .bind(JSON.stringify(hosts), now, until),
  );
  return found.map(({ host }) => host);
}

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
  /** Whether a call follows. A run of steps may begin with a wait. */
  calls: boolean;
  /** For pushes of several calls, as it is stored. */
  state: string | null;
}

/**
 * Writes down what is about to be sent, before it is: a new row, or another attempt of the open one, whose range stays
 * as it was. Only for channels still under the lease: gives those.
 */
export async function beginDeliveries(
  db: D1Database,
  token: string,
  intents: readonly Intent[],
  now: number,
): Promise<number[]> {
  const begun = await rows<{ channel: number }>(
    db
      .prepare(
        `INSERT INTO deliveries (channel_id, from_seq, to_seq, entries, outcome, n, at, state)
         SELECT c.id, j.value ->> 'from', j.value ->> 'to', j.value -> 'entries', iif(j.value ->> 'calls', 'sending', 'pending'),
           j.value ->> 'calls', ?3, j.value ->> 'state'
         FROM json_each(?1) j JOIN channels c ON c.id = j.value ->> 'channel' AND c.lease_token = ?2 AND c.cursor = j.value ->> 'from'
         WHERE true
         ON CONFLICT (channel_id, from_seq) DO UPDATE SET n = n + excluded.n, outcome = excluded.outcome, at = excluded.at, next_at = NULL,
           state = excluded.state,
           -- The call that these tell of is put aside by now.
           ms = iif(excluded.n, NULL, ms), status = iif(excluded.n, NULL, status), excerpt = iif(excluded.n, NULL, excerpt),
           -- What was recalled since is not sent, unless an earlier attempt may have brought it.
           entries = CASE WHEN ${MAYBE_SENT("deliveries")} THEN entries ELSE excluded.entries END
           WHERE deliveries.outcome IN ('sending', 'pending', 'retry', 'unknown')
         RETURNING channel_id AS channel`,
      )
      .bind(JSON.stringify(intents), token, now),
  );
  return begun.map(({ channel }) => channel);
}
