import type { Outlet } from "../newsroom/types.ts";
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import { NEW_POSTS } from "../wire/store.ts";
import type { HandoverKind, HandoverState } from "./outlets.ts";
import { DUE_WITHIN } from "./outlets.ts";

const HEAD = `(SELECT max(seq) FROM wire)`;

/**
 * The tasks of a release batch, one for each outlet of each new post. Runs while the posts are new ({@link NEW_POSTS}),
 * so a batch that released nothing makes none.
 */
export function insertHandovers(db: D1Database, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO handovers (uid, post_id, publication_id, outlet, kind, state, due_at, created_at)
       SELECT p.uid || '-' || o.value || '-' || p.id, p.id, p.publication_id, o.value, 'publish', 'open', ?1, ?2
       FROM (${NEW_POSTS}) n JOIN posts p ON p.id = n.id JOIN publications b ON b.id = p.publication_id, json_each(b.outlets) o
       WHERE true ON CONFLICT (uid) DO NOTHING`,
    )
    .bind(now + DUE_WITHIN.publish, now);
}

/** Where a post's videos are, as far as anyone knows: the newest link of each (post, outlet) among `posts` (SQL, one parameter). */
const whereUp = (posts: string) =>
  `SELECT post_id, publication_id, outlet, link, max(id) FROM handovers WHERE link IS NOT NULL AND post_id IN (${posts})
   GROUP BY post_id, outlet`;

const LATEST_POST = `SELECT max(id) FROM posts WHERE article_id = ?`;

/**
 * 更正: an open task shows the new text by itself and only says so; where the video is up, a task to update it. After the
 * wire entry of the correction, under the guard of the article's move.
 */
export function correctHandovers(
  db: D1Database,
  articleId: number,
  note: string,
  guard: Guard,
  now: number,
): Statement[] {
  const why = `更正：${note}`;
  return [
    guarded(
      db,
      `UPDATE handovers SET note = ? WHERE post_id = (${LATEST_POST}) AND state = 'open' AND kind <> 'takedown'`,
      [why, articleId],
      guard,
    ),
    guarded(
      db,
      `INSERT INTO handovers (uid, post_id, publication_id, outlet, kind, state, link, due_at, note, created_at)
       SELECT p.uid || '-' || h.outlet || '-' || ${HEAD}, h.post_id, h.publication_id, h.outlet, 'update', 'open', h.link, ?, ?, ?
       FROM (${whereUp(LATEST_POST)}) h JOIN posts p ON p.id = h.post_id
       WHERE NOT EXISTS (SELECT 1 FROM handovers x WHERE x.post_id = h.post_id AND x.outlet = h.outlet AND x.state = 'open')`,
      [now + DUE_WITHIN.update, why, now, articleId],
      guard,
    ),
  ];
}

/**
 * 撤回: what is not up yet is cancelled; what is up, or was when a task was reopened, is to be taken down. All posts of the
 * article are recalled, so all of their tasks are looked at. After the wire entry, under the guard of the article's move.
 */
export function recallHandovers(
  db: D1Database,
  articleId: number,
  note: string,
  guard: Guard,
  now: number,
): Statement[] {
  const posts = `SELECT id FROM posts WHERE article_id = ?`;
  return [
    guarded(
      db,
      `UPDATE handovers SET state = 'cancelled', note = ? WHERE post_id IN (${posts}) AND state = 'open'`,
      [`撤回：${note}`, articleId],
      guard,
    ),
    guarded(
      db,
      `INSERT INTO handovers (uid, post_id, publication_id, outlet, kind, state, link, due_at, note, created_at)
       SELECT p.uid || '-' || h.outlet || '-' || ${HEAD}, h.post_id, h.publication_id, h.outlet, 'takedown', 'open', h.link, ?, ?, ?
       FROM (${whereUp(posts)}) h JOIN posts p ON p.id = h.post_id WHERE true`,
      [now + DUE_WITHIN.takedown, `撤回：${note}`, now, articleId],
      guard,
    ),
  ];
}

/** A task with the post it is about. */
export interface Handover {
  id: number;
  uid: string;
  outlet: Outlet;
  kind: HandoverKind;
  state: HandoverState;
  link: string | null;
  dueAt: number;
  doneBy: string | null;
  doneAt: number | null;
  note: string;
  createdAt: number;
  /** The post's seq on the wire. */
  seq: number;
  postUid: string;
  articleUid: string;
  title: string;
  hash: string;
  releasedAt: number;
  recalledAt: number | null;
  publication: string;
  timeZone: string;
  stoppedAt: number | null;
  column: string | null;
  unit: string | null;
}

/** A task with what its pack is made of. `meta` is the revision's JSON: credits, cover, source, file, captions. */
export interface HandoverDetail extends Handover {
  digest: string;
  meta: string;
  columnName: string | null;
}

const COLUMNS = `h.id, h.uid, h.outlet, h.kind, h.state, h.link, h.due_at AS dueAt, h.done_by AS doneBy, h.done_at AS doneAt, h.note,
  h.created_at AS createdAt, p.id AS seq, p.uid AS postUid, a.uid AS articleUid, p.title, p.hash, p.released_at AS releasedAt,
  p.recalled_at AS recalledAt, b.slug AS publication, b.time_zone AS timeZone, b.stopped_at AS stoppedAt, c.slug AS "column",
  u.slug AS unit`;
const JOINS = `JOIN posts p ON p.id = h.post_id JOIN articles a ON a.id = p.article_id JOIN publications b ON b.id = h.publication_id
  LEFT JOIN columns c ON c.id = p.column_id LEFT JOIN units u ON u.id = p.unit_id`;

/** The task with this public id, or null. One query. */
export function findHandover(db: D1Database, uid: string): Promise<HandoverDetail | null> {
  return row<HandoverDetail>(
    db
      .prepare(
        `SELECT ${COLUMNS}, p.digest, r.meta, c.name AS columnName FROM handovers h ${JOINS}
           JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash
         WHERE h.uid = ?`,
      )
      .bind(uid),
  );
}

/** What narrows a list of tasks. */
interface HandoverFilter {
  state?: HandoverState | undefined;
  publicationId?: number | undefined;
}

/** One page of tasks, newest first, before the internal id `before`. */
export function listHandovers(
  db: D1Database,
  filter: HandoverFilter,
  before: number,
  limit: number,
): Promise<Handover[]> {
  const where = ["h.id < ?"];
  const args: unknown[] = [before];
  if (filter.state !== undefined) {
    where.push("h.state = ?");
    args.push(filter.state);
  }
  if (filter.publicationId !== undefined) {
    where.push("h.publication_id = ?");
    args.push(filter.publicationId);
  }
  return rows<Handover>(
    db
      .prepare(`SELECT ${COLUMNS} FROM handovers h ${JOINS} WHERE ${where.join(" AND ")} ORDER BY h.id DESC LIMIT ?`)
      .bind(...args, limit),
  );
}

/** How far a post's hand-over to one outlet has come. */
interface Progress {
  /** The post's seq on the wire. */
  seq: number;
  outlet: Outlet;
  kind: HandoverKind;
  state: HandoverState;
  link: string | null;
}

/** The newest task of each outlet for the posts with these seqs. */
export function listProgressOf(db: D1Database, seqs: readonly number[]): Promise<Progress[]> {
  return rows<Progress>(
    db
      .prepare(
        `SELECT h.post_id AS seq, h.outlet, h.kind, h.state, h.link FROM json_each(?) j CROSS JOIN handovers h ON h.post_id = j.value
         WHERE h.id = (SELECT max(id) FROM handovers x WHERE x.post_id = h.post_id AND x.outlet = h.outlet)
         ORDER BY h.post_id, h.outlet`,
      )
      .bind(JSON.stringify(seqs)),
  );
}

/** Open tasks of each publication that has some, and how many of them are overdue at `now`. One query. */
export function countOpen(
  db: D1Database,
  now: number,
): Promise<{ publicationId: number; open: number; overdue: number }[]> {
  return rows(
    db
      .prepare(
        `SELECT publication_id AS publicationId, count(*) AS open, sum(due_at <= ?) AS overdue FROM handovers
         WHERE state = 'open' GROUP BY publication_id`,
      )
      .bind(now),
  );
}

/**
 * First statement of ticking off: done, if it is still open and, when `hash` is given, the post still shows that text.
 */
export function tickOff(
  db: D1Database,
  done: { id: number; link: string | null; note: string; by: string; hash: string | null; stamp: string },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE handovers SET state = 'done', link = ?2, note = ?3, done_by = ?4, done_at = ?5, stamp = ?6
       WHERE id = ?1 AND state = 'open' AND (?7 IS NULL OR (SELECT hash FROM posts WHERE id = post_id) = ?7)`,
    )
    .bind(done.id, done.link, done.note, done.by, now, done.stamp, done.hash);
}

/** First statement of reopening: open again, if it is done and, but for a take-down, its post is not recalled. */
export function reopen(
  db: D1Database,
  task: { id: number; kind: HandoverKind; note: string; stamp: string },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE handovers SET state = 'open', due_at = ?2, note = ?3, done_by = NULL, done_at = NULL, stamp = ?4
       WHERE id = ?1 AND state = 'done'
         AND (kind = 'takedown' OR (SELECT recalled_at FROM posts WHERE id = post_id) IS NULL)`,
    )
    .bind(task.id, now + DUE_WITHIN[task.kind], task.note, task.stamp);
}

/** Holds if the task bears `stamp`. */
export function taskStamped(id: number, stamp: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM handovers WHERE id = ? AND stamp = ?)`, args: [id, stamp] };
}
