// Every format, as the fuzz and the bench take it: a new format is one entry in MEDIA.
import { emailBlocks } from "../../../src/formats/email/body.ts";
import {
  type Block,
  type Doc,
  flatten,
  renderFeed,
  renderText,
  renderWeb,
  renderWechat,
  runText,
} from "../../../src/formats/index.ts";
import { type Element, EMAIL, EMAIL_LINES, FEED, type Page, readMarkup, readWechat, WEB } from "./markup.ts";

type Medium = {
  readonly name: string;
  readonly render: (doc: Doc) => unknown;
  /**
   * Throws at the first thing that the medium must not hold. Gives the text that its reader sees, or null where the
   * medium cuts or leaves out, so that not every word is in it.
   */
  readonly check: (output: unknown) => string | null;
};

const medium = <T>(name: string, render: (doc: Doc) => T, check: (output: T) => string | null): Medium => ({
  name,
  render,
  check: (output) => check(output as T),
});

function hold(fact: boolean, what: string): void {
  if (!fact) throw new Error(what);
}

const ADDRESS = /^(?:https?:\/\/[^/\\]|mailto:|tel:|#|\/(?![/\\]))/i;

/** The text of a page whose addresses are all of the schemes that a reader may be sent to. */
function textOf({ elements, text }: Page): string {
  for (const { href, src } of elements.map(({ attributes }) => attributes))
    for (const url of [href, src]) if (url !== undefined) hold(ADDRESS.test(url), `an address not allowed: ${url}`);
  return text;
}

function wechatElement({ tag, attributes }: Element): void {
  const { href = "", src, style = "" } = attributes;
  if (tag === "a") hold(/^https?:\/\/mp\.weixin\.qq\.com\//i.test(href), `a link that WeChat removes: ${href}`);
  if (tag === "img") hold(src === UPLOADED, `an image that WeChat removes: ${src}`);
  hold(!/var\(|position|url\(|expression/i.test(style), `a style that WeChat removes: ${style}`);
}

function wordsOf(block: Block): string {
  if (block.kind === "code") return block.text;
  if (block.kind === "table") return [block.header, ...block.rows].flat().map(runText).join("");
  return "runs" in block ? runText(block.runs) : "";
}

const SITE = "https://kanfa.example";
const UPLOADED = "https://mmbiz.qpic.cn/x";
/** Half of the pictures were uploaded, the others were not. */
const uploaded = (src: string): string | null => (src.length % 2 ? UPLOADED : null);

export const MEDIA: readonly Medium[] = [
  medium("web", renderWeb, (html) => textOf(readMarkup(html, WEB))),
  medium(
    "feed",
    (doc) => renderFeed(doc, SITE),
    (html) => textOf(readMarkup(html, FEED)),
  ),
  medium(
    "email",
    (doc) => emailBlocks(doc, SITE).join(""),
    (html) => textOf(readMarkup(html, EMAIL, EMAIL_LINES)),
  ),
  medium(
    "wechat",
    (doc) => renderWechat(doc, { images: uploaded }),
    (html) => {
      const page = readWechat(html);
      page.elements.forEach(wechatElement);
      return page.text;
    },
  ),
  medium("text", renderText, (text) => text),
];

/** What chat media are written from; no medium itself. */
export const FLAT: Medium = medium("flat", flatten, (blocks) => blocks.map(wordsOf).join("\n"));
