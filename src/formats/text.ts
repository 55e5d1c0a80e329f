import type { Doc } from "./tree.ts";
import { type Cell, type Format, renderBlocks, renderLine, spelledOut } from "./render.ts";
import { itemMarker, literal, splitItem, walk } from "./tokens.ts";

// A hard line break until the line is complete: U+2028 means just that, and source line breaks are joined away first.
const HARD_BREAK = "\u2028";
const withBreaks = (text: string): string => text.replaceAll(/ ?\u2028 ?/g, "\n");

const row = (cells: readonly Cell[]): string => cells.map((cell) => cell.inner.replaceAll(HARD_BREAK, " ")).join(" | ");
const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

// A path or a part of this site leads nowhere from a plain text.
const worthWriting = (url: string): boolean => !/^[/#]/.test(url);

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

  paragraph: withBreaks,
  figure: (image) => FORMAT.image(image),
  heading: withBreaks,
  quote: (blocks) => blocks.join("\n\n"),
  pre: (text) => text,
  rule: () => "———",
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
 * `文字（address）` for a link whose text is not its address, `［图：caption］` for an image.
 */
export function renderText(doc: Doc): string {
  return renderBlocks(doc.tokens, FORMAT).join("\n\n");
}

/** What a reader must find in any rendering, in order: words, code and raw HTML, without captions and addresses. */
export function readerText(doc: Doc): string[] {
  const pieces: string[] = [];
  walk(doc.tokens, (token) => {
    switch (token.type) {
      case "text":
        if (token.tokens === undefined) pieces.push(literal(token));
        break;
      case "html":
      case "code":
      case "codespan":
      case "escape":
        pieces.push(literal(token));
    }
  });
  return pieces;
}
