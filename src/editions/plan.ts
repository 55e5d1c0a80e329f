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
import { audit } from "../newsroom/store.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Calendar, Day } from "./calendar/calendar.ts";
import type { NewPick } from "./ladder.ts";
import { COOL_DOWN_DAYS, fill } from "./ladder.ts";
import { slotsOn } from "./slots.ts";
import type { Planned, Slot } from "./store.ts";
import {
  closeEarlier,
  countShortfall,
  insertPicks,
  insertSlots,
  pickedArticles,
  readCandidates,
  readEdition,
  stampEdition,
} from "./store.ts";

/** What planning the date now would give. */
export interface Proposal {
  day: Day;
  quota: number;
  slots: Slot[];
  planned: Planned | null;
  added: (NewPick & { uid: string; title: string; column: string | null; unit: string | null })[];
  shortfall: number;
}

/**
 * What the edition of `date` would be if it were planned at `now`. Reads only: two or three queries.
 * `known` is the edition as it stands, if the caller has read it.
 * An edition that is closed, or whose slots have all gone out, gets nothing more.
 */
export async function propose(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  now: number,
  known?: Planned | null,
): Promise<Proposal> {
  const day = calendar.dayOf(date);
  const planned = known === undefined ? await readEdition(db, publication.id, date) : known;
  const quota = day.working ? publication.quota : 0;
  const slots: Slot[] =
    planned?.slots ??
    (day.working ? slotsOn(date, publication) : []).map((at, i) => ({ n: i + 1, at, releasedAt: null, late: false }));
  const settled = {
    day,
    quota: planned?.edition.quota ?? quota,
    slots,
    planned,
    added: [],
    shortfall: planned?.edition.shortfall ?? quota,
  };
  if (!day.working || planned?.edition.closedAt || slots.every((slot) => slot.releasedAt !== null)) return settled;
  const dayEnd = zonedTime(addDays(date, 1), "00:00", publication.timeZone);
  const candidates = await readCandidates(db, publication.id, {
    date,
    now,
    dayEnd,
    restedBy: now - COOL_DOWN_DAYS * DAY,
    wanted: quota + (planned?.dropped.length ?? 0),
  });
  const result = fill({
    date,
    quota,
    slots: slots.map((slot) => ({ n: slot.n, at: slot.at, released: slot.releasedAt !== null })),
    placed: planned?.picks ?? [],
    candidates: candidates.filter((candidate) => !planned?.dropped.includes(candidate.articleId)),
    dayEnd,
  });
  const byId = new Map(candidates.map((candidate) => [candidate.articleId, candidate]));
  return {
    day,
    quota,
    slots,
    planned,
    added: result.picks.map((pick) => {
      const { uid, title, column, unit } = byId.get(pick.articleId)!;
      return { ...pick, uid, title, column, unit };
    }),
    shortfall: result.shortfall,
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
  proposal: Proposal,
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
    countShortfall(db, batch),
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
): Promise<Proposal> {
  const planned = await readEdition(db, publication.id, date);
  // Before the queue is read: what an earlier day left over may make this one.
  if (!planned || planned.earlierOpen)
    await db.batch(closeEarlier(db, publication.id, localDate(now, publication.timeZone), now));
  const proposal = await propose(db, calendar, publication, date, now, planned);
  if (by.digest !== undefined && by.digest !== (await proposalDigest(proposal)))
    throw conflict("The queue has moved since the preview; look at it again.");
  const settled =
    proposal.planned !== null && proposal.added.length === 0 && proposal.planned.edition.quota === proposal.quota;
  if (proposal.day.working && !settled)
    await db.batch(planBatch(db, publication, date, proposal, by.actor ?? "tick", now));
  return proposal;
}
