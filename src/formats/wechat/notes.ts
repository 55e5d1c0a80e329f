import type { Note } from "../tokens.ts";
import { type Format, renderBlocks } from "../render.ts";

/** What the numbers in the text stand for, links elsewhere (by address) and footnotes in one series. */
export type Notes = Map<string | Note, { readonly number: number; readonly blocks: (mark: string) => string }>;

/** The number in the text for what `key` names; `blocks` writes the note, its number before it. */
export function reference(notes: Notes, key: string | Note, blocks: (mark: string) => string): string {
  const note = notes.get(key) ?? { number: notes.size + 1, blocks };
  notes.set(key, note);
  return `<sup>[${note.number}]</sup>`;
}

/** A footnote's blocks, its number before the first line. */
export function footnote({ tokens }: Note, mark: string, format: Format): string {
  let marked = false;
  const first = (inner: string): string => {
    const html = `<p>${marked ? "" : mark}${inner}</p>`;
    marked = true;
    return html;
  };
  const blocks = renderBlocks(tokens, { ...format, paragraph: first, credit: first }).join("");
  return marked ? blocks : `<p>${mark.trim()}</p>${blocks}`;
}

/** The list that closes an article, in the opening tag that it is given; empty where nothing has a number. */
export function noteList(notes: Notes, open: string): string {
  if (notes.size === 0) return "";
  // A note may bring in further ones while it is written: the map grows under the loop.
  const lines: string[] = [];
  for (const { number, blocks } of notes.values()) lines.push(blocks(`[${number}] `));
  return `${open}<p><strong>注释与链接</strong></p>${lines.join("")}</section>`;
}
