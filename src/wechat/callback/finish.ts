/** What became of a publication or a mass send, as the platform tells it when it is through. */
import { childOf, listOf, type Node, nodeOf, numberOf, textOf } from "./nodes.ts";

/** An article that is out: its place in the draft, from 1, and its address. */
interface FinishedArticle {
  index: number;
  url: string;
}

/** What the platform thinks of an article's originality. */
interface Copyright {
  index: number;
  /** AuditState, the platform's own number. Null when not said. */
  audit: number | null;
  mayReprint: boolean;
  original: string;
}

/** The end of a job. `job` names it among an account's jobs. */
export type Finish =
  /** developers.weixin.qq.com, 发布能力 › 事件推送发布结果. */
  | {
      type: "publish";
      job: string;
      publishId: string;
      /** 0 out; 2 originality, 3 ordinary failure, 4 refused by the platform, 5 deleted, 6 banned. Null when not said. */
      status: number | null;
      articleId: string;
      articles: FinishedArticle[];
      /** Places of the articles at fault, from 1. */
      failed: number[];
    }
  /** developers.weixin.qq.com, 群发接口 › 事件推送群发结果. */
  | {
      type: "mass";
      job: string;
      msgId: string;
      /** `send success`, `send fail`, `err(…)`. */
      status: string;
      /** Followers: those meant, those left after the filters, those it reached, those it did not. */
      counts: { total: number; filtered: number; sent: number; failed: number };
      /** 1: no reprint; 2: reprints that may be sent; 3: reprints that may not. Null when not said. */
      copyright: { state: number | null; articles: Copyright[] };
      articles: FinishedArticle[];
    };

const ID = /^[\w-]{1,64}$/;

/** The end that an event tells of, or null for any other event or one that does not say which job. */
export function finishOf(event: string, root: Node): Finish | null {
  if (event === "PUBLISHJOBFINISH") return published(childOf(root, "PublishEventInfo"));
  if (event === "MASSSENDJOBFINISH") return sent(root);
  return null;
}

function published(info: Node): Finish | null {
  const publishId = textOf(info, "publish_id");
  if (!ID.test(publishId)) return null;
  return {
    type: "publish",
    job: `publish:${publishId}`,
    publishId,
    status: numberOf(info, "publish_status"),
    articleId: textOf(info, "article_id"),
    articles: articlesOf(listOf(childOf(info, "article_detail"), "item"), "idx", "article_url"),
    failed: listOf(info, "fail_idx").flatMap((value) => numberOf({ value }, "value") ?? []),
  };
}

function sent(root: Node): Finish | null {
  const msgId = textOf(root, "MsgID");
  if (!ID.test(msgId)) return null;
  const count = (name: string): number => numberOf(root, name) ?? 0;
  const copyright = childOf(root, "CopyrightCheckResult");
  return {
    type: "mass",
    job: `mass:${msgId}`,
    msgId,
    status: textOf(root, "Status").slice(0, 64),
    counts: {
      total: count("TotalCount"),
      filtered: count("FilterCount"),
      sent: count("SentCount"),
      failed: count("ErrorCount"),
    },
    copyright: {
      state: numberOf(copyright, "CheckState"),
      articles: listOf(childOf(copyright, "ResultList"), "item").flatMap((each): Copyright[] => {
        const item = nodeOf(each);
        const index = numberOf(item, "ArticleIdx");
        if (index === null) return [];
        return [
          {
            index,
            audit: numberOf(item, "AuditState"),
            mayReprint: textOf(item, "CanReprint") === "1",
            original: textOf(item, "OriginalArticleUrl"),
          },
        ];
      }),
    },
    articles: articlesOf(
      listOf(childOf(childOf(root, "ArticleUrlResult"), "ResultList"), "item"),
      "ArticleIdx",
      "ArticleUrl",
    ),
  };
}

function articlesOf(items: readonly unknown[], indexName: string, urlName: string): FinishedArticle[] {
  return items.flatMap((each): FinishedArticle[] => {
    const item = nodeOf(each);
    const index = numberOf(item, indexName);
    const url = textOf(item, urlName);
    return index === null || url === "" ? [] : [{ index, url }];
  });
}
