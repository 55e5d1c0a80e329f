import { escapeHtml } from "../html.ts";
import { anchor, imgTag, layout, pictureUrl } from "./body.ts";
import { type EmailFrame, type Letter, letterPage, textFoot } from "./frame.ts";
import * as style from "./styles.ts";

/** One of several articles in a letter. */
type EmailEntry = {
  readonly title: string;
  readonly digest: string;
  readonly cover: string | null;
  readonly url: string;
};

const THUMB = 120;

function entryBlock({ title, digest, cover, url }: EmailEntry, site: string): string {
  const picture = cover === null ? null : pictureUrl(cover, site);
  const image =
    picture === null ? "" : imgTag(picture, "", THUMB, `display:block;width:${THUMB}px;height:auto;border:0`);
  const words = [
    `<h2 style="${style.TEASER}">${anchor(url, site, escapeHtml(title))}</h2>`,
    digest && `<p style="margin:0;font-size:14px;line-height:1.7">${escapeHtml(digest)}</p>`,
  ];
  const cells = [
    `<td valign="top">${words.filter(Boolean).join("\n")}</td>`,
    image && `<td valign="top" width="${THUMB}" style="padding:4px 0 0 16px">${image}</td>`,
  ];
  return layout(cells.join(""), "100%", "margin:0 0 24px");
}

/**
 * Several articles as one letter: titles, digests, small covers, links. `title` names the letter (“11月23日”), `url` is
 * the page that has them all. At most 100,000 bytes of HTML: what does not fit is counted and linked to.
 */
export function renderEmailDigest(
  digest: { title: string; url: string; entries: readonly EmailEntry[] },
  frame: EmailFrame,
): Letter {
  const { title, url, entries } = digest;
  const end = `<p style="${style.BLOCK};text-align:center">${anchor(url, frame.site, "在网页中查看", style.BUTTON)}</p>`;
  const blocks = [
    `<h1 style="${style.TITLE}">${escapeHtml(title)}</h1>`,
    ...entries.map((entry) => entryBlock(entry, frame.site)),
  ];
  const preheader = entries
    .slice(0, 3)
    .map((entry) => entry.title)
    .join("；");
  const html = letterPage(
    { title, preheader, blocks, end },
    frame,
    (left) => `<p style="${style.BLOCK}">另有${left}篇，见网页。</p>`,
  );
  const texts = entries.map((entry) => [entry.title, entry.digest, entry.url].filter(Boolean).join("\n"));
  const parts = [`${frame.publication}\n\n${title}`, ...texts, `在网页中查看：${url}`, textFoot(frame)];
  return { html, text: `${parts.filter(Boolean).join("\n\n")}\n` };
}
