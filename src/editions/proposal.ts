/** What an edition would be, for people to read and to try settings on. Nothing here writes. */
import { sha256 } from "../platform/crypto.ts";
import { addDays, DAY } from "../platform/time.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Calendar } from "./calendar/calendar.ts";
import type { Shown } from "./candidate-store.ts";
import { readIds, readQueued, readShown } from "./candidate-store.ts";
import type { Draft } from "./draft.ts";
import { draft } from "./draft.ts";
import type { Candidate, NewPick } from "./ladder/index.ts";
import { whyNot } from "./ladder/index.ts";
import { hasEdition } from "./rules.ts";
import { readEdition } from "./store.ts";

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
interface ArticleChange {
  uid: string;
  mustRunOn?: string | null | undefined;
  expiresAt?: number | null | undefined;
  embargoUntil?: number | null | undefined;
  /** Days by which it would stand further ahead in the queue, as a higher priority would put it. */
  aheadDays?: number | undefined;
}

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
export async function readable(db: D1Database, drafted: Draft): Promise<Proposal> {
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
