/** What was last seen of accounts, and when they are looked at. */
import type { ErrorClass } from "../../channels/wechat/code-table.ts";
import type { Statement } from "../../platform/d1.ts";
import { row, rows } from "../../platform/d1.ts";
import type { CallbackCheck, CallQuota, LastError, Refusal, Seen } from "./rules.ts";

/** What live checks found. `null` leaves what was known. */
interface Checked {
  quota: Readonly<Record<string, CallQuota>> | null;
  callback: CallbackCheck | null;
}

/** Keeps what live checks found at `wall`. */
export function putChecked(db: D1Database, channelId: number, { quota, callback }: Checked, wall: number): Statement {
  const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
  return db
    .prepare(
      `INSERT INTO wechat_health (channel_id, quota, callback, checked_at) SELECT id, ?2, ?3, ?4 FROM channels WHERE id = ?1
       ON CONFLICT (channel_id) DO UPDATE SET quota = coalesce(excluded.quota, quota),
         callback = coalesce(excluded.callback, callback), checked_at = excluded.checked_at`,
    )
    .bind(channelId, json(quota), json(callback), wall);
}

/** When an account is looked at next, and what became of asking for its numbers. Times are business times. */
interface Looked {
  nextAt: number;
  /** Until then no numbers are asked for; null leaves it. */
  restUntil: number | null;
  /** `kept`: nobody asked, so the last one still holds. */
  error: Refusal | null | "kept";
  /** Whether all numbers were had. */
  had: boolean;
}

/** Ends a daily look. */
export function putLooked(db: D1Database, channelId: number, looked: Looked, now: number): Statement {
  const { nextAt, restUntil, error, had } = looked;
  return db
    .prepare(
      `INSERT INTO wechat_health (channel_id, next_at, rest_until, numbers_error, numbers_at)
       SELECT id, ?2, coalesce(?3, 0), ?4, ?5 FROM channels WHERE id = ?1
       ON CONFLICT (channel_id) DO UPDATE SET next_at = excluded.next_at, rest_until = coalesce(?3, rest_until),
         numbers_error = iif(?6, numbers_error, excluded.numbers_error), numbers_at = coalesce(excluded.numbers_at, numbers_at)`,
    )
    .bind(
      channelId,
      nextAt,
      restUntil,
      error === null || error === "kept" ? null : JSON.stringify(error),
      had ? now : null,
      error === "kept" ? 1 : 0,
    );
}

/** The next daily look also asks for numbers, and comes with the next chores: a person has changed something. */
export function lookSoon(db: D1Database, channelId: number): Statement {
  return db.prepare(`UPDATE wechat_health SET next_at = 0, rest_until = 0 WHERE channel_id = ?`).bind(channelId);
}

/** Defers the next look, so that an account that breaks it does not keep the others from theirs. */
export function claimLook(db: D1Database, channelId: number, nextAt: number): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_health (channel_id, next_at) VALUES (?1, ?2) ON CONFLICT (channel_id) DO UPDATE SET next_at = ?2`,
    )
    .bind(channelId, nextAt);
}

/** An account whose daily look is due. */
interface DueAccount {
  id: number;
  uid: string;
  name: string;
  config: string;
  restUntil: number;
}

/** The accounts whose look is due at `now`, the longest due first, at most `limit`. One query, off the index of accounts. */
export function dueAccounts(db: D1Database, now: number, limit: number): Promise<DueAccount[]> {
  return rows(
    db
      .prepare(
        `SELECT c.id, c.uid, c.name, c.config, coalesce(h.rest_until, 0) AS restUntil
         FROM channels c LEFT JOIN wechat_health h ON h.channel_id = c.id
         WHERE c.kind = 'wechat' AND c.status = 'active' AND coalesce(h.next_at, 0) <= ?1
         ORDER BY coalesce(h.next_at, 0), c.id LIMIT ?2`,
      )
      .bind(now, limit),
  );
}

interface SeenRow {
  errorCode: string | null;
  errorClass: ErrorClass | null;
  errorWords: string | null;
  errorNext: string | null;
  errorAt: number | null;
  ip: string | null;
  ipCode: string | null;
  ipAt: number | null;
  reachedAt: number | null;
  goodAt: number | null;
  callback: string | null;
}

const SEEN = `h.error_code AS errorCode, h.error_class AS errorClass, h.error_words AS errorWords, h.error_next AS errorNext,
  h.error_at AS errorAt, h.ip, h.ip_code AS ipCode, h.ip_at AS ipAt, h.reached_at AS reachedAt, h.good_at AS goodAt, h.callback`;

function seenOf(found: SeenRow | null): Seen {
  const { errorCode: code, errorAt: at, ip, ipCode, ipAt } = found ?? {};
  const error: LastError | null =
    found && code != null && at != null
      ? { code, class: found.errorClass!, words: found.errorWords!, next: found.errorNext!, at }
      : null;
  return {
    error,
    refusedIp: ip != null ? { ip, code: ipCode!, at: ipAt! } : null,
    reachedAt: found?.reachedAt ?? 0,
    goodAt: found?.goodAt ?? 0,
    callback: parsed<CallbackCheck>(found?.callback),
  };
}

const parsed = <T>(json: string | null | undefined): T | null => (json == null ? null : (JSON.parse(json) as T));

/** All that is known of one account. */
export interface KnownHealth extends Seen {
  quota: Readonly<Record<string, CallQuota>> | null;
  checkedAt: number | null;
  numbersAt: number | null;
  numbersError: Refusal | null;
  nextAt: number;
}

interface KnownRow extends SeenRow {
  quota: string | null;
  checkedAt: number | null;
  numbersAt: number | null;
  numbersError: string | null;
  nextAt: number | null;
}

export async function readKnown(db: D1Database, channelId: number): Promise<KnownHealth> {
  const found = await row<KnownRow>(
    db
      .prepare(
        `SELECT ${SEEN}, h.quota, h.checked_at AS checkedAt, h.numbers_at AS numbersAt, h.numbers_error AS numbersError, h.next_at AS nextAt
         FROM wechat_health h WHERE h.channel_id = ?`,
      )
      .bind(channelId),
  );
  return {
    ...seenOf(found),
    quota: parsed(found?.quota),
    checkedAt: found?.checkedAt ?? null,
    numbersAt: found?.numbersAt ?? null,
    numbersError: parsed(found?.numbersError),
    nextAt: found?.nextAt ?? 0,
  };
}

/** An account and what was last seen of it. */
interface SeenAccount {
  uid: string;
  name: string;
  certifiedUntil: string | undefined;
  seen: Seen;
}

/** Every account that is not gone. One query, off the index of accounts: no row is read where there is none. */
export async function listSeen(db: D1Database): Promise<SeenAccount[]> {
  const found = await rows<SeenRow & { uid: string; name: string; until: string | null }>(
    db.prepare(
      `SELECT c.uid, c.name, c.config ->> 'certified_until' AS until, ${SEEN}
       FROM channels c LEFT JOIN wechat_health h ON h.channel_id = c.id WHERE c.kind = 'wechat' AND c.status <> 'gone' ORDER BY c.id`,
    ),
  );
  return found.map((each) => ({
    uid: each.uid,
    name: each.name,
    certifiedUntil: each.until ?? undefined,
    seen: seenOf(each),
  }));
}

/** The account's newest post that readers have: its receipt. One query. */
export function lastPublished(
  db: D1Database,
  channelId: number,
): Promise<{ post: string; title: string; url: string | null; at: number } | null> {
  return row(
    db
      .prepare(
        `SELECT p.uid AS post, p.title, w.url, w.at FROM wechat_articles w CROSS JOIN posts p ON p.id = w.post_id
         WHERE w.channel_id = ? AND w.state = 'published' ORDER BY w.post_id DESC LIMIT 1`,
      )
      .bind(channelId),
  );
}

/** The account's token as far as people may know it. One query. */
export function tokenState(
  db: D1Database,
  channelId: number,
  appId: string,
): Promise<{ expiresAt: number; origin: "given" | "fetched"; on: string; count: number } | null> {
  return row(
    db
      .prepare(
        `SELECT expires_at AS expiresAt, origin, forced_on AS "on", forced AS count FROM wechat_tokens WHERE channel_id = ? AND app_id = ?`,
      )
      .bind(channelId, appId),
  );
}
