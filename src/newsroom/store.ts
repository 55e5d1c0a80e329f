import { DEFAULT_THEME, type ThemeSettings } from "../formats/index.ts";
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import type { LadderSettings } from "./ladder-settings.ts";
import { parseLadder } from "./ladder-settings.ts";
import type { Medium, Outlet, Publication, Role, Scope, Stage, UnitKind } from "./types.ts";
import { defaultOutlets } from "./types.ts";

interface PublicationRow {
  id: number;
  slug: string;
  name: string;
  medium: Medium;
  time_zone: string;
  quota: number;
  plan_at: string;
  release_times: string;
  stages: string;
  warn_at: string;
  outlets: string;
  ladder: string;
  theme: string;
  stopped_at: number | null;
  stop_reason: string | null;
  due_at: number;
  rev: number;
}

const PUBLICATION = `id, slug, name, medium, time_zone, quota, plan_at, release_times, stages, warn_at, outlets, ladder, theme, stopped_at, stop_reason, due_at, rev`;

function toPublication(r: PublicationRow): Publication {
  return {
    id: r.id,
    slug: r.slug,
    name: r.name,
    medium: r.medium,
    timeZone: r.time_zone,
    quota: r.quota,
    planAt: r.plan_at,
    releaseTimes: JSON.parse(r.release_times) as string[],
    stages: JSON.parse(r.stages) as Stage[],
    warnAt: JSON.parse(r.warn_at) as string[],
    outlets: JSON.parse(r.outlets) as Outlet[],
    ladder: parseLadder(r.ladder),
    theme: JSON.parse(r.theme) as ThemeSettings,
    stoppedAt: r.stopped_at,
    stopReason: r.stop_reason,
    dueAt: r.due_at,
    rev: r.rev,
  };
}

/** The publication with this public id, or null. */
export async function findPublication(db: D1Database, slug: string): Promise<Publication | null> {
  const found = await row<PublicationRow>(
    db.prepare(`SELECT ${PUBLICATION} FROM publications WHERE slug = ?`).bind(slug),
  );
  return found && toPublication(found);
}

/** Publications in order of making; `dueBy` keeps those whose alarm rings by that business time. */
export async function listPublications(db: D1Database, dueBy?: number): Promise<Publication[]> {
  const statement =
    dueBy === undefined
      ? db.prepare(`SELECT ${PUBLICATION} FROM publications ORDER BY id`)
      : db.prepare(`SELECT ${PUBLICATION} FROM publications WHERE due_at <= ? ORDER BY due_at`).bind(dueBy);
  return (await rows<PublicationRow>(statement)).map(toPublication);
}

/**
 * What a person sets of a publication; `outlets` left out are those of the medium, what the
 * ladder's settings leave out is the default.
 */
export type PublicationSettings = Pick<
  Publication,
  "slug" | "name" | "medium" | "timeZone" | "quota" | "planAt" | "releaseTimes" | "stages"
> & {
  warnAt?: readonly string[];
  outlets?: readonly Outlet[];
  ladder?: Partial<LadderSettings>;
  theme?: ThemeSettings;
};

/** When a working day's shortfall is warned of where nobody has said: while the office can still do something about it. */
export const DEFAULT_WARN_AT: readonly string[] = ["16:00"];

const outletsJson = (p: PublicationSettings): string => JSON.stringify(p.outlets ?? defaultOutlets(p.medium));

export function insertPublication(db: D1Database, p: PublicationSettings, now: number): Statement {
  return db
    .prepare(
      `INSERT INTO publications (slug, name, medium, time_zone, quota, plan_at, release_times, stages, warn_at, outlets, ladder, theme, due_at, rev, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?10, ?11, ?12, ?13, ?9, 1, ?9, ?9)`,
    )
    .bind(
      p.slug,
      p.name,
      p.medium,
      p.timeZone,
      p.quota,
      p.planAt,
      JSON.stringify(p.releaseTimes),
      JSON.stringify(p.stages),
      now,
      JSON.stringify(p.warnAt ?? DEFAULT_WARN_AT),
      outletsJson(p),
      JSON.stringify(p.ladder ?? {}),
      JSON.stringify(p.theme ?? DEFAULT_THEME),
    );
}

/** Replaces the settings of the revision that the caller read; wakes the tick, since slots may have moved. */
export function updatePublication(
  db: D1Database,
  p: PublicationSettings,
  rev: number,
  stamp: string,
  now: number,
): Statement {
  return db
    .prepare(
      `UPDATE publications SET name = ?2, medium = ?3, time_zone = ?4, quota = ?5, plan_at = ?6, release_times = ?7, stages = ?8,
         warn_at = coalesce(?12, warn_at), outlets = ?13, ladder = ?14, theme = ?15,
         due_at = min(due_at, ?9), rev = rev + 1, stamp = ?10, updated_at = ?9
       WHERE slug = ?1 AND rev = ?11`,
    )
    .bind(
      p.slug,
      p.name,
      p.medium,
      p.timeZone,
      p.quota,
      p.planAt,
      JSON.stringify(p.releaseTimes),
      JSON.stringify(p.stages),
      now,
      stamp,
      rev,
      p.warnAt ? JSON.stringify(p.warnAt) : null,
      outletsJson(p),
      JSON.stringify(p.ladder ?? {}),
      JSON.stringify(p.theme ?? DEFAULT_THEME),
    );
}

/** 紧急停发, or its end: changes the row only if that is not yet its state. */
export function setStopped(db: D1Database, id: number, reason: string | null, stamp: string, now: number): Statement {
  return reason === null
    ? db
        .prepare(
          `UPDATE publications SET stopped_at = NULL, stop_reason = NULL, due_at = min(due_at, ?2), rev = rev + 1, stamp = ?3, updated_at = ?2
           WHERE id = ?1 AND stopped_at IS NOT NULL`,
        )
        .bind(id, now, stamp)
    : db
        .prepare(
          `UPDATE publications SET stopped_at = ?2, stop_reason = ?4, rev = rev + 1, stamp = ?3, updated_at = ?2
           WHERE id = ?1 AND stopped_at IS NULL`,
        )
        .bind(id, now, stamp, reason);
}

/** Sets the tick's alarm for a publication. */
export function setDue(db: D1Database, id: number, dueAt: number): Statement {
  return db.prepare(`UPDATE publications SET due_at = ?2 WHERE id = ?1`).bind(id, dueAt);
}

/** Rings the tick's alarm for a publication by `now` at the latest, under `condition` (SQL of ours, parameters `args`). */
export function wakePublication(
  db: D1Database,
  id: number,
  now: number,
  condition: string,
  args: readonly unknown[],
): Statement {
  return db
    .prepare(`UPDATE publications SET due_at = min(due_at, ?) WHERE id = ? AND due_at > ? AND ${condition}`)
    .bind(now, id, now, ...args);
}

/** Rings the tick's alarm for every publication by `now` at the latest: what days are worked has changed. */
export function wakePublications(db: D1Database, now: number, guard: Guard): Statement {
  return guarded(db, `UPDATE publications SET due_at = ? WHERE due_at > ?`, [now, now], guard);
}

/** Columns and units are alike to the database: a public id and a name. */
export interface Named {
  id: number;
  slug: string;
  name: string;
}

/** Finds what a form or request named by its public id. */
export function findNamed(db: D1Database, table: "columns" | "units", slug: string): Promise<Named | null> {
  return row<Named>(db.prepare(`SELECT id, slug, name FROM ${table} WHERE slug = ?`).bind(slug));
}

export function insertColumn(db: D1Database, slug: string, name: string, now: number): Statement {
  return db.prepare(`INSERT INTO columns (slug, name, created_at) VALUES (?, ?, ?)`).bind(slug, name, now);
}

export function insertUnit(db: D1Database, slug: string, name: string, kind: UnitKind, now: number): Statement {
  return db.prepare(`INSERT INTO units (slug, name, kind, created_at) VALUES (?, ?, ?, ?)`).bind(slug, name, kind, now);
}

export function insertPerson(
  db: D1Database,
  slug: string,
  name: string,
  role: Role,
  unitId: number | null,
  now: number,
): Statement {
  return db
    .prepare(`INSERT INTO people (slug, name, role, unit_id, created_at) VALUES (?, ?, ?, ?, ?)`)
    .bind(slug, name, role, unitId, now);
}

export interface ColumnRow extends Named {}
export interface UnitRow extends Named {
  kind: UnitKind;
}
export interface PersonRow extends Named {
  role: Role;
  unit: string | null;
}

/** The public ids of the office's columns and units, at most `limit` of each. Two lists in one query. */
export async function listSlugs(db: D1Database, limit: number): Promise<{ columns: string[]; units: string[] }> {
  const slugs = (table: "columns" | "units") =>
    `(SELECT json_group_array(slug) FROM (SELECT slug FROM ${table} ORDER BY id LIMIT ?1))`;
  const found = await row<{ columns: string; units: string }>(
    db.prepare(`SELECT ${slugs("columns")} AS columns, ${slugs("units")} AS units`).bind(limit),
  );
  return { columns: JSON.parse(found!.columns) as string[], units: JSON.parse(found!.units) as string[] };
}

/** One page of columns after the internal id `after`. */
export function listColumns(db: D1Database, after: number, limit: number): Promise<ColumnRow[]> {
  return rows<ColumnRow>(
    db.prepare(`SELECT id, slug, name FROM columns WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit),
  );
}

/** One page of units after the internal id `after`. */
export function listUnits(db: D1Database, after: number, limit: number): Promise<UnitRow[]> {
  return rows<UnitRow>(
    db.prepare(`SELECT id, slug, name, kind FROM units WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit),
  );
}

/** One page of people after the internal id `after`. */
export function listPeople(db: D1Database, after: number, limit: number): Promise<PersonRow[]> {
  return rows<PersonRow>(
    db
      .prepare(
        `SELECT p.id, p.slug, p.name, p.role, u.slug AS unit FROM people p LEFT JOIN units u ON u.id = p.unit_id
         WHERE p.id > ? ORDER BY p.id LIMIT ?`,
      )
      .bind(after, limit),
  );
}

/** The person with this public id, or null. */
export function findPerson(db: D1Database, slug: string): Promise<{ id: number; role: Role } | null> {
  return row(db.prepare(`SELECT id, role FROM people WHERE slug = ?`).bind(slug));
}

export interface TokenRow {
  id: number;
  uid: string;
  name: string;
  scopes: string;
  person: string | null;
  role: Role | null;
}

/** The live token with this hash, or null. */
export function findToken(db: D1Database, hash: string): Promise<TokenRow | null> {
  return row<TokenRow>(
    db
      .prepare(
        `SELECT t.id, t.uid, t.name, t.scopes, p.slug AS person, p.role FROM tokens t LEFT JOIN people p ON p.id = t.person_id
         WHERE t.hash = ? AND t.revoked_at IS NULL`,
      )
      .bind(hash),
  );
}

/** One page of live tokens after the internal id `after`; never the tokens themselves. */
export function listTokens(db: D1Database, after: number, limit: number): Promise<TokenRow[]> {
  return rows<TokenRow>(
    db
      .prepare(
        `SELECT t.id, t.uid, t.name, t.scopes, p.slug AS person, p.role FROM tokens t LEFT JOIN people p ON p.id = t.person_id
         WHERE t.id > ? AND t.revoked_at IS NULL ORDER BY t.id LIMIT ?`,
      )
      .bind(after, limit),
  );
}

export function insertToken(
  db: D1Database,
  token: { uid: string; hash: string; name: string; personId: number | null; scopes: readonly Scope[] },
  now: number,
): Statement {
  return db
    .prepare(`INSERT INTO tokens (uid, hash, name, person_id, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)`)
    .bind(token.uid, token.hash, token.name, token.personId, JSON.stringify(token.scopes), now);
}

/** Holds while the token is live: what goes on record of its end comes before it in the batch. */
export function tokenLives(uid: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM tokens WHERE uid = ? AND revoked_at IS NULL)`, args: [uid] };
}

export function revokeToken(db: D1Database, uid: string, now: number): Statement {
  return db.prepare(`UPDATE tokens SET revoked_at = ? WHERE uid = ? AND revoked_at IS NULL`).bind(now, uid);
}

/** What someone did. `subject` is `<kind>:<public id>`; `detail` never holds a secret. */
export interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  subject: string;
  detail?: Record<string, unknown>;
}

/** The audit row of an act, in the act's own batch: with a guard it is written only if the act took effect. */
export function audit(db: D1Database, entry: AuditEntry, guard?: Guard): Statement {
  return db
    .prepare(
      `INSERT INTO audit (at, actor, action, subject, detail) SELECT ?, ?, ?, ?, ? WHERE ${guard ? guard.sql : "1"}`,
    )
    .bind(
      entry.at,
      entry.actor,
      entry.action,
      entry.subject,
      JSON.stringify(entry.detail ?? {}),
      ...(guard?.args ?? []),
    );
}

/** A piece of SQL of ours with its parameters, marked `?`. */
export interface Sql {
  sql: string;
  args: readonly unknown[];
}

/** One audit row for each row of `source`, which gives (at, actor, action, subject, detail). */
export function auditEach(db: D1Database, source: Sql): Statement {
  return db.prepare(`INSERT INTO audit (at, actor, action, subject, detail) ${source.sql}`).bind(...source.args);
}

/** Raises the office's revision: a name that readers see has changed, so no cached page holds. */
export function bumpOffice(db: D1Database): Statement {
  return db.prepare(`UPDATE office SET rev = rev + 1 WHERE id = 1`);
}

export interface Heartbeat {
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
