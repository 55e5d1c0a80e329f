/** What happens to a post after it is out: 更正 and 撤回. Each is one batch that also tells the wire. */
import type { Guard } from "../platform/guard.ts";
import { stamped } from "../platform/guard.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict, stale } from "../platform/problem.ts";
import type { Desk } from "../articles/desk.ts";
import { accepting, requireArticle } from "../articles/desk.ts";
import { contentHash } from "../articles/intake.ts";
import { insertRevision, moveArticle, rewriteArticle } from "../articles/store.ts";
import type { Article, Content } from "../articles/types.ts";
import type { Statement } from "../platform/d1.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Actor } from "../newsroom/types.ts";
import { correctPost, insertCorrection, insertRecalls, recallPosts } from "./store.ts";

/** Statements that make subscribers look at the wire. The delivery room provides them. */
type WakeSubscribers = (now: number) => Statement[];

/** What an amendment asks of the people who posted the video by hand. The handover room provides it. */
interface HandoverPort {
  corrected(db: D1Database, articleId: number, note: string, guard: Guard, now: number): Statement[];
  recalled(db: D1Database, articleId: number, note: string, guard: Guard, now: number): Statement[];
}

/** What a recall asks of accounts that hold the posts themselves. The wechat room provides it. */
interface AccountPort {
  recalled(db: D1Database, articleId: number, note: string, guard: Guard, now: number): Statement[];
}

/** The desk, with those who must hear of an amendment. */
export interface AmendingDesk extends Desk {
  wake: WakeSubscribers;
  handovers: HandoverPort;
  accounts: AccountPort;
}

async function commit(desk: Desk, article: Article, batch: Statement[]): Promise<Article> {
  const [moved] = await desk.db.batch(batch);
  const after = await requireArticle(desk.db, article.uid);
  if (moved!.meta.changes === 0) throw stale(after.rev);
  return after;
}

function requirePublished(article: Article, act: string): void {
  if (article.status !== "published")
    throw conflict(`Only a published article can be ${act}; this one is ${article.status}.`);
}

/**
 * 更正: the published text becomes `content`, and every channel that got the post is told with `note`.
 * Throws 409 when the article is not published, 412 when it has changed meanwhile.
 */
export async function correctArticle(
  desk: AmendingDesk,
  article: Article,
  content: Content,
  note: string,
  actor: Actor,
  now: number,
  accepted: readonly string[] = [],
): Promise<Article> {
  requirePublished(article, "corrected");
  const { db } = desk;
  const hash = await contentHash(content);
  if (hash === article.hash) throw conflict("The correction changes nothing.");
  const stamp = newStamp();
  const guard = stamped("articles", article.id, stamp);
  return commit(desk, article, [
    rewriteArticle(
      db,
      { id: article.id, rev: article.rev, stamp },
      { status: "published", stage: article.stage, hash, content, handling: article, place: article },
      now,
    ),
    insertRevision(db, article.uid, { hash, content, media: desk.mediaOf(content), savedBy: actor.name, stamp }, now),
    ...accepting(db, article, { hash, keys: accepted }, { actor, guard, now }),
    ...correctPost(db, article.id, guard, now),
    insertCorrection(db, article.id, note, guard, now),
    ...desk.handovers.corrected(db, article.id, note, guard, now),
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: "article.corrected",
        subject: `article:${article.uid}`,
        detail: { from: article.hash, to: hash, note },
      },
      guard,
    ),
    ...desk.wake(now),
  ]);
}

/**
 * 撤回: the post leaves the readers' pages and feeds, and every channel that got it is told with `note`.
 * Throws 409 when the article is not published, 412 when it has changed meanwhile.
 */
export async function recallArticle(
  desk: AmendingDesk,
  article: Article,
  note: string,
  actor: Actor,
  now: number,
): Promise<Article> {
  requirePublished(article, "recalled");
  const { db } = desk;
  const stamp = newStamp();
  const guard = stamped("articles", article.id, stamp);
  return commit(desk, article, [
    moveArticle(
      db,
      { id: article.id, rev: article.rev, stamp },
      { status: "recalled", stage: article.stage },
      article,
      now,
    ),
    insertRecalls(db, article.id, note, guard, now),
    ...recallPosts(db, article.id, guard, now),
    ...desk.handovers.recalled(db, article.id, note, guard, now),
    ...desk.accounts.recalled(db, article.id, note, guard, now),
    audit(
      db,
      { at: now, actor: actor.name, action: "article.recalled", subject: `article:${article.uid}`, detail: { note } },
      guard,
    ),
    ...desk.wake(now),
  ]);
}
