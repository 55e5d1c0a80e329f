/**
 * Planning: reads the day, lets the ladder choose, writes what it chose. Planning twice changes nothing; two planners at
 * once leave one plan, since the batch is guarded by the edition's plan_rev.
 */
import type { Statement } from "../platform/d1.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict } from "../platform/problem.ts";
import { localDate } from "../platform/time.ts";
import { toPlanned } from "../articles/queue-store.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Calendar } from "./calendar/calendar.ts";
import type { Draft } from "./draft.ts";
import { draft } from "./draft.ts";
import { closeEarlier, countShortfall, insertPicks, insertSlots, pickedArticles, stampEdition } from "./plan-store.ts";
import { proposalDigest, readable } from "./proposal.ts";
import { hasEdition } from "./rules.ts";
import { readEdition } from "./store.ts";

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
