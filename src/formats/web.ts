import { outline } from "./headings.ts";
import { escapeHtml, safeUrl } from "./html.ts";
import { CARD_NAMES, cardWords, itemsOf, listTag, MARKS, wholeUrl } from "./hypertext.ts";
import { qrSvg } from "./qr.ts";
import { type Cell, type Format, type Image, renderBlocks, type RenderedCard, spelledOut } from "./render.ts";
import type { Doc } from "./tree.ts";

type WebOptions = {
  /** The address to show for an image of the manuscript, or null to show its caption alone. */
  readonly image?: (src: string) => string | null;
  /** Where the site is (`https://host`): without it a code to scan cannot lead to a page of the site. */
  readonly site?: string;
};

// More columns than these do not fit a phone: such a table scrolls within itself.
const PHONE_COLUMNS = 4;

// `align` rather than a style: the site's content security policy drops style attributes.
function row(tag: "th" | "td", cells: readonly Cell[]): string {
  const open = tag === "th" ? 'th scope="col"' : "td";
  let html = "<tr>";
  for (const { inner, align } of cells) html += `<${open}${align ? ` align="${align}"` : ""}>${inner}</${tag}>`;
  return `${html}</tr>`;
}

const titleOf = (title: string): string => title && `<p class="title">${title}</p>`;
const box = (open: string, parts: readonly string[], close: string): string =>
  [open, ...parts.filter(Boolean), close].join("\n");

/** `referred` collects the notes that a mark leads to: the first mark of each is where its way back goes. */
function webFormat({ image = (src) => src, site = "" }: WebOptions, referred: Set<number>): Format {
  const level = outline();

  const img = ({ src, alt }: Image): string | null => {
    const mapped = image(src);
    const url = mapped === null ? null : safeUrl(mapped, "image");
    return url === null ? null : `<img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}" loading="lazy">`;
  };

  const picture = ({ kind, image, url }: RenderedCard, code: string | null): string => {
    if (image === null) return code ?? "";
    const alt = image.alt === "" && url !== null ? CARD_NAMES[kind] : image.alt;
    return img({ ...image, alt }) ?? escapeHtml(image.alt);
  };

  const format: Format = {
    ...MARKS,
    code: (text) => `<code>${escapeHtml(text)}</code>`,
    checkbox: (checked) =>
      `<input type="checkbox" disabled${checked ? ' checked aria-label="已完成"' : ' aria-label="未完成"'}> `,
    link: ({ inner, label, url }) => {
      if (url === null) return inner;
      // Only a picture without words gives no label and no alt: the link would have no name.
      const name = label === "" && !/ alt="[^"]/.test(inner) ? ` aria-label="${escapeHtml(spelledOut(url))}"` : "";
      return `<a href="${escapeHtml(url)}"${/^http/i.test(url) ? ' rel="noopener"' : ""}${name}>${inner}</a>`;
    },
    image: (image) => img(image) ?? escapeHtml(image.alt),
    noteRef: ({ number }, inLink) => {
      if (inLink) return `<sup>[${number}]</sup>`;
      const id = referred.has(number) ? "" : ` id="ref-${number}"`;
      referred.add(number);
      return `<sup><a href="#note-${number}"${id} aria-label="注释[${number}]">[${number}]</a></sup>`;
    },

    paragraph: (inner) => `<p>${inner}</p>`,
    credit: (inner, kind) => `<p class="${kind}">${inner}</p>`,
    figure: (image, caption) => {
      const html = img(image);
      if (html === null) return caption && `<p>${caption}</p>`;
      return `<figure>${html}${caption && `<figcaption>${caption}</figcaption>`}</figure>`;
    },
    heading: (inner, depth) => {
      const tag = `h${level(depth)}`;
      return `<${tag}>${inner}</${tag}>`;
    },
    quote: (blocks) => box("<blockquote>", blocks, "</blockquote>"),
    // It scrolls: without a place in the tab order, not for those who use no mouse.
    pre: (text) => `<pre tabindex="0"><code>${escapeHtml(text)}\n</code></pre>`,
    rule: () => "<hr>",
    callout: ({ kind, title, blocks }) =>
      box(`<aside class="callout ${kind}" role="note">`, [titleOf(title), ...blocks], "</aside>"),
    verse: (title, stanzas) =>
      box('<div class="verse">', [titleOf(title), ...stanzas.map((lines) => `<p>${lines.join("<br>")}</p>`)], "</div>"),
    card: (card) => {
      const address = card.url === null ? null : wholeUrl(card.url, site);
      const wanted = card.kind === "qrcode" && card.image === null ? address : null;
      const code = wanted === null ? null : qrSvg(wanted);
      const shown = picture(card, code);
      const cover = shown && card.url !== null ? `<a href="${escapeHtml(card.url)}">${shown}</a>` : shown;
      const words = cardWords(card, code === null ? wanted : null);
      return `<figure class="card ${card.kind}">${cover}${words && `<figcaption>${words}</figcaption>`}</figure>`;
    },
    table: (header, rows) => {
      const body = rows.map((cells) => row("td", cells)).join("\n");
      const table = `<table>\n<thead>${row("th", header)}</thead>\n${body && `<tbody>\n${body}\n</tbody>\n`}</table>`;
      if (header.length <= PHONE_COLUMNS) return table;
      return `<div class="wide" role="group" aria-label="表格" tabindex="0">${table}</div>`;
    },
    list: (list, depth) => {
      const { tag, start } = listTag(list);
      const items = itemsOf(list, format, depth).map((item) => `<li>${item}</li>`);
      return box(`<${tag}${start}>`, items, `</${tag}>`);
    },
  };
  return format;
}

// As a letter, not as the picture that phones make of the bare arrow.
const BACK = "↩\ufe0e";

function noteItem(number: number, blocks: string, referred: boolean): string {
  const back = referred ? ` <a href="#ref-${number}" class="back" aria-label="回到正文[${number}]">${BACK}</a>` : "";
  const inner = blocks.endsWith("</p>") ? `${blocks.slice(0, -"</p>".length)}${back}</p>` : `${blocks}${back}`;
  return `<li id="note-${number}">${inner}</li>`;
}

/**
 * A manuscript as semantic HTML for the site: tags and attributes of ours only, everything else as text, every address
 * from the allow-list of `safeUrl`. No style or script; classes only for what HTML has no tag for. An image whose address
 * is refused leaves its caption. The ids `note-1`, `ref-1` … are the page's own: one manuscript a page.
 */
export function renderWeb(doc: Doc, options: WebOptions = {}): string {
  const referred = new Set<number>();
  const format = webFormat(options, referred);
  const body = renderBlocks(doc.tokens, format);
  // Notes refer to notes before and after them: all are rendered before any is told of its marks.
  const notes = doc.notes.map(({ number, tokens }) => ({ number, blocks: renderBlocks(tokens, format).join("") }));
  const items = notes.map(({ number, blocks }) => noteItem(number, blocks, referred.has(number)));
  if (items.length > 0)
    body.push(`<section class="notes" aria-label="注释">\n<ol>\n${items.join("\n")}\n</ol>\n</section>`);
  return body.join("\n");
}
