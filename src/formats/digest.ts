import type { Token } from "marked";
import type { Doc } from "./tree.ts";
import { plainText } from "./render.ts";
import { known, splitItem } from "./tokens.ts";

const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });
const sentenceEnd = /(?:[。！？!?]|……?|\.(?=\s))[”’」』）】》"')]*/g;

// Nobody calls a digest of one exclamation a digest: a sentence end in the first quarter of the room is passed over.
const SHORTEST = 1 / 4;

function paragraphsIn(tokens: readonly Token[]): string[] {
  return known(tokens).flatMap((token) => {
    if (token.type === "paragraph") return [plainText(token.tokens)];
    return token.type === "blockquote" ? paragraphsIn(token.tokens) : [];
  });
}

function itemsIn(tokens: readonly Token[]): string[] {
  return known(tokens).flatMap((token) =>
    token.type === "list" ? token.items.map((item) => plainText(splitItem(item).lead ?? [])) : [],
  );
}

const length = (text: string): number => {
  let points = 0;
  for (const _ of text) points++;
  return points;
};

/** The start of a text, at most `max` code points, never inside a grapheme. */
function head(text: string, max: number): string {
  let taken = "";
  let room = max;
  for (const { segment } of graphemes.segment(text)) {
    room -= length(segment);
    if (room < 0) break;
    taken += segment;
  }
  return taken;
}

function lastSentenceEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(sentenceEnd)) end = match.index + match[0].length;
  return end;
}

function join(parts: readonly string[]): string {
  return parts.reduce((text, part) => (/(?:^|[\p{P}\p{S}])$/u.test(text) ? text + part : `${text} ${part}`), "");
}

/**
 * The first sentences of a manuscript's paragraphs, for lists of posts and for channels; headings, tables, code, captions
 * and addresses are left out, list items stand in when there is no paragraph. At most `max` code points (one 字 each),
 * ending with a sentence where one ends in time, else with `…`; empty when there are no words.
 */
export function digestOf(doc: Doc, max = 120): string {
  const paragraphs = paragraphsIn(doc.tokens).filter(Boolean);
  const parts = paragraphs.length > 0 ? paragraphs : itemsIn(doc.tokens).filter(Boolean);
  const text = join(parts).replaceAll(/\s+/g, " ").trim();
  const start = head(text, max);
  if (start.length === text.length) return text;
  const end = lastSentenceEnd(start);
  if (end > 0 && length(start.slice(0, end)) >= max * SHORTEST) return start.slice(0, end);
  return `${head(text, max - 1).trimEnd()}…`;
}
