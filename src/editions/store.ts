/** Editions as they stand, with their slots and picks. */
import { row, rows } from "../platform/d1.ts";
import type { Kind } from "../articles/types.ts";
import type { Rung } from "./ladder/index.ts";

export interface Edition {
  id: number;
  date: string;
  quota: number;
  shortfall: number;
  /** Why it is short, in words; "" when it is not. */
  shortBecause: string;
  provisional: boolean;
  planRev: number;
  plannedAt: number;
  closedAt: number | null;
}

export interface Slot {
  n: number;
  at: number;
  releasedAt: number | null;
  late: boolean;
}

interface Pick {
  position: number;
  slot: number;
  articleId: number;
  uid: string;
  title: string;
  kind: Kind;
  column: string | null;
  unit: string | null;
  columnId: number | null;
  unitId: number | null;
  rung: Rung;
  reason: string;
  seq: number | null;
  /** The actor who placed it; null for the planner's own picks. */
  placedBy: string | null;
}

/** An edition with its slots and picks, as one read. */
export interface Planned {
  edition: Edition;
  slots: Slot[];
  picks: Pick[];
  /** Articles that a person took out of it (internal ids): planning leaves them out. */
  dropped: number[];
  /** An edition of an earlier day still holds picks. */
  earlierOpen: boolean;
}

interface EditionRow {
  id: number;
  date: string;
  quota: number;
  shortfall: number;
  short_because: string;
  provisional: number;
  plan_rev: number;
  planned_at: number;
  closed_at: number | null;
  slots: string;
  dropped: string;
  earlier: number;
}

/** The edition of a publication on a date, or null before it is planned. Two queries. */
export async function readEdition(db: D1Database, publicationId: number, date: string): Promise<Planned | null> {
  const found = await row<EditionRow>(
    db
      .prepare(
        `SELECT id, date, quota, shortfall, short_because, provisional, plan_rev, planned_at, closed_at,
           (SELECT json_group_array(json_object('n', n, 'at', at, 'releasedAt', released_at, 'late', late)) FROM slots
            WHERE edition_id = editions.id) AS slots,
           (SELECT json_group_array(article_id) FROM drops WHERE edition_id = editions.id) AS dropped,
           EXISTS (SELECT 1 FROM editions o WHERE o.publication_id = editions.publication_id AND o.closed_at IS NULL AND o.date < editions.date)
             AS earlier
         FROM editions WHERE publication_id = ? AND date = ?`,
      )
      .bind(publicationId, date),
  );
  if (!found) return null;
  const picks = await rows<Pick>(
    db
      .prepare(
        `SELECT k.position, k.slot, k.article_id AS articleId, a.uid, a.title, a.kind, c.slug AS "column", u.slug AS unit,
           a.column_id AS columnId, a.unit_id AS unitId, k.rung, k.reason, k.seq, k.placed_by AS placedBy
         FROM picks k JOIN articles a ON a.id = k.article_id LEFT JOIN columns c ON c.id = a.column_id LEFT JOIN units u ON u.id = a.unit_id
         WHERE k.edition_id = ? ORDER BY k.position`,
      )
      .bind(found.id),
  );
  const slots = (JSON.parse(found.slots) as (Omit<Slot, "late"> & { late: number })[]).map((slot) => ({
    ...slot,
    late: slot.late === 1,
  }));
  return {
    edition: {
      id: found.id,
      date: found.date,
      quota: found.quota,
      shortfall: found.shortfall,
      shortBecause: found.short_because,
      provisional: found.provisional === 1,
      planRev: found.plan_rev,
      plannedAt: found.planned_at,
      closedAt: found.closed_at,
    },
    slots: slots.sort((a, b) => a.n - b.n),
    picks,
    dropped: JSON.parse(found.dropped) as number[],
    earlierOpen: found.earlier === 1,
  };
}

interface EditionSummary {
  publication: string;
  date: string;
  quota: number;
  shortfall: number;
  picked: number;
  released: number;
}

/** Today's figures of each named edition: `wanted` is [[publication id, date], …]. */
export function summarise(db: D1Database, wanted: readonly (readonly [number, string])[]): Promise<EditionSummary[]> {
  return rows<EditionSummary>(
    db
      .prepare(
        `SELECT p.slug AS publication, e.date, e.quota, e.shortfall, count(k.id) AS picked, count(k.seq) AS released
         FROM json_each(?) j JOIN editions e ON e.publication_id = j.value ->> 0 AND e.date = j.value ->> 1
           JOIN publications p ON p.id = e.publication_id LEFT JOIN picks k ON k.edition_id = e.id
         GROUP BY e.id`,
      )
      .bind(JSON.stringify(wanted)),
  );
}
