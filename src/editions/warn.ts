/** The tick's part in warnings: at each set time of a working day one look at what is ahead, and an alert if it is short. */
import type { Statement } from "../platform/d1.ts";
import { newStamp } from "../platform/ids.ts";
import { zonedTime } from "../platform/time.ts";
import type { Publication } from "../newsroom/types.ts";
import type { DayKinds } from "./forecast.ts";
import { lookAhead } from "./outlook.ts";
import { insertWarning, looksTaken, takeLooks } from "./warning-store.ts";
import { warningOf } from "./warning.ts";

/**
 * Takes the looks of the working day `date` whose time has come, each once however often this runs. Late, it takes the
 * missed ones together: their words would be the same, so only the last of them may write an alert. Gives whether one
 * was written.
 */
export async function warn(
  db: D1Database,
  calendar: DayKinds,
  publication: Publication,
  date: string,
  wake: (now: number) => Statement[],
  now: number,
): Promise<boolean> {
  const come = publication.warnAt.filter((time) => zonedTime(date, time, publication.timeZone) <= now).sort();
  if (come.length === 0) return false;
  const taken = await looksTaken(db, publication.id, date);
  const times = come.filter((time) => !taken.includes(time));
  const time = times.at(-1);
  if (time === undefined) return false;
  const warning = warningOf(publication, await lookAhead(db, calendar, publication, now));
  const look = { publicationId: publication.id, date, times, time, stamp: newStamp() };
  const subject = `edition:${publication.slug}/${date}`;
  const [, alerted] = await db.batch([
    takeLooks(db, look, now),
    ...(warning
      ? [insertWarning(db, look, { at: now, kind: "edition.short", ...warning, subject }), ...wake(now)]
      : []),
  ]);
  return (alerted?.meta.changes ?? 0) > 0;
}
