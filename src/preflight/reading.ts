/**
 * A manuscript as its readers see it, with the way back to the source: lines of text whose every character knows where it
 * stands in the Markdown. marked's tokens carry no positions but what they were made of (`raw`), in order: each is looked
 * for after the one before it, inside the one around it. One that cannot be found (its line marks were taken out of it)
 * is left out: no finding there rather than a wrong place.
 */
import type { Token } from "marked";
import { decodeEntities } from "../formats/index.ts";
import type { Field } from "./types.ts";

/** Stands in a line for what is no text: a picture, code, a bare address. */
export const OBJECT = "\ufffc";

/** A line of text: a paragraph, a heading, an item, a cell; or something shown as it was typed (`verbatim`: code, captions). */
export interface Line {
  field: Field;
  verbatim: boolean;
  text: string;
  /** Where each UTF-16 unit of `text` begins and ends in the field's text. */
  starts: readonly number[];
  ends: readonly number[];
}

/** Something with an address, or a heading, and where its source stands. */
export interface Mark {
  from: number;
  to: number;
}
interface Link extends Mark {
  href: string;
  /** What is left of it where links are lost. */
  label: string;
}
interface Picture extends Mark {
  src: string;
  alt: string;
}
interface Heading extends Mark {
  depth: number;
}

export interface Reading {
  lines: Line[];
  links: Link[];
  pictures: Picture[];
  headings: Heading[];
}

/** A line that is its field's whole text. */
export function wholeLine(field: Field, text: string): Line {
  const starts = Array.from({ length: text.length }, (_, i) => i);
  return { field, verbatim: false, text, starts, ends: starts.map((at) => at + 1) };
}

// Each search that fails has looked through everything that is left: a hostile text must not make many fail.
const MISSES = 200;

const INLINE = new Set([
  "text",
  "strong",
  "em",
  "del",
  "link",
  "image",
  "codespan",
  "br",
  "escape",
  "html",
  "checkbox",
]);
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/;

/** Loosely typed, so that kinds of token that are added later are read by what they hold. */
type Loose = Token & {
  tokens?: Token[];
  items?: Token[];
  header?: Loose[];
  rows?: Loose[][];
  autolink?: boolean;
  escaped?: boolean;
  href?: string;
  text?: string;
  depth?: number;
};

class Reader {
  readonly found: Reading = { lines: [], links: [], pictures: [], headings: [] };
  readonly #source: string;
  #misses = 0;
  #text = "";
  #starts: number[] = [];
  #ends: number[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** Where `raw` stands in [from, to): as it is, or line by line with other things between the lines. */
  #locate(raw: string, from: number, to: number): Mark | null {
    if (raw === "" || this.#misses > MISSES) return null;
    if (this.#source.startsWith(raw, from) && from + raw.length <= to) return { from, to: from + raw.length };
    const at = this.#source.slice(from, to).indexOf(raw);
    if (at >= 0) return { from: from + at, to: from + at + raw.length };
    const lines = raw.split("\n").filter((line) => line.trim() !== "");
    let [first, end] = [-1, from];
    if (lines.length > 1 || raw.includes("\n"))
      for (const line of lines) {
        const next = this.#source.slice(end, to).indexOf(line.trim());
        if (next < 0) {
          first = -1;
          break;
        }
        if (first < 0) first = end + next;
        end += next + line.trim().length;
      }
    if (first >= 0) return { from: first, to: end };
    this.#misses++;
    return null;
  }

  /** Blocks, in order, inside [from, to). */
  blocks(tokens: readonly Token[], from: number, to: number): void {
    let cursor = from;
    for (const token of tokens as readonly Loose[]) {
      const place = this.#locate(token.raw, cursor, to);
      if (!place) continue;
      cursor = place.to;
      if (token.type === "heading") this.found.headings.push({ depth: token.depth ?? 1, ...place });
      if (token.type === "code") this.#verbatim(token.text ?? "", place);
      else if (token.type === "html") this.#verbatim(token.raw, place);
      else if (token.header && token.rows) this.#cells([token.header, ...token.rows].flat(), place);
      else if (token.items) this.blocks(token.items, place.from, place.to);
      else if (token.tokens) this.#children(token.tokens, place);
      else if (token.type === "text") this.#flushAfter(() => this.#leaf(token, place));
    }
  }

  #cells(cells: readonly Loose[], { from, to }: Mark): void {
    let cursor = from;
    for (const cell of cells) {
      const place = this.#locate(cell.text ?? "", cursor, to);
      if (!place) continue;
      cursor = place.to;
      this.#flushAfter(() => this.#inline(cell.tokens ?? [], place));
    }
  }

  /** What a block holds: other blocks, or a line of text; an item holds both. */
  #children(tokens: readonly Token[], { from, to }: Mark): void {
    if (
      tokens.every((token) => INLINE.has(token.type) && !(token.type === "text" && "tokens" in token && token.tokens))
    )
      this.#flushAfter(() => this.#inline(tokens, { from, to }));
    else this.blocks(tokens, from, to);
  }

  #inline(tokens: readonly Token[], { from, to }: Mark): void {
    let cursor = from;
    for (const token of tokens as readonly Loose[]) {
      const place = this.#locate(token.raw, cursor, to);
      if (!place) {
        this.#put(OBJECT, cursor, cursor);
        continue;
      }
      cursor = place.to;
      if (token.type === "image") {
        const alt = decodeEntities(token.text ?? "");
        this.found.pictures.push({ src: decodeEntities(token.href ?? ""), alt, ...place });
        this.#put(OBJECT, place.from, place.to);
        if (alt !== "") this.#verbatim(token.text ?? "", place);
      } else if (token.type === "link") {
        const href = token.autolink ? (token.href ?? "") : decodeEntities(token.href ?? "");
        this.found.links.push({ href, label: token.autolink ? "" : (token.text ?? ""), ...place });
        if (token.autolink || token.raw === token.text) this.#put(OBJECT, place.from, place.to);
        else this.#inline(token.tokens ?? [], place);
      } else if (token.type === "codespan") {
        this.#put(OBJECT, place.from, place.to);
        this.#verbatim(token.text ?? "", place);
      } else if (token.tokens) this.#inline(token.tokens, place);
      else this.#leaf(token, place);
      // Tags that are not ours are shown to readers as they were typed.
      if (token.type === "html") this.#verbatim(token.raw, place);
    }
  }

  #leaf(token: Loose, { from, to }: Mark): void {
    const verbatim = this.#source.slice(from, to);
    if (token.type === "br") this.#put("\n", from, to);
    else if (token.type === "escape") this.#put(token.text ?? "", from, to);
    else if (token.type === "html") this.#put(/^<br\b/i.test(verbatim) ? "\n" : OBJECT, from, to);
    else if (token.type === "text") this.#literal(token.raw, verbatim, from, token.escaped === true);
  }

  /** Characters of the source, references resolved. What stands between the lines of a quote or an item is passed over. */
  #literal(raw: string, verbatim: string, from: number, escaped: boolean): void {
    if (verbatim !== raw) {
      let cursor = 0;
      for (const [i, line] of raw.split("\n").entries()) {
        const at = verbatim.indexOf(line.trim(), cursor);
        if (at < 0) return;
        if (i > 0) this.#put("\n", from + cursor, from + at);
        cursor = at + line.trim().length;
        this.#literal(line.trim(), line.trim(), from + at, escaped);
      }
      return;
    }
    let at = 0;
    for (const match of escaped ? [] : verbatim.matchAll(/&[#\w]{1,32};/g)) {
      const decoded = decodeEntities(match[0]);
      if (decoded === match[0]) continue;
      for (; at < match.index; at++) this.#put(verbatim[at]!, from + at, from + at + 1);
      at += match[0].length;
      this.#put(decoded, from + match.index, from + at);
    }
    for (; at < verbatim.length; at++) this.#put(verbatim[at]!, from + at, from + at + 1);
  }

  #put(text: string, from: number, to: number): void {
    for (const unit of text.split("")) {
      if (INVISIBLE.test(unit)) continue;
      this.#text += unit;
      this.#starts.push(from);
      this.#ends.push(to);
    }
  }

  #verbatim(text: string, place: Mark): void {
    const at = this.#locate(text, place.from, place.to);
    if (!at || at.to - at.from !== text.length) return;
    const starts = Array.from({ length: text.length }, (_, i) => at.from + i);
    this.found.lines.push({ field: "markdown", verbatim: true, text, starts, ends: starts.map((i) => i + 1) });
  }

  /** Ends the line that `write` writes. A line break of the source between two wide characters is nothing, else a space. */
  #flushAfter(write: () => void): void {
    write();
    let text = "";
    const [starts, ends] = [[] as number[], [] as number[]];
    for (let i = 0; i < this.#text.length; i++) {
      let unit = this.#text[i]!;
      const soft = unit === "\n" && this.#source[this.#starts[i]!] === "\n";
      if (soft) {
        if (text === "" || i + 1 === this.#text.length) continue;
        if (text.at(-1)! > "\u2000" && this.#text[i + 1]! > "\u2000") continue;
        unit = " ";
      }
      text += unit;
      starts.push(this.#starts[i]!);
      ends.push(this.#ends[i]!);
    }
    if (text.trim() !== "") this.found.lines.push({ field: "markdown", verbatim: false, text, starts, ends });
    this.#text = "";
    this.#starts = [];
    this.#ends = [];
  }
}

/** Reads the tree of `markdown`. */
export function readTree(markdown: string, tokens: readonly Token[]): Reading {
  const reader = new Reader(markdown);
  reader.blocks(tokens, 0, markdown.length);
  return reader.found;
}
