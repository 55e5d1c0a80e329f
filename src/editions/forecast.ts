/**
 * What the coming working days will be short of: plain functions of what waits, what usually arrives and what is already
 * planned. It counts articles, it chooses none: caps and columns are the ladder's.
 */
import { addDays } from "../platform/time.ts";
import type { Day } from "./calendar/calendar.ts";

/** How many working days after today are looked at. */
export const DAYS_AHEAD = 5;

/** From how many working days before today the usual arrivals are learned. */
export const DAYS_BACK = 20;

/** The share of days that brought no more than what is counted on. */
const CAUTION = 0.25;

/** No run of holidays is longer than what these many dates hold of working days. */
const SEARCH_DAYS = 90;

/** What kind of day a date is. */
export interface DayKinds {
  dayOf(date: string): Pick<Day, "working">;
}

/** A working day as it stands. */
export interface ForecastDay {
  date: string;
  quota: number;
  /** Picks that it has already, released or not. Their articles are not in the stock. */
  planned: number;
  /** Its release times that are still to come, epoch ms. With none, it takes nothing more. */
  slots: readonly number[];
}

/** Waiting articles that are alike: in the queue, or held until a date. Times are epoch ms. */
export interface Stock {
  count: number;
  embargoUntil: number | null;
  expiresAt: number | null;
  mustRunOn: string | null;
}

export interface ForecastInput {
  /** Local date. A day after it gets the usual arrivals; what arrives today is stock when it does. */
  today: string;
  /** In order of date. */
  days: readonly ForecastDay[];
  stock: readonly Stock[];
  /** Approvals that a working day can be counted on to bring: {@link usualArrivals}. */
  usualArrivals: number;
  /** Rested evergreens that could run again. */
  reserve: number;
}

/** What a day will come to. `expected` is of fresh material; `reserve` of the `short` could be filled by running again. */
export interface DayForecast {
  date: string;
  quota: number;
  planned: number;
  fromQueue: number;
  fromArrivals: number;
  expected: number;
  short: number;
  reserve: number;
}

/**
 * Goes through the days in order. Each takes its must-runs, even above its quota, then what the quota still lacks: from the
 * stock what expires first, then from the arrivals that no earlier day has used, which are usual for a poor day, not for
 * an average one. What is still missing is short, and the reserve covers as much of that as it has left.
 */
export function forecast(input: ForecastInput): DayForecast[] {
  const stock = input.stock
    .map((lot) => ({ ...lot }))
    .sort((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
  let arrived = 0;
  let { reserve } = input;
  return input.days.map(({ date, quota, planned, slots }) => {
    const open = slots.length > 0;
    if (date > input.today) arrived += input.usualArrivals;
    const usable = stock.filter((lot) => slots.some((at) => fits(lot, date, at)));
    const musts = usable.filter((lot) => lot.mustRunOn !== null);
    const others = usable.filter((lot) => lot.mustRunOn === null);
    const due = take(musts, Infinity);
    const fromQueue = due + take(others, Math.max(0, quota - planned - due));
    const fromArrivals = open ? Math.min(arrived, Math.max(0, quota - planned - fromQueue)) : 0;
    arrived -= fromArrivals;
    const expected = planned + fromQueue + fromArrivals;
    const short = Math.max(0, quota - expected);
    const filled = open ? Math.min(reserve, short) : 0;
    reserve -= filled;
    return { date, quota, planned, fromQueue, fromArrivals, expected, short, reserve: filled };
  });
}

/** Whether an article of the lot may go out in the slot. */
function fits(lot: Stock, date: string, at: number): boolean {
  return (
    (lot.embargoUntil === null || lot.embargoUntil <= at) &&
    (lot.expiresAt === null || lot.expiresAt > at) &&
    (lot.mustRunOn === null || lot.mustRunOn <= date)
  );
}

/** Takes up to `wanted` out of the lots, in their order, and gives how many it was. */
function take(lots: { count: number }[], wanted: number): number {
  let taken = 0;
  for (const lot of lots) {
    const part = Math.min(lot.count, wanted - taken);
    lot.count -= part;
    taken += part;
  }
  return taken;
}

/**
 * How many approvals a working day brings at least, on three days out of four: the 25 % quantile over `days` (working days
 * in order, of which the first only says where the second begins). What was approved on days of rest counts for the
 * working day after them. Days before the first approval of all are left out, so that a new office is not taken for an
 * idle one.
 */
export function usualArrivals(
  days: readonly string[],
  counts: readonly { date: string; approved: number }[],
  first: string | null,
): number {
  const approved = days.slice(1).flatMap((date, i) => {
    if (first === null || date < first) return [];
    const own = counts.filter((count) => count.date > days[i]! && count.date <= date);
    return [own.reduce((sum, count) => sum + count.approved, 0)];
  });
  return lowerQuantile(approved, CAUTION);
}

/** The largest of the values that at most the share `q` of the others lie below; 0 of none. */
export function lowerQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
}

/** The next `count` working days after `date`, in order. */
export function workingDaysAfter(date: string, count: number, calendar: DayKinds): string[] {
  return searchDays(date, 1, count, calendar);
}

/** The last `count` working days before `date`, in order. */
export function workingDaysBefore(date: string, count: number, calendar: DayKinds): string[] {
  return searchDays(date, -1, count, calendar).toReversed();
}

function searchDays(date: string, step: 1 | -1, count: number, calendar: DayKinds): string[] {
  const found: string[] = [];
  for (let i = 1; i <= SEARCH_DAYS && found.length < count; i++) {
    const candidate = addDays(date, i * step);
    if (calendar.dayOf(candidate).working) found.push(candidate);
  }
  return found;
}
