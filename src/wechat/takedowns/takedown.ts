/** What taking an article down at WeChat asks for, and what follows from the answer: plain functions. */
import type { WechatCall } from "../../channels/wechat/call.ts";
import { type Judged, sentence } from "../../channels/wechat/codes.ts";
import { backoff, noiseOf } from "../../delivery/policy.ts";
import { DAY, MINUTE } from "../../platform/time.ts";
import type { Receipt } from "../books/receipt-store.ts";

/** What is known of the article that is to go. */
export interface Target extends Receipt {
  /** How many other articles of its draft are still to be sent. */
  company: number;
  /** Whether a person still has the sheet of its draft to do. */
  sheetOpen: boolean;
}

/** What there is to do about it. */
type Plan =
  /**
   * The call that takes it down; `gone` are the codes that say that it is not there any more. Where a refusal does not say
   * so, `check` asks (msg_status `DELETE`): a call whose answer was lost may have taken it down.
   */
  | { type: "call"; call: WechatCall; gone: readonly number[]; check: WechatCall | null }
  /** Ask by `publish_id` for the `article_id` first. */
  | { type: "find"; call: WechatCall }
  /** It shares a draft with articles that are to be sent: a person leaves it out. */
  | { type: "leave"; why: string }
  /** Readers have not got it. */
  | { type: "nothing"; why: string }
  /** The platform offers no way to name it. */
  | { type: "lost"; why: string };

/** As a number if JSON holds it exactly: ids of the platform have up to 64 bits. */
export const idNumber = (id: string): number | string => (Number.isSafeInteger(Number(id)) ? Number(id) : id);

/**
 * The call that takes an article down. `index` and `article_idx` count from 1, and without one, or with 0, all articles
 * of the publication go: so one that has no place is never asked for. Source: developers.weixin.qq.com,
 * freepublish/delete (53600: no such article), message/mass/delete, draft/delete (40007: no such draft).
 */
export function planOf(target: Target): Plan {
  const { state, way, idx, draft, job, articleId } = target;
  if (state !== "published" && state !== "drafted") return { type: "nothing", why: "公众号上已经没有" };
  if (idx < 1) return { type: "lost", why: "不知道它是第几条" };
  if (state === "drafted") {
    if (draft === null) return { type: "lost", why: "不知道它在哪个草稿里" };
    if (target.company > 0) return { type: "leave", why: `草稿里还有别的稿件，第 ${idx} 条由人撤下` };
    return {
      type: "call",
      call: { path: "/cgi-bin/draft/delete", body: { media_id: draft } },
      gone: [40007],
      check: null,
    };
  }
  if (way === "publish" && articleId !== null)
    return {
      type: "call",
      call: { path: "/cgi-bin/freepublish/delete", body: { article_id: articleId, index: idx } },
      gone: [53600],
      check: null,
    };
  if (job === null) return { type: "lost", why: "由人手工发出，没有可用来删除的编号" };
  if (way === "mass")
    return {
      type: "call",
      call: { path: "/cgi-bin/message/mass/delete", body: { msg_id: idNumber(job), article_idx: idx } },
      gone: [53600, 40007],
      check: { path: "/cgi-bin/message/mass/get", body: { msg_id: job } },
    };
  return { type: "find", call: { path: "/cgi-bin/freepublish/get", body: { publish_id: job } } };
}

/** What an answer comes to. `tell`: the office has to know that it does not get on. */
export type Next =
  | { type: "done"; gone: boolean; why: string }
  | { type: "again"; nextAt: number; why: string; tell: boolean }
  | { type: "failed"; why: string };

/** A take-down that has not come through after so long is a person's. */
export const GIVE_UP_AFTER = 3 * DAY;
/** Trouble that passes by itself is told of only when it lasts. */
const PATIENCE = 30 * MINUTE;

/** What follows at `now` from the answer to the `tries`th call. */
export function follow(
  judged: Judged,
  gone: readonly number[],
  attempt: { tries: number; now: number; askedAt: number; seed: string },
): Next {
  if (judged.ok) return { type: "done", gone: false, why: "已从公众号删除" };
  const { errcode, verdict, explained } = judged;
  if (errcode !== null && gone.includes(errcode)) return { type: "done", gone: true, why: "公众号上已经没有" };
  const why = `${errcode === null ? "" : `${errcode} `}${sentence(explained)}`;
  const { tries, now, askedAt, seed } = attempt;
  const after = "after" in verdict ? verdict.after : undefined;
  const nextAt = now + backoff(Math.min(tries, 5), noiseOf(`${seed}:${tries}`), after);
  if (verdict.type === "rejected" || nextAt >= askedAt + GIVE_UP_AFTER) return { type: "failed", why };
  return { type: "again", nextAt, why, tell: explained.class !== "retry" || now - askedAt >= PATIENCE };
}
