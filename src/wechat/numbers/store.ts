/** The account's figures: by day, and by post. */
import type { Statement } from "../../platform/d1.ts";
import { row, rows } from "../../platform/d1.ts";
import type { ArticleFigures, Candidate, DayFigures } from "./figures.ts";

/** Days as the platform counts them now; what it does not say this time stays as it was. */
export function putFigures(db: D1Database, channelId: number, days: readonly DayFigures[]): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_numbers (channel_id, date, followers, came, went, reads, shares)
       SELECT ?1, value ->> 'date', value ->> 'followers', value ->> 'came', value ->> 'went', value ->> 'reads', value ->> 'shares'
       FROM json_each(?2) WHERE true
       ON CONFLICT (channel_id, date) DO UPDATE SET followers = coalesce(excluded.followers, followers),
         came = coalesce(excluded.came, came), went = coalesce(excluded.went, went),
         reads = coalesce(excluded.reads, reads), shares = coalesce(excluded.shares, shares)`,
    )
    .bind(channelId, JSON.stringify(days));
}

/** Posts are numbered as the wire is: a week of a very busy office has fewer entries. */
const REACH = 1000;

/** The newest posts that are published at an account since `from` (business time). One query. */
export function receiptsSince(
  db: D1Database,
  channelId: number,
  from: number,
): Promise<(Candidate & { at: number })[]> {
  return rows(
    db
      .prepare(
        `SELECT w.post_id AS post, w.idx, p.title, w.url, w.at FROM wechat_articles w CROSS JOIN posts p ON p.id = w.post_id
         WHERE w.channel_id = ?1 AND w.post_id > (SELECT max(post_id) FROM wechat_articles WHERE channel_id = ?1) - ${REACH}
           AND w.at >= ?2 AND w.state = 'published'`,
      )
      .bind(channelId, from),
  );
}

/** The totals of posts that were published on a day. */
export function putReads(
  db: D1Database,
  channelId: number,
  published: string,
  found: readonly { post: number; figures: ArticleFigures }[],
): Statement {
  const totals = found.map(({ post, figures: { reads, shares, until } }) => ({ post, reads, shares, until }));
  return db
    .prepare(
      `INSERT INTO wechat_reads (channel_id, published, post_id, reads, shares, until)
       SELECT ?1, ?2, value ->> 'post', value ->> 'reads', value ->> 'shares', value ->> 'until' FROM json_each(?3) WHERE true
       ON CONFLICT (channel_id, published, post_id) DO UPDATE SET reads = excluded.reads, shares = excluded.shares, until = excluded.until
       WHERE excluded.until >= wechat_reads.until`,
    )
    .bind(channelId, published, JSON.stringify(totals));
}

/** A day's figures beside what the callback counted of it. */
interface CountedDay extends DayFigures {
  subscribed: number | null;
  unsubscribed: number | null;
}

/** Days from `from` to `to` that anything is known of, in order. One query. */
export function listDays(db: D1Database, channelId: number, from: string, to: string): Promise<CountedDay[]> {
  return rows(
    db
      .prepare(
        `SELECT coalesce(n.date, d.date) AS date, n.followers, n.came, n.went, n.reads, n.shares, d.subscribed, d.unsubscribed
         FROM (SELECT * FROM wechat_numbers WHERE channel_id = ?1 AND date BETWEEN ?2 AND ?3) n
         FULL JOIN (SELECT * FROM wechat_days WHERE channel_id = ?1 AND date BETWEEN ?2 AND ?3) d ON d.date = n.date
         ORDER BY 1`,
      )
      .bind(channelId, from, to),
  );
}

/** How a post did at an account. */
interface PostReads {
  published: string;
  post: string;
  title: string;
  url: string | null;
  reads: number;
  shares: number;
  until: string;
}

/** At most this many posts of a range are listed, the newest. */
const POSTS_LISTED = 500;

/** The posts published from `from` to `to` with their totals, the newest day first. One query. */
export function listReads(db: D1Database, channelId: number, from: string, to: string): Promise<PostReads[]> {
  return rows(
    db
      .prepare(
        `SELECT r.published, p.uid AS post, p.title, w.url, r.reads, r.shares, r.until
         FROM wechat_reads r JOIN posts p ON p.id = r.post_id
         LEFT JOIN wechat_articles w ON w.channel_id = r.channel_id AND w.post_id = r.post_id
         WHERE r.channel_id = ?1 AND r.published BETWEEN ?2 AND ?3
         ORDER BY r.published DESC, r.reads DESC, r.post_id LIMIT ${POSTS_LISTED}`,
      )
      .bind(channelId, from, to),
  );
}

/** An account's figures of a month, and what tells whose account it is. */
interface MonthRow extends Omit<DayFigures, "date"> {
  /** Null in the one row of an account of which nothing is known. */
  date: string | null;
  id: number;
  config: string;
  filter: string;
}

/** The figures of all accounts in a month (`YYYY-MM`). One query, off the index of accounts: nothing without one. */
export function listMonth(db: D1Database, month: string): Promise<MonthRow[]> {
  return rows(
    db
      .prepare(
        `SELECT c.id, c.config, c.filter, n.date, n.followers, n.came, n.went, n.reads, n.shares
         FROM channels c LEFT JOIN wechat_numbers n ON n.channel_id = c.id AND n.date BETWEEN ?1 || '-01' AND ?1 || '-31'
         WHERE c.kind = 'wechat' ORDER BY c.id, n.date`,
      )
      .bind(month),
  );
}

/** How many messages to all an account has claimed on a date and in its month. One query. */
export async function countPushes(
  db: D1Database,
  channelId: number,
  date: string,
): Promise<{ day: number; month: number }> {
  const found = await row<{ day: number; month: number }>(
    db
      .prepare(
        `SELECT count(*) FILTER (WHERE date = ?2) AS day, count(*) AS month FROM wechat_mass_sends
         WHERE channel_id = ?1 AND date BETWEEN substr(?2, 1, 7) || '-01' AND substr(?2, 1, 7) || '-31'`,
      )
      .bind(channelId, date),
  );
  return found ?? { day: 0, month: 0 };
}
