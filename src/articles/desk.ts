/**
 * The acts of the desk on one manuscript. Each is one batch: the move (guarded by the revision that was read), its
 * revision or review, its audit row, and what the planner must hear of it.
 */
import type { Statement } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { stamped } from "../platform/guard.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict, notFound, Problem, stale } from "../platform/problem.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Actor, Publication } from "../newsroom/types.ts";
import { contentHash } from "./intake.ts";
import { acknowledge } from "./proof-store.ts";
import { hasReviewed, insertReview } from "./record-store.ts";
import type { Next } from "./states.ts";
import * as states from "./states.ts";
import type { Expected, Place } from "./store.ts";
import { countArrival } from "./supply-store.ts";
import { deleteArticle, findArticle, insertArticle, insertRevision, moveArticle, rewriteArticle } from "./store.ts";
import type { Article, Content, Decision, Gate, Handling } from "./types.ts";

/** What the planner must hear, as statements for the same batch. The editions room provides it. */
interface PlannerPort {
  /** The article is no longer what was planned: undo its waiting pick, so that the slot tops up. */
  unpick(db: D1Database, article: { id: number; publicationId: number }, guard: Guard, now: number): Statement[];
  /** The article has joined the queue: an edition that is short looks again. */
  joined(db: D1Database, article: { publicationId: number }, guard: Guard, now: number): Statement[];
}

/** Which pictures a text uses: our own media by hash. The formats room provides it. */
type MediaOf = (content: Content) => string[];

export interface Desk {
  db: D1Database;
  planner: PlannerPort;
  mediaOf: MediaOf;
}

/** The article with this public id. Throws a 404 problem. */
export async function requireArticle(db: D1Database, uid: string): Promise<Article> {
  const found = await findArticle(db, uid);
  if (!found) throw notFound("article", uid);
  return found;
}

/** A new draft. With the same `uid` again it gives the article that is there already. */
export async function createArticle(
  desk: Desk,
  input: { uid: string; content: Content; handling: Handling; place: Place },
  actor: Actor,
  now: number,
): Promise<Article> {
  const { db } = desk;
  const hash = await contentHash(input.content);
  const stamp = newStamp();
  await db.batch([
    insertArticle(db, { ...input, hash, author: actor.name, stamp }, now),
    insertRevision(
      db,
      input.uid,
      { hash, content: input.content, media: desk.mediaOf(input.content), savedBy: actor.name, stamp },
      now,
    ),
    audit(
      db,
      { at: now, actor: actor.name, action: "article.created", subject: `article:${input.uid}` },
      { sql: "EXISTS (SELECT 1 FROM articles WHERE uid = ? AND stamp = ?)", args: [input.uid, stamp] },
    ),
  ]);
  return requireArticle(db, input.uid);
}

/** Throws the refusal of the state machine as a 409 problem. */
function settled(next: Next): Extract<Next, { ok: true }> {
  if (!next.ok) throw conflict(next.why);
  return next;
}

/** Runs a batch whose first statement is the guarded move. Throws 412 if the article had changed. */
async function commit(db: D1Database, article: Article, batch: Statement[]): Promise<Article> {
  const [moved] = await db.batch(batch);
  const now = await requireArticle(db, article.uid);
  if (moved!.meta.changes === 0) throw stale(now.rev);
  return now;
}

interface Act {
  expected: Expected;
  guard: Guard;
  note(action: string, detail?: Record<string, unknown>): Statement;
}

function begin(db: D1Database, article: Article, actor: Actor, now: number): Act {
  const stamp = newStamp();
  const guard = stamped("articles", article.id, stamp);
  return {
    expected: { id: article.id, rev: article.rev, stamp },
    guard,
    note: (action, detail) =>
      audit(
        db,
        { at: now, actor: actor.name, action, subject: `article:${article.uid}`, ...(detail && { detail }) },
        guard,
      ),
  };
}

/** What a person accepts in a text although the linter told of it: on the text, and in the audit. */
export function accepting(
  db: D1Database,
  article: Pick<Article, "id" | "uid">,
  accepted: { hash: string; keys: readonly string[] },
  by: { actor: Actor; guard: Guard; now: number },
): Statement[] {
  const { hash, keys } = accepted;
  if (keys.length === 0) return [];
  const entry = {
    at: by.now,
    actor: by.actor.name,
    action: "article.acknowledged",
    subject: `article:${article.uid}`,
    detail: { hash, findings: keys },
  };
  return [acknowledge(db, { articleId: article.id, hash }, keys, by.guard), audit(db, entry, by.guard)];
}

/** 提交. `accepted`: keys of findings that the actor accepts. Throws 409 when the article is not in a state to be submitted. */
export async function submitArticle(
  desk: Desk,
  article: Article,
  publication: Publication,
  actor: Actor,
  now: number,
  accepted: readonly string[] = [],
): Promise<Article> {
  const { db } = desk;
  const next = settled(states.submit(article.status, publication.stages, article.embargoUntil, now));
  const act = begin(db, article, actor, now);
  const queueKey = cleared(next) ? states.queueKey(now, article, publication.ladder) : undefined;
  return commit(db, article, [
    moveArticle(db, act.expected, { ...next, queueKey }, article, now),
    act.note("article.submitted", { to: next.status, hash: article.hash }),
    ...accepting(db, article, { hash: article.hash, keys: accepted }, { actor, guard: act.guard, now }),
    // One that a person held was counted when it was approved.
    ...(cleared(next) && article.status !== "held" ? [countArrival(db, publication, act.guard, now)] : []),
    ...desk.planner.joined(db, article, act.guard, now),
  ]);
}

const cleared = (next: { status: string }): boolean => next.status === "queued" || next.status === "held";

/**
 * 审核: signs the current stage's decision on the current text. `since` is the time of an earlier attempt at this very
 * request: a decision that it left is not followed by another one on the next stage.
 * Throws 403 when the reviewer wrote the article or has not the stage's role, 409 when `hash` is not the current text.
 */
export async function reviewArticle(
  desk: Desk,
  article: Article,
  publication: Publication,
  review: { decision: Decision; gates: Gate[]; note: string; hash?: string | undefined },
  actor: Actor,
  now: number,
  since = now,
): Promise<Article> {
  const { db } = desk;
  if (since < now && (await hasReviewed(db, article.id, actor.name, since))) return article;
  const stage = publication.stages[article.stage];
  const next = settled(states.decide(article, publication.stages, review.decision, now));
  if (stage === undefined) throw conflict("The publication's review stages have changed; submit the article again.");
  if (actor.name === article.author)
    throw new Problem(403, "Forbidden", "Nobody reviews an article of their own; another person has to decide.");
  if (!states.mayDecide(actor.role, stage))
    throw new Problem(403, "Forbidden", `The stage “${stage}” is not decided by the role “${actor.role ?? "none"}”.`);
  if (review.hash !== undefined && review.hash !== article.hash)
    throw conflict("The text has changed since you read it. Read it again before you decide.");
  const act = begin(db, article, actor, now);
  return commit(db, article, [
    moveArticle(
      db,
      act.expected,
      { ...next, queueKey: cleared(next) ? states.queueKey(now, article, publication.ladder) : undefined },
      article,
      now,
    ),
    insertReview(
      db,
      {
        articleId: article.id,
        stage,
        hash: article.hash,
        reviewer: actor.name,
        decision: review.decision,
        gates: review.gates,
        note: review.note,
      },
      now,
      act.guard,
    ),
    act.note(
      `article.${review.decision === "approve" ? "approved" : review.decision === "return" ? "returned" : "rejected"}`,
      {
        stage,
        hash: article.hash,
      },
    ),
    ...(cleared(next) ? [countArrival(db, publication, act.guard, now)] : []),
    ...desk.planner.joined(db, article, act.guard, now),
  ]);
}

/**
 * 修改: writes the article as `changed` has it. A changed text voids later decisions: it goes back to its review and out
 * of the edition that had picked it. Throws 409 for a published article, 412 when `rev` is stale.
 */
export async function editArticle(
  desk: Desk,
  article: Article,
  publication: Publication,
  changed: { content: Content; handling: Handling; place: Place },
  rev: number,
  actor: Actor,
  now: number,
  accepted: readonly string[] = [],
): Promise<Article> {
  const { db } = desk;
  if (rev !== article.rev) throw stale(article.rev);
  const hash = await contentHash(changed.content);
  const before = { status: article.status, stage: article.stage, embargoUntil: changed.handling.embargoUntil };
  const next = settled(states.edit(before, publication.stages, hash !== article.hash, now));
  // The key is fixed at approval: only a text that is approved anew gets another place in the queue.
  const approvedAnew = cleared(next) && (hash !== article.hash || article.status === "expired");
  const act = begin(db, article, actor, now);
  return commit(db, article, [
    rewriteArticle(
      db,
      act.expected,
      {
        ...next,
        queueKey: approvedAnew ? states.queueKey(now, changed.handling, publication.ladder) : undefined,
        hash,
        ...changed,
      },
      now,
    ),
    insertRevision(
      db,
      article.uid,
      {
        hash,
        content: changed.content,
        media: desk.mediaOf(changed.content),
        savedBy: actor.name,
        stamp: act.expected.stamp,
      },
      now,
    ),
    act.note("article.edited", { from: article.hash, to: hash, status: next.status }),
    ...accepting(db, article, { hash, keys: accepted }, { actor, guard: act.guard, now }),
    ...desk.planner.unpick(db, article, act.guard, now),
    ...desk.planner.joined(db, article, act.guard, now),
  ]);
}

/** 撤稿: takes the article back before it is published, out of any edition. Throws 409 once it is published. */
export async function withdrawArticle(desk: Desk, article: Article, actor: Actor, now: number): Promise<Article> {
  const { db } = desk;
  const next = settled(states.withdraw(article.status));
  const act = begin(db, article, actor, now);
  return commit(db, article, [
    moveArticle(db, act.expected, next, article, now),
    act.note("article.withdrawn", { from: article.status }),
    ...desk.planner.unpick(db, article, act.guard, now),
  ]);
}

/** Deletes a draft. Throws 409 for anything that has been submitted, 412 when `rev` is stale. */
export async function removeArticle(
  desk: Desk,
  article: Article,
  rev: number,
  actor: Actor,
  now: number,
): Promise<void> {
  if (rev !== article.rev) throw stale(article.rev);
  if (!states.mayDelete(article.status))
    throw conflict(`A ${article.status} article stays on record; withdraw it instead of deleting it.`);
  // Afterwards there is no row to bear a stamp, so the audit comes first, on the condition of the deletion itself.
  const guard: Guard = {
    sql: "EXISTS (SELECT 1 FROM articles WHERE id = ? AND rev = ? AND status = 'draft')",
    args: [article.id, rev],
  };
  const [, deleted] = await desk.db.batch([
    audit(desk.db, { at: now, actor: actor.name, action: "article.deleted", subject: `article:${article.uid}` }, guard),
    deleteArticle(desk.db, article.id, rev),
  ]);
  if (deleted!.meta.changes === 0) throw stale((await requireArticle(desk.db, article.uid)).rev);
}
