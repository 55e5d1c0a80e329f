/** A publication's settings as they apply to one date. */
import { minimumsOn, WEEKDAYS } from "../newsroom/ladder-settings.ts";
import type { LadderSettings } from "../newsroom/ladder-settings.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Rules } from "./ladder/index.ts";
import type { Named, NamedBy } from "./candidate-store.ts";

/** The quota of a day: the publication's own on working days, its quota of rest days on the others. */
export function quotaOn(working: boolean, publication: Pick<Publication, "quota" | "ladder">): number {
  return working ? publication.quota : publication.ladder.restQuota;
}

/** Whether a day has an edition at all: a working day always (a must-run may come), a day of rest if it has a quota. */
export function hasEdition(working: boolean, publication: { ladder?: Pick<LadderSettings, "restQuota"> }): boolean {
  return working || (publication.ladder?.restQuota ?? 0) > 0;
}

/** The weekday of a local date, as the settings name it. */
const weekdayOf = (date: string) => WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]!;

/** What each column must have on a date, by public id. */
export function minimumsOf(date: string, ladder: LadderSettings): Record<string, number> {
  return Object.fromEntries(minimumsOn(ladder.columnMinimums, weekdayOf(date)));
}

/** The columns and units that the settings name, by public id. */
export function namedIn(ladder: LadderSettings): NamedBy {
  const lead = typeof ladder.lead === "object" ? [ladder.lead.column] : [];
  return {
    columns: [...new Set([...Object.keys(ladder.columnCaps), ...ladder.columnMinimums.map((m) => m.column), ...lead])],
    units: Object.keys(ladder.unitCaps),
  };
}

/** The rules of `date`. `named` holds what {@link namedIn} asked for; a setting for what has gone since is left out. */
export function rulesOn(date: string, ladder: LadderSettings, named: { columns: Named[]; units: Named[] }): Rules {
  const columns = new Map(named.columns.map((column) => [column.slug, column]));
  const caps = (by: Readonly<Record<string, number>>, known: readonly Named[]) =>
    new Map(known.flatMap(({ id, slug }) => (by[slug] === undefined ? [] : [[id, by[slug]] as const])));
  const lead = typeof ladder.lead === "object" ? columns.get(ladder.lead.column)?.id : undefined;
  return {
    maximum: ladder.maximum,
    columnCap: ladder.columnCap,
    unitCap: ladder.unitCap,
    columnCaps: caps(ladder.columnCaps, named.columns),
    unitCaps: caps(ladder.unitCaps, named.units),
    minimums: Object.entries(minimumsOf(date, ladder)).flatMap(([slug, minimum]) => {
      const column = columns.get(slug);
      return column ? [{ column: column.id, minimum, name: column.name }] : [];
    }),
    reprintShare: ladder.reprintShare,
    lead: typeof ladder.lead === "string" ? ladder.lead : lead === undefined ? "first" : { column: lead },
    oldDays: ladder.oldDays,
    coolDownDays: ladder.coolDownDays,
  };
}

/**
 * How many articles of one (column, unit) cell can matter to a day's choice: as many as its column or its unit may have,
 * whichever rung asks, and never more than the day holds.
 */
export function cellDepth(ladder: LadderSettings, quota: number): number {
  const largest = (cap: number | null, caps: Readonly<Record<string, number>>) =>
    cap === null ? null : Math.max(cap, ...Object.values(caps));
  const wanted = largest(ladder.columnCap, ladder.columnCaps) ?? largest(ladder.unitCap, ladder.unitCaps) ?? quota;
  return Math.max(1, Math.min(wanted, quota));
}
