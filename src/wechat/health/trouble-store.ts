/** Notes what keeps an account and what does not any more, and tells the office what it has to know, once. */
import { insertAlerts } from "../../alerts/store.ts";
import { ipIn } from "../../channels/wechat/codes.ts";
import { wakeShards } from "../../delivery/store.ts";
import type { Statement } from "../../platform/d1.ts";
import { newStamp } from "../../platform/ids.ts";
import { localDate } from "../../platform/time.ts";
import { ZONE } from "../numbers/figures.ts";
import type { Notice, Refusal } from "./rules.ts";
import { classOf } from "./rules.ts";

/** Codes that name the address that was refused. */
const OF_ADDRESS = ["40164", "61004"];

/**
 * Notes what keeps an account, and tells the office: once for each account, code and local day. For a batch; repeating it
 * tells nothing again. `now` in ms.
 */
export function noteTrouble(
  db: D1Database,
  channelId: number,
  { code, words, next, ip }: Refusal & { ip?: string },
  now: number,
): Statement[] {
  const address = ip ?? (OF_ADDRESS.includes(code) ? ipIn(words) : null);
  const noted = db
    .prepare(
      `INSERT INTO wechat_health (channel_id, error_code, error_class, error_words, error_next, error_at, ip, ip_code, ip_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, iif(?7 IS NULL, NULL, ?2), iif(?7 IS NULL, NULL, ?6)
       FROM channels WHERE id = ?1
       ON CONFLICT (channel_id) DO UPDATE SET error_code = excluded.error_code, error_class = excluded.error_class,
         error_words = excluded.error_words, error_next = excluded.error_next, error_at = excluded.error_at,
         ip = coalesce(excluded.ip, ip), ip_code = coalesce(excluded.ip_code, ip_code), ip_at = coalesce(excluded.ip_at, ip_at)`,
    )
    .bind(channelId, code, classOf(code), words, next, now, address);
  const said = Number.isInteger(Number(code)) ? `（${code}）` : "";
  const notice = { what: `code:${code}`, about: localDate(now, ZONE), title: `${words}${said}`, body: next };
  return [noted, ...tellOnce(db, channelId, notice, now, `'公众号“' || name || '”：' || `)];
}

/** Tells the office something of an account, once. For a batch. `prefix` is SQL of ours that goes before the title. */
export function tellOnce(
  db: D1Database,
  channelId: number,
  { what, about, title, body }: Notice,
  now: number,
  prefix: `${string}|| ` | "" = "",
): Statement[] {
  const stamp = newStamp();
  return [
    db
      .prepare(
        `INSERT INTO wechat_told (channel_id, what, about, stamp, at) SELECT id, ?2, ?3, ?4, ?5 FROM channels WHERE id = ?1
         ON CONFLICT DO NOTHING`,
      )
      .bind(channelId, what, about, stamp, now),
    insertAlerts(db, {
      sql: `SELECT ?, 'wechat.account', ${prefix}?, ?, 'channel:' || uid FROM channels WHERE id = ?
            AND EXISTS (SELECT 1 FROM wechat_told WHERE channel_id = ? AND what = ? AND about = ? AND stamp = ?)`,
      args: [now, title, body, channelId, channelId, what, about, stamp],
    }),
    ...wakeShards(db, now, "alert"),
  ];
}

/** A push went through: what kept the account is over. `now` in ms. */
export function noteGood(db: D1Database, channelId: number, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_health (channel_id, reached_at, good_at) SELECT id, ?2, ?2 FROM channels WHERE id = ?1
       ON CONFLICT (channel_id) DO UPDATE SET reached_at = max(reached_at, ?2), good_at = max(good_at, ?2)`,
    )
    .bind(channelId, now);
}

/** A call was answered: address and token are well. `now` in ms. */
export function noteReached(db: D1Database, channelId: number, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_health (channel_id, reached_at) SELECT id, ?2 FROM channels WHERE id = ?1
       ON CONFLICT (channel_id) DO UPDATE SET reached_at = max(reached_at, ?2)`,
    )
    .bind(channelId, now);
}

/** Forgets what was told of single days so long ago. */
export function forgetTold(db: D1Database, before: number): Statement {
  return db.prepare(`DELETE FROM wechat_told WHERE what LIKE 'code:%' AND at < ?`).bind(before);
}
