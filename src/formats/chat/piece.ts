import { type Block, flatten, imageWords } from "../flat.ts";
import { safeUrl } from "../html.ts";
import { spelledOut } from "../render.ts";
import { mergeRuns, type Run } from "../runs.ts";
import type { Doc } from "../tree.ts";

/** What a list of posts tells of each. `url` and `cover` are absolute addresses; `digest` may be empty. */
export type Summary = {
  readonly title: string;
  readonly digest: string;
  readonly url: string;
  readonly cover: string | null;
  readonly column?: string | null;
  readonly unit?: string | null;
};

/**
 * An article as every chat medium takes it: its title in one line, never empty; the line under it (column and unit, or
 * nothing); its blocks, with links to http(s) addresses only, absolute, and images with absolute https addresses only.
 * Made once by `pieceOf` and shared by all media.
 */
export type Piece = Summary & { readonly standing: string; readonly blocks: readonly Block[] };

// An address that `safeUrl` lets through and that is no path is whole.
const urlOf = (address: string, base: string): URL =>
  address.startsWith("/") ? new URL(address, base) : new URL(address);

/** The address when a robot may give it as a picture: absolute and https. Else null. */
export function pictureUrl(address: string | null, base: string): string | null {
  if (address === null || safeUrl(address, "image") === null) return null;
  const { href, protocol } = urlOf(address, base);
  return protocol === "https:" ? href : null;
}

// A chat cannot be relied on to call or to write: such an address is given in words unless the words have it already.
function reached(run: Run, next: Run | undefined, base: string): Run[] {
  const { link, ...plain } = run;
  if (link === undefined) return [run];
  if (/^(?:https?:|\/)/i.test(link)) return [{ ...plain, link: urlOf(link, base).href }];
  const address = spelledOut(link);
  const said = link.startsWith("#") || next?.link === link || run.text.includes(address);
  return said ? [plain] : [plain, { text: `（${address}）` }];
}

const hasLink = (runs: readonly Run[]): boolean => runs.some(({ link }) => link !== undefined);

function runsOf(runs: readonly Run[], base: string): readonly Run[] {
  if (!hasLink(runs)) return runs;
  return mergeRuns(runs.flatMap((run, index) => reached(run, runs[index + 1], base)));
}

function blockOf(block: Block, base: string): Block[] {
  switch (block.kind) {
    case "text":
    case "heading":
      return hasLink(block.runs) ? [{ ...block, runs: runsOf(block.runs, base) }] : [block];
    case "table": {
      const row = (cells: readonly (readonly Run[])[]) => cells.map((cell) => runsOf(cell, base));
      return [{ ...block, header: row(block.header), rows: block.rows.map(row) }];
    }
    case "image": {
      const src = pictureUrl(block.src, base);
      if (src !== null) return [{ ...block, src }];
      const text = imageWords(block.alt);
      const { quotes, indent, marker } = block;
      if (text === "" && marker === "") return [];
      return [{ quotes, indent, marker, kind: "text", role: "paragraph", runs: mergeRuns([{ text }]) }];
    }
    default:
      return [block];
  }
}

/** An article for chat media. Relative addresses in the manuscript are of the site of `summary.url`. */
export function pieceOf(summary: Summary, doc: Doc): Piece {
  const blocks = flatten(doc).flatMap((block) => blockOf(block, summary.url));
  return { ...summary, title: oneLine(summary.title), standing: standing(summary), blocks };
}

/** A title or another short text as one line, never empty: several media refuse a message without one. */
export const oneLine = (text: string, empty = "无题"): string => text.replaceAll(/\s+/g, " ").trim() || empty;

/** The line under a title: column and unit, where there are any. */
export const standing = ({ column, unit }: Summary): string =>
  (column && unit ? `${column} · ${unit}` : column || unit || "").replaceAll(/\s+/g, " ");

/** What the link at the end of a message says. */
export const linkWords = (whole: boolean): string => (whole ? "查看原文" : "阅读全文");
