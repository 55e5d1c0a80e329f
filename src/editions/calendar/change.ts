/**
 * Changing a year's calendar: the notice as it was pasted, or days of the office's own. What a change would give is a pure
 * function of what is entered; applying it is one batch, guarded by the year's revision.
 */
import { newStamp } from "../../platform/ids.ts";
import type { FieldError } from "../../platform/problem.ts";
import { Problem, stale } from "../../platform/problem.ts";
import { audit } from "../../newsroom/audit-store.ts";
import { bumpOffice } from "../../newsroom/office-store.ts";
import { wakePublications } from "../../newsroom/publication-store.ts";
import type { Actor } from "../../newsroom/types.ts";
import type { Calendar, EnteredDay, EnteredYear, Entries } from "./calendar.ts";
import { calendarOf } from "./calendar.ts";
import type { Changes } from "./compare.ts";
import { compare } from "./compare.ts";
import type { ArrangedDay } from "./holidays.ts";
import { HOLIDAYS, yearOf } from "./holidays.ts";
import { carries, libraryDays } from "./library.ts";
import { parseNotice } from "./notice.ts";
import { deleteDays, insertDays, readEntries, stampYear, yearStamped } from "./store.ts";

/** A day of the office's own, or that it takes it back. */
export type Override = { date: string; working: boolean; note: string } | { date: string; remove: true };

export type CalendarChange =
  | { kind: "notice"; text: string; number: string | null }
  | { kind: "local"; overrides: readonly Override[] };

/** A year as it stands. */
export interface CalendarYear {
  year: EnteredYear;
  calendar: Calendar;
  entries: Entries;
}

/** What a change gives, and how that differs from what was. */
interface Proposed {
  after: CalendarYear;
  changes: Changes;
}

/** The dates that a year's arrangement may speak of: 元旦 may begin in the December before. */
const reach = (year: number) => ({ from: `${year - 1}-12-01`, to: `${year}-12-31` });

/** The year as it stands: its calendar covers the December before it too. One query. */
export async function readYear(db: D1Database, year: number): Promise<CalendarYear> {
  const { from, to } = reach(year);
  return asYear(year, await readEntries(db, from, to));
}

function asYear(year: number, entries: Entries): CalendarYear {
  const known = entries.years.find((entered) => entered.year === year);
  return {
    year: known ?? { year, announced: false, notice: null, rev: 0 },
    calendar: calendarOf(entries),
    entries,
  };
}

/** What the change would make of the year. Throws a 422 problem that names the field, or the sentence, at fault. */
export function propose(before: CalendarYear, change: CalendarChange): Proposed {
  const next = change.kind === "notice" ? withNotice(before, change) : withLocal(before, change.overrides);
  const { year } = before.year;
  const after = asYear(year, {
    ...before.entries,
    years: [...before.entries.years.filter((entered) => entered.year !== year), next.year],
    days: next.days,
  });
  return { after, changes: compare(before.calendar, after.calendar, before.entries.from, before.entries.to) };
}

interface Next {
  year: EnteredYear;
  days: EnteredDay[];
}

function withNotice({ year, entries }: CalendarYear, change: { text: string; number: string | null }): Next {
  const read = parseNotice(change.text, year.year);
  if (!read.ok)
    throw refused(
      read.problems.map(({ sentence, message }) => ({ field: "notice_text", message: `“${sentence}”: ${message}` })),
    );
  const missing = HOLIDAYS.filter((name) => !read.names.includes(name));
  const known = standing(year, entries);
  if (missing.length > 0 && known === null)
    throw refused([
      {
        field: "notice_text",
        message: `says nothing of ${missing.join("、")}: a year that is not announced yet takes the whole notice`,
      },
    ]);
  // A notice that leaves holidays out amends an earlier one: those, and what it does not touch, stay.
  const dates = new Set(read.days.map((day) => day.date));
  const kept = (missing.length > 0 ? known! : []).filter(
    (day) => !dates.has(day.date) && !(day.name ?? "").split("、").some((name) => read.names.includes(name)),
  );
  const days = [...kept, ...read.days].map((day): EnteredDay => ({
    ...day,
    source: "notice",
    year: year.year,
    note: "",
  }));
  const replaced = new Set(days.map((day) => day.date));
  return {
    year: {
      ...year,
      announced: true,
      notice: change.number ?? read.number ?? (missing.length > 0 ? year.notice : null),
    },
    days: [
      ...entries.days.filter((day) => day.source === "local" || (day.year !== year.year && !replaced.has(day.date))),
      ...days,
    ],
  };
}

/** What the year's notice arranges as far as it is known, or null before it is. */
function standing(year: EnteredYear, entries: Entries): readonly ArrangedDay[] | null {
  if (year.announced) return entries.days.filter((day) => day.source === "notice" && day.year === year.year);
  return carries(year.year) ? libraryDays(year.year) : null;
}

function withLocal({ year, entries }: CalendarYear, overrides: readonly Override[]): Next {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { date }] of overrides.entries()) {
    const field = `overrides.${i}.date`;
    if (yearOf(date) !== year.year) errors.push({ field, message: `is not in ${year.year}` });
    if (seen.has(date)) errors.push({ field, message: "is named twice" });
    seen.add(date);
  }
  if (errors.length > 0) throw refused(errors);
  const set = overrides.flatMap((override): EnteredDay[] =>
    "remove" in override ? [] : [{ ...override, name: null, source: "local", year: year.year }],
  );
  return { year, days: [...entries.days.filter((day) => day.source !== "local" || !seen.has(day.date)), ...set] };
}

function refused(errors: readonly FieldError[]): Problem {
  const first = errors[0]!;
  return new Problem(422, "Invalid request", `${first.field}: ${first.message}`, { errors });
}

/**
 * Applies the change if `rev` is still the year's revision (0: nothing was entered yet), and wakes every publication: a day
 * that was to be published may be free now. Throws 412 when someone else changed the year first, 422 for a change that
 * cannot be read.
 */
export async function changeCalendar(
  db: D1Database,
  year: number,
  change: CalendarChange,
  rev: number,
  actor: Actor,
  now: number,
): Promise<Proposed> {
  const before = await readYear(db, year);
  if (before.year.rev !== rev) throw stale(before.year.rev);
  const { after, changes } = propose(before, change);
  const source = change.kind;
  const mine = (day: EnteredDay) => day.source === source && day.year === year;
  const days = after.entries.days.filter(mine);
  const staying = new Set(days.map((day) => day.date));
  const gone = before.entries.days.filter((day) => mine(day) && !staying.has(day.date)).map((day) => day.date);
  const stamp = newStamp();
  const guard = yearStamped(year, stamp);
  const [stamped] = await db.batch([
    stampYear(db, after.year, stamp, now),
    deleteDays(db, year, source, gone, guard),
    insertDays(db, days, guard),
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: source === "notice" ? "calendar.imported" : "calendar.overridden",
        subject: `calendar:${year}`,
        detail: {
          ...(source === "notice" && { notice: after.year.notice }),
          added: changes.added.map((day) => day.date),
          removed: changes.removed.map((day) => day.date),
        },
      },
      guard,
    ),
    wakePublications(db, now, guard),
    bumpOffice(db),
  ]);
  if (stamped!.meta.changes === 0) throw stale((await readYear(db, year)).year.rev);
  return { after: { ...after, year: { ...after.year, rev: rev + 1 } }, changes };
}
