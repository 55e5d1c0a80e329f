/** What the callback writes and reads: messages seen, the days' followers, jobs that ended, posts to answer with. */
import { picturesOf } from "../../articles/media.ts";
import { PICTURES } from "../../articles/record-store.ts";
import { coverOf } from "../../formats/index.ts";
import type { Statement } from "../../platform/d1.ts";
import { rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import type { Finish } from "./finish.ts";

/** A message by the keyed hash that tells it from others, and the token of the batch that sees it. */
interface Sight {
  channelId: number;
  key: string;
  stamp: string;
}

/** First of a batch: the message is seen, if it was not before. Times of the wall clock, ms. */
export function insertSight(db: D1Database, { channelId, key, stamp }: Sight, until: number): Statement {
  return db
    .prepare(`INSERT INTO wechat_seen (channel_id, key, stamp, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`)
    .bind(channelId, key, stamp, until);
}

/** Holds if this batch is the one that saw the message first. */
export function seenFirst({ channelId, key, stamp }: Sight): Guard {
  return {
    sql: `EXISTS (SELECT 1 FROM wechat_seen WHERE channel_id = ? AND key = ? AND stamp = ?)`,
    args: [channelId, key, stamp],
  };
}

/** Forgets messages whose signature is stale long since. */
export function forgetSights(db: D1Database, wall: number): Statement {
  return db.prepare(`DELETE FROM wechat_seen WHERE expires_at < ?`).bind(wall);
}

/** One follower more or fewer on a local date, under the guard. */
export function countFollower(
  db: D1Database,
  channelId: number,
  date: string,
  change: "subscribed" | "unsubscribed",
  guard: Guard,
): Statement {
  const [came, went] = change === "subscribed" ? [1, 0] : [0, 1];
  return db
    .prepare(
      `INSERT INTO wechat_days (channel_id, date, subscribed, unsubscribed) SELECT ?, ?, ?, ? WHERE ${guard.sql}
       ON CONFLICT (channel_id, date) DO UPDATE SET subscribed = subscribed + excluded.subscribed,
         unsubscribed = unsubscribed + excluded.unsubscribed`,
    )
    .bind(channelId, date, came, went, ...guard.args);
}

/** What became of a job, the first time that it is told, under the guard. `at` in ms. */
export function insertFinish(db: D1Database, channelId: number, finish: Finish, at: number, guard: Guard): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_finishes (channel_id, job, body, at) SELECT ?, ?, ?, ? WHERE ${guard.sql} ON CONFLICT DO NOTHING`,
    )
    .bind(channelId, finish.job, JSON.stringify(finish), at, ...guard.args);
}

/** A post as a card shows it; `cover` is a path of the site or an address. */
export interface CardPost {
  id: number;
  uid: string;
  title: string;
  digest: string;
  cover: string;
}

interface CardRow extends Omit<CardPost, "cover"> {
  cover: string | null;
  pictures: string;
  column: string | null;
  publication: string;
}

const CARD = `p.id, p.uid, p.title, p.digest, c.slug AS "column", pub.slug AS publication, r.meta ->> 'cover' AS cover, ${PICTURES} AS pictures`;
const CARD_JOINS = `JOIN publications pub ON pub.id = p.publication_id LEFT JOIN columns c ON c.id = p.column_id
  JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash`;

const toCard = ({ id, uid, title, digest, pictures, ...post }: CardRow): CardPost => ({
  id,
  uid,
  title,
  digest,
  cover: coverOf(post, picturesOf(pictures)).wide,
});

/** How far back the latest edition's posts are looked for: no edition is longer. */
const EDITION_REACH = 60;

/** The live posts of a publication's latest edition in its order, the lead first, at most `limit`. One query, however many posts. */
export async function latestEdition(db: D1Database, publicationId: number, limit: number): Promise<CardPost[]> {
  const found = await rows<CardRow>(
    db
      .prepare(
        `WITH recent AS (SELECT id, edition_id, position FROM posts WHERE publication_id = ?1 AND recalled_at IS NULL
             ORDER BY id DESC LIMIT ${EDITION_REACH}),
           chosen AS (SELECT id, position FROM recent WHERE edition_id = (SELECT edition_id FROM recent ORDER BY id DESC LIMIT 1)
             ORDER BY position LIMIT ?2)
         SELECT ${CARD} FROM chosen CROSS JOIN posts p ON p.id = chosen.id ${CARD_JOINS} ORDER BY chosen.position`,
      )
      .bind(publicationId, limit),
  );
  return found.map(toCard);
}

/** How many of a publication's newest posts a reader's words are looked for in: a month of a busy office. */
const SEARCH_REACH = 300;

/** The newest live posts of a publication, newest first, to be searched. One query, {@link SEARCH_REACH} rows. */
export function searchable(
  db: D1Database,
  publicationId: number,
): Promise<{ id: number; title: string; digest: string }[]> {
  return rows(
    db
      .prepare(
        `SELECT id, title, digest FROM posts WHERE publication_id = ? AND recalled_at IS NULL ORDER BY id DESC LIMIT ${SEARCH_REACH}`,
      )
      .bind(publicationId),
  );
}

/** One post for a card. */
export async function cardOf(db: D1Database, id: number): Promise<CardPost[]> {
  return (await rows<CardRow>(db.prepare(`SELECT ${CARD} FROM posts p ${CARD_JOINS} WHERE p.id = ?`).bind(id))).map(
    toCard,
  );
}
