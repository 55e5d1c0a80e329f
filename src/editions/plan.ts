/**
 * Planning: reads the day, lets the ladder choose, writes what it chose. Planning twice changes nothing; two planners at
 * once leave one plan, since the batch is guarded by the edition's plan_rev.
 */
import type { Statement } from "../platform/d1.ts";
import { newStamp } from "../platform/ids.ts";
import { sha256 } from "../platform/crypto.ts";
import { conflict } from "../platform/problem.ts";
import { addDays, DAY, localDate, zonedTime } from "../platform/time.ts";
import { toPlanned } from "../articles/queue-store.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Calendar, Day } from "./calendar/calendar.ts";
import type { Shown } from "./candidate-store.ts";
import { readCandidates, readIds, readQueued, readShown } from "./candidate-store.ts";
import type { Candidate, LadderResult, NewPick } from "./ladder/index.ts";
import { fill, whyNot } from "./ladder/index.ts";
import { cellDepth, hasEdition, minimumsOf, namedIn, quotaOn, rulesOn } from "./rules.ts";
import { countsOn, slotsOn } from "./slots.ts";
import type { Planned, Slot } from "./store.ts";
import { closeEarlier, countShortfall, insertPicks, insertSlots, pickedArticles, stampEdition } from "./plan-store.ts";
import { placedOf, readEdition } from "./store.ts";

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

/** A draft whose picks a person can read. */
export interface Proposal extends Draft {
  added: (NewPick & Shown)[];
  /** Articles that could have run and were not chosen, first in the queue first, each with the reason in words. */
  passedOver: { uid: string; title: string; why: string }[];
}

/** What may be tried on before it is done: other settings, or articles left out (public ids). Nothing is written. */
export interface WhatIf {
  quota?: number | undefined;
  maximum?: number | null | undefined;
  columnCap?: number | null | undefined;
  unitCap?: number | null | undefined;
  without?: readonly string[] | undefined;
  /** Queued articles that were other than they are; what is left out stays. */
  articles?: readonly ArticleChange[] | undefined;
}

/** How a queued article would be handled. Times are epoch ms. */
export interface ArticleChange {
  uid: string;
  mustRunOn?: string | null | undefined;
  expiresAt?: number | null | undefined;
  embargoUntil?: number | null | undefined;
  /** Days by which it would stand further ahead in the queue, as a higher priority would put it. */
  aheadDays?: number | undefined;
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

/** Reads what a trial speaks of: two queries at most. */
async function trialOf(
  db: D1Database,
  { without = [], articles = [] }: WhatIf,
): Promise<{ without: Set<number>; changed: Candidate[] }> {
  const changes = new Map(articles.map((change) => [change.uid, change]));
  const queued = articles.length > 0 ? await readQueued(db, [...changes.keys()]) : [];
  return {
    without: new Set(without.length > 0 ? await readIds(db, without) : []),
    changed: queued.map(({ uid, ...candidate }) => {
      const { mustRunOn, expiresAt, embargoUntil, aheadDays = 0 } = changes.get(uid)!;
      return {
        ...candidate,
        mustRunOn: mustRunOn === undefined ? candidate.mustRunOn : mustRunOn,
        expiresAt: expiresAt === undefined ? candidate.expiresAt : expiresAt,
        embargoUntil: embargoUntil === undefined ? candidate.embargoUntil : embargoUntil,
        queueKey: candidate.queueKey - aheadDays * DAY,
      };
    }),
  };
}

/** The publication with other settings tried on. */
function triedOn(publication: Publication, { quota, maximum, columnCap, unitCap }: WhatIf): Publication {
  const ladder = { ...publication.ladder };
  if (maximum !== undefined) ladder.maximum = maximum;
  if (columnCap !== undefined) ladder.columnCap = columnCap;
  if (unitCap !== undefined) ladder.unitCap = unitCap;
  return { ...publication, ladder, quota: quota ?? publication.quota };
}

/** What the edition of `date` would be if it were planned at `now`. Reads only: six queries at most. */
export async function propose(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  now: number,
  whatIf: WhatIf = {},
): Promise<Proposal> {
  const { without, changed } = await trialOf(db, whatIf);
  const planned = await readEdition(db, publication.id, date);
  return readable(
    db,
    await draft(db, calendar, triedOn(publication, whatIf), date, now, planned, {
      without,
      changed,
      extra: without.size + EXPLAINED,
    }),
  );
}

/**
 * What the editions of `date` and the working days after it would be, `days` of them, each from what the ones before
 * leave. Reads only. What arrives meanwhile is not in it: see the forecast for that.
 */
export async function proposeAhead(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  days: number,
  now: number,
  whatIf: WhatIf = {},
): Promise<{ date: string; proposal: Proposal }[]> {
  const tried = triedOn(publication, whatIf);
  const { without, changed } = await trialOf(db, whatIf);
  const found: { date: string; proposal: Proposal }[] = [];
  for (let day = date, looked = 0; found.length < days && looked < SEARCH_DAYS; day = addDays(day, 1), looked++) {
    if (!hasEdition(calendar.dayOf(day).working, tried)) continue;
    const planned = await readEdition(db, publication.id, day);
    const proposal = await readable(
      db,
      await draft(db, calendar, tried, day, now, planned, { without, changed, extra: without.size }),
    );
    for (const { articleId } of proposal.added) without.add(articleId);
    found.push({ date: day, proposal });
  }
  return found;
}

/** No run of holidays is longer. */
const SEARCH_DAYS = 31;
/** Of the articles that were passed over, this many are told why. */
const EXPLAINED = 30;

/** The draft with what a person reads of its articles, and why others were passed over. One query at most. */
async function readable(db: D1Database, drafted: Draft): Promise<Proposal> {
  const passed = drafted.ladder?.passed;
  const waiting = (passed?.queue ?? []).slice(0, EXPLAINED);
  const ids = [...drafted.added.map((pick) => pick.articleId), ...waiting];
  const shown = new Map(
    ids.length === 0 ? [] : (await readShown(db, ids)).map((article) => [article.articleId, article]),
  );
  // An article that was deleted between the two reads is in neither the queue nor the edition any more.
  const added = drafted.added.flatMap((pick) => {
    const article = shown.get(pick.articleId);
    return article ? [{ ...pick, ...article }] : [];
  });
  const candidates = new Map(passed?.input.candidates.map((candidate) => [candidate.articleId, candidate]));
  const passedOver = waiting.flatMap((id) => {
    const article = shown.get(id);
    const candidate = candidates.get(id);
    const why = candidate && drafted.ladder ? whyNot(candidate, drafted.ladder) : null;
    return article && why !== null ? [{ uid: article.uid, title: article.title, why }] : [];
  });
  return { ...drafted, added, passedOver };
}

/**
 * The draft for `date` at `now`, the edition being `planned` so far. An edition that is closed, or whose slots have all
 * gone out, gets nothing more. One query at most.
 */
async function draft(
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
  const due = hasEdition(day.working, publication);
  const quota = quotaOn(day.working, publication);
  const slots: Slot[] =
    planned?.slots ??
    (due ? slotsOn(date, publication) : []).map((at, i) => ({ n: i + 1, at, releasedAt: null, late: false }));
  const settled = {
    day,
    quota: planned?.edition.quota ?? quota,
    slots,
    planned,
    added: [],
    shortfall: planned?.edition.shortfall ?? quota,
    shortBecause: planned?.edition.shortBecause ?? "",
    ladder: null,
  };
  const open = slots.filter((slot) => slot.releasedAt === null);
  if (!due || planned?.edition.closedAt || open.length === 0) return settled;
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

/** A fingerprint of what a proposal is: applying a preview is refused when this has moved. */
export function proposalDigest(proposal: Proposal): Promise<string> {
  return sha256(
    JSON.stringify([
      proposal.quota,
      (proposal.planned?.picks ?? []).map((pick) => [pick.position, pick.slot, pick.articleId, pick.seq]),
      proposal.added.map((pick) => [pick.position, pick.slot, pick.articleId, pick.hash]),
    ]),
  ).then((hash) => hash.slice(0, 16));
}

/** The batch that makes a proposal true. Every statement after the first takes effect only if the first one did. */
function planBatch(
  db: D1Database,
  publication: Publication,
  date: string,
  proposal: Draft,
  actor: string,
  now: number,
): Statement[] {
  const stamp = newStamp();
  const batch = { publicationId: publication.id, date, stamp };
  return [
    stampEdition(
      db,
      {
        ...batch,
        quota: proposal.quota,
        provisional: proposal.day.provisional,
        planRev: proposal.planned?.edition.planRev ?? null,
      },
      now,
    ),
    ...(proposal.planned ? [] : [insertSlots(db, batch, proposal.slots)]),
    insertPicks(db, batch, proposal.added),
    toPlanned(db, pickedArticles(batch, proposal.added), now),
    countShortfall(db, batch, proposal.shortBecause),
    audit(
      db,
      {
        at: now,
        actor,
        action: "edition.planned",
        subject: `edition:${publication.slug}/${date}`,
        detail: { added: proposal.added.length, shortfall: proposal.shortfall },
      },
      {
        sql: `EXISTS (SELECT 1 FROM editions WHERE publication_id = ? AND date = ? AND stamp = ?)`,
        args: [publication.id, date, stamp],
      },
    ),
  ];
}

/**
 * Plans the edition of `date`, or tops it up. Writes nothing when there is nothing to change.
 * Throws 409 when this is not what the `digest` of a preview promised.
 */
export async function planEdition(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  now: number,
  by: { actor?: string; digest?: string | undefined } = {},
): Promise<Draft> {
  const planned = await readEdition(db, publication.id, date);
  // Before the queue is read: what an earlier day left over may make this one.
  if (!planned || planned.earlierOpen)
    await db.batch(closeEarlier(db, publication.id, localDate(now, publication.timeZone), now));
  const drafted = await draft(db, calendar, publication, date, now, planned);
  if (by.digest !== undefined && by.digest !== (await proposalDigest(await readable(db, drafted))))
    throw conflict("The queue has moved since the preview; look at it again.");
  const settled =
    planned !== null &&
    drafted.added.length === 0 &&
    planned.edition.quota === drafted.quota &&
    planned.edition.shortBecause === drafted.shortBecause;
  if (hasEdition(drafted.day.working, publication) && !settled)
    await db.batch(planBatch(db, publication, date, drafted, by.actor ?? "tick", now));
  return drafted;
}
