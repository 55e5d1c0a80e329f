/**
 * What becomes of publications afterwards. An article that the office deletes by hand, or that the platform bans, fires no
 * event: looking is the only way to see it.
 */
import { insertAlert } from "../../alerts/store.ts";
import { type Answered, list, object } from "../../channels/wechat/calls.ts";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import { wakeShards } from "../../delivery/store.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Statement } from "../../platform/d1.ts";
import { DAY, HOUR } from "../../platform/time.ts";
import type { AccountDeps } from "../deps.ts";
import { openAccount } from "../open-account.ts";
import type { Publication, PublishedArticle } from "./receipt-store.ts";
import { dueLooks, endReceipt, listPublished, noteLook, published } from "./receipt-store.ts";

/** How many calls one run makes at most, over all accounts. */
export const CALLS = 10;
/** Each publication is looked at this seldom, for so long. */
const EACH = 6 * HOUR;
const FOR = 3 * DAY;

/** What happened to an article that was published. */
type Fate = "deleted" | "banned" | null;

/** The places, from 1, that `freepublish/batchget` marks as deleted, by article_id. */
export function deletedIn(answer: Answered): Map<string, Set<number>> {
  return new Map(
    list(answer["item"]).map((item) => {
      const news = list(object(item["content"])["news_item"]);
      return [
        String(item["article_id"]),
        new Set(news.flatMap((each, i) => (each["is_deleted"] === true ? i + 1 : []))),
      ];
    }),
  );
}

/**
 * What happened to an article, by `freepublish/get` (publish_status 5: the office deleted all, 6: the platform banned all;
 * else its places that are there) and what the list marks. Source: developers.weixin.qq.com, freepublish/get and batchget.
 */
export function fateOf(
  { idx, articleId }: Pick<PublishedArticle, "idx" | "articleId">,
  answer: Answered,
  deleted: ReadonlyMap<string, ReadonlySet<number>>,
): Fate {
  const status = Number(answer["publish_status"]);
  if (status === 6) return "banned";
  if (status === 5 || (articleId !== null && deleted.get(articleId)?.has(idx))) return "deleted";
  const there = list(object(answer["article_detail"])["item"]).map((item) => Number(item["idx"]));
  return status === 0 && there.length > 0 && !there.includes(idx) ? "deleted" : null;
}

const WORDS = {
  deleted: { why: "在公众平台被删除", next: "如果不是本单位删除的，请管理员查看公众平台的通知" },
  banned: { why: "被微信平台删除或封禁", next: "请管理员登录公众平台（mp.weixin.qq.com）查看通知，需要时申诉" },
} as const;

function ending(
  db: D1Database,
  { channelId, job }: Publication,
  article: PublishedArticle,
  fate: NonNullable<Fate>,
  now: number,
): Statement[] {
  const { postId, title, url, articleUid } = article;
  const { why, next } = WORDS[fate];
  const guard = published(channelId, postId, job);
  const subject = `article:${articleUid}`;
  const body = `${url ?? "公众号上的这一条"}\n${next}。其他渠道没有变：要一并撤下，请在刊发里撤回这篇稿件。`;
  return [
    insertAlert(db, { at: now, kind: `wechat.${fate}`, title: `《${title}》${why}`, body, subject }, guard),
    audit(db, { at: now, actor: "tick", action: `article.${fate}_at_wechat`, subject, detail: { url } }, guard),
    endReceipt(db, { channelId, postId, job }, { state: fate, why }, guard, now),
  ];
}

/**
 * Looks at publications of the last three days, each at most once in six hours, those unseen for the longest first, with
 * at most {@link CALLS} calls. An account that does not answer is left for the next run.
 */
export async function lookBack(deps: AccountDeps, now: number): Promise<void> {
  const { db, wechat } = deps;
  const since = now - FOR;
  const due = await dueLooks(db, since, now - EACH, CALLS);
  let calls = 0;
  for (const [channelId, publications] of Map.groupBy(due, (each) => each.channelId)) {
    // One call for the list, and one at least for what it is good for.
    if (calls + 2 > CALLS) return;
    const account = await openAccount(deps, channelId);
    if (account === null) continue;
    const asked = { path: "/cgi-bin/freepublish/batchget", body: { offset: 0, count: 20, no_content: 1 } };
    const listed = judgeAnswer(await wechat(account, asked), now);
    calls += 1;
    if (!listed.ok && listed.errcode === null) continue;
    const deleted = listed.ok ? deletedIn(listed.value) : new Map<string, Set<number>>();
    for (const publication of publications) {
      if (calls >= CALLS) return;
      const get = { path: "/cgi-bin/freepublish/get", body: { publish_id: publication.job } };
      const answer = judgeAnswer(await wechat(account, get), now);
      calls += 1;
      if (!answer.ok && answer.errcode === null) break;
      const articles = answer.ok ? await listPublished(db, publication, since) : [];
      const ended = articles.flatMap((article) => {
        const fate = fateOf(article, answer.ok ? answer.value : {}, deleted);
        return fate === null ? [] : ending(db, publication, article, fate, now);
      });
      await db.batch([
        noteLook(db, publication, since, now),
        ...ended,
        ...(ended.length > 0 ? wakeShards(db, now, "alert") : []),
      ]);
    }
  }
}
