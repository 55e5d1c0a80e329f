/** A draft: what the ladder would add to an edition of which so much is planned. */
import { addDays, DAY, zonedTime } from "../platform/time.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Calendar, Day } from "./calendar/calendar.ts";
import { readCandidates } from "./candidate-store.ts";
import type { Candidate, LadderResult, NewPick, Placed } from "./ladder/index.ts";
import { fill } from "./ladder/index.ts";
import { cellDepth, hasEdition, minimumsOf, namedIn, quotaOn, rulesOn } from "./rules.ts";
import { countsOn, slotsOn } from "./slots.ts";
import type { Planned, Slot } from "./store.ts";

/** What planning the date now would give. */
export interface Draft {
  day: Day;
  quota: number;
  slots: Slot[];
  planned: Planned | null;
  added: NewPick[];
  shortfall: number;
  /** Why it would be short, in words; "" when it is not. */
  shortBecause: string;
  /** What the ladder answered; null when it was not asked, since nothing can be added. */
  ladder: LadderResult | null;
}

/** What a draft is tried on with; the planner itself tries nothing. */
interface Trial {
  /** Internal ids. */
  without: ReadonlySet<number>;
  changed: readonly Candidate[];
  /** How many more of the queue are read than the day can use. */
  extra: number;
}

const PLAIN: Trial = { without: new Set(), changed: [], extra: 0 };

/** The picks as the ladder sees them: places that are taken. */
function placedOf(planned: Planned | null): Placed[] {
  return (planned?.picks ?? []).map((pick) => ({
    articleId: pick.articleId,
    position: pick.position,
    slot: pick.slot,
    rung: pick.rung,
    kind: pick.kind,
    column: pick.columnId,
    unit: pick.unitId,
    released: pick.seq !== null,
  }));
}

/** A draft that adds nothing: the edition as it stands, or as it would be begun. */
export function settled(day: Day, publication: Publication, date: string, planned: Planned | null) {
  const quota = quotaOn(day.working, publication);
  const times = () => (hasEdition(day.working, publication) ? slotsOn(date, publication) : []);
  return {
    day,
    quota: planned?.edition.quota ?? quota,
    slots: planned?.slots ?? times().map((at, i) => ({ n: i + 1, at, releasedAt: null, late: false })),
    planned,
    added: [],
    shortfall: planned?.edition.shortfall ?? quota,
    shortBecause: planned?.edition.shortBecause ?? "",
    ladder: null,
  } satisfies Draft;
}

/**
 * The draft for `date` at `now`, the edition being `planned` so far. An edition that is closed, or whose slots have all
 * gone out, gets nothing more. One query at most.
 */
export async function draft(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  now: number,
  planned: Planned | null,
  { without, changed, extra }: Trial = PLAIN,
): Promise<Draft> {
  const day = calendar.dayOf(date);
  const { ladder } = publication;
  const quota = quotaOn(day.working, publication);
  const before = settled(day, publication, date, planned);
  const { slots } = before;
  const open = slots.filter((slot) => slot.releasedAt === null);
  if (!hasEdition(day.working, publication) || planned?.edition.closedAt || open.length === 0) return before;
  // An overdue slot goes out now, whatever time it was meant for.
  const runs = (slot: Slot): number => Math.max(slot.at, now);
  const dayEnd = zonedTime(addDays(date, 1), "00:00", publication.timeZone);
  const named = namedIn(ladder);
  const found = await readCandidates(db, {
    publicationId: publication.id,
    medium: publication.medium,
    date,
    from: runs(open[0]!),
    dayEnd,
    restedBy: now - ladder.coolDownDays * DAY,
    quota: quota + extra,
    depth: cellDepth(ladder, quota + extra),
    minimums: minimumsOf(date, ladder),
    named,
  });
  // The counts were made for the quota of a working day.
  const counts = ladder.slotCounts && day.working ? countsOn(date, publication, ladder.slotCounts) : null;
  const result = fill({
    date,
    timeZone: publication.timeZone,
    medium: publication.medium,
    quota,
    slots: slots.map((slot) => ({
      n: slot.n,
      at: runs(slot),
      released: slot.releasedAt !== null,
      count: counts && (counts.get(slot.at) ?? 0),
    })),
    placed: placedOf(planned),
    pins: [],
    candidates: [
      ...found.candidates.filter(({ articleId }) => !changed.some((other) => other.articleId === articleId)),
      ...changed,
    ].filter(({ articleId }) => !without.has(articleId) && !planned?.dropped.includes(articleId)),
    dayEnd,
    monthPosts: found.monthPosts,
    rules: rulesOn(date, ladder, found.named),
  });
  return {
    day,
    quota,
    slots,
    planned,
    added: result.picks,
    shortfall: result.shortfall,
    shortBecause: result.shortBecause,
    ladder: result,
  };
}
