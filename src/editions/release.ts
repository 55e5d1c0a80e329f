/** Release: at its time a slot's picks become posts and wire entries, all in one guarded batch. */
import type { NewAlert } from "../alerts/store.ts";
import { insertAlert } from "../alerts/store.ts";
import type { Statement } from "../platform/d1.ts";
import { newId, newStamp } from "../platform/ids.ts";
import { MINUTE } from "../platform/time.ts";
import { toPublished } from "../articles/queue-store.ts";
import { insertHandovers } from "../handover/store.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Publication } from "../newsroom/types.ts";
import { auditNewPosts, insertNewPostMedia, insertPosts, insertPublished, NEW_POSTS } from "../wire/store.ts";
import type { Slot } from "./store.ts";
import {
  closeIfDone,
  countMonth,
  numberPicks,
  RELEASABLE,
  returnLeftovers,
  slotStamped,
  stampSlot,
} from "./release-store.ts";

/** A slot released this long after its time is marked late: two ticks may be missed without anyone having to know. */
const LATE_AFTER = 3 * MINUTE;

/**
 * Releases one slot, once: the first statement stamps it, the others act only under that stamp. A stopped publication
 * keeps its slot. `alerts` are told with it. Gives whether this call released it.
 */
export async function releaseSlot(
  db: D1Database,
  publication: Publication,
  edition: { id: number; date: string; positions: readonly number[] },
  slot: Slot,
  wake: (now: number, purpose?: "news" | "alert") => Statement[],
  now: number,
  alerts: readonly NewAlert[] = [],
): Promise<boolean> {
  const stamp = newStamp();
  const guard = slotStamped(edition.id, slot.n, stamp);
  const uids = Object.fromEntries(edition.positions.map((position) => [position, newId(now)]));
  const [released] = await db.batch([
    stampSlot(
      db,
      { editionId: edition.id, n: slot.n, late: now - slot.at > LATE_AFTER, stamp, publicationId: publication.id },
      now,
    ),
    insertPosts(db, { sql: RELEASABLE, args: [edition.id, slot.n, now, now] }, uids, guard, now),
    numberPicks(db, NEW_POSTS),
    countMonth(db, NEW_POSTS),
    toPublished(db, { sql: `SELECT article_id FROM (${NEW_POSTS})`, args: [] }, now),
    insertNewPostMedia(db),
    ...(publication.medium === "video" ? [insertHandovers(db, now)] : []),
    auditNewPosts(db, now),
    insertPublished(db, now),
    ...returnLeftovers(db, { editionId: edition.id, n: slot.n, stamp }, now),
    audit(
      db,
      {
        at: now,
        actor: "tick",
        action: "slot.released",
        subject: `edition:${publication.slug}/${edition.date}`,
        detail: { slot: slot.n },
      },
      guard,
    ),
    closeIfDone(db, edition.id, now),
    ...alerts.map((alert) => insertAlert(db, alert, guard)),
    ...wake(now),
    ...(alerts.length > 0 ? wake(now, "alert") : []),
  ]);
  return released!.meta.changes > 0;
}
