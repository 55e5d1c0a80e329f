import type { ThemeSettings } from "../formats/index.ts";
import { DEFAULT_THEME } from "../formats/index.ts";
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import type { LadderSettings } from "./ladder-settings.ts";
import { parseLadder } from "./ladder-settings.ts";
import type { Medium, Outlet, Publication, Stage } from "./types.ts";
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
