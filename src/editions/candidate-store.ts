/**
 * What could make an edition, read at a bounded cost: the heads of the queue, of every (column, unit) cell, of what must
 * run, expires, or rests in the reserve. What it reads follows from the quota and the number of cells, not from the
 * length of the queue.
 */
import { row, rows } from "../platform/d1.ts";
import { fits } from "../articles/states.ts";
import type { Kind } from "../articles/types.ts";
import { KINDS } from "../articles/types.ts";
import type { Medium } from "../newsroom/types.ts";
import type { Candidate } from "./ladder/index.ts";

/** Must-runs of one day that are read at most; the rest follow at the next planning. */
const MUST_RUN_LIMIT = 60;
/** Cells whose first article is read, the first units of every column first; the head of the whole queue is read in any case. */
const CELL_LIMIT = 620;
/**
 * How many further articles of each cell are read, by how many cells there are: what a budget of 1,400 rows leaves after
 * the walk (three rows a cell). Where cells are many, one of each meets any quota within the caps; where they are few, all that matter are read.
 */
const DEPTHS: readonly { cells: number; depth: number }[] = [40, 80, 120, 170, 230, 280].map((cells) => ({
  cells,
  depth: Math.floor(1400 / cells) - 3,
}));

export interface Named {
  id: number;
  slug: string;
  name: string;
}

/** Columns and units by public id. */
export interface NamedBy {
  columns: readonly string[];
  units: readonly string[];
}

/** What is wanted of the queue. Times are epoch ms. */
interface Wanted {
  publicationId: number;
  medium: Medium;
  date: string;
  /** When the first open slot goes out: what expires by then is not read. */
  from: number;
  /** End of the local day. */
  dayEnd: number;
  /** Evergreens that last ran by then have rested. */
  restedBy: number;
  quota: number;
  /** How many articles of one cell can matter. */
  depth: number;
  /** The columns of which at least so many are needed, by public id. */
  minimums: Readonly<Record<string, number>>;
  named: NamedBy;
}

interface Found {
  candidates: Candidate[];
  /** Posts of each unit (0: of none) in the month of the date. */
  monthPosts: Map<number, number>;
  named: { columns: Named[]; units: Named[] };
}

/** An article as the query packs it: id, kind, column, unit, queue key, expiry, embargo, important, must-run, last run. */
type Packed = [
  number,
  Kind,
  number | null,
  number | null,
  number,
  number | null,
  number | null,
  number,
  string | null,
  number | null,
];

/** The head of a cell: unit, id, queue key, expiry, embargo, important. */
type Head = [number | null, number, number, number | null, number | null, number];

interface FoundRow {
  firsts: string;
  more: string;
  heads: string;
  must_run: string;
  expiring: string;
  evergreen: string;
  months: string;
  columns: string;
  units: string;
}

const QUEUED = `publication_id = ?1 AND status = 'queued' AND must_run_on IS NULL`;
const LIVE = `(expires_at IS NULL OR expires_at > ?4)`;
const CELLS = `FROM articles INDEXED BY articles_cells WHERE ${QUEUED}`;

/** The first column of the index for which `where` holds, as a list of one: one step that skips everything between. */
const column = (where: string): string =>
  `(SELECT json_array(column_id) ${CELLS} AND ${where} ORDER BY column_id LIMIT 1)`;

/** The first article of the first cell for which `where` holds. */
const first = (where: string): string =>
  `(SELECT json_array(unit_id, id, queue_key, expires_at, embargo_until, important) ${CELLS} AND kind = k AND ${where} AND ${LIVE}
    ORDER BY unit_id, queue_key, id LIMIT 1)`;

/** The first articles of the cell that `e.value` names. */
const heads = (limit: string): string =>
  `(SELECT json_group_array(json_array(unit_id, id, queue_key, expires_at, embargo_until, important)) FROM
     (SELECT unit_id, id, queue_key, expires_at, embargo_until, important ${CELLS} AND kind = e.value ->> 0 AND column_id IS (e.value ->> 1)
        AND unit_id IS (e.value ->> '$[2][0]') AND ${LIVE} ORDER BY queue_key, id LIMIT ${limit}))`;

const packed = (where: string, lastRun = "NULL"): string =>
  `(SELECT json_group_array(json_array(id, kind, column_id, unit_id, queue_key, expires_at, embargo_until, important, must_run_on, last_run))
    FROM (SELECT *, ${lastRun} AS last_run FROM articles ${where}))`;

const named = (table: "columns" | "units", list: string): string =>
  `(SELECT json_group_array(json_object('id', t.id, 'slug', t.slug, 'name', t.name)) FROM json_each(${list}) j CROSS JOIN ${table} t ON t.slug = j.value)`;

/** One query of one row. */
export async function readCandidates(db: D1Database, wanted: Wanted): Promise<Found> {
  const kinds = KINDS.filter((kind) => fits(kind, wanted.medium));
  const depths = DEPTHS.map(({ cells, depth }) => ({ cells, depth: Math.min(depth, wanted.depth) }));
  const found = await row<FoundRow>(
    db
      .prepare(
        // The limits of a LIMIT are constants to SQLite: one branch for each depth.
        `WITH RECURSIVE
           col(k, h) AS (
             SELECT value, ${column("kind = value")} FROM json_each(?2)
             UNION ALL SELECT k, ${column("kind = k AND column_id > ifnull(h ->> 0, 0)")} FROM col WHERE h IS NOT NULL),
           walk(k, c, h) AS (
             SELECT k, h ->> 0, ${first("column_id IS (h ->> 0)")} FROM col WHERE h IS NOT NULL
             UNION ALL SELECT k, c, ${first("column_id IS c AND unit_id > ifnull(h ->> 0, 0)")} FROM walk WHERE h IS NOT NULL
             LIMIT ${CELL_LIMIT}),
           cells(j) AS (SELECT json_group_array(json_array(k, c, json(h))) FROM walk WHERE h IS NOT NULL)
         SELECT
           j AS firsts,
           (SELECT json_group_array(json_array(e.value ->> 0, e.value ->> 1, json(CASE
              WHEN e.value ->> 1 IN (SELECT x.id FROM json_each(?9) m CROSS JOIN columns x ON x.slug = m.value) THEN ${heads("?8")}
              ${depths.map(({ cells, depth }) => `WHEN json_array_length(j) <= ${cells} THEN ${heads(String(depth))}`).join("\n")}
              END)))
            FROM json_each(CASE WHEN json_array_length(j) <= ${DEPTHS.at(-1)!.cells} THEN j ELSE '[]' END) e) AS more,
           (SELECT json_group_array(json(h)) FROM (SELECT ${packed(
             `INDEXED BY articles_queue WHERE ${QUEUED} AND kind = value AND ${LIVE} ORDER BY queue_key, id LIMIT ?7`,
           )} AS h FROM json_each(?2))) AS heads,
           ${packed(
             `INDEXED BY articles_must_run WHERE publication_id = ?1 AND status = 'queued' AND must_run_on IS NOT NULL AND must_run_on <= ?3
              ORDER BY must_run_on, id LIMIT ${MUST_RUN_LIMIT}`,
           )} AS must_run,
           ${packed(
             `INDEXED BY articles_expiring WHERE publication_id = ?1 AND status = 'queued' AND expires_at IS NOT NULL AND expires_at > ?4
              AND expires_at <= ?5 AND must_run_on IS NULL ORDER BY expires_at, id LIMIT ?7`,
           )} AS expiring,
           ${packed(
             `INDEXED BY articles_evergreen WHERE publication_id = ?1 AND status = 'published' AND evergreen = 1 AND updated_at <= ?6
              AND ${LIVE} ORDER BY updated_at, id LIMIT ?7`,
             "updated_at",
           )} AS evergreen,
           (SELECT json_group_array(json_array(unit_id, posts)) FROM unit_months WHERE publication_id = ?1 AND month = substr(?3, 1, 7)) AS months,
           ${named("columns", "?10")} AS columns, ${named("units", "?11")} AS units
         FROM cells`,
      )
      .bind(
        wanted.publicationId,
        JSON.stringify(kinds),
        wanted.date,
        wanted.from,
        wanted.dayEnd,
        wanted.restedBy,
        wanted.quota,
        Math.max(0, ...Object.values(wanted.minimums)),
        JSON.stringify(Object.keys(wanted.minimums)),
        JSON.stringify(wanted.named.columns),
        JSON.stringify(wanted.named.units),
      ),
  );
  return unpack(found!);
}

function unpack(found: FoundRow): Found {
  const candidates = new Map<number, Candidate>();
  const add = ([
    articleId,
    kind,
    column,
    unit,
    queueKey,
    expiresAt,
    embargoUntil,
    important,
    mustRunOn,
    lastRunAt,
  ]: Packed) =>
    candidates.set(articleId, {
      articleId,
      kind,
      column,
      unit,
      queueKey,
      expiresAt,
      embargoUntil,
      important: important === 1,
      mustRunOn,
      lastRunAt,
    });
  const addHead = (kind: Kind, column: number | null, [unit, id, key, expires, embargo, important]: Head) =>
    add([id, kind, column, unit, key, expires, embargo, important, null, null]);
  for (const [kind, column, head] of JSON.parse(found.firsts) as [Kind, number | null, Head][])
    addHead(kind, column, head);
  for (const [kind, column, heads] of JSON.parse(found.more) as [Kind, number | null, Head[]][])
    for (const head of heads) addHead(kind, column, head);
  const lists = [found.must_run, found.expiring, found.evergreen].map((json) => JSON.parse(json) as Packed[]);
  for (const list of [...(JSON.parse(found.heads) as Packed[][]), ...lists]) list.forEach(add);
  return {
    candidates: [...candidates.values()],
    monthPosts: new Map(JSON.parse(found.months) as [number, number][]),
    named: { columns: JSON.parse(found.columns) as Named[], units: JSON.parse(found.units) as Named[] },
  };
}

/** What a screen shows of an article that the ladder chose. */
export interface Shown {
  articleId: number;
  uid: string;
  title: string;
  hash: string;
  column: string | null;
  unit: string | null;
}

/** The articles with these internal ids, in no order. One query. */
export function readShown(db: D1Database, articleIds: readonly number[]): Promise<Shown[]> {
  return rows<Shown>(
    db
      .prepare(
        `SELECT a.id AS articleId, a.uid, a.title, a.hash, c.slug AS "column", u.slug AS unit
         FROM json_each(?) j CROSS JOIN articles a ON a.id = j.value LEFT JOIN columns c ON c.id = a.column_id LEFT JOIN units u ON u.id = a.unit_id`,
      )
      .bind(JSON.stringify(articleIds)),
  );
}

/** The queued articles with these public ids, as candidates; others are left out. One query. */
export async function readQueued(db: D1Database, uids: readonly string[]): Promise<(Candidate & { uid: string })[]> {
  const found = await rows<Omit<Candidate, "important"> & { uid: string; important: number }>(
    db
      .prepare(
        `SELECT a.uid, a.id AS articleId, a.kind, a.column_id AS "column", a.unit_id AS unit, a.important, a.queue_key AS queueKey,
           a.must_run_on AS mustRunOn, a.expires_at AS expiresAt, a.embargo_until AS embargoUntil, NULL AS lastRunAt
         FROM json_each(?) j CROSS JOIN articles a ON a.uid = j.value WHERE a.status = 'queued'`,
      )
      .bind(JSON.stringify(uids)),
  );
  return found.map((article) => ({ ...article, important: article.important === 1 }));
}

/** The internal ids of the articles with these public ids; unknown ones are left out. One query. */
export async function readIds(db: D1Database, uids: readonly string[]): Promise<number[]> {
  const found = await rows<{ id: number }>(
    db.prepare(`SELECT a.id FROM json_each(?) j CROSS JOIN articles a ON a.uid = j.value`).bind(JSON.stringify(uids)),
  );
  return found.map(({ id }) => id);
}
