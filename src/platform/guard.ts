import type { Statement } from "./d1.ts";

/**
 * The condition that makes a batch stand or fall together. D1 has no interactive transaction and an UPDATE that changes
 * nothing stops nothing, so a batch's first statement stamps a row with a fresh token and every later one adds this
 * condition: it holds only if that first statement took effect.
 */
export interface Guard {
  /** SQL of ours for a WHERE clause, its parameters marked `?`. */
  readonly sql: string;
  readonly args: readonly (number | string)[];
}

/** Holds if the row `id` of `table` (a literal of ours, never input) bears `stamp`. */
export function stamped(table: "articles" | "editions" | "publications", id: number, stamp: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM ${table} WHERE id = ? AND stamp = ?)`, args: [id, stamp] };
}

/** `sql` with the guard's condition appended to its WHERE clause, its parameters after the statement's own. */
export function guarded(db: D1Database, sql: string, args: readonly unknown[], guard: Guard): Statement {
  return db.prepare(`${sql} AND ${guard.sql}`).bind(...args, ...guard.args);
}
