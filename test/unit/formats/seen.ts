import type { Block } from "../../../src/formats/index.ts";
import { runText } from "../../../src/formats/index.ts";

/** What a reader sees of a message: all its words in order, the links that words lead to, and the pictures. */
export type Seen = { text: string; links: string[]; images: string[] };

export const nothing = (): Seen => ({ text: "", links: [], images: [] });

export function insist(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** An image as every reader tells of it, shown or as a link. */
export const imageMark = (alt: string): string => (alt === "" ? "［图］" : `［图：${alt}］`);

/**
 * Texts compared: without white space and the `|` between cells, and full-width forms as the characters that they stand
 * for, since they are how some media keep a character from being syntax.
 */
export const folded = (text: string): string =>
  text
    .replaceAll(/[\s|｜]+/g, "")
    .replaceAll(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll(/\s+/g, "");

/** What a block's reader must find. */
export function wordsOf(block: Block): string {
  switch (block.kind) {
    case "code":
      return block.marker + block.text;
    case "table":
      return block.marker + [block.header, ...block.rows].flat().map(runText).join("");
    case "image":
      return block.marker + imageMark(block.alt);
    case "rule":
      return `${block.marker}———`;
    default:
      return block.marker + runText(block.runs);
  }
}

const decoded = (url: string): string =>
  new URL(url, "https://none.example").href.replaceAll(/%([2-7][0-9A-F])/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );

/** Whether two addresses are one but for characters that are written as `%28`. */
export const sameAddress = (one: string, other: string): boolean => decoded(one) === decoded(other);
