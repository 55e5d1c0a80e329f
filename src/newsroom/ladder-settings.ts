/** How a publication chooses its posts: its settings for the ladder, their defaults, and what makes them impossible. */
import type { FieldError } from "../platform/problem.ts";

export const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** A column that must appear: so many of it in each edition, or, with a weekday, in that day's edition (每周一星). */
interface ColumnMinimum {
  column: string;
  minimum: number;
  weekday?: Weekday | undefined;
}

/** Which article opens the day: the first that was chosen, an important one, or one of a column (public id). */
type Lead = "first" | "important" | { column: string };

/** Days by which an article is moved forward in the queue, for each level of priority, a commission, a fresh event. */
interface Credits {
  priority: number;
  commissioned: number;
  fresh: number;
}

/** The ladder's settings. Columns and units are named by their public ids; null is "no limit". */
export interface LadderSettings {
  /** The quota of days of rest; 0: no edition. */
  restQuota: number;
  /** The most posts of a day; only must-runs may exceed it. */
  maximum: number | null;
  /** How many posts of one column, of one unit, a day carries; `columnCaps` and `unitCaps` say otherwise for some. */
  columnCap: number | null;
  unitCap: number | null;
  columnCaps: Record<string, number>;
  unitCaps: Record<string, number>;
  columnMinimums: ColumnMinimum[];
  /** The most days that credits together move an article forward: what bounds every other article's wait. */
  creditDays: number;
  credits: Credits;
  /** How many days an evergreen rests before it runs again. */
  coolDownDays: number;
  /** The share of the day's quota that reprints may take, 0 to 1; what fills a gap may exceed it. */
  reprintShare: number | null;
  /** How many posts each release time takes, in their order; null spreads them evenly. */
  slotCounts: number[] | null;
  lead: Lead;
  /** An article that has waited longer than this many days is exempt from the caps. */
  oldDays: number;
}

export const LADDER_DEFAULTS: LadderSettings = {
  restQuota: 0,
  maximum: null,
  columnCap: null,
  unitCap: null,
  columnCaps: {},
  unitCaps: {},
  columnMinimums: [],
  creditDays: 5,
  credits: { priority: 1, commissioned: 1, fresh: 2 },
  coolDownDays: 30,
  reprintShare: null,
  slotCounts: null,
  lead: "first",
  oldDays: 14,
};

/** The settings in a publication's row: what it does not say is the default. */
export function parseLadder(json: string): LadderSettings {
  return { ...LADDER_DEFAULTS, ...(JSON.parse(json) as Partial<LadderSettings>) };
}

/** The most columns and units that are read to tell whether caps add up; an office with more has room enough. */
export const KNOWN_LIMIT = 1000;

/** What the settings are judged beside. `columns` and `units` are the office's public ids. */
interface LadderContext {
  quota: number;
  releaseTimes: readonly string[];
  columns: readonly string[];
  units: readonly string[];
}

/** Everything that keeps the settings from ever working, by the API's field names. Empty: they can work. */
export function refuseLadder(ladder: LadderSettings, context: LadderContext): FieldError[] {
  return [
    ...refuseMaximum(ladder, context.quota),
    ...refuseCaps("column", ladder.columnCap, ladder.columnCaps, context.columns, context.quota),
    ...refuseCaps("unit", ladder.unitCap, ladder.unitCaps, context.units, context.quota),
    ...refuseMinimums(ladder, context),
    ...refuseSlotCounts(ladder.slotCounts, context),
    ...(typeof ladder.lead === "object" && !context.columns.includes(ladder.lead.column)
      ? [{ field: "lead.column", message: `there is no column “${ladder.lead.column}”` }]
      : []),
  ];
}

function refuseMaximum({ maximum, restQuota }: LadderSettings, quota: number): FieldError[] {
  if (maximum === null) return [];
  if (maximum < quota) return [{ field: "maximum", message: `is ${maximum}, below the quota of ${quota}` }];
  if (maximum < restQuota)
    return [{ field: "maximum", message: `is ${maximum}, below the quota of ${restQuota} on days of rest` }];
  return [];
}

/** Caps that name what there is not, or that can never hold a full day since every one of the office's columns has one. */
function refuseCaps(
  what: "column" | "unit",
  cap: number | null,
  caps: Readonly<Record<string, number>>,
  known: readonly string[],
  quota: number,
): FieldError[] {
  const unknown = Object.keys(caps)
    .filter((name) => !known.includes(name))
    .map((name) => ({ field: `${what}_caps.${name}`, message: `there is no ${what} “${name}”` }));
  if (unknown.length > 0) return unknown;
  const open = cap === null && known.some((name) => caps[name] === undefined);
  // Before the office has any, the default alone can only be judged if it is nought.
  if (open || known.length >= KNOWN_LIMIT || (known.length === 0 && cap !== 0)) return [];
  const total = known.reduce((sum, name) => sum + (caps[name] ?? cap ?? 0), 0);
  if (total >= quota) return [];
  return [
    {
      field: cap === null ? `${what}_caps` : `${what}_cap`,
      message: `the ${known.length} ${what}s may carry ${total} posts together, below the quota of ${quota}`,
    },
  ];
}

function refuseMinimums(ladder: LadderSettings, context: LadderContext): FieldError[] {
  const errors: FieldError[] = [];
  const most = ladder.maximum ?? context.quota;
  for (const [i, { column, minimum }] of ladder.columnMinimums.entries()) {
    const field = `column_minimums.${i}`;
    const cap = ladder.columnCaps[column] ?? ladder.columnCap;
    if (!context.columns.includes(column))
      errors.push({ field: `${field}.column`, message: `there is no column “${column}”` });
    else if (minimum > most)
      errors.push({ field: `${field}.minimum`, message: `is ${minimum}, above the day's maximum of ${most}` });
    else if (cap !== null && minimum > cap)
      errors.push({ field: `${field}.minimum`, message: `is ${minimum}, above the column's cap of ${cap}` });
  }
  if (errors.length > 0) return errors;
  for (const day of WEEKDAYS) {
    const sum = [...minimumsOn(ladder.columnMinimums, day).values()].reduce((a, b) => a + b, 0);
    if (sum > context.quota)
      return [
        {
          field: "column_minimums",
          message: `together they ask for ${sum} posts (${day}), above the quota of ${context.quota}`,
        },
      ];
  }
  return [];
}

/** What each column must have on a weekday; where several lines speak of one column, the largest counts. */
export function minimumsOn(minimums: readonly ColumnMinimum[], day: Weekday): Map<string, number> {
  const found = new Map<string, number>();
  for (const { column, minimum, weekday } of minimums)
    if (weekday === undefined || weekday === day) found.set(column, Math.max(minimum, found.get(column) ?? 0));
  return found;
}

function refuseSlotCounts(counts: readonly number[] | null, { quota, releaseTimes }: LadderContext): FieldError[] {
  if (counts === null) return [];
  if (counts.length !== releaseTimes.length)
    return [
      {
        field: "slot_counts",
        message: `has ${counts.length} numbers for ${releaseTimes.length} release times; it needs one for each`,
      },
    ];
  const sum = counts.reduce((a, b) => a + b, 0);
  return sum < quota ? [{ field: "slot_counts", message: `adds up to ${sum}, below the quota of ${quota}` }] : [];
}
