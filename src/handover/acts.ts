/** What a person does to a hand-over task. Each act is one batch: the guarded change and its audit row. */
import { audit } from "../newsroom/audit-store.ts";
import type { Actor } from "../newsroom/types.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict, invalid, notFound } from "../platform/problem.ts";
import { refuseLink } from "./outlets.ts";
import type { HandoverDetail } from "./store.ts";
import { findHandover, reopen, taskStamped, tickOff } from "./store.ts";

/** The task with this public id. Throws a 404 problem. */
export async function requireHandover(db: D1Database, uid: string): Promise<HandoverDetail> {
  const found = await findHandover(db, uid);
  if (!found) throw notFound("hand-over", uid);
  return found;
}

/** What a person says when ticking a task off. */
interface Result {
  link: string | null;
  note: string;
  /** The text that was posted (`hash` of the pack), so that a correction in between is noticed. */
  hash: string | null;
}

/**
 * The link that a ticked-off task ends with. A new video has a new link; an update may keep the old one; a take-down
 * leaves none behind, so the record keeps the one that is gone.
 */
function linkOf(task: HandoverDetail, sent: string | null): string | null {
  if (sent === null) {
    if (task.kind === "publish") throw invalid("link", "is required: the address of the posted video");
    return task.link;
  }
  if (task.kind === "takedown") throw invalid("link", "is not for a take-down: nothing is left to link to");
  const why = refuseLink(task.outlet, sent);
  if (why) throw invalid("link", why);
  return sent;
}

const isDoneWith = (task: HandoverDetail, link: string | null): boolean => task.state === "done" && task.link === link;

/**
 * 交接完成: ticks the task off; the same again changes nothing. Throws 422 for a link that is none of the outlet's, 409
 * when the task was cancelled or done with another link, or the post has been corrected since `hash`.
 */
export async function completeHandover(
  db: D1Database,
  uid: string,
  result: Result,
  actor: Actor,
  now: number,
): Promise<HandoverDetail> {
  const task = await requireHandover(db, uid);
  const link = linkOf(task, result.link);
  if (isDoneWith(task, link)) return task;
  const stamp = newStamp();
  const note = result.note === "" ? task.note : result.note;
  await db.batch([
    tickOff(db, { id: task.id, link, note, by: actor.name, hash: result.hash, stamp }, now),
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: "handover.done",
        subject: `handover:${uid}`,
        detail: { kind: task.kind, outlet: task.outlet, link, note: result.note },
      },
      taskStamped(task.id, stamp),
    ),
  ]);
  const after = await requireHandover(db, uid);
  if (isDoneWith(after, link)) return after;
  if (after.state === "cancelled")
    throw conflict("The post was recalled, so this task was cancelled. If the video is up already, take it down.");
  if (after.state === "done") throw conflict("It was ticked off with another link. Reopen it to change the link.");
  throw conflict("The post has been corrected since you read the pack. Read it again and post the corrected text.");
}

/**
 * Opens a done task again: the link was wrong, or the platform took the video back. The link stays on record, so that a
 * recall still finds the video. An open task stays as it is. Throws 409 for a cancelled task, or once the post is recalled.
 */
export async function reopenHandover(
  db: D1Database,
  uid: string,
  reason: string,
  actor: Actor,
  now: number,
): Promise<HandoverDetail> {
  const task = await requireHandover(db, uid);
  if (task.state === "open") return task;
  const stamp = newStamp();
  await db.batch([
    reopen(db, { id: task.id, kind: task.kind, note: reason, stamp }, now),
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: "handover.reopened",
        subject: `handover:${uid}`,
        detail: { reason, link: task.link },
      },
      taskStamped(task.id, stamp),
    ),
  ]);
  const after = await requireHandover(db, uid);
  if (after.state === "open") return after;
  throw conflict(
    after.recalledAt === null
      ? `A ${after.state} task cannot be reopened.`
      : "The post was recalled: there is a task of its own for taking the video down.",
  );
}
