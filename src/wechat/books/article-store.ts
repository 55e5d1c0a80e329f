/** What pushes write of posts at WeChat accounts: their receipts, and the messages to all followers that they claim. */
import { secure } from "../../channels/wechat/calls.ts";
import type { Placed, Receipts } from "../../channels/wechat/questions.ts";
import type { Receipt, Result, Way } from "../../channels/wechat/state.ts";
import type { Statement } from "../../platform/d1.ts";
import { rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import type { Finish } from "../callback/finish.ts";

/** What became of a bundle's articles. */
export interface Written {
  channelId: number;
  bundle: string;
  way: Way;
  draft: string | null;
  job: string | null;
  articles: readonly Placed[];
  result: Result;
}

/**
 * The receipts of a bundle. The same twice changes nothing, and what was taken down since stays down; of a post that went
 * out before, the newer publication counts.
 */
export function writeReceipts(db: D1Database, written: Written, now: number): Statement {
  const { channelId, bundle, way, draft, job, articles, result } = written;
  const placed = articles.map(({ post, idx }) => ({ post, idx, url: result.urls[idx] ?? null }));
  return db
    .prepare(
      `INSERT INTO wechat_articles (channel_id, post_id, state, way, bundle, idx, draft, job, article_id, url, why, at)
       SELECT ?1, p.id, ?3, ?4, ?2, j.value ->> 'idx', ?5, ?6, ?7, j.value ->> 'url', ?8, ?10
       FROM json_each(?9) j JOIN posts p ON p.uid = j.value ->> 'post' WHERE true
       ON CONFLICT (channel_id, post_id) DO UPDATE SET state = excluded.state, way = excluded.way, bundle = excluded.bundle, idx = excluded.idx,
         draft = excluded.draft, job = excluded.job, article_id = excluded.article_id, url = coalesce(excluded.url, iif(bundle = excluded.bundle, url, NULL)),
         why = excluded.why, at = excluded.at
       WHERE wechat_articles.bundle <> excluded.bundle OR wechat_articles.state IN ('failed', 'drafted')`,
    )
    .bind(
      channelId,
      bundle,
      result.state,
      way,
      draft,
      job,
      result.articleId,
      result.why ?? null,
      JSON.stringify(placed),
      now,
    );
}

/** Holds until a bundle's receipts say that it is out. */
export const unwritten = ({ channelId, bundle, result }: Written): Guard => ({
  sql: `NOT EXISTS (SELECT 1 FROM wechat_articles WHERE channel_id = ? AND bundle = ? AND state = ?)`,
  args: [channelId, bundle, result.state],
});

/** A post that does not go out. */
export interface LeftOut {
  post: string;
  title: string;
  why: string;
}

/** Receipts of posts that do not go out; where an older publication still stands, its receipt says why it is not the newest. */
export function writeFailures(
  db: D1Database,
  channelId: number,
  bundle: string,
  posts: readonly LeftOut[],
  now: number,
): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_articles (channel_id, post_id, state, way, bundle, idx, why, at)
       SELECT ?1, p.id, 'failed', 'draft', ?2, 0, j.value ->> 'why', ?4
       FROM json_each(?3) j JOIN posts p ON p.uid = j.value ->> 'post' WHERE true
       ON CONFLICT (channel_id, post_id) DO UPDATE SET why = excluded.why, bundle = iif(state = 'failed', excluded.bundle, bundle),
         at = iif(state = 'failed', excluded.at, at)
       WHERE wechat_articles.state IN ('failed', 'published') AND (wechat_articles.bundle <> excluded.bundle OR wechat_articles.why <> excluded.why)`,
    )
    .bind(channelId, bundle, JSON.stringify(posts), now);
}

/** How many of the newest alerts are looked at. */
const ALERTS = 500;

/** Holds until these failures are written down; for a correction, until the office was told of it in these words. */
export const untold = (
  channelId: number,
  bundle: string,
  posts: readonly LeftOut[],
  { kind, subject, body }: { kind: string; subject: string; body: string },
): Guard => ({
  sql: `EXISTS (SELECT 1 FROM json_each(?) j JOIN posts p ON p.uid = j.value ->> 'post'
          LEFT JOIN wechat_articles w ON w.channel_id = ? AND w.post_id = p.id
          WHERE w.post_id IS NULL OR (w.state = 'failed' AND (w.bundle <> ? OR w.why <> j.value ->> 'why'))
            OR (w.state = 'published' AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.seq > (SELECT coalesce(max(seq), 0) FROM alerts) - ${ALERTS}
                  AND a.kind = ? AND a.subject = ? AND a.body = ? AND a.at >= coalesce(p.corrected_at, 0))))`,
  args: [JSON.stringify(posts), channelId, bundle, kind, subject, body],
});

/** The receipts of these posts (public ids), by post. One query. */
export async function readReceipts(db: D1Database, channelId: number, posts: readonly string[]): Promise<Receipts> {
  const found = await rows<Receipt & { post: string }>(
    db
      .prepare(
        `SELECT p.uid AS post, w.state, w.way, w.idx, w.job, w.article_id AS articleId, w.url
         FROM json_each(?2) j JOIN posts p ON p.uid = j.value JOIN wechat_articles w ON w.channel_id = ?1 AND w.post_id = p.id`,
      )
      .bind(channelId, JSON.stringify(posts)),
  );
  return Object.fromEntries(found.map(({ post, ...receipt }) => [post, receipt]));
}

/** Internal ids of posts, by public id. One query. */
export async function readPostIds(db: D1Database, posts: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = await rows<{ uid: string; id: number }>(
    db.prepare(`SELECT uid, id FROM posts WHERE uid IN (SELECT value FROM json_each(?))`).bind(JSON.stringify(posts)),
  );
  return new Map(found.map(({ uid, id }) => [uid, id]));
}

/**
 * Claims a message to all followers for each of these bundles, in order, as long as the day's and the month's allowance
 * lasts. A claim is its bundle's for good.
 */
export function claimMassSends(
  db: D1Database,
  channelId: number,
  date: string,
  bundles: readonly string[],
  quota: { day: number; month: number },
): Statement[] {
  return bundles.map((bundle) =>
    db
      .prepare(
        `INSERT INTO wechat_mass_sends (channel_id, date, bundle) SELECT ?1, ?2, ?3
         WHERE (SELECT count(*) FROM wechat_mass_sends WHERE channel_id = ?1 AND date = ?2) < ?4
           AND (SELECT count(*) FROM wechat_mass_sends WHERE channel_id = ?1 AND date BETWEEN substr(?2, 1, 7) || '-01' AND substr(?2, 1, 7) || '-31') < ?5
         ON CONFLICT DO NOTHING`,
      )
      .bind(channelId, date, bundle, quota.day, quota.month),
  );
}

/** Which of these bundles have a claim on a date. */
export function listClaims(db: D1Database, channelId: number, date: string, bundles: readonly string[]): Statement {
  return db
    .prepare(
      `SELECT bundle FROM wechat_mass_sends WHERE channel_id = ? AND date = ? AND bundle IN (SELECT value FROM json_each(?))`,
    )
    .bind(channelId, date, JSON.stringify(bundles));
}

/**
 * The addresses of a message to all whose event came after its receipts were written: nothing else tells them. Under the
 * guard of the event's batch.
 */
export function writeAddresses(db: D1Database, channelId: number, finish: Finish, guard: Guard): Statement[] {
  if (finish.type !== "mass" || finish.articles.length === 0) return [];
  const urls = finish.articles.map(({ index, url }) => [index, secure(url)]);
  return [
    db
      .prepare(
        `UPDATE wechat_articles SET url = (SELECT j.value ->> 1 FROM json_each(?) j WHERE j.value ->> 0 = wechat_articles.idx)
         WHERE channel_id = ? AND way = 'mass' AND job = ? AND url IS NULL AND ${guard.sql}`,
      )
      .bind(JSON.stringify(urls), channelId, finish.msgId, ...guard.args),
  ];
}

/** Addresses of published posts that nothing has told yet: a lost event leaves a receipt without one. */
export function fillUrls(
  db: D1Database,
  channelId: number,
  found: readonly { post: number; url: string }[],
): Statement {
  return db
    .prepare(
      `UPDATE wechat_articles SET url = (SELECT value ->> 'url' FROM json_each(?2) WHERE value ->> 'post' = post_id)
       WHERE channel_id = ?1 AND post_id IN (SELECT value ->> 'post' FROM json_each(?2)) AND url IS NULL AND state = 'published'`,
    )
    .bind(channelId, JSON.stringify(found));
}
