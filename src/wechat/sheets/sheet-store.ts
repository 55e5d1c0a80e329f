/** Hand-over sheets 交接单 as the database keeps them: made by the push or the recall, ticked off by a person or an event. */
import type { Statement } from "../../platform/d1.ts";
import { row, rows } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { guarded } from "../../platform/guard.ts";
import { HOUR } from "../../platform/time.ts";

const SHEET_KINDS = ["send", "correct", "takedown"] as const;
export type SheetKind = (typeof SHEET_KINDS)[number];

export const SHEET_STATES = ["open", "done", "cancelled"] as const;
type SheetState = (typeof SHEET_STATES)[number];

/** How long a task may stay open, business time, before it counts as overdue. A recall is urgent. */
export const SHEET_DUE_WITHIN: Readonly<Record<SheetKind, number>> = {
  send: 2 * HOUR,
  correct: 4 * HOUR,
  takedown: HOUR,
};

/** The draft of an open sheet is gone by our own hand: there is nothing to send. */
export function cancelSend(
  db: D1Database,
  { channelId, draft }: { channelId: number; draft: string },
  note: string,
  guard: Guard,
): Statement {
  return guarded(
    db,
    `UPDATE wechat_sheets SET state = 'cancelled', note = ?, look_at = NULL WHERE channel_id = ? AND state = 'open' AND kind = 'send' AND draft = ?`,
    [note, channelId, draft],
    guard,
  );
}

/** What is recalled is not corrected any more. */
export function cancelCorrections(db: D1Database, articleId: number, note: string, guard: Guard): Statement {
  return guarded(
    db,
    `UPDATE wechat_sheets SET state = 'cancelled', note = ? WHERE kind = 'correct' AND state = 'open'
       AND id IN (SELECT s.sheet_id FROM posts p JOIN wechat_sheet_posts s ON s.post_id = p.id WHERE p.article_id = ?)`,
    [`撤回：${note}`, articleId],
    guard,
  );
}

/** A task as it is stored. */
export interface Sheet {
  id: number;
  uid: string;
  channelId: number;
  kind: SheetKind;
  state: SheetState;
  date: string | null;
  draft: string | null;
  bundle: string | null;
  note: string;
  dueAt: number;
  doneBy: string | null;
  doneAt: number | null;
  createdAt: number;
}

const SHEET = `s.id, s.uid, s.channel_id AS channelId, s.kind, s.state, s.date, s.draft, s.bundle, s.note, s.due_at AS dueAt,
  s.done_by AS doneBy, s.done_at AS doneAt, s.created_at AS createdAt`;

/** A task in a list, with what it is about. */
export interface SheetLine extends Sheet {
  /** JSON list of the posts' titles, in order. */
  titles: string;
}

/** One page of an account's tasks, newest first, before the internal id `before`. */
export function listSheets(
  db: D1Database,
  channelId: number,
  state: SheetState | undefined,
  before: number,
  limit: number,
): Promise<SheetLine[]> {
  const which = state === undefined ? "s.state IN ('open', 'done', 'cancelled')" : "s.state = ?";
  return rows(
    db
      .prepare(
        `SELECT ${SHEET}, (SELECT json_group_array(p.title ORDER BY n.idx) FROM wechat_sheet_posts n JOIN posts p ON p.id = n.post_id
           WHERE n.sheet_id = s.id) AS titles
         FROM wechat_sheets s WHERE s.channel_id = ? AND ${which} AND s.id < ? ORDER BY s.id DESC LIMIT ?`,
      )
      .bind(channelId, ...(state === undefined ? [] : [state]), before, limit),
  );
}

/** An account's task with this public id, or null. */
export function findSheet(db: D1Database, channelId: number, uid: string): Promise<Sheet | null> {
  return row(
    db.prepare(`SELECT ${SHEET} FROM wechat_sheets s WHERE s.channel_id = ? AND s.uid = ?`).bind(channelId, uid),
  );
}

/** First statement of ticking off: done, if it is still open. */
export function tickOffSheet(
  db: D1Database,
  done: { id: number; by: string; note: string; stamp: string },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE wechat_sheets SET state = 'done', done_by = ?2, done_at = ?3, note = ?4, stamp = ?5, look_at = NULL WHERE id = ?1 AND state = 'open'`,
    )
    .bind(done.id, done.by, now, done.note, done.stamp);
}

/** First statement of reopening: open again, if a person ticked it off. */
export function reopenSheet(
  db: D1Database,
  sheet: { id: number; kind: SheetKind; note: string; stamp: string },
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE wechat_sheets SET state = 'open', done_by = NULL, done_at = NULL, due_at = ?2, note = ?3, stamp = ?4
       WHERE id = ?1 AND state = 'done' AND done_by <> '${BY_PLATFORM}'`,
    )
    .bind(sheet.id, now + SHEET_DUE_WITHIN[sheet.kind], sheet.note, sheet.stamp);
}

/** Who ticked off a sheet whose sending the platform itself told of. */
export const BY_PLATFORM = "wechat";

/** Holds if the task bears `stamp`. */
export function sheetStamped(id: number, stamp: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM wechat_sheets WHERE id = ? AND stamp = ?)`, args: [id, stamp] };
}
