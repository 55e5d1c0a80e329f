/** The wire's entries as those who follow it read them: by cursor, by number, by name. */
import { rows } from "../platform/d1.ts";
import { picturesOf } from "../articles/media.ts";
import { PICTURES } from "../articles/record-store.ts";
import type { MediaFacts } from "../articles/types.ts";

export const ENTRY_KINDS = ["published", "corrected", "recalled"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A wire entry with its post, as channels, feeds and the API read it. */
export interface Entry {
  seq: number;
  kind: EntryKind;
  at: number;
  note: string;
  postId: number;
  releasedAt: number;
  uid: string;
  title: string;
  digest: string;
  recalled: boolean;
  original: boolean;
  publication: string;
  publicationName: string;
  timeZone: string;
  stopped: boolean;
  column: string | null;
  unit: string | null;
  columnName: string | null;
  unitName: string | null;
  correctedAt: number | null;
  /** As it was given: nobody has judged the address. */
  cover: string | null;
  pictures: MediaFacts[];
  /** Only when texts are asked for, as the revision's JSON (`meta`). */
  markdown: string | null;
  meta: string | null;
  /** Its publication's theme, as JSON; only with the text. */
  theme: string | null;
}

interface EntryRow extends Omit<Entry, "recalled" | "original" | "stopped" | "pictures"> {
  pictures: string;
  recalled: number;
  original: number;
  stopped: number;
}

const entrySelect = (withText: boolean) =>
  `SELECT w.seq, w.kind, w.at, w.note, w.post_id AS postId, p.released_at AS releasedAt, p.uid, p.title, p.digest, p.recalled_at IS NOT NULL AS recalled,
     p.kind <> 'reprint' AS original, pub.slug AS publication, pub.time_zone AS timeZone, pub.stopped_at IS NOT NULL AS stopped,
     c.slug AS "column", u.slug AS unit, pub.name AS publicationName, c.name AS columnName, u.name AS unitName, p.corrected_at AS correctedAt,
     r.meta ->> 'cover' AS cover, ${PICTURES} AS pictures, ${withText ? "r.markdown, r.meta, pub.theme" : "NULL AS markdown, NULL AS meta, NULL AS theme"}
   FROM wire w JOIN posts p ON p.id = w.post_id JOIN publications pub ON pub.id = p.publication_id
     JOIN revisions r ON r.article_id = p.article_id AND r.hash = p.hash
     LEFT JOIN columns c ON c.id = p.column_id LEFT JOIN units u ON u.id = p.unit_id`;

const toEntry = (r: EntryRow): Entry => ({
  ...r,
  pictures: picturesOf(r.pictures),
  recalled: r.recalled === 1,
  original: r.original === 1,
  stopped: r.stopped === 1,
});

/**
 * The next `window` entries after each of the given cursors, in order, without repeats. Entries are addressed by number
 * (the wire has no gaps), so the cost is the number of distinct cursors times the window, however long the wire.
 */
export async function readSlices(
  db: D1Database,
  cursors: readonly number[],
  window: number,
  withText: boolean,
): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    db
      .prepare(
        `${entrySelect(withText)} WHERE w.seq IN (SELECT DISTINCT c.value + n.value FROM json_each(?1) c, json_each(?2) n) ORDER BY w.seq`,
      )
      .bind(JSON.stringify([...new Set(cursors)]), JSON.stringify(Array.from({ length: window }, (_, i) => i + 1))),
  );
  return found.map(toEntry);
}

/** Which entries somebody asks for by name. `upTo` is the last one that may be among them. */
type Asked = ({ from: number; to: number } | { posts: readonly string[] } | { since: number }) & {
  upTo: number;
};

/** How far back a look by time goes, in entries: the wire has no index by time, and these are some weeks of a busy office. */
const REACH = 5000;

/** The entries that are asked for, in order, at most `limit`: by their numbers, the releases of some posts, or since a time (ms). */
export async function readAsked(db: D1Database, asked: Asked, limit: number): Promise<Entry[]> {
  const [where, ...args] =
    "from" in asked
      ? [`w.seq BETWEEN ?3 AND ?4`, asked.from, asked.to]
      : "posts" in asked
        ? [
            `w.seq IN (SELECT id FROM posts WHERE uid IN (SELECT value FROM json_each(?3)))`,
            JSON.stringify(asked.posts),
          ]
        : [`w.seq > ?1 - ${REACH} AND w.at >= ?3`, asked.since];
  const found = await rows<EntryRow>(
    db
      .prepare(`${entrySelect(false)} WHERE w.seq <= ?1 AND ${where} ORDER BY w.seq LIMIT ?2`)
      .bind(asked.upTo, limit, ...args),
  );
  return found.map(toEntry);
}

/** The entries of these numbers, in order, those that there are. */
export async function readEntriesNamed(db: D1Database, seqs: readonly number[], withText: boolean): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    db
      .prepare(`${entrySelect(withText)} WHERE w.seq IN (SELECT value FROM json_each(?)) ORDER BY w.seq`)
      .bind(JSON.stringify(seqs)),
  );
  return found.map(toEntry);
}

/** Entries after `after`, at most `limit`. */
export async function readWire(db: D1Database, after: number, limit: number): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    db.prepare(`${entrySelect(false)} WHERE w.seq > ? ORDER BY w.seq LIMIT ?`).bind(after, limit),
  );
  return found.map(toEntry);
}
