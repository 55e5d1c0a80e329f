import { WECOM } from "./dialects.ts";
import { cutText, fitSeveral, type Several, UTF8, utf8Length } from "./cut.ts";
import { headBlocks, markdownArticle } from "./markdown.ts";
import { oneLine, type Piece, pictureUrl, type Summary } from "./piece.ts";

/** The body of an article for a WeCom group robot. */
export type WecomMarkdown = { readonly msgtype: "markdown_v2"; readonly markdown_v2: { readonly content: string } };
type WecomArticle = {
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly picurl?: string;
};
/** The body of a list of posts for a WeCom group robot. */
export type WecomNews = { readonly msgtype: "news"; readonly news: { readonly articles: readonly WecomArticle[] } };

/** The body of a plain text for a WeCom group robot. */
export type WecomText = { readonly msgtype: "text"; readonly text: { readonly content: string } };

/** Bytes of UTF-8, and articles (developer.work.weixin.qq.com/document/path/99110). */
export const WECOM_LIMITS = { text: 2048, markdown: 4096, articles: 8, title: 128, description: 512 };

/** An article as `markdown_v2`: at most 4,096 bytes. */
export function renderWecom(piece: Piece): WecomMarkdown {
  const head = headBlocks(piece, 260, utf8Length);
  const content = markdownArticle(piece, head, WECOM, WECOM_LIMITS.markdown, UTF8);
  return { msgtype: "markdown_v2", markdown_v2: { content } };
}

/** Up to eight posts as `news`. Plain text: nothing in it is markup. */
export function wecomNews(posts: readonly Summary[]): Several<WecomNews> {
  const article = ({ title, digest, url, cover }: Summary): WecomArticle => {
    const picurl = pictureUrl(cover, url);
    return {
      title: cutText(oneLine(title), WECOM_LIMITS.title, utf8Length),
      description: cutText(oneLine(digest, ""), WECOM_LIMITS.description, utf8Length),
      url,
      ...(picurl !== null && { picurl }),
    };
  };
  const make = (some: readonly Summary[]): WecomNews => ({ msgtype: "news", news: { articles: some.map(article) } });
  return fitSeveral(posts, WECOM_LIMITS.articles, make, () => true);
}

/** A plain text, at most 2,048 bytes. `<@userid>` calls somebody in it, so that is written otherwise. */
export const wecomText = (text: string): WecomText => ({
  msgtype: "text",
  text: { content: cutText(text.replaceAll("<@", "＜@"), WECOM_LIMITS.text, utf8Length) },
});
