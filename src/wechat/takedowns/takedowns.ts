/**
 * 撤回 at WeChat: a lane beside the channels' own cursors, since those may wait for the day's push. Each take-down is
 * claimed, made and settled by itself; made twice it is harmless, since what is gone is gone.
 */
import { insertAlert } from "../../alerts/store.ts";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import { wakeShards } from "../../delivery/store.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Statement } from "../../platform/d1.ts";
import { newStamp } from "../../platform/ids.ts";
import { MINUTE } from "../../platform/time.ts";
import type { LaneDeps } from "../deps.ts";
import { openAccount } from "../open-account.ts";
import { endReceipt } from "../books/receipt-store.ts";
import { openTakedownSheet } from "../sheets/sheet-openings.ts";
import { cancelSend } from "../sheets/sheet-store.ts";
import type { ClaimedTakedown, TakedownTarget } from "./takedown-store.ts";
import { claimedBy, claimTakedown, nextTakedown, readTarget, settleTakedown } from "./takedown-store.ts";
import type { Next } from "./takedown.ts";
import { follow, GIVE_UP_AFTER, planOf } from "./takedown.ts";

/** Longer than two calls may take, each with a fresh token before it. */
const LEASE = 3 * MINUTE;
/** Settings that no key opens are looked at again after this. */
const LOCKED_WAIT = 30 * MINUTE;

type Account = NonNullable<Awaited<ReturnType<typeof openAccount>>>;

/** How an attempt ended. `left`: the article stays in a draft that a person is to send without it. */
type End = Next | { type: "left"; why: string };

/**
 * Makes an account's next take-down, if one is due. Gives the business time at which another is, null if none waits or
 * none was due.
 */
export async function takeNext(deps: LaneDeps, channelId: number, now: number): Promise<number | null> {
  const wall = deps.wall();
  const lease = { token: newStamp(), until: wall + LEASE };
  const claimed = await claimTakedown(deps.db, channelId, lease, now, wall);
  if (claimed === null) return null;
  await takeDown(deps, claimed, now);
  return nextTakedown(deps.db, channelId);
}

async function takeDown(deps: LaneDeps, claimed: ClaimedTakedown, now: number): Promise<void> {
  const { db } = deps;
  const target = await readTarget(db, claimed.channelId, claimed.postId);
  if (target === null) {
    const settled = { state: "done", why: "公众号没有收到过", nextAt: null, alerted: claimed.alerted } as const;
    await settleTakedown(db, claimed, settled).run();
    return;
  }
  const account = await openAccount(deps, claimed.channelId);
  const end = account === null ? locked(claimed, now) : await attempt(deps, account, claimed, target, now);
  await db.batch(settling(db, account, claimed, target, end, now));
}

function locked(claimed: ClaimedTakedown, now: number): Next {
  const why = "这个公众号渠道的设置打不开：请重新填写渠道设置";
  const nextAt = now + LOCKED_WAIT;
  return nextAt < claimed.askedAt + GIVE_UP_AFTER
    ? { type: "again", nextAt, why, tell: true }
    : { type: "failed", why };
}

async function attempt(
  deps: LaneDeps,
  account: Account,
  claimed: ClaimedTakedown,
  target: TakedownTarget,
  now: number,
): Promise<End> {
  const from = { ...claimed, now, seed: `${account.uid}:${target.postUid}` };
  let plan = planOf(target);
  if (plan.type === "find") {
    const found = judgeAnswer(await deps.wechat(account, plan.call), now);
    if (!found.ok) return follow(found, [], from);
    const articleId = found.value["article_id"];
    // 5 and 6: the office or the platform has deleted all of it (developers.weixin.qq.com, freepublish/get).
    if ([5, 6].includes(Number(found.value["publish_status"])))
      return { type: "done", gone: true, why: "公众号上已经没有" };
    plan = planOf({ ...target, articleId: typeof articleId === "string" && articleId !== "" ? articleId : null });
  }
  switch (plan.type) {
    case "find":
      return { type: "failed", why: "微信没有给出这次发布的文章编号" };
    case "lost":
      return { type: "failed", why: plan.why };
    case "nothing":
      return { type: "done", gone: true, why: plan.why };
    case "leave":
      return { type: "left", why: plan.why };
    case "call": {
      const judged = judgeAnswer(await deps.wechat(account, plan.call), now);
      const refused = !judged.ok && judged.errcode !== null && !plan.gone.includes(judged.errcode);
      if (refused && plan.check !== null && claimed.tries > 1) {
        const found = judgeAnswer(await deps.wechat(account, plan.check), now);
        if (found.ok && found.value["msg_status"] === "DELETE")
          return { type: "done", gone: true, why: "公众号上已经没有" };
      }
      return follow(judged, plan.gone, from);
    }
  }
}

/** The end of an attempt and all that follows from it, in one batch that does nothing once the lease is another's. */
function settling(
  db: D1Database,
  account: Account | null,
  claimed: ClaimedTakedown,
  target: TakedownTarget,
  end: End,
  now: number,
): Statement[] {
  const guard = claimedBy(claimed);
  const words = wordsOf(target, end);
  const tell = words !== null && !(end.type === "again" && claimed.alerted);
  const settled = {
    state: end.type === "again" ? "open" : end.type === "failed" ? "failed" : "done",
    why: end.why,
    nextAt: end.type === "again" ? end.nextAt : null,
    alerted: claimed.alerted || tell,
  } as const;
  const subject = `article:${target.articleUid}`;
  const detail = { channel: account?.uid ?? null, url: target.url, why: end.why };
  const acted = {
    done: "article.taken_down",
    failed: "article.not_taken_down",
    left: "article.left_in_draft",
  } as const;
  return [
    settleTakedown(db, claimed, settled),
    ...(end.type === "done"
      ? [endReceipt(db, { ...claimed, job: target.job }, { state: "deleted", why: end.why }, guard, now)]
      : []),
    ...(end.type === "done" && !end.gone && target.state === "drafted" && target.draft !== null
      ? [cancelSend(db, { channelId: claimed.channelId, draft: target.draft }, "草稿里的稿件都已撤回", guard)]
      : []),
    ...(end.type === "failed" ? openTakedownSheet(db, claimed, end.why, guard, now) : []),
    ...(end.type === "again"
      ? []
      : [audit(db, { at: now, actor: "tick", action: acted[end.type], subject, detail }, guard)]),
    ...(tell ? [insertAlert(db, { at: now, kind: "wechat.takedown", subject, ...words }, guard)] : []),
    ...(tell ? wakeShards(db, now, "alert") : []),
  ];
}

/** What the office has to know of it, or null. */
function wordsOf(target: TakedownTarget, end: End): { title: string; body: string } | null {
  const what = `《${target.title}》`;
  const where = target.url === null ? `第 ${target.idx} 条` : target.url;
  const byHand = "登录公众平台（mp.weixin.qq.com），在“发表记录”里删除它";
  switch (end.type) {
    case "left":
      return {
        title: `${what}已撤回，还在公众号草稿里`,
        body: `它是草稿的第 ${target.idx} 条，草稿里还有别的稿件。请先在公众平台的草稿里删掉这一条，再发表其余各条；已经发出的，请立即在“发表记录”里删除它。`,
      };
    case "failed":
      return {
        title: `${what}没有能从公众号删除`,
        body: `${end.why}\n请现在由人${byHand}（${where}），然后在交接单上勾“完成”。`,
      };
    case "again":
      return end.tell
        ? {
            title: `${what}还没有从公众号撤下`,
            body: `${end.why}\n刊发会继续再试。着急时请由人${byHand}（${where}）。`,
          }
        : null;
    case "done":
      return end.gone && target.sheetOpen && target.state === "drafted"
        ? {
            title: `${what}的草稿已经不在草稿箱`,
            body: `它被撤回时，草稿已经由人发出或删除。如果已经发出，请立即${byHand}。`,
          }
        : null;
  }
}
