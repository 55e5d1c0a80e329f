/** The calls of a push, and what their answers say. */
import type { Outgoing } from "../kind.ts";
import { textIn } from "../http.ts";
import type { AccountConfig } from "./account.ts";
import { type DraftArticle, pictureOf } from "./articles.ts";
import type { WechatCall } from "./call.ts";
import { explainMass, explainPublish, sentence } from "./codes.ts";
import type { Finished, Refusal } from "./questions.ts";

const outgoing = (call: WechatCall): Outgoing => ({
  transport: "wechat",
  url: "",
  headers: {},
  body: JSON.stringify(call),
});

/** A picture of a text gets an address, a cover a media_id. */
export const upload = (key: string): Outgoing => {
  const picture = pictureOf(key);
  return outgoing(
    picture.use === "body"
      ? { path: "/cgi-bin/media/uploadimg", picture }
      : { path: "/cgi-bin/material/add_material?type=image", picture },
  );
};

export const addDraft = (articles: readonly DraftArticle[]): Outgoing =>
  outgoing({ path: "/cgi-bin/draft/add", body: { articles } });
export const getDraft = (media: string): Outgoing =>
  outgoing({ path: "/cgi-bin/draft/get", body: { media_id: media } });
export const deleteDraft = (media: string): Outgoing =>
  outgoing({ path: "/cgi-bin/draft/delete", body: { media_id: media } });
/** The newest drafts, of which one may be ours. */
export const listDrafts = (): Outgoing =>
  outgoing({ path: "/cgi-bin/draft/batchget", body: { offset: 0, count: 20, no_content: 1 } });
export const publish = (media: string): Outgoing =>
  outgoing({ path: "/cgi-bin/freepublish/submit", body: { media_id: media } });
export const publication = (job: string): Outgoing =>
  outgoing({ path: "/cgi-bin/freepublish/get", body: { publish_id: job } });
export const listPublications = (): Outgoing =>
  outgoing({ path: "/cgi-bin/freepublish/batchget", body: { offset: 0, count: 20, no_content: 1 } });
export const unpublish = (articleId: string, index: number): Outgoing =>
  outgoing({ path: "/cgi-bin/freepublish/delete", body: { article_id: articleId, index } });
export const massState = (job: string): Outgoing =>
  outgoing({ path: "/cgi-bin/message/mass/get", body: { msg_id: job } });

/** To all followers; `id` makes a repeat harmless: the platform answers it with the first one's msg_id (45065). */
export const sendAll = (media: string, id: string, { send_ignore_reprint }: AccountConfig): Outgoing =>
  outgoing({
    path: "/cgi-bin/message/mass/sendall",
    body: {
      filter: { is_to_all: true },
      mpnews: { media_id: media },
      msgtype: "mpnews",
      send_ignore_reprint: send_ignore_reprint ? 1 : 0,
      clientmsgid: id,
    },
  });

/** A member of an answer that is an object. */
export type Answered = Readonly<Record<string, unknown>>;

/** The objects in a list of an answer; none when it is no list. */
export const list = (value: unknown): readonly Answered[] =>
  Array.isArray(value)
    ? value.flatMap((each: unknown) => (typeof each === "object" && each !== null ? [each as Answered] : []))
    : [];
/** An object of an answer; empty when it is none. */
export const object = (value: unknown): Answered =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Answered) : {};

/** A number of the platform's as text: ids are 64 bits wide and come as numbers or as texts. */
export const idIn = (value: unknown): string =>
  typeof value === "number" || typeof value === "bigint" ? String(value) : textIn(value);

/** An address of the platform's, over https. */
export const secure = (url: string): string => url.replace(/^http:/, "https:");

/** What the account calls an uploaded picture. */
export const uploadedIn = (answer: Answered): string => secure(textIn(answer["url"])) || textIn(answer["media_id"]);

/** As {@link uploadedIn}, of a cover: `add_material` answers with an address as well. */
export const materialIn = (answer: Answered): string => textIn(answer["media_id"]);

/** The articles of a draft or of a publication, each by its members. */
export const articlesIn = (answer: Answered): readonly Answered[] =>
  list(answer["news_item"] ?? object(answer["content"])["news_item"]);

/** The addresses of the posts that articles come from, in order: what names them, whatever their titles became. */
export const sourcesOf = (articles: readonly (Answered | DraftArticle)[]): string =>
  articles.map((article) => textIn(article["content_source_url"])).join("\n");

/** The draft or publication among the account's newest that holds the articles from these sources; not the `article_id` that is known already. */
export const findHolding = (answer: Answered, sources: string, known: string | null = null): Answered | null =>
  list(answer["item"]).find(
    (item) => sourcesOf(articlesIn(item)) === sources && (known === null || item["article_id"] !== known),
  ) ?? null;

/** The addresses in a publication's articles, by place. */
export function urlsIn(articles: readonly Answered[]): Record<number, string> {
  return Object.fromEntries(
    articles.flatMap((article, i) => {
      const url = secure(textIn(article["url"] ?? article["article_url"]));
      const idx = Number(article["idx"] ?? i + 1);
      return url === "" ? [] : [[idx, url]];
    }),
  );
}

/** What freepublish/get says; null while the publication is under way. */
export function publicationIn(answer: Answered): Finished {
  const status = Number(answer["publish_status"]);
  if (status === 1) return null;
  const refused = explainPublish(status);
  const failed = Array.isArray(answer["fail_idx"]) ? answer["fail_idx"].map(Number) : [];
  return {
    status: refused === null ? "published" : { refused: sentence(refused) },
    articleId: textIn(answer["article_id"]) || null,
    urls: urlsIn(list(object(answer["article_detail"])["item"])),
    failed,
  };
}

/** What mass/get says (`SEND_SUCCESS`, `SENDING`, `SEND_FAIL`, `DELETE`); null while the message is under way. It knows no addresses. */
export function massIn(answer: Answered): Finished {
  const status = textIn(answer["msg_status"]).toUpperCase().replaceAll(" ", "_");
  if (status === "SEND_SUCCESS") return { status: "published", articleId: null, urls: {}, failed: [] };
  const refused = (status: Refusal): Finished => ({ status, articleId: null, urls: {}, failed: [] });
  if (status === "SEND_FAIL") return refused({ refused: sentence(explainMass("send fail")!) });
  // Somebody took it back: it must not come again in another way.
  if (status === "DELETE") return refused({ refused: "群发以后被人在公众平台删除", decided: true });
  return null;
}
