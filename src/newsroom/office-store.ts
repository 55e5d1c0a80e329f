/** The office's one row: its revision, the heartbeat, the next chores. */
import type { Statement } from "../platform/d1.ts";
import { row } from "../platform/d1.ts";

/** Raises the office's revision: a name that readers see has changed, so no cached page holds. */
export function bumpOffice(db: D1Database): Statement {
  return db.prepare(`UPDATE office SET rev = rev + 1 WHERE id = 1`);
}

interface Heartbeat {
  /** Business time of the next clean-up. */
  chores_at: number;
  /** The furthest business time of any tick so far, this one included: more than `at` means that this one stepped back. */
  latest: number | null;
}

/** Notes that a tick ran, and gives what it must know. One row read, one written. */
export async function beat(db: D1Database, at: number, wall: number): Promise<Heartbeat> {
  const found = await row<Heartbeat>(
    db
      .prepare(
        `UPDATE office SET last_tick_at = ?1, last_tick_wall = ?2, latest_tick_at = max(coalesce(latest_tick_at, ?1), ?1) WHERE id = 1
         RETURNING chores_at, latest_tick_at AS latest`,
      )
      .bind(at, wall),
  );
  return found ?? { chores_at: 0, latest: null };
}

/** Sets when the next clean-up is due. */
export function setChores(db: D1Database, at: number): Statement {
  return db.prepare(`UPDATE office SET chores_at = ? WHERE id = 1`).bind(at);
}

/** The office's revision and its last tick. */
export function readOffice(
  db: D1Database,
): Promise<{ rev: number; last_tick_at: number | null; last_tick_wall: number | null } | null> {
  return row(db.prepare(`SELECT rev, last_tick_at, last_tick_wall FROM office WHERE id = 1`));
}
