/** What pushes to WeChat accounts ask, answered from the database (`channels/wechat/questions.ts` lists it). */
import { insertAlert } from "../../alerts/store.ts";
import type { Books, Pushing } from "../../channels/kind.ts";
import { type AccountConfig, massQuota } from "../../channels/wechat/account.ts";
import type { Finished, Granted, Question, SentUnseen } from "../../channels/wechat/questions.ts";
import type { Trouble } from "../../channels/wechat/state.ts";
import { wakeShards } from "../../delivery/store.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Guard } from "../../platform/guard.ts";
import { localDate } from "../../platform/time.ts";
import {
  claimMassSends,
  type LeftOut,
  listClaims,
  readPostIds,
  readReceipts,
  untold,
  unwritten,
  writeFailures,
  writeReceipts,
  type Written,
} from "./article-store.ts";
import { finishedBy } from "./finished.ts";
import { findFinish, newestUnknown } from "./finish-store.ts";
import { noteGood, noteTrouble } from "../health/trouble-store.ts";
import { openCorrectionSheet, openSheet } from "../sheets/sheet-openings.ts";
import { insertTakedowns, insertTakedownsOfRecalled } from "../takedowns/takedown-store.ts";

/** Who the audit says did what a push did. */
const ACTOR = "wechat";

/** The books of the office's accounts. `wall` is the clock that events are written down by. */
export function accountBooks({ db, wall }: { db: D1Database; wall: () => number }): Books {
  return (pushing, question) => answer(db, wall, pushing, question as Question);
}

function answer(db: D1Database, wall: () => number, pushing: Pushing, question: Question): Promise<unknown> {
  const { channel: channelId, now } = pushing;
  switch (question.type) {
    case "claim":
      return claim(db, pushing, question);
    case "receipts":
      return readReceipts(db, channelId, question.posts);
    case "finished":
      return finished(db, channelId, question.job);
    case "sent-unseen":
      return sentUnseen(db, channelId, question, wall() - (now - question.since));
    case "written":
      return write(db, pushing, { channelId, ...question });
    case "left-out":
      return leaveOut(db, pushing, question);
    case "sheet":
      return handOver(db, pushing, question);
    case "correct-by-hand":
      return correctByHand(db, pushing, question);
    case "take-down":
      return takeDown(db, pushing, question);
    case "trouble":
      return tell(db, pushing, question.told);
  }
}

const ALWAYS: Guard = { sql: "true", args: [] };

const configOf = ({ config }: Pushing): AccountConfig => config as AccountConfig;
const subjectOf = ({ uid }: Pushing): string => `channel:${uid}`;

async function claim(
  db: D1Database,
  pushing: Pushing,
  { date, bundles }: Extract<Question, { type: "claim" }>,
): Promise<Granted> {
  const quota = massQuota(configOf(pushing));
  const answers = await db.batch<{ bundle: string }>([
    ...claimMassSends(db, pushing.channel, date, bundles, quota),
    listClaims(db, pushing.channel, date, bundles),
  ]);
  return { bundles: answers.at(-1)!.results.map(({ bundle }) => bundle) };
}

async function finished(db: D1Database, channelId: number, job: string): Promise<Finished> {
  const finish = await findFinish(db, channelId, job);
  return finish && finishedBy(finish);
}

async function sentUnseen(
  db: D1Database,
  channelId: number,
  { way, ended: known }: Extract<Question, { type: "sent-unseen" }>,
  since: number,
): Promise<SentUnseen> {
  const finish = await newestUnknown(db, channelId, way, since, known);
  const ended = finish && finishedBy(finish);
  return ended && { job: finish.type === "mass" ? finish.msgId : finish.publishId, finished: ended };
}

async function write(db: D1Database, pushing: Pushing, written: Written): Promise<null> {
  const { bundle, way, articles, result } = written;
  const detail = { bundle, way, articles: articles.length, ...(result.why && { why: result.why }) };
  const ids = await readPostIds(
    db,
    articles.map(({ post }) => post),
  );
  await db.batch([
    audit(
      db,
      { at: pushing.now, actor: ACTOR, action: `wechat.${result.state}`, subject: subjectOf(pushing), detail },
      unwritten(written),
    ),
    writeReceipts(db, written, pushing.now),
    // A recall's own batch saw nothing of what was under way then, and its entry on the wire may have to wait.
    insertTakedownsOfRecalled(db, pushing.channel, [...ids.values()], ALWAYS, pushing.now),
    noteGood(db, pushing.channel, pushing.now),
  ]);
  return null;
}

async function leaveOut(
  db: D1Database,
  pushing: Pushing,
  { bundle, posts }: { bundle: string; posts: LeftOut[] },
): Promise<null> {
  const alert = {
    at: pushing.now,
    kind: "wechat.left_out",
    title: `${posts.length} 篇没有发到公众号`,
    body: posts.map(({ title, why }) => `《${title}》：${why}`).join("\n"),
    subject: subjectOf(pushing),
  };
  const guard = untold(pushing.channel, bundle, posts, alert);
  await db.batch([
    insertAlert(db, alert, guard),
    writeFailures(db, pushing.channel, bundle, posts, pushing.now),
    ...wakeShards(db, pushing.now, "alert"),
  ]);
  return null;
}

/** A draft waits for a person: its receipts, and its sheet. */
async function handOver(
  db: D1Database,
  pushing: Pushing,
  { bundle, draft, articles }: Extract<Question, { type: "sheet" }>,
): Promise<null> {
  const { channel: channelId, now } = pushing;
  const ids = await readPostIds(
    db,
    articles.map(({ post }) => post),
  );
  const placed = articles.flatMap(({ post, idx }) => (ids.has(post) ? [{ postId: ids.get(post)!, idx }] : []));
  const date = localDate(now, configOf(pushing).time_zone);
  const result = { state: "drafted", articleId: null, urls: {} } as const;
  await db.batch([
    writeReceipts(db, { channelId, bundle, way: "draft", draft, job: null, articles, result }, now),
    ...openSheet(db, { channelId, bundle, draft, date, articles: placed }, now),
    noteGood(db, channelId, now),
  ]);
  return null;
}

async function correctByHand(
  db: D1Database,
  { channel: channelId, now }: Pushing,
  { post, note }: { post: string; note: string },
): Promise<null> {
  const postId = (await readPostIds(db, [post])).get(post);
  if (postId !== undefined) await db.batch(openCorrectionSheet(db, { channelId, postId, note }, now));
  return null;
}

async function takeDown(
  db: D1Database,
  { channel, now }: Pushing,
  { posts, note }: { posts: string[]; note: string },
): Promise<null> {
  const ids = [...(await readPostIds(db, posts)).values()];
  await insertTakedowns(db, channel, ids, note, now).run();
  return null;
}

/** Notes what keeps a push, and tells the office. */
async function tell(db: D1Database, { channel, now }: Pushing, trouble: Trouble): Promise<null> {
  await db.batch(noteTrouble(db, channel, trouble, now));
  return null;
}
