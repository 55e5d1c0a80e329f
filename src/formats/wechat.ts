import { headingLevels } from "./headings.ts";
import { escapeHtml, safeUrl } from "./html.ts";
import type { Doc } from "./tree.ts";
import { type Cell, type Format, type Image, type Link, renderBlocks, renderLine, spelledOut } from "./render.ts";
import { itemMarker, type Note, splitItem } from "./tokens.ts";

// What WeChat keeps of an article's HTML was learnt from other publishers' code and from the field, not from an official
// list: doocs/md `clipboard.ts`, caol64/wenyan-core `wechatPostRender`, doocs/md issues 894 and 480.

export type WechatTheme = {
  /** CSS colour of headings and of the bar beside quotes. */
  readonly accent: string;
  /** CSS pixels. */
  readonly fontSize: number;
  /** Multiple of the font size. */
  readonly lineHeight: number;
  /** Two 字 of indent at each paragraph, as official documents have. */
  readonly indent: boolean;
};

export type WechatOptions = {
  /** The address that WeChat gave an image of the manuscript, or null: WeChat drops the images of other hosts. */
  readonly images: (src: string) => string | null;
  readonly theme?: Partial<WechatTheme>;
};

const THEME: WechatTheme = { accent: "#b3251e", fontSize: 16, lineHeight: 1.75, indent: false };

const MUTED = "#888";
const LINE = "1px solid #ddd";
const HEADING_EM = [1.25, 1.125, 1, 1, 1];

// A first or last `pre` loses its style when the draft is stored; an empty line before and after takes the loss.
const GUARD = '<p style="font-size:0;line-height:0;margin:0">&nbsp;</p>';
const TAIL = "<p><br></p><p><br></p>";

const element = (tag: string, style: string, inner: string): string =>
  `<${tag}${style && ` style="${escapeHtml(style)}"`}>${inner}</${tag}>`;
const css = (...declarations: readonly (string | false)[]): string => declarations.filter(Boolean).join(";");
const em = (size: number): string => `${Number(size.toFixed(2))}em`;

// Plain spaces and newlines in code are lost when the draft is saved in WeChat's editor (doocs/md issue 894).
const preserved = (text: string): string =>
  escapeHtml(text).replaceAll("\t", "    ").replaceAll(" ", "&nbsp;").replaceAll("\n", "<br>");

/** Of all addresses only WeChat's own articles stay links in a stored draft. */
const staysLink = (url: string): boolean => new URL(url).hostname === "mp.weixin.qq.com";

/** What the numbers in the text stand for, links elsewhere and footnotes in one series: blocks that begin with the number. */
type Notes = Map<string, { readonly number: number; readonly blocks: (mark: string) => string }>;

function reference(notes: Notes, key: string, blocks: (mark: string) => string): string {
  const note = notes.get(key) ?? { number: notes.size + 1, blocks };
  notes.set(key, note);
  return `<sup>[${note.number}]</sup>`;
}

function noteList(notes: Notes, flat: string | false): string {
  if (notes.size === 0) return "";
  const style = css(
    "margin:2em 0 0",
    "font-size:.85em",
    `color:${MUTED}`,
    "text-align:left",
    "word-break:break-all",
    flat,
  );
  // A note may bring in further ones while it is written: the map grows under the loop.
  const lines: string[] = [];
  for (const { number, blocks } of notes.values()) lines.push(blocks(`[${number}] `));
  return element("section", style, `<p><strong>注释与链接</strong></p>${lines.join("")}`);
}

function wechatFormat(
  doc: Doc,
  options: WechatOptions,
  theme: WechatTheme,
  flat: string | false,
  notes: Notes,
): Format {
  const level = headingLevels(doc);

  const img = ({ src, alt }: Image): string | null => {
    const mapped = options.images(src);
    const url = mapped === null ? null : safeUrl(mapped, "image");
    return url === null ? null : `<img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}" style="max-width:100%">`;
  };
  const missing = ({ alt }: Image): string => alt && `<em>${escapeHtml(alt)}</em>`;

  const link = ({ inner, label, url, bare }: Link): string => {
    if (url === null || /^[/#]/.test(url)) return inner;
    if (staysLink(url)) return `<a href="${escapeHtml(url)}">${inner}</a>`;
    if (bare || label === spelledOut(url)) return inner;
    const words = escapeHtml(`${label && `${label} `}${spelledOut(url)}`);
    return inner + reference(notes, url, (mark) => `<p>${mark}${words}</p>`);
  };

  const tableRow = (tag: "th" | "td", cells: readonly Cell[]): string => {
    const base = css(`border:${LINE}`, "padding:.4em", tag === "th" && "font-weight:bold;background:#f7f7f7");
    const align = (cell: Cell) => cell.align !== null && cell.align !== "left" && `text-align:${cell.align}`;
    return `<tr>${cells.map((cell) => element(tag, css(base, align(cell)), cell.inner)).join("")}</tr>`;
  };

  const format: Format = {
    text: escapeHtml,
    // WeChat takes the style off `code` and leaves it on `span`.
    code: (text) => element("span", "font-family:monospace;background:#f5f5f5;padding:0 .2em", escapeHtml(text)),
    strong: (inner) => `<strong>${inner}</strong>`,
    em: (inner) => `<em>${inner}</em>`,
    del: (inner) => element("span", "text-decoration:line-through", inner),
    br: () => "<br>",
    checkbox: () => "",
    link,
    image: (image) => img(image) ?? missing(image),
    noteRef: (note) => reference(notes, `#${note.number}`, (mark) => noteBlocks(note, mark, format)),

    paragraph: (inner) => element("p", "margin:0 0 1em", inner),
    credit: (inner) =>
      element("p", css("margin:0 0 1em", "font-size:.85em", `color:${MUTED}`, "text-align:right", flat), inner),
    figure: (image, caption) => {
      const html = img(image);
      if (html === null) return caption && format.paragraph(`<em>${caption}</em>`);
      const under = caption && element("figcaption", `font-size:.85em;color:${MUTED}`, caption);
      return element("figure", css("margin:0 0 1em", "text-align:center", flat), html + under);
    },
    callout: ({ title, blocks }) => {
      const style = css(
        "margin:0 0 1em",
        "padding:.8em 1em 0",
        "background:#f7f7f7",
        `border-left:3px solid ${theme.accent}`,
        flat,
      );
      return element(
        "section",
        style,
        (title && element("p", "margin:0 0 .5em", `<strong>${title}</strong>`)) + blocks.join(""),
      );
    },
    verse: (title, stanzas) => {
      const lines = stanzas.map((stanza) => element("p", "margin:0 0 1em", stanza.join("<br>"))).join("");
      const heading = title && element("p", "margin:0 0 .5em", `<strong>${title}</strong>`);
      return element("section", css("margin:0 0 1em", "text-align:center", flat), heading + lines);
    },
    card: ({ title, image, lines }) => {
      const words = [title && `<strong>${title}</strong>`, ...lines].filter(Boolean).join("<br>");
      const html = image === null ? "" : (img(image) ?? missing(image));
      const under = words && element("figcaption", `font-size:.85em;color:${MUTED}`, words);
      return element("figure", css("margin:0 0 1em", "text-align:center", flat), html + under);
    },
    heading: (inner, depth) => {
      const size = HEADING_EM[level(depth) - 2] ?? 1;
      const style = css(
        "margin:1.5em 0 .8em",
        size !== 1 && `font-size:${size}em`,
        "font-weight:bold",
        `color:${theme.accent}`,
      );
      return element(`h${level(depth)}`, css(style, "text-align:left", flat), inner);
    },
    quote: (blocks) => {
      const style = css(
        "margin:0 0 1em",
        "padding:.5em 0 0 1em",
        `border-left:3px solid ${theme.accent}`,
        "color:#666",
        flat,
      );
      return element("blockquote", style, blocks.join(""));
    },
    pre: (text) => {
      const wrap = "white-space:pre-wrap;word-break:break-all;text-align:left";
      const style = css(
        "margin:0 0 1em",
        "padding:.8em",
        "background:#f5f5f5",
        "font-size:.85em",
        "line-height:1.5",
        wrap,
        flat,
      );
      return element("pre", style, `<code>${preserved(text)}</code>`);
    },
    rule: () => `<hr style="margin:1.5em 0;border:0;border-top:${LINE}">`,
    table: (header, rows) => {
      const box = "table-layout:fixed;width:100%;border-collapse:collapse";
      const style = css("margin:0 0 1em", box, "font-size:.9em", "line-height:1.5", "text-align:left", flat);
      const body = rows.map((cells) => tableRow("td", cells)).join("");
      const inner = `<thead>${tableRow("th", header)}</thead>${body && `<tbody>${body}</tbody>`}`;
      return element("table", style, inner);
    },
    // Real lists get blank bullets, and bullets on wrapped lines, once the draft is edited: each item is a paragraph.
    list: (list, depth) =>
      list.items
        .map((item, index) => {
          const marker = itemMarker(list, index);
          const hang = list.ordered && !item.task ? 0.5 + (marker.length - 2) * 0.6 : 1;
          const left = `padding-left:${em(depth * 1.5 + hang)}`;
          const { lead, rest } = splitItem(item);
          const text = lead === null ? "" : renderLine(lead, format);
          const more = rest.flatMap((token) => {
            if (token.type !== "paragraph" && token.type !== "text") return renderBlocks([token], format, depth + 1);
            return element("p", css("margin:0 0 .5em", left, flat), renderLine(token.tokens ?? [token], format));
          });
          const style = css("margin:0 0 .5em", left, `text-indent:${em(-hang)}`);
          return element("p", style, marker + text) + more.join("");
        })
        .join(""),
  };
  return format;
}

function noteBlocks({ tokens }: Note, mark: string, format: Format): string {
  let marked = false;
  const first = (inner: string): string => {
    const html = `<p>${marked ? "" : mark}${inner}</p>`;
    marked = true;
    return html;
  };
  const blocks = renderBlocks(tokens, { ...format, paragraph: first, credit: first }).join("");
  return marked ? blocks : `<p>${mark.trim()}</p>${blocks}`;
}

/**
 * A manuscript as the body of a WeChat article: one `section` whose style the rest inherits, inline styles only where
 * they differ, only tags that WeChat keeps. Lists are paragraphs; links elsewhere become numbered notes at the end; an
 * image without a WeChat address leaves its caption in italics. WeChat counts every character of it, tags too: fewer
 * than 20 000 are its documented limit (developers.weixin.qq.com, draft/add).
 */
export function renderWechat(doc: Doc, options: WechatOptions): string {
  const theme = { ...THEME, ...options.theme };
  const flat = theme.indent && "text-indent:0";
  const notes: Notes = new Map();
  const format = wechatFormat(doc, options, theme, flat, notes);
  const blocks = renderBlocks(doc.tokens, format).join("");
  for (const note of doc.notes) format.noteRef(note);
  const root = css(
    `font-size:${theme.fontSize}px`,
    `line-height:${theme.lineHeight}`,
    "text-align:justify",
    "word-break:break-word",
    theme.indent && "text-indent:2em",
  );
  return element("section", root, GUARD + blocks + noteList(notes, flat) + GUARD + TAIL);
}
