/** Where hand-over sheets 交接单 come from: statements of the batches that ask for them, each once, with a word to the office. */
import { insertAlerts } from "../../alerts/store.ts";
import { wakeShards } from "../../delivery/store.ts";
import type { Statement } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { SHEET_DUE_WITHIN } from "./sheet-store.ts";

const insertSheet = `INSERT INTO wechat_sheets (uid, channel_id, kind, state, date, draft, bundle, note, due_at, created_at)`;

/** The posts of the sheet of this key; again, they are there. */
const insertPosts = (db: D1Database, channelId: number, uid: string, source: string, args: readonly unknown[]) =>
  db
    .prepare(
      `INSERT INTO wechat_sheet_posts (sheet_id, idx, post_id) SELECT s.id, n.idx, n.post_id FROM wechat_sheets s JOIN (${source}) n
       WHERE s.channel_id = ? AND s.uid = ${uid} ON CONFLICT DO NOTHING`,
    )
    .bind(...args, channelId);

/** A draft that a person is to look over and send. */
interface NewSheet {
  channelId: number;
  /** As that of its receipts, and the key: the same bundle again makes no second sheet. */
  bundle: string;
  /** media_id. */
  draft: string;
  /** Local date of the account. */
  date: string;
  /** In the draft's order, `idx` from 1. */
  articles: readonly { postId: number; idx: number }[];
}

/** The sheet of a draft, for an account that may not or shall not send it by itself. Statements of a batch; twice is once. */
export function openSheet(db: D1Database, sheet: NewSheet, now: number): Statement[] {
  const { channelId, bundle, draft, date, articles } = sheet;
  const uid = `send-${bundle.replaceAll(/[^\w-]/g, "-")}`;
  const title = `公众号草稿已备好：${date}，${articles.length} 篇`;
  const todo = "请登录公众平台（mp.weixin.qq.com），照交接单核对草稿后发表，再在交接单上勾“完成”。";
  return [
    insertAlerts(db, {
      // Two drafts of a day are told apart by their leads.
      sql: `SELECT ?, 'wechat.sheet', ?, '头条《' || coalesce((SELECT title FROM posts WHERE id = ?), '') || '》。' || ?, 'channel:' || c.uid
            FROM channels c WHERE c.id = ? AND NOT EXISTS (SELECT 1 FROM wechat_sheets s WHERE s.channel_id = c.id AND s.uid = ?)`,
      args: [now, title, articles[0]?.postId ?? 0, todo, channelId, uid],
    }),
    db
      .prepare(`${insertSheet} VALUES (?, ?, 'send', 'open', ?, ?, ?, '', ?, ?) ON CONFLICT DO NOTHING`)
      .bind(uid, channelId, date, draft, bundle, now + SHEET_DUE_WITHIN.send, now),
    insertPosts(
      db,
      channelId,
      `'${uid}'`,
      `SELECT value ->> 'idx' AS idx, value ->> 'postId' AS post_id FROM json_each(?)`,
      [JSON.stringify(articles)],
    ),
    ...wakeShards(db, now, "alert"),
  ];
}

const OF_POST = `kind = ? AND state = 'open' AND channel_id = ? AND id IN (SELECT sheet_id FROM wechat_sheet_posts WHERE post_id = ?)`;

/**
 * 更正 of what readers have at the account, for a person: nothing of the API changes a text that was sent. A task that is
 * still open shows the new text by itself, and only says why. Statements of a batch; twice is once a correction.
 */
export function openCorrectionSheet(
  db: D1Database,
  { channelId, postId, note }: { channelId: number; postId: number; note: string },
  now: number,
): Statement[] {
  const key = `(SELECT 'correct-' || uid || '-' || coalesce(corrected_at, 0) FROM posts WHERE id = ${Number(postId)})`;
  const fresh = `FROM wechat_articles w JOIN posts p ON p.id = w.post_id WHERE w.channel_id = ? AND w.post_id = ? AND w.state = 'published'
    AND p.recalled_at IS NULL AND NOT EXISTS (SELECT 1 FROM wechat_sheets WHERE ${OF_POST})
    AND NOT EXISTS (SELECT 1 FROM wechat_sheets s WHERE s.channel_id = w.channel_id AND s.uid = ${key})`;
  const which = [channelId, postId, "correct", channelId, postId];
  const todo = "请照交接单里的对照在公众平台（mp.weixin.qq.com）修改，再在交接单上勾“完成”。";
  return [
    insertAlerts(db, {
      sql: `SELECT ?, 'wechat.sheet', '《' || p.title || '》的更正要由人改到公众号上', ?,
              'article:' || (SELECT uid FROM articles WHERE id = p.article_id) ${fresh}`,
      args: [now, todo, ...which],
    }),
    db
      .prepare(`UPDATE wechat_sheets SET note = ? WHERE ${OF_POST}`)
      .bind(`更正：${note}`, "correct", channelId, postId),
    db
      .prepare(
        `${insertSheet} SELECT ${key}, w.channel_id, 'correct', 'open', NULL, NULL, NULL, ?, ?, ? ${fresh} ON CONFLICT DO NOTHING`,
      )
      .bind(`更正：${note}`, now + SHEET_DUE_WITHIN.correct, now, ...which),
    insertPosts(db, channelId, key, `SELECT 1 AS idx, ? AS post_id`, [postId]),
    ...wakeShards(db, now, "alert"),
  ];
}

/** A person has to take down what the API did not. Under the guard of the attempt that gave up. */
export function openTakedownSheet(
  db: D1Database,
  { channelId, postId }: { channelId: number; postId: number },
  note: string,
  guard: Guard,
  now: number,
): Statement[] {
  const key = `(SELECT 'takedown-' || uid || '-' || ${Math.trunc(now)} FROM posts WHERE id = ${Number(postId)})`;
  return [
    db
      .prepare(
        `${insertSheet} SELECT ${key}, ?, 'takedown', 'open', NULL, NULL, NULL, ?, ?, ?
         WHERE NOT EXISTS (SELECT 1 FROM wechat_sheets WHERE ${OF_POST}) AND ${guard.sql} ON CONFLICT DO NOTHING`,
      )
      .bind(channelId, note, now + SHEET_DUE_WITHIN.takedown, now, "takedown", channelId, postId, ...guard.args),
    insertPosts(db, channelId, key, `SELECT 1 AS idx, ? AS post_id`, [postId]),
  ];
}
