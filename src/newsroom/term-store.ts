import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";

export const TERM_KINDS = ["forbidden", "preferred"] as const;
export const TERM_SEVERITIES = ["error", "warning"] as const;

/** So many terms an office may have: every look at a text reads them all. */
export const TERM_LIMIT = 5000;

/** What a person sets of an entry of the office's word lists. */
export interface TermFields {
  text: string;
  kind: (typeof TERM_KINDS)[number];
  /** The right form; null only for a forbidden word. */
  writeAs: string | null;
  severity: (typeof TERM_SEVERITIES)[number];
  note: string;
}

export interface TermRow extends TermFields {
  id: number;
  uid: string;
  rev: number;
}

const TERM = `id, uid, rev, text, kind, write_as AS writeAs, severity, note`;

/** A new term, unless the office has as many as it may. A repeat with the same public id changes nothing. */
export function insertTerm(db: D1Database, uid: string, term: TermFields, stamp: string, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO terms (uid, text, kind, write_as, severity, note, rev, stamp, created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?8 WHERE (SELECT count(*) FROM terms) < ${TERM_LIMIT} ON CONFLICT (uid) DO NOTHING`,
    )
    .bind(uid, term.text, term.kind, term.writeAs, term.severity, term.note, stamp, now);
}

/** Writes a term whole, if it is at the revision that was read. */
export function updateTerm(
  db: D1Database,
  { uid, rev, stamp }: { uid: string; rev: number; stamp: string },
  term: TermFields,
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE terms SET text = ?, kind = ?, write_as = ?, severity = ?, note = ?, rev = rev + 1, stamp = ?, updated_at = ?
       WHERE uid = ? AND rev = ?`,
    )
    .bind(term.text, term.kind, term.writeAs, term.severity, term.note, stamp, now, uid, rev);
}

/** Holds while the term is at `rev`: what goes on record of its end comes before it in the batch. */
export function termAt(uid: string, rev: number): Guard {
  return { sql: `EXISTS (SELECT 1 FROM terms WHERE uid = ? AND rev = ?)`, args: [uid, rev] };
}

/** Holds if the term bears `stamp`. */
export function termStamped(uid: string, stamp: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM terms WHERE uid = ? AND stamp = ?)`, args: [uid, stamp] };
}

export function deleteTerm(db: D1Database, uid: string, rev: number): Statement {
  return db.prepare(`DELETE FROM terms WHERE uid = ? AND rev = ?`).bind(uid, rev);
}

/** The term with this public id, or null. */
export function findTerm(db: D1Database, uid: string): Promise<TermRow | null> {
  return row<TermRow>(db.prepare(`SELECT ${TERM} FROM terms WHERE uid = ?`).bind(uid));
}

/** One page of terms after the internal id `after`. */
export function listTerms(db: D1Database, after: number, limit: number): Promise<TermRow[]> {
  return rows<TermRow>(db.prepare(`SELECT ${TERM} FROM terms WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit));
}

/** Every term of the office, as {@link TermFields}. */
export function allTerms(db: D1Database): Statement {
  return db.prepare(`SELECT text, kind, write_as AS writeAs, severity, note FROM terms`);
}
