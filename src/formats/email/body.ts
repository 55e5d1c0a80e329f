import { absolute } from "../../platform/address.ts";
import { outline } from "../headings.ts";
import { escapeHtml, safeUrl } from "../html.ts";
import { boxOf, CARD_NAMES, cardWords, itemsOf, listTag, MARKS, wholeUrl } from "../hypertext.ts";
import { type Cell, type Format, type Image, type RenderedCard, renderBlocks } from "../render.ts";
import type { Doc } from "../tree.ts";
import * as style from "./styles.ts";

/** An element with a style of ours. */
const styled = (tag: string, css: string, inner: string, more = ""): string =>
  `<${tag}${more} style="${css}">${inner}</${tag}>`;

/** A table that is no table to those who hear it. */
export const layout = (inner: string, width: string | number = "100%", css = ""): string =>
  `<table role="presentation" width="${width}" cellpadding="0" cellspacing="0" border="0"${css && ` style="${css}"`}><tr>${inner}</tr></table>`;

function boxed(bar: keyof typeof style.BARS, blocks: readonly string[]): string {
  return layout(styled("td", style.box(style.BARS[bar]), blocks.join("\n")), "100%", style.BLOCK);
}

/**
 * The address of a picture in a letter: whole, and `https` (mail programs show no other), or null. The site's own pictures
 * are as secure as the site is.
 */
export function pictureUrl(src: string, site: string): string | null {
  const url = safeUrl(src, "image");
  return url !== null && /^(?:https:|\/)/i.test(url) ? absolute(url, site) : null;
}

/** An image of a width in pixels: Outlook asks the attribute, all others the style. */
export const imgTag = (url: string, alt: string, width: number, css: string): string =>
  `<img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}" width="${width}" style="${css}">`;

/** A link, or its words alone where it leads nowhere from a letter. */
export function anchor(url: string | null, site: string, inner: string, css = ""): string {
  const whole = url === null ? null : wholeUrl(url, site);
  if (whole === null || inner === "") return inner;
  return `<a href="${escapeHtml(whole)}"${css && ` style="${css}"`}>${inner}</a>`;
}

function row(tag: "th" | "td", cells: readonly Cell[]): string {
  let html = "<tr>";
  for (const { inner, align } of cells) html += styled(tag, style.CELL, inner, align ? ` align="${align}"` : "");
  return `${html}</tr>`;
}

function emailFormat(site: string): Format {
  const level = outline();

  const img = ({ src, alt }: Image, width: number, css: string): string | null => {
    const url = pictureUrl(src, site);
    return url === null ? null : imgTag(url, alt, width, css);
  };
  const large = (image: Image): string | null => img(image, style.WIDTH, style.IMAGE);
  const paragraph = (inner: string, css: string = style.BLOCK): string => styled("p", css, inner);
  const titled = (title: string, blocks: readonly string[]): string[] =>
    title === "" ? [...blocks] : [paragraph(MARKS.strong(title)), ...blocks];

  const picture = ({ kind, image, url }: RenderedCard): string => {
    if (image === null) return "";
    const alt = image.alt === "" && url !== null ? CARD_NAMES[kind] : image.alt;
    const named = { ...image, alt };
    const shown = kind === "video" ? large(named) : img(named, 200, style.CODE_IMAGE);
    return shown ?? escapeHtml(image.alt);
  };

  const format: Format = {
    ...MARKS,
    code: (text) => styled("code", style.CODE, escapeHtml(text)),
    checkbox: boxOf,
    link: ({ inner, url }) => anchor(url, site, inner),
    image: (image) => img(image, 200, style.INLINE_IMAGE) ?? escapeHtml(image.alt),
    noteRef: ({ number }) => `<sup>[${number}]</sup>`,

    paragraph: (inner) => paragraph(inner),
    credit: (inner) => paragraph(inner, style.CREDIT),
    figure: (image, caption) => {
      const html = large(image);
      if (html === null) return caption && paragraph(caption);
      return html + (caption && paragraph(caption, style.CAPTION));
    },
    heading: (inner, depth) => {
      const to = level(depth);
      return styled(`h${to}`, style.heading(to), inner);
    },
    quote: (blocks) => boxed("quote", blocks),
    pre: (text) => boxed("code", [styled("pre", style.PRE, escapeHtml(text))]),
    rule: () => `<hr style="${style.RULE}">`,
    callout: ({ kind, title, blocks }) => boxed(kind, titled(title, blocks)),
    verse: (title, stanzas) =>
      titled(
        title,
        stanzas.map((lines) => paragraph(lines.join("<br>"))),
      ).join("\n"),
    card: (card) => {
      const { kind, image, url } = card;
      const bare = kind === "qrcode" && image === null && url !== null;
      const words = cardWords(card, bare ? wholeUrl(url, site) : null);
      return anchor(url, site, picture(card)) + (words && paragraph(words, style.CAPTION));
    },
    table: (header, rows) => {
      const lines = [row("th", header), ...rows.map((cells) => row("td", cells))].join("\n");
      return styled("table", style.TABLE, `\n${lines}\n`, ' width="100%" cellspacing="0"');
    },
    list: (list, depth) => {
      const { tag, start } = listTag(list);
      const items = itemsOf(list, format, depth).map((item) => styled("li", style.ITEM, item));
      return styled(tag, style.LIST, `\n${items.join("\n")}\n`, start);
    },
  };
  return format;
}

/** A manuscript's blocks for a letter, each whole in itself; its footnotes are the last two. `site` is `https://host`. */
export function emailBlocks(doc: Doc, site: string): string[] {
  const format = emailFormat(site);
  const blocks = renderBlocks(doc.tokens, format);
  const notes = doc.notes.map(({ tokens }) => styled("li", style.ITEM, renderBlocks(tokens, format).join("")));
  if (notes.length === 0) return blocks;
  return [...blocks, format.rule(), styled("ol", `${style.LIST};font-size:14px`, `\n${notes.join("\n")}\n`)];
}
