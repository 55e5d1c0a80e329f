import { headingLevels } from "./headings.ts";
import { escapeHtml, safeUrl } from "./html.ts";
import type { Doc } from "./tree.ts";
import { type Cell, type Format, type Image, renderBlocks, renderLine } from "./render.ts";

export type WebOptions = {
  /** The address to show for an image of the manuscript, or null to show its caption alone. */
  readonly image?: (src: string) => string | null;
};

// `align` rather than a style: the site's content security policy and most feed readers drop style attributes.
function row(tag: "th" | "td", cells: readonly Cell[]): string {
  const open = tag === "th" ? 'th scope="col"' : "td";
  const html = cells.map(({ inner, align }) => `<${open}${align ? ` align="${align}"` : ""}>${inner}</${tag}>`);
  return `<tr>${html.join("")}</tr>`;
}

function webFormat(doc: Doc, mapImage: (src: string) => string | null): Format {
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

    paragraph: (inner) => `<p>${inner}</p>`,
    figure: (image) => {
      const html = img(image);
      const caption = escapeHtml(image.alt);
      if (html === null) return caption && `<p>${caption}</p>`;
      return `<figure>${html}${caption && `<figcaption>${caption}</figcaption>`}</figure>`;
    },
    heading: (inner, depth) => `<h${level(depth)}>${inner}</h${level(depth)}>`,
    quote: (blocks) => `<blockquote>\n${blocks.join("\n")}\n</blockquote>`,
    pre: (text) => `<pre><code>${escapeHtml(text)}\n</code></pre>`,
    rule: () => "<hr>",
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

/**
 * A manuscript as semantic HTML for the site and the feeds: tags and attributes of ours only, everything else as text,
 * every address from the allow-list of `safeUrl`. No class, style or script. An image whose address is refused leaves its
 * caption.
 */
export function renderWeb(doc: Doc, options: WebOptions = {}): string {
  return renderBlocks(doc.tokens, webFormat(doc, options.image ?? ((src) => src))).join("\n");
}
