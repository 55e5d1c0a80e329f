/** Cursor paging: a cursor is a position between rows, not a page number, so a list that grows is read without gaps. */
import { invalid } from "../../platform/problem.ts";

/** The internal id that a cursor stands for, or `start` without one. Throws a 422 problem for a made-up cursor. */
export function positionOf(cursor: string | undefined, start: number): number {
  if (cursor === undefined) return start;
  const id = /^c[0-9a-z]{1,11}$/.test(cursor) ? Number.parseInt(cursor.slice(1), 36) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw invalid("cursor", "is not one that this API gave out");
  return id;
}

/** A page of at most `limit` rows out of up to `limit + 1` that were read, and the cursor of what follows. */
export function pageOf<Row, View>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => number,
  view: (row: Row) => View,
) {
  const items = rows.slice(0, limit);
  const more = rows.length > limit;
  return { items: items.map(view), next: more ? `c${idOf(items.at(-1)!).toString(36)}` : null };
}
