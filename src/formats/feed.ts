import { absolute } from "../platform/address.ts";
import { outline } from "./headings.ts";
import { escapeHtml, safeUrl } from "./html.ts";
import { boxOf, CARD_NAMES, cardWords, itemsOf, listTag, MARKS, wholeUrl } from "./hypertext.ts";
import { type Cell, type Format, type Image, renderBlocks } from "./render.ts";
import type { Doc } from "./tree.ts";

function row(tag: "th" | "td", cells: readonly Cell[]): string {
  let html = "<tr>";
  for (const { inner, align } of cells) html += `<${tag}${align ? ` align="${align}"` : ""}>${inner}</${tag}>`;
  return `${html}</tr>`;
}

const titled = (title: string, blocks: readonly string[]): string[] =>
  title === "" ? [...blocks] : [`<p>${MARKS.strong(title)}</p>`, ...blocks];

function feedFormat(site: string): Format {
  const level = outline();
  const img = ({ src, alt }: Image): string | null => {
    const url = safeUrl(src, "image");
    return url === null ? null : `<img src="${escapeHtml(absolute(url, site))}" alt="${escapeHtml(alt)}">`;
  };
  const link = (url: string | null, inner: string): string => {
    const whole = url === null ? null : wholeUrl(url, site);
    return whole === null || inner === "" ? inner : `<a href="${escapeHtml(whole)}">${inner}</a>`;
  };

  const format: Format = {
    ...MARKS,
    code: (text) => `<code>${escapeHtml(text)}</code>`,
    checkbox: boxOf,
    link: ({ inner, url }) => link(url, inner),
    image: (image) => img(image) ?? escapeHtml(image.alt),
    noteRef: ({ number }) => `<sup>[${number}]</sup>`,

    paragraph: (inner) => `<p>${inner}</p>`,
    credit: (inner) => `<p>${inner}</p>`,
    figure: (image, caption) => {
      const html = img(image);
      if (html === null) return caption && `<p>${caption}</p>`;
      return `<figure>${html}${caption && `<figcaption>${caption}</figcaption>`}</figure>`;
    },
    heading: (inner, depth) => {
      const tag = `h${level(depth)}`;
      return `<${tag}>${inner}</${tag}>`;
    },
    quote: (blocks) => `<blockquote>\n${blocks.join("\n")}\n</blockquote>`,
    pre: (text) => `<pre><code>${escapeHtml(text)}\n</code></pre>`,
    rule: () => "<hr>",
    // The one box that every reader draws.
    callout: ({ title, blocks }) => `<blockquote>\n${titled(title, blocks).join("\n")}\n</blockquote>`,
    verse: (title, stanzas) =>
      titled(
        title,
        stanzas.map((lines) => `<p>${lines.join("<br>")}</p>`),
      ).join("\n"),
    card: (card) => {
      const { kind, image, url } = card;
      const alt = image?.alt === "" && url !== null ? CARD_NAMES[kind] : (image?.alt ?? "");
      const cover = image && (img({ ...image, alt }) ?? escapeHtml(image.alt));
      const bare = kind === "qrcode" && image === null && url !== null;
      const words = cardWords(card, bare ? wholeUrl(url, site) : null);
      if (!cover) return words && `<p>${words}</p>`;
      return `<figure>${link(url, cover)}${words && `<figcaption>${words}</figcaption>`}</figure>`;
    },
    table: (header, rows) => {
      const body = rows.map((cells) => row("td", cells)).join("\n");
      return `<table>\n<thead>${row("th", header)}</thead>\n${body && `<tbody>\n${body}\n</tbody>\n`}</table>`;
    },
    list: (list, depth) => {
      const { tag, start } = listTag(list);
      const items = itemsOf(list, format, depth).map((item) => `<li>${item}</li>`);
      return `<${tag}${start}>\n${items.join("\n")}\n</${tag}>`;
    },
  };
  return format;
}

/**
 * A manuscript as HTML that is read far from the site, among others: in feed readers and in whatever a webhook's receiver
 * makes of it. As `renderWeb`, but without what they strip or what means nothing there: no class, id, aria or form; every
 * address whole (`site` is `https://host`), links to parts of a page gone; footnotes as a list at the end.
 */
export function renderFeed(doc: Doc, site: string): string {
  const format = feedFormat(site);
  const body = renderBlocks(doc.tokens, format);
  const notes = doc.notes.map(({ tokens }) => `<li>${renderBlocks(tokens, format).join("")}</li>`);
  if (notes.length > 0) body.push(`<hr>\n<ol>\n${notes.join("\n")}\n</ol>`);
  return body.join("\n");
}
