/** What a channel takes, and when: plain functions of its filter. */
import type { Entry, EntryKind } from "../wire/entry-store.ts";
import { addDays, iso, localDate, zonedTime } from "../platform/time.ts";

/** Which entries a channel takes and when it takes them. An empty or missing list means all. */
export interface Filter {
  publications?: string[] | undefined;
  columns?: string[] | undefined;
  units?: string[] | undefined;
  kinds?: EntryKind[] | undefined;
  originals_only?: boolean | undefined;
  /** Local times `HH:MM` between which nothing is sent; over midnight if `to` is the earlier one. */
  quiet?: { from: string; to: string } | undefined;
  /** As many at once as the kind likes, one entry a push, or what there is at the times of `digest_at`. */
  mode?: "batch" | "each" | "digest" | undefined;
  /** Local times `HH:MM`, for the mode `digest`. */
  digest_at?: string[] | undefined;
  /** New posts beyond this number on one local date are passed over. */
  daily_max?: number | undefined;
  /** IANA name; {@link OFFICE_ZONE} without one. */
  time_zone?: string | undefined;
}

/** The zone of a filter that names none. */
const OFFICE_ZONE = "Asia/Shanghai";

/** The zone of a filter's local times and dates. */
const zoneOf = (filter: Filter): string => filter.time_zone ?? OFFICE_ZONE;

/** What a filter looks at. */
export type About = Pick<Entry, "publication" | "column" | "unit" | "kind" | "original">;

const listed = (list: string[] | undefined, value: string | null): boolean =>
  !list || list.length === 0 || (value !== null && list.includes(value));

/** Whether a filter lets an entry through. */
export function admits(filter: Filter, entry: About): boolean {
  return (
    listed(filter.publications, entry.publication) &&
    listed(filter.columns, entry.column) &&
    listed(filter.units, entry.unit) &&
    listed(filter.kinds, entry.kind) &&
    (!filter.originals_only || entry.original)
  );
}

/**
 * When the quiet hours end that `now` lies in, or null outside of them. What the wall clock shows decides; an end that
 * comes twice (clocks set back) is its first occurrence.
 */
export function quietUntil(filter: Filter, now: number): number | null {
  if (!filter.quiet) return null;
  const { from, to } = filter.quiet;
  const zone = zoneOf(filter);
  const clock = iso(now, zone).slice(11, 16);
  const over = from > to;
  if (over ? clock < from && clock >= to : clock < from || clock >= to) return null;
  const today = localDate(now, zone);
  const until = zonedTime(over && clock >= from ? addDays(today, 1) : today, to, zone);
  return until > now ? until : null;
}

/** When an entry of `at` goes out in a digest: the first of the digest's times from then on. */
export function digestTime(filter: Filter, at: number): number {
  const zone = zoneOf(filter);
  const today = localDate(at, zone);
  const on = (date: string) => (filter.digest_at ?? []).map((time) => zonedTime(date, time, zone));
  const left = on(today).filter((moment) => moment >= at);
  return Math.min(...(left.length > 0 ? left : on(addDays(today, 1))));
}

/** Until when the filter wants an entry of `at` to wait, or null if it may go at `now`. */
export function waitUntil(filter: Filter, at: number, now: number): number | null {
  const digest = filter.mode === "digest" ? digestTime(filter, at) : now;
  return digest > now ? digest : quietUntil(filter, now);
}

/** What a channel was sent of new posts on one local date. */
export interface Today {
  /** `YYYY-MM-DD`; null before its first. */
  day: string | null;
  dayPosts: number;
}

/** How many new posts the channel may still be sent on the local date of `now`. */
export function roomToday(filter: Filter, today: Today, now: number): number {
  if (filter.daily_max === undefined) return Infinity;
  return Math.max(0, filter.daily_max - (today.day === localDate(now, zoneOf(filter)) ? today.dayPosts : 0));
}

/** The count after `posts` more; it is kept only for filters that have a maximum. */
export function countToday(filter: Filter, today: Today, posts: number, now: number): Today {
  if (filter.daily_max === undefined || posts === 0) return { day: today.day, dayPosts: today.dayPosts };
  const day = localDate(now, zoneOf(filter));
  return { day, dayPosts: posts + (today.day === day ? today.dayPosts : 0) };
}
