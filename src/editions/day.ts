/** What a tick does for one publication: plan its edition, release the slots and warn of a shortfall, each when its time has come. */
import type { Statement } from "../platform/d1.ts";
import { HOUR, localDate } from "../platform/time.ts";
import { setDue } from "../newsroom/publication-store.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Calendar } from "./calendar/calendar.ts";
import type { NewAlert } from "../alerts/store.ts";
import { clearanceOf, holdBack } from "./clearance.ts";
import { planEdition } from "./plan.ts";
import { hasEdition } from "./rules.ts";
import { releaseSlot } from "./release.ts";
import { nextEvent, planTime } from "./slots.ts";
import type { Planned } from "./store.ts";
import { foldSlot } from "./release-store.ts";
import { readEdition } from "./store.ts";
import { warn } from "./warn.ts";

/**
 * A slot that was missed goes out late within this time. After it, readers would get two slots' worth at once before
 * long: its picks join the next slot, if the day has one still to come.
 */
const CATCH_UP = 2 * HOUR;

/** What a tick did for a publication. */
interface DayReport {
  date: string;
  planned: number;
  released: number[];
  warned: boolean;
}

type Wake = (now: number, purpose?: "news" | "alert") => Statement[];

const waitingIn = (planned: Planned, n: number) => planned.picks.filter((pick) => pick.slot === n && pick.seq === null);

/** How often a slot is filled up again after its articles had to be held back. */
const REFILLS = 2;

/**
 * The edition once everything in slot `n` may go out: what may not is held back, and the place filled from the queue. Ends
 * with a place left empty rather than with a text that nobody has looked at.
 * Throws when the edition keeps changing meanwhile: the slot stays due, and is tried a minute later.
 */
async function clear(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  planned: Planned,
  n: number,
  wake: Wake,
  now: number,
): Promise<{ planned: Planned; alerts: NewAlert[] }> {
  for (let round = 0; round <= REFILLS + 1; round++) {
    const ids = waitingIn(planned, n).map((pick) => pick.articleId);
    const { held, alerts } = await clearanceOf(db, publication.timeZone, ids, now);
    if (held.length === 0) return { planned, alerts };
    await holdBack(db, publication, planned, held, (at) => wake(at, "alert"), now);
    if (round < REFILLS) await planEdition(db, calendar, publication, planned.edition.date, now);
    planned = (await readEdition(db, publication.id, planned.edition.date)) ?? planned;
  }
  throw new Error(`The edition of ${planned.edition.date} keeps changing while its slot ${n} is looked at.`);
}

/**
 * Brings a publication up to date at the business time `now`. Safe to run twice, at once, late, or for a day in the past:
 * a missed day that is ticked later gets its own edition, a day whose edition is out gets nothing more.
 */
export async function runDay(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  now: number,
  wake: Wake,
): Promise<DayReport> {
  const date = localDate(now, publication.timeZone);
  const report: DayReport = { date, planned: 0, released: [], warned: false };
  const { working } = calendar.dayOf(date);
  if (hasEdition(working, publication) && now >= planTime(date, publication)) {
    // Each slot is topped up just before it goes out, so that a late approval still makes it.
    report.planned = (await planEdition(db, calendar, publication, date, now)).added.length;
    let planned = await readEdition(db, publication.id, date);
    if (planned && planned.edition.closedAt === null)
      for (const slot of planned.slots) {
        if (slot.releasedAt !== null || slot.at > now) continue;
        const next = planned.slots.find((other) => other.releasedAt === null && other.at > now);
        const folded = next !== undefined && now - slot.at > CATCH_UP;
        if (folded) await foldSlot(db, planned.edition.id, slot.n, next.n).run();
        let alerts: NewAlert[] = [];
        if (!folded) ({ planned, alerts } = await clear(db, calendar, publication, planned, slot.n, wake, now));
        const edition = {
          id: planned.edition.id,
          date,
          positions: folded ? [] : waitingIn(planned, slot.n).map((pick) => pick.position),
        };
        if (await releaseSlot(db, publication, edition, slot, wake, now, alerts)) report.released.push(slot.n);
      }
  }
  // Before the alarm is set anew: a look that fails is due again a minute later.
  if (working) report.warned = await warn(db, calendar, publication, date, (now) => wake(now, "alert"), now);
  // A tick that stepped back must not pull the alarm back with it.
  if (publication.dueAt <= now) await setDue(db, publication.id, nextEvent(now, publication, calendar)).run();
  return report;
}
