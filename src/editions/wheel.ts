/**
 * The hand on the wheel: a person's acts on an edition. Each is one batch, guarded by the edition as it was read, and
 * audited with who and why. What has been released is out of reach; what a person placed, planning leaves where it is.
 */
import { backToWaiting, holdArticle, toPlanned } from "../articles/queue-store.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Actor, Publication } from "../newsroom/types.ts";
import type { Statement } from "../platform/d1.ts";
import { stamped } from "../platform/guard.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict, invalid, notFound } from "../platform/problem.ts";
import type { Act, Arranged } from "./arrange.ts";
import { arrange } from "./arrange.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { hasEdition, quotaOn } from "./rules.ts";
import { slotsOn } from "./slots.ts";
import type { Edition, Slot } from "./store.ts";
import { countShortfall, insertSlots, stampEdition } from "./plan-store.ts";
import { readEdition } from "./store.ts";
import {
  findNamedArticle,
  insertPlaced,
  markPlaced,
  readTimes,
  removePick,
  renumber,
  setDropped,
  stampChange,
} from "./wheel-store.ts";

/** What a person asks for; slots are named by their times (epoch ms). */
export interface WheelRequest {
  op: Act["op"];
  articleUid: string;
  position?: number | undefined;
  slotAt?: number | undefined;
  reason: string;
}

/** The slots of a date that nobody has planned. Throws 409 on a day of rest. */
function slotsToBe(calendar: Calendar, publication: Publication, date: string): Slot[] {
  if (!hasEdition(calendar.dayOf(date).working, publication))
    throw conflict(`${date} is not a working day of this publication.`);
  return slotsOn(date, publication).map((at, i) => ({ n: i + 1, at, releasedAt: null, late: false }));
}

/** The edition of a date, made without picks if nobody has planned it: a pin for a day to come must have a place to be. */
async function makeEdition(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  slots: readonly Slot[],
  now: number,
): Promise<Edition> {
  const batch = { publicationId: publication.id, date, stamp: newStamp() };
  const { working, provisional } = calendar.dayOf(date);
  await db.batch([
    stampEdition(db, { ...batch, quota: quotaOn(working, publication), provisional, planRev: null }, now),
    insertSlots(db, batch, slots),
  ]);
  return (await readEdition(db, publication.id, date))!.edition;
}

/** The act in the terms of {@link arrange}. Throws a 422 problem for a slot time that the edition has not. */
function actOf(request: WheelRequest, articleId: number, slots: readonly Slot[]): Act {
  const slot = request.slotAt === undefined ? undefined : slots.find((s) => s.at === request.slotAt)?.n;
  if (request.slotAt !== undefined && slot === undefined)
    throw invalid("slot", "is not a release time of this edition");
  const { op, position } = request;
  switch (op) {
    case "swap":
      if (position === undefined) throw invalid("position", "is required: the place to swap with");
      return { op, articleId, position };
    case "move":
      if (position === undefined && slot === undefined) throw invalid("position", "or slot is required: where to");
      return { op, articleId, position, slot };
    case "pin":
      return { op, articleId, position, slot };
    case "add":
      return { op, articleId, slot };
    case "drop":
    case "hold":
      return { op, articleId };
  }
}

/**
 * Refuses an arrangement that would release an article before its embargo or after its expiry: the one that is placed,
 * and those that change slots to make room for it.
 */
async function requireTimes(
  db: D1Database,
  before: readonly Arranged[],
  after: readonly Arranged[],
  slots: readonly Slot[],
  own: number,
): Promise<void> {
  const stood = new Map(before.map((pick) => [pick.articleId, pick.slot]));
  const moved = after.filter((pick) => pick.slot !== stood.get(pick.articleId));
  if (moved.length === 0) return;
  const times = await readTimes(
    db,
    moved.map((pick) => pick.articleId),
  );
  for (const { articleId, position, slot } of moved) {
    const at = slots.find((s) => s.n === slot)!.at;
    const { embargoUntil, expiresAt } = times.get(articleId)!;
    const which = articleId === own ? "The article" : `The article that would move to position ${position}`;
    if (embargoUntil !== null && embargoUntil > at) throw conflict(`${which} is embargoed beyond that slot.`);
    if (expiresAt !== null && expiresAt <= at) throw conflict(`${which} expires before that slot.`);
  }
}

/**
 * Applies a person's act to the edition of `date` and gives the edition as it is then.
 * Throws 404 for an unknown article, 409 when the act does not fit or the edition has changed, 422 naming the field.
 */
export async function turn(
  db: D1Database,
  calendar: Calendar,
  publication: Publication,
  date: string,
  request: WheelRequest,
  actor: Actor,
  now: number,
): Promise<void> {
  const article = await findNamedArticle(db, request.articleUid);
  if (!article || article.publicationId !== publication.id) throw notFound("article", request.articleUid);
  const planned = await readEdition(db, publication.id, date);
  if (planned && planned.edition.closedAt !== null) throw conflict("This edition is over.");
  const slots = planned?.slots ?? slotsToBe(calendar, publication, date);
  const before = (planned?.picks ?? []).map((pick) => ({
    articleId: pick.articleId,
    position: pick.position,
    slot: pick.slot,
    released: pick.seq !== null,
  }));
  const result = arrange(
    before,
    slots.map((slot) => ({ n: slot.n, at: slot.at, released: slot.releasedAt !== null })),
    actOf(request, article.id, slots),
  );
  if (!result.ok) throw invalid(result.field, result.why);
  await requireTimes(db, before, result.picks, slots, article.id);
  const isNew = result.picks.length > before.filter((pick) => !pick.released).length;
  if (isNew && article.status !== "queued")
    throw conflict(`Only a queued article can be placed in an edition; this one is ${article.status}.`);

  const edition = planned?.edition ?? (await makeEdition(db, calendar, publication, date, slots, now));
  const stamp = newStamp();
  const editionId = edition.id;
  const guard = stamped("editions", editionId, stamp);
  const pick = { editionId, articleId: article.id, reason: request.reason, by: actor.name };
  const waitingPick = {
    sql: `SELECT article_id, again AS reserve FROM picks WHERE edition_id = ? AND article_id = ? AND seq IS NULL AND ${guard.sql}`,
    args: [editionId, article.id, ...guard.args],
  };
  const change: Statement[] =
    request.op === "drop"
      ? [
          backToWaiting(db, waitingPick, now),
          removePick(db, editionId, article.id, guard),
          setDropped(db, editionId, article.id, true, guard),
        ]
      : request.op === "hold"
        ? [holdArticle(db, article.id, guard), removePick(db, editionId, article.id, guard)]
        : isNew
          ? [
              setDropped(db, editionId, article.id, false, guard),
              insertPlaced(
                db,
                { ...pick, hash: article.hash, slot: result.picks.find((p) => p.articleId === article.id)!.slot },
                guard,
              ),
              toPlanned(
                db,
                {
                  sql: `SELECT article_id FROM picks WHERE edition_id = ? AND article_id = ? AND ${guard.sql}`,
                  args: [editionId, article.id, ...guard.args],
                },
                now,
              ),
            ]
          : [markPlaced(db, { ...pick, pinned: request.op === "pin" }, guard)];
  const [changed] = await db.batch([
    stampChange(db, edition, article, stamp),
    ...change,
    ...renumber(db, editionId, result.picks, guard),
    countShortfall(db, { publicationId: publication.id, date, stamp }, planned?.edition.shortBecause ?? ""),
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: `pick.${request.op}`,
        subject: `edition:${publication.slug}/${date}`,
        detail: { article: article.uid, reason: request.reason, position: request.position ?? null },
      },
      guard,
    ),
  ]);
  if (changed!.meta.changes === 0)
    throw conflict("The edition or the article has changed meanwhile; look at it again.");
}
