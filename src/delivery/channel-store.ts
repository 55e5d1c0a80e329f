/** Channels as people make, see and change them. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { LOGS } from "./logs.ts";
import type { Filter } from "./filter.ts";
import type { OldSecret } from "./secrets.ts";
import { SHARD_SIZE } from "./store.ts";
import type { ChannelStatus, Origin, Purpose } from "./types.ts";

const ALWAYS: Guard = { sql: "1", args: [] };

/**
 * Puts a new channel, at the head of its log, into the first shard of its purpose with room, making one when all are
 * full. Three statements of a batch. Under a guard it is made only if that holds when its turn comes.
 */
export function insertChannel(
  db: D1Database,
  channel: {
    uid: string;
    purpose: Purpose;
    kind: string;
    name: string;
    config: string;
    secret: string | null;
    filter: Filter;
    expiresAfter: number;
    host: string | null;
    credential: string | null;
    /** Wall clock, ms; null for a channel without an end. */
    endsAt: number | null;
    origin: Origin;
  },
  now: number,
  guard: Guard = ALWAYS,
): Statement[] {
  const { head } = LOGS[channel.purpose];
  return [
    db
      .prepare(
        `INSERT INTO shards (id, members, purpose) SELECT coalesce(max(id), 0) + 1, 0, ?1 FROM shards
         HAVING NOT EXISTS (SELECT 1 FROM shards WHERE members < ${SHARD_SIZE} AND purpose = ?1)`,
      )
      .bind(channel.purpose),
    db
      .prepare(
        `INSERT INTO channels (uid, shard, kind, name, status, config, secret, filter, expires_after, start_seq, cursor, due_at, rev, created_at,
           updated_at, purpose, host, credential, ends_at, origin)
         SELECT ?1, min(id), ?2, ?3, 'active', ?4, ?5, ?6, ?7, ${head}, ${head}, 0, 1, ?8, ?8, ?9, ?10, ?11, ?12, ?13 FROM shards
         WHERE members < ${SHARD_SIZE} AND purpose = ?9 HAVING ${guard.sql}`,
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
        channel.purpose,
        channel.host,
        channel.credential,
        channel.endsAt,
        channel.origin,
        ...guard.args,
      ),
    // Counted, not added to: under a guard there may be nothing new.
    db
      .prepare(
        `UPDATE shards SET members = (SELECT count(*) FROM channels WHERE shard = shards.id)
         WHERE id = (SELECT shard FROM channels WHERE uid = ?)`,
      )
      .bind(channel.uid),
  ];
}

/** A channel as people see and change it. `config` and `secret` are sealed. */
export interface ChannelRow {
  id: number;
  uid: string;
  shard: number;
  purpose: Purpose;
  origin: Origin;
  kind: string;
  name: string;
  status: ChannelStatus;
  config: string;
  secret: string | null;
  oldSecrets: OldSecret[];
  filter: Filter;
  expiresAfter: number;
  startSeq: number;
  cursor: number;
  /** Its first failure after a success; null while all is well. */
  failingSince: number | null;
  rev: number;
  createdAt: number;
  endsAt: number | null;
  last: string | null;
}

const CHANNEL = `SELECT id, uid, shard, purpose, origin, kind, name, status, config, secret, old_secrets AS oldSecrets, filter,
    expires_after AS expiresAfter, start_seq AS startSeq, cursor, failing_since AS failingSince, rev,
    created_at AS createdAt, ends_at AS endsAt,
    (SELECT json_object('from', from_seq, 'to', to_seq, 'outcome', outcome, 'at', at) FROM deliveries d WHERE d.channel_id = channels.id
     ORDER BY from_seq DESC LIMIT 1) AS last
  FROM channels`;

type StoredChannel = Omit<ChannelRow, "filter" | "oldSecrets"> & { filter: string; oldSecrets: string };

const toChannel = (r: StoredChannel): ChannelRow => ({
  ...r,
  filter: JSON.parse(r.filter) as Filter,
  oldSecrets: JSON.parse(r.oldSecrets) as OldSecret[],
});

/** The channel with this public id, or null. */
export async function findChannel(db: D1Database, uid: string): Promise<ChannelRow | null> {
  const found = await row<StoredChannel>(db.prepare(`${CHANNEL} WHERE uid = ?`).bind(uid));
  return found && toChannel(found);
}

/**
 * One page of channels after the internal id `after`: those of an origin, of one kind if it is given; without an origin
 * those of the kind, or the office's own.
 */
export async function listChannels(
  db: D1Database,
  of: { origin?: Origin | "all" | undefined; kind?: string | undefined },
  after: number,
  limit: number,
): Promise<ChannelRow[]> {
  const { origin = of.kind === undefined ? "office" : "all" } = of;
  // As a literal, so that the office's few are found by their own index.
  const whose = origin === "all" ? "" : `origin = '${origin}' AND`;
  const found = await rows<StoredChannel>(
    db
      .prepare(`${CHANNEL} WHERE ${whose} id > ?1 AND (?3 IS NULL OR kind = ?3) ORDER BY id LIMIT ?2`)
      .bind(after, limit, of.kind ?? null),
  );
  return found.map(toChannel);
}

/**
 * Holds while the channel is as it was read. A channel bears no stamp, so what must stand or fall with its change comes
 * before the change in the batch, under this condition.
 */
export function unchanged(channel: Pick<ChannelRow, "id" | "rev">): Guard {
  return { sql: `EXISTS (SELECT 1 FROM channels WHERE id = ? AND rev = ?)`, args: [channel.id, channel.rev] };
}

/** Holds while the channel has another status than this one. */
export function differs(id: number, status: ChannelStatus): Guard {
  return { sql: `EXISTS (SELECT 1 FROM channels WHERE id = ? AND status <> ?)`, args: [id, status] };
}

/** Holds while the channel is there. */
export function exists(id: number): Guard {
  return { sql: `EXISTS (SELECT 1 FROM channels WHERE id = ?)`, args: [id] };
}

/**
 * Writes what a person changed of a channel, if nobody else did first. Another filter may want its entries earlier than
 * the one that it waits by, so the channel is looked at again.
 */
export function updateChannel(
  db: D1Database,
  channel: {
    id: number;
    rev: number;
    name: string;
    config: string;
    secret: string | null;
    oldSecrets: readonly OldSecret[];
    filter: Filter;
    expiresAfter: number;
    host: string | null;
    credential: string | null;
  },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE channels SET name = ?3, config = ?4, filter = ?5, expires_after = ?6, secret = ?8,
         host = ?9, credential = ?10, old_secrets = ?11, due_at = iif(filter <> ?5, min(due_at, ?7), due_at), rev = rev + 1, updated_at = ?7 WHERE id = ?1 AND rev = ?2`,
    )
    .bind(
      channel.id,
      channel.rev,
      channel.name,
      channel.config,
      JSON.stringify(channel.filter),
      channel.expiresAfter,
      now,
      channel.secret,
      channel.host,
      channel.credential,
      JSON.stringify(channel.oldSecrets),
    );
}

/** The channel of this internal id, or null. */
export async function findChannelById(db: D1Database, id: number): Promise<ChannelRow | null> {
  const found = await row<StoredChannel>(db.prepare(`${CHANNEL} WHERE id = ?`).bind(id));
  return found && toChannel(found);
}

/** Puts a new signing secret in the place of the present one, if nobody else changed the channel first. */
export function rotateSecret(
  db: D1Database,
  channel: { id: number; rev: number; secret: string; oldSecrets: readonly OldSecret[] },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE channels SET secret = ?3, old_secrets = ?4, rev = rev + 1, updated_at = ?5 WHERE id = ?1 AND rev = ?2`,
    )
    .bind(channel.id, channel.rev, channel.secret, JSON.stringify(channel.oldSecrets), now);
}

/** A channel that waits goes on at its shard's next run: what it waited for may be there. */
export function endWait(db: D1Database, id: number, now: number): Statement {
  return db.prepare(`UPDATE channels SET due_at = ?2 WHERE id = ?1 AND due_at > ?2`).bind(id, now);
}

/**
 * Pauses or resumes. A resumed channel goes on where it stopped, with its failures forgiven; nothing is sent again.
 */
export function setChannelStatus(db: D1Database, id: number, status: "active" | "paused", now: number): Statement {
  return db
    .prepare(
      `UPDATE channels SET status = ?2, due_at = min(due_at, ?3), tries = iif(?2 = 'active', 0, tries),
         failing_since = iif(?2 = 'active', NULL, failing_since), warned_at = iif(?2 = 'active', NULL, warned_at), rev = rev + 1, updated_at = ?3 WHERE id = ?1 AND status <> ?2`,
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

const DEPARTED = `SELECT id FROM channels WHERE origin = 'reader' AND status = 'gone' AND ends_at IS NULL ORDER BY id LIMIT 500`;

/** Removes readers' channels whose endpoint is gone, 500 at most (one with an end is removed then): nobody is to be told of them, nor kept on file. */
export function removeDeparted(db: D1Database): Statement[] {
  return [
    db.prepare(
      `UPDATE shards SET members = members - (SELECT count(*) FROM channels c WHERE c.shard = shards.id AND c.id IN (${DEPARTED}))
       WHERE id IN (SELECT shard FROM channels WHERE id IN (${DEPARTED}))`,
    ),
    db.prepare(`DELETE FROM channels WHERE id IN (${DEPARTED})`),
  ];
}

/** Active readers' channels none of whose settings is sealed under the key of this id. */
export function listSealedOtherwise(
  db: D1Database,
  keyId: string,
  limit: number,
): Promise<{ id: number; uid: string; kind: string; config: string }[]> {
  return rows(
    db
      .prepare(
        `SELECT id, uid, kind, config FROM channels
         WHERE origin = 'reader' AND status = 'active' AND instr(config, '"' || ?1 || '.') = 0 LIMIT ?2`,
      )
      .bind(keyId, limit),
  );
}

/** Replaces configs, and what their platform counts by, by what says the same, where nobody changed them meanwhile. */
export function updateConfigs(
  db: D1Database,
  configs: readonly { id: number; was: string; config: string; credential: string | null }[],
): Statement {
  return db
    .prepare(
      `UPDATE channels SET config = j.value ->> 'config', credential = j.value ->> 'credential' FROM json_each(?) j
       WHERE channels.id = j.value ->> 'id' AND channels.config = j.value ->> 'was'`,
    )
    .bind(JSON.stringify(configs));
}
