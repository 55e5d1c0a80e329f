import { type Doc, walkDoc } from "./tree.ts";
import { type Cell, type Format, type Image, renderBlocks, renderLine, spelledOut } from "./render.ts";
import { HARD_BREAK } from "./runs.ts";
import { itemMarker, literal, splitItem } from "./tokens.ts";

const withBreaks = (text: string): string => (text.includes(HARD_BREAK) ? text.replaceAll(/ ?\u2028 ?/g, "\n") : text);

const row = (cells: readonly Cell[]): string => cells.map((cell) => cell.inner.replaceAll(HARD_BREAK, " ")).join(" | ");
const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

// A path or a part of this site leads nowhere from a plain text.
const worthWriting = (url: string): boolean => !/^[/#]/.test(url);

const imageText = ({ alt }: Image, caption: string): string =>
  caption === "" || caption === alt ? alt && `［图：${alt}］` : `${alt && `［图：${alt}］\n`}${withBreaks(caption)}`;

const CARD_MARKS = { video: "［视频］", qrcode: "［二维码］" };

const FORMAT: Format = {
  text: (text) => text,
  code: (text) => text,
  strong: (inner) => inner,
  em: (inner) => inner,
  del: (inner) => inner,
  br: () => HARD_BREAK,
  checkbox: () => "",
  link: ({ inner, url, bare }) => {
    if (bare || url === null || !worthWriting(url) || inner === spelledOut(url)) return inner;
    return `${inner}（${spelledOut(url)}）`;
  },
  image: ({ alt }) => (alt === "" ? "" : `［图：${alt}］`),
  noteRef: ({ number }) => `[${number}]`,

  paragraph: withBreaks,
  credit: withBreaks,
  figure: imageText,
  heading: withBreaks,
  quote: (blocks) => blocks.join("\n\n"),
  pre: (text) => text,
  rule: () => "———",
  callout: ({ title, blocks }) => [title && `【${withBreaks(title)}】`, ...blocks].filter(Boolean).join("\n"),
  verse: (title, stanzas) =>
    [title, ...stanzas.map((lines) => lines.join("\n"))].filter(Boolean).map(withBreaks).join("\n\n"),
  card: ({ kind, title, image, lines }) =>
    [CARD_MARKS[kind] + title, image?.alt ?? "", ...lines].filter(Boolean).map(withBreaks).join("\n"),
  table: (header, rows) => [header, ...rows].map(row).join("\n"),
  list: (list) =>
    list.items
      .map((item, index) => {
        const marker = itemMarker(list, index);
        const { lead, rest } = splitItem(item);
        const first = marker + (lead === null ? "" : withBreaks(renderLine(lead, FORMAT)));
        const more = renderBlocks(rest, FORMAT).map((block) => indent(block, " ".repeat(marker.length)));
        return [first.trimEnd(), ...more].join("\n");
      })
      .join("\n"),
};

/**
 * A manuscript as plain text: a blank line between blocks, `• ` or `1. ` before items, ` | ` between cells,
 * `文字（address）` for a link whose text is not its address, `［图：caption］` for an image, footnotes (`[1]`) at the end.
 */
export function renderText(doc: Doc): string {
  const notes = doc.notes.map(({ number, tokens }) => `[${number}] ${renderBlocks(tokens, FORMAT).join("\n")}`);
  return [...renderBlocks(doc.tokens, FORMAT), notes.join("\n")].filter(Boolean).join("\n\n");
}

/** What a reader must find in any rendering, in order: words, code and raw HTML, without captions and addresses. */
export function readerText(doc: Doc): string[] {
  const pieces: string[] = [];
  walkDoc(doc, (token) => {
    switch (token.type) {
      case "text":
        if (token.tokens === undefined) pieces.push(literal(token));
        break;
      case "html":
      case "code":
      case "codespan":
      case "escape":
        pieces.push(literal(token));
        break;
      case "noteRef":
        if (token.note === null) pieces.push(token.raw);
    }
  });
  return pieces;
}
