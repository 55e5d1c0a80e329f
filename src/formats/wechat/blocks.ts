import type { Token } from "marked";
import { headingLevels } from "../headings.ts";
import { escapeHtml, safeUrl } from "../html.ts";
import { type Format, type Image, type Link, renderBlocks, renderLine, spelledOut } from "../render.ts";
import { type CalloutKind, itemMarker, known, splitItem } from "../tokens.ts";
import type { Doc } from "../tree.ts";
import { highlight } from "./highlight.ts";
import { footnote, type Notes, reference } from "./notes.ts";
import type { Styles } from "./styles.ts";
import { tableHtml } from "./table.ts";

/** What rendering an article notes on its way: its numbered notes, its lines of credit. */
export type Gathered = { readonly notes: Notes; readonly credits: string[] };

/** Of all addresses only WeChat's own articles stay links in a stored draft. */
const staysLink = (url: string): boolean => new URL(url).hostname === "mp.weixin.qq.com";

/** The names that a box goes by when it has no title of its own: shown as its mark, those of titled boxes before theirs. */
const CALLOUT_NAMES: Readonly<Record<CalloutKind, readonly string[]>> = {
  tip: ["提示", "小贴士", "tip"],
  warning: ["注意", "警示", "警告", "warning"],
  important: ["重要", "important"],
  note: [],
};

/** The number that a heading brings along: 一、 （一） 1. */
const OWN_NUMBER =
  /^(?:[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、．.](?!\d))/;

/** The lists that need a gap of their own: not those between two paragraphs, whose gaps they share, and none in a list. */
function listsApart(tokens: readonly Token[], found = new Set<Token>()): ReadonlySet<Token> {
  const blocks = known(tokens).filter((token) => token.type !== "space");
  for (const [at, token] of blocks.entries()) {
    const between = blocks[at - 1]?.type === "paragraph" && blocks[at + 1]?.type === "paragraph";
    if (token.type === "list" && !between) found.add(token);
    if (token.type === "callout" || token.type === "blockquote") listsApart(token.tokens, found);
  }
  return found;
}

/** Each block and each piece of a line as WeChat keeps it; `images` gives a source's address at WeChat, or null. */
export function wechatFormat(
  doc: Doc,
  styles: Styles,
  images: (src: string) => string | null,
  { notes, credits }: Gathered,
): Format {
  const level = headingLevels(doc);
  const apart = listsApart(doc.tokens);
  let headings = 0;

  const img = ({ src, alt }: Image, style = ""): string | null => {
    const mapped = images(src);
    const url = mapped === null ? null : safeUrl(mapped, "image");
    return url === null ? null : `<img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}"${style}>`;
  };
  const missing = ({ alt }: Image): string => alt && `<em>${escapeHtml(alt)}</em>`;

  const link = ({ inner, label, url, bare }: Link): string => {
    if (url === null || /^[/#]/.test(url)) return inner;
    if (staysLink(url)) return `<a href="${escapeHtml(url)}">${inner}</a>`;
    if (bare || label === spelledOut(url)) return inner;
    const words = escapeHtml(`${label && `${label} `}${spelledOut(url)}`);
    return inner + reference(notes, url, (mark) => `<p>${mark}${words}</p>`);
  };

  const numbered = (inner: string): string => {
    headings++;
    const [own = ""] = OWN_NUMBER.exec(inner) ?? [];
    if (own !== "") return `${styles.ownNumber}${own}</span>${inner.slice(own.length)}`;
    return `${styles.number}${String(headings).padStart(2, "0")}</span>${inner}`;
  };

  const qrcode = (title: string, image: Image | null, url: string | null, lines: readonly string[]): string => {
    const picture = image && img(image, ' style="width:10em"');
    const head = title && `<p><strong>${title}</strong></p>`;
    // Without its picture there is nothing to scan: the address has to be read.
    const unscanned = picture === null && url !== null && /^https?:/i.test(url) && !staysLink(url);
    const address = unscanned && !lines.some((line) => line.includes(escapeHtml(url))) ? escapeHtml(url) : "";
    const words = [picture === null && image ? missing(image) : "", ...lines, address].filter(Boolean).join("<br>");
    return `${styles.qrcode}${picture ? `<p>${picture}</p>` : ""}${head}${words && `<p>${words}</p>`}</section>`;
  };

  const video = (title: string, image: Image | null, url: string | null, lines: readonly string[]): string => {
    const cover = image && (img(image) ?? missing(image));
    const linked = cover && url !== null && /^https?:/i.test(url) && staysLink(url);
    const shown = linked ? `<a href="${escapeHtml(url)}">${cover}</a>` : (cover ?? "");
    const head = `${styles.videoChip}视频</span>${title && ` <strong>${title}</strong>`}`;
    return `${styles.video}${shown}${styles.videoWords}${[head, ...lines].join("<br>")}</p></section>`;
  };

  const format: Format = {
    text: escapeHtml,
    // WeChat takes the style off `code` and leaves it on `span`.
    code: (text) => `${styles.code}${escapeHtml(text)}</span>`,
    strong: (inner) => `<strong>${inner}</strong>`,
    em: (inner) => `<em>${inner}</em>`,
    del: (inner) => `${styles.strike}${inner}</span>`,
    br: () => "<br>",
    checkbox: () => "",
    link,
    image: (image) => img(image) ?? missing(image),
    noteRef: (note) => reference(notes, note, (mark) => footnote(note, mark, format)),

    paragraph: (inner) => `${styles.paragraph}${inner}</p>`,
    credit: (inner) => {
      credits.push(inner);
      return `${styles.credit}${inner}</p>`;
    },
    figure: (image, caption) => {
      const html = img(image);
      if (html === null) return caption && format.paragraph(`<em>${caption}</em>`);
      return `${styles.figure}${html}${caption && `${styles.caption}${caption}</figcaption>`}</figure>`;
    },
    heading: (inner, depth) => {
      const at = level(depth);
      return `${styles.heading(at)}${styles.numbered && at === 2 ? numbered(inner) : inner}</h${at}>`;
    },
    quote: (blocks) => `${styles.quote}${blocks.join("")}</blockquote>`,
    pre: (text, language) => `${styles.pre}<code>${highlight(text, language)}</code></pre>`,
    rule: () => styles.rule,
    callout: ({ kind, title, blocks }) => {
      const style = styles.callouts[kind];
      const names = CALLOUT_NAMES[kind];
      const named = names.includes(title);
      const chip = names[0] ? `${style.chip}${named ? title : names[0]}</span>` : "";
      const head = named ? chip : [chip, title].filter(Boolean).join(" ");
      return `${style.open}${head && `${style.title}${head}</p>`}${blocks.join("")}</section>`;
    },
    verse: (title, stanzas) => {
      const head = title && `<p><strong>${title}</strong></p>`;
      const lines = stanzas.map((stanza) => `${styles.stanza}${stanza.join("<br>")}</p>`);
      return `${styles.verse}${head}${lines.join("")}</section>`;
    },
    card: ({ kind, title, image, url, lines }) => (kind === "video" ? video : qrcode)(title, image, url, lines),
    table: (header, rows) => tableHtml(header, rows, styles),
    // Real lists get blank bullets, and bullets on wrapped lines, once the draft is edited: each item is a paragraph.
    list: (list) => {
      const digits = itemMarker(list, list.items.length - 1).length - 2;
      const hang = list.ordered && digits > 0 ? 0.5 + digits * 0.6 : 1;
      const items = list.items.map((item, index) => {
        const { lead, rest } = splitItem(item);
        const line = `<p>${itemMarker(list, index)}${lead === null ? "" : renderLine(lead, format)}</p>`;
        const more = renderBlocks(rest, format).join("");
        // A list has its own hanging indent; other blocks would inherit this one's.
        return line + (rest.every((token) => token.type === "list") ? more : `${styles.unhung}${more}</section>`);
      });
      return `${styles.list(hang, apart.has(list))}${items.join("")}</section>`;
    },
  };
  return format;
}
