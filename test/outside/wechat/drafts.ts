/** The box of drafts (developers.weixin.qq.com, 草稿管理). */
import { acceptArticle } from "./articles.ts";
import {
  type Account,
  type Article,
  type Call,
  type Draft,
  get,
  type Handlers,
  letters,
  OK,
  post,
  Refusal,
  seconds,
} from "./state.ts";

const MOST = 8;

/** The draft that a call means. */
export function draftOf({ drafts }: Account, media_id: unknown): Draft {
  const draft = drafts.get(typeof media_id === "string" ? media_id : "");
  if (!draft) throw new Refusal(40007);
  return draft;
}

/** An article as calls give it back: with the addresses of its page and of its cover. */
export const shown = ({ materials }: Account, article: Article, url: string): object => ({
  ...article,
  show_cover_pic: 0,
  thumb_url: materials.get(article.thumb_media_id)?.url ?? "",
  url,
});

/** `offset`, `count` 1 to 20, `no_content`: how lists are asked for. */
export function pageOf<T>(body: Call["body"], all: readonly T[]): { total_count: number; items: T[]; bare: boolean } {
  const [offset, count] = [Number(body["offset"] ?? 0), Number(body["count"] ?? 0)];
  if (!(offset >= 0) || !(count >= 1 && count <= 20)) throw new Refusal(40035);
  return { total_count: all.length, items: all.slice(offset, offset + count), bare: body["no_content"] === 1 };
}

function add(call: Call): object {
  const { world, account, body, now } = call;
  const given = body["articles"];
  if (!Array.isArray(given)) throw new Refusal(47001);
  if (given.length === 0) throw new Refusal(44003);
  if (given.length > MOST) throw new Refusal(45008);
  const articles = given.map((article) => acceptArticle(account, article, given.length === 1));
  const media_id = letters(world, 64);
  account.drafts.set(media_id, { media_id, articles, create_time: seconds(now), update_time: seconds(now) });
  call.effect("draft", media_id);
  return { media_id, item: [] };
}

function update({ account, body, now, effect }: Call): object {
  const draft = draftOf(account, body["media_id"]);
  const index = Number(body["index"] ?? 0);
  if (!Number.isInteger(index) || !draft.articles[index]) throw new Refusal(40114);
  draft.articles[index] = acceptArticle(account, body["articles"], draft.articles.length === 1);
  draft.update_time = seconds(now);
  effect("draft", draft.media_id);
  return OK;
}

const temporary = ({ media_id }: Draft, idx: number): string =>
  `http://mp.weixin.qq.com/s?tempkey=${media_id.slice(-12)}&idx=${idx + 1}`;

const contents = (account: Account, draft: Draft, bare: boolean): object[] =>
  draft.articles.map((article, idx) =>
    shown(account, bare ? { ...article, content: "" } : article, temporary(draft, idx)),
  );

export const draftHandlers: Handlers = {
  "/cgi-bin/draft/add": post(add),
  "/cgi-bin/draft/update": post(update),
  "/cgi-bin/draft/get": post(({ account, body }) => {
    const draft = draftOf(account, body["media_id"]);
    const { create_time, update_time } = draft;
    return { news_item: contents(account, draft, false), create_time, update_time };
  }),
  "/cgi-bin/draft/delete": post(({ account, body, effect }) => {
    const { media_id } = draftOf(account, body["media_id"]);
    account.drafts.delete(media_id);
    effect("delete", media_id);
    return OK;
  }),
  "/cgi-bin/draft/count": get(({ account }) => ({ total_count: account.drafts.size })),
  "/cgi-bin/draft/batchget": post(({ account, body }) => {
    const latest = [...account.drafts.values()].toReversed();
    const { total_count, items, bare } = pageOf(body, latest);
    const item = items.map((draft) => ({
      media_id: draft.media_id,
      content: {
        news_item: contents(account, draft, bare),
        create_time: draft.create_time,
        update_time: draft.update_time,
      },
      update_time: draft.update_time,
    }));
    return { total_count, item_count: item.length, item };
  }),
};
