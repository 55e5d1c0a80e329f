import { cutText, fitSeveral, JSON_TEXT, jsonLength, jsonTextLength, type Several } from "./cut.ts";
import { DINGTALK } from "./dialects.ts";
import { headBlocks, listBlocks, markdownArticle, writeBlocks } from "./markdown.ts";
import { oneLine, pictureUrl, type Piece, type Summary } from "./piece.ts";

/** The body of an article for a DingTalk robot: `title` is what a notification shows. It has no `at`: nobody is called. */
export type DingtalkMarkdown = {
  readonly msgtype: "markdown";
  readonly markdown: { readonly title: string; readonly text: string };
};
/** The body of a plain text for a DingTalk robot. Mentions need an `at`, which it has not. */
export type DingtalkText = { readonly msgtype: "text"; readonly text: { readonly content: string } };
type FeedLink = { readonly title: string; readonly messageURL: string; readonly picURL: string };
/** The body of a list of posts for a DingTalk robot. */
export type DingtalkFeed = { readonly msgtype: "feedCard"; readonly feedCard: { readonly links: readonly FeedLink[] } };

/** Bytes of the whole body. */
const DINGTALK_BODY = 20_000;
const MOST_LINKS = 20;
const AROUND = jsonLength({ msgtype: "markdown", markdown: { title: "", text: "" } } satisfies DingtalkMarkdown);

/** An article as Markdown: a body of at most 20,000 bytes. */
export function renderDingtalk(piece: Piece): DingtalkMarkdown {
  const title = cutText(piece.title, 260, jsonTextLength);
  const body = (text: string): DingtalkMarkdown => ({ msgtype: "markdown", markdown: { title, text } });
  const room = DINGTALK_BODY - AROUND - jsonTextLength(title);
  return body(markdownArticle(piece, headBlocks(piece, 260, jsonTextLength), DINGTALK, room, JSON_TEXT));
}

/** Posts as a feedCard. Plain text: nothing in it is markup. A post without an https cover has an empty `picURL`. */
export function dingtalkFeed(posts: readonly Summary[]): Several<DingtalkFeed> {
  const link = ({ title, url, cover }: Summary): FeedLink => ({
    title: cutText(oneLine(title), 200, jsonTextLength),
    messageURL: url,
    picURL: pictureUrl(cover, url) ?? "",
  });
  const make = (some: readonly Summary[]): DingtalkFeed => ({
    msgtype: "feedCard",
    feedCard: { links: some.map(link) },
  });
  return fitSeveral(posts, MOST_LINKS, make, (message) => jsonLength(message) <= DINGTALK_BODY);
}

/** Posts as Markdown under a title, each a link and its digest: a feedCard shows no digests. */
export function dingtalkList(posts: readonly Summary[], title: string): Several<DingtalkMarkdown> {
  const make = (some: readonly Summary[]): DingtalkMarkdown => ({
    msgtype: "markdown",
    markdown: {
      title: cutText(oneLine(title), 200, jsonTextLength),
      text: writeBlocks(listBlocks(some, title), DINGTALK),
    },
  });
  return fitSeveral(posts, MOST_LINKS, make, (message) => jsonLength(message) <= DINGTALK_BODY);
}

/** A plain text: a body of at most 20,000 bytes. */
export function dingtalkText(text: string): DingtalkText {
  const body = (content: string): DingtalkText => ({ msgtype: "text", text: { content } });
  return body(cutText(text, DINGTALK_BODY - jsonLength(body("")), jsonTextLength));
}
