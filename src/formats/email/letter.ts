import { escapeHtml } from "../html.ts";
import { imageSources } from "../images.ts";
import { renderText } from "../text.ts";
import type { Doc } from "../tree.ts";
import { anchor, emailBlocks, imgTag, pictureUrl } from "./body.ts";
import { type EmailFrame, letterPage, type Letter, textFoot } from "./frame.ts";
import * as style from "./styles.ts";

export type { EmailFrame, Letter } from "./frame.ts";

/**
 * An article as a letter has it. `facts` are the words below its title: date, unit, names; `cover` is left out where the
 * text shows it too; `url` is the article's page.
 */
export type EmailArticle = {
  readonly title: string;
  readonly digest: string;
  readonly facts: readonly string[];
  readonly cover: string | null;
  readonly url: string;
  readonly doc: Doc;
};

function headBlocks({ title, facts, cover, doc }: EmailArticle, site: string): string[] {
  const picture = cover === null || imageSources(doc).includes(cover) ? null : pictureUrl(cover, site);
  return [
    `<h1 style="${style.TITLE}">${escapeHtml(title)}</h1>`,
    facts.length === 0 ? "" : `<p style="${style.SOFT}">${escapeHtml(facts.join("　"))}</p>`,
    picture === null ? "" : imgTag(picture, "", style.WIDTH, style.IMAGE),
  ].filter(Boolean);
}

/**
 * One article as a letter: HTML of 600 pixels that also fits a phone, with inline styles alone, and plain text. The HTML
 * has at most 100,000 bytes, cut where a block ends, with a link to the rest; the text is whole.
 */
export function renderEmail(article: EmailArticle, frame: EmailFrame): Letter {
  const { title, digest, facts, url, doc } = article;
  const to = (words: string): string =>
    `<p style="${style.BLOCK};text-align:center">${anchor(url, frame.site, words, style.BUTTON)}</p>`;
  const blocks = [...headBlocks(article, frame.site), ...emailBlocks(doc, frame.site)];
  const end = to("在网页中阅读");
  const html = letterPage(
    { title, preheader: digest, blocks, end },
    frame,
    () => `<p>……</p>\n${to("接着读余下的正文")}`,
  );
  const parts = [
    `${frame.publication}\n\n${title}`,
    facts.join("　"),
    renderText(doc),
    `在网页中阅读：${url}`,
    textFoot(frame),
  ];
  return { html, text: `${parts.filter(Boolean).join("\n\n")}\n` };
}
