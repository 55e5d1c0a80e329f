import { headingLevels } from "./headings.ts";
import { escapeHtml, safeUrl } from "./html.ts";
import type { Doc } from "./tree.ts";
import { type Cell, type Format, type Image, renderBlocks, renderLine } from "./render.ts";

export type WebOptions = {
  /** The address to show for an image of the manuscript, or null to show its caption alone. */
  readonly image?: (src: string) => string | null;
  /** Whether footnote marks lead to their notes: not where several articles share a page, as in a feed. */
  readonly anchors?: boolean;
};

// `align` rather than a style: the site's content security policy and most feed readers drop style attributes.
function row(tag: "th" | "td", cells: readonly Cell[]): string {
  const open = tag === "th" ? 'th scope="col"' : "td";
  const html = cells.map(({ inner, align }) => `<${open}${align ? ` align="${align}"` : ""}>${inner}</${tag}>`);
  return `<tr>${html.join("")}</tr>`;
}

function webFormat(doc: Doc, mapImage: (src: string) => string | null, anchors: boolean): Format {
  const level = headingLevels(doc);

  const img = ({ src, alt }: Image): string | null => {
    const mapped = mapImage(src);
    const url = mapped === null ? null : safeUrl(mapped, "image");
    return url === null ? null : `<img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}" loading="lazy">`;
  };

  const format: Format = {
    text: escapeHtml,
    code: (text) => `<code>${escapeHtml(text)}</code>`,
    strong: (inner) => `<strong>${inner}</strong>`,
    em: (inner) => `<em>${inner}</em>`,
    del: (inner) => `<del>${inner}</del>`,
    br: () => "<br>",
    checkbox: (checked) =>
      `<input type="checkbox" disabled${checked ? ' checked aria-label="已完成"' : ' aria-label="未完成"'}> `,
    link: ({ inner, url }) => {
      if (url === null) return inner;
      return `<a href="${escapeHtml(url)}"${/^http/i.test(url) ? ' rel="noopener"' : ""}>${inner}</a>`;
    },
    image: (image) => img(image) ?? escapeHtml(image.alt),
    noteRef: ({ number }) => `<sup>${anchors ? `<a href="#note-${number}">[${number}]</a>` : `[${number}]`}</sup>`,

    paragraph: (inner) => `<p>${inner}</p>`,
    credit: (inner, kind) => `<p class="${kind}">${inner}</p>`,
    figure: (image, caption) => {
      const html = img(image);
      if (html === null) return caption && `<p>${caption}</p>`;
      return `<figure>${html}${caption && `<figcaption>${caption}</figcaption>`}</figure>`;
    },
    heading: (inner, depth) => `<h${level(depth)}>${inner}</h${level(depth)}>`,
    quote: (blocks) => `<blockquote>\n${blocks.join("\n")}\n</blockquote>`,
    pre: (text) => `<pre><code>${escapeHtml(text)}\n</code></pre>`,
    rule: () => "<hr>",
    callout: ({ kind, title, blocks }) =>
      `<aside class="callout ${kind}">\n${[title && `<p class="title">${title}</p>`, ...blocks].filter(Boolean).join("\n")}\n</aside>`,
    verse: (title, stanzas) => {
      const parts = [
        title && `<p class="title">${title}</p>`,
        ...stanzas.map((lines) => `<p>${lines.join("<br>")}</p>`),
      ];
      return `<div class="verse">\n${parts.filter(Boolean).join("\n")}\n</div>`;
    },
    card: ({ kind, title, image, url, lines }) => {
      const picture = image && (img(image) ?? escapeHtml(image.alt));
      const cover = picture && url !== null ? `<a href="${escapeHtml(url)}">${picture}</a>` : (picture ?? "");
      const words = [title && `<strong>${title}</strong>`, ...lines].filter(Boolean).join("<br>");
      return `<figure class="card ${kind}">${cover}${words && `<figcaption>${words}</figcaption>`}</figure>`;
    },
    table: (header, rows) => {
      const body = rows.map((cells) => row("td", cells)).join("\n");
      return `<table>\n<thead>${row("th", header)}</thead>\n${body && `<tbody>\n${body}\n</tbody>\n`}</table>`;
    },
    list: (list, depth) => {
      const items = list.items.map((item) => {
        const parts = item.tokens.flatMap((token) => {
          if (token.type === "checkbox") return format.checkbox(item.checked === true);
          return token.type === "text" ? renderLine([token], format) : renderBlocks([token], format, depth + 1);
        });
        return `<li>${parts.join("")}</li>`;
      });
      const start = list.ordered && list.start !== 1 ? ` start="${list.start}"` : "";
      const tag = list.ordered ? "ol" : "ul";
      return `<${tag}${start}>\n${items.join("\n")}\n</${tag}>`;
    },
  };
  return format;
}

function noteList(doc: Doc, format: Format, anchors: boolean): string {
  const items = doc.notes.map(({ number, tokens }) => {
    const blocks = renderBlocks(tokens, format).join("");
    return `<li${anchors ? ` id="note-${number}"` : ""}>${blocks}</li>`;
  });
  return items.length === 0 ? "" : `<section class="notes">\n<ol>\n${items.join("\n")}\n</ol>\n</section>`;
}

/**
 * A manuscript as semantic HTML for the site and the feeds: tags and attributes of ours only, everything else as text,
 * every address from the allow-list of `safeUrl`. No style or script; classes only for what HTML has no tag for. An image
 * whose address is refused leaves its caption.
 */
export function renderWeb(doc: Doc, options: WebOptions = {}): string {
  const anchors = options.anchors ?? true;
  const format = webFormat(doc, options.image ?? ((src) => src), anchors);
  return [...renderBlocks(doc.tokens, format), noteList(doc, format, anchors)].filter(Boolean).join("\n");
}
