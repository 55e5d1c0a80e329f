/** A publication's outlook: today, the next five working days, and what could fill the gaps. One batch of bounded reads. */
import type { ArrivalRow, ReserveRow } from "../articles/supply-store.ts";
import { arrivalsBetween, restedReserve, waitingStock } from "../articles/supply-store.ts";
import type { Publication } from "../newsroom/types.ts";
import { addDays, DAY, localDate, zonedTime } from "../platform/time.ts";
import { lastRelease } from "../wire/post-store.ts";
import type { DayForecast, DayKinds, ForecastDay, Stock } from "./forecast.ts";
import { DAYS_AHEAD, DAYS_BACK, forecast, usualArrivals, workingDaysAfter, workingDaysBefore } from "./forecast.ts";
import { slotsOn } from "./slots.ts";
import type { StandingRow } from "./warning-store.ts";
import { editionsOn } from "./warning-store.ts";

/** A unit that has not delivered what was commissioned from it. */
interface OwingUnit {
  unit: string;
  name: string;
  /** How many commissions are open past their due date. */
  owed: number;
}

export interface Outlook {
  /** Null on a day of rest. */
  today: DayForecast | null;
  days: DayForecast[];
  /** What could run again, longest rested first; no more than the days could use. */
  reserves: ReserveRow[];
  /** Approvals that a working day can be counted on to bring. */
  usualArrivals: number;
  /** Local days since the last post; null before the first. */
  daysSinceLastPost: number | null;
  owing: OwingUnit[];
}

/** Beside what the days can use, this many more articles are looked at: some wait for another date. */
const SPARE = 200;

/** Reads and forecasts at the business time `now`. Five queries, one batch, bounded by the quota and not by the queue. */
export async function lookAhead(
  db: D1Database,
  calendar: DayKinds,
  publication: Publication,
  now: number,
): Promise<Outlook> {
  const { id, timeZone, quota } = publication;
  const date = localDate(now, timeZone);
  const coming = workingDaysAfter(date, DAYS_AHEAD, calendar);
  const dates = calendar.dayOf(date).working ? [date, ...coming] : coming;
  const past = workingDaysBefore(date, DAYS_BACK + 1, calendar);
  const until = zonedTime(addDays(dates.at(-1) ?? date, 1), "00:00", timeZone);
  const usable = quota * (DAYS_AHEAD + 1);
  const [stock, reserves, arrivals, editions, last] = await db.batch([
    waitingStock(db, id, { now, until }, usable * 2 + SPARE),
    restedReserve(db, id, now - publication.ladder.coolDownDays * DAY, now, usable),
    arrivalsBetween(db, id, past[0] ?? date, date),
    editionsOn(db, id, dates),
    lastRelease(db, id),
  ]);
  const counts = arrivals!.results as ArrivalRow[];
  const usual = usualArrivals(past, counts, counts[0]?.first ?? null);
  const standing = new Map((editions!.results as StandingRow[]).map((row) => [row.date, row]));
  const days = forecast({
    today: date,
    days: dates.map((date) => dayAsItStands(date, standing.get(date), publication)),
    stock: stock!.results as unknown as Stock[],
    usualArrivals: usual,
    reserve: reserves!.results.length,
  });
  const released = (last!.results[0] as { at: number } | undefined)?.at;
  return {
    today: days.find((day) => day.date === date) ?? null,
    days: days.filter((day) => day.date !== date),
    reserves: reserves!.results as unknown as ReserveRow[],
    usualArrivals: usual,
    daysSinceLastPost: released === undefined ? null : daysBetween(localDate(released, timeZone), date),
    // Commissions are not built yet: the newsroom will name the units here.
    owing: [],
  };
}

function dayAsItStands(date: string, edition: StandingRow | undefined, publication: Publication): ForecastDay {
  if (!edition) return { date, quota: publication.quota, planned: 0, slots: slotsOn(date, publication) };
  const slots = edition.closedAt === null ? (JSON.parse(edition.slots) as number[]) : [];
  return { date, quota: edition.quota, planned: edition.picked, slots };
}

// A tick that stepped back may stand before the last post.
const daysBetween = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / DAY);
