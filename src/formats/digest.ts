import type { Token } from "marked";
import type { Doc } from "./tree.ts";
import { withoutByline } from "./bylines.ts";
import { figuresOf, plainText } from "./render.ts";
import { known, splitItem } from "./tokens.ts";

const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });
// The point of `No. 3` or `J. Smith` ends no sentence.
const sentenceEnd = /(?:[。！？!?]|……?|(?<!\b(?:No|Dr|Mr|Mrs|Ms|vs|[A-Z]))\.(?=\s))[”’」』）】》"')]*/g;
// What no mark of omission follows.
const UNFINISHED = /[\s，、；：,;:（(“‘《—…]+$/u;

// Nobody calls a digest of one exclamation a digest: a sentence end in the first quarter of the room is passed over.
const SHORTEST = 1 / 4;
// A sentence that has to be broken off is broken off after a clause, if that leaves most of the room filled.
const LATE = 2 / 3;

function paragraphsIn(tokens: readonly Token[]): string[] {
  return known(tokens).flatMap((token) => {
    if (token.type === "paragraph")
      return figuresOf(token.tokens).length > 0 ? [] : [withoutByline(plainText(token.tokens))];
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

const PAIRS = new Map(
  ["“”", "‘’", "「」", "『』", "《》", "〈〉", "（）", "()", "【】", "〔〕", "［］", "[]"].map(([a, b]) => [b!, a!]),
);
const OPENERS = new Set(PAIRS.values());

/** Where the outermost quotation mark, bracket or 书名号 that the text does not close stands; -1 if all are closed. */
function firstOpen(text: string): number {
  const open: { mark: string; index: number }[] = [];
  for (let index = 0; index < text.length; index++) {
    const mark = text[index]!;
    if (OPENERS.has(mark)) open.push({ mark, index });
    const opener = PAIRS.get(mark);
    const partner = opener === undefined ? -1 : open.findLastIndex((other) => other.mark === opener);
    if (partner >= 0) open.length = partner;
  }
  return open[0]?.index ?? -1;
}

const sentencesOf = (text: string): string[] =>
  [...text.matchAll(sentenceEnd)].map((match) => text.slice(0, match.index + match[0].length));

/** As much of a text as `max` code points hold, ended where that reads best. */
function cut(text: string, max: number): string {
  const tells = (part: string): boolean => length(part) >= max * SHORTEST;
  const sentences = sentencesOf(head(text, max)).filter(tells);
  const best = sentences.findLast((part) => firstOpen(part) < 0);
  if (best !== undefined) return best;
  const omitting = head(text, max - 1);
  const open = firstOpen(omitting);
  const before = open < 0 ? omitting : omitting.slice(0, open);
  if (!tells(before)) return sentences.at(-1) ?? `${omitting.replace(UNFINISHED, "")}…`;
  const clause = before.slice(
    0,
    Math.max(0, before.lastIndexOf("，"), before.lastIndexOf("；"), before.lastIndexOf(",")),
  );
  const kept = length(clause) >= max * LATE ? clause : before;
  return `${kept.replace(UNFINISHED, "")}…`;
}

function join(parts: readonly string[]): string {
  return parts.reduce((text, part) => {
    const closed = text === "" || /[\p{P}\p{S}]$/u.test(text.slice(-2));
    return closed ? text + part : `${text} ${part}`;
  }, "");
}

/** The paragraphs before the first heading after which there is enough to tell something; all if there never is. */
function opening(tokens: readonly Token[], max: number): string[] {
  const paragraphs: string[] = [];
  for (const token of known(tokens)) {
    if (token.type === "heading" && length(join(paragraphs)) >= max * SHORTEST) break;
    paragraphs.push(...paragraphsIn([token]).filter(Boolean));
  }
  return paragraphs;
}

/**
 * The first sentences of a manuscript's opening, for lists of posts and for channels; who reports (本报讯, 记者 …),
 * headings, tables, code, captions and addresses are left out, list items stand in when there is no paragraph. At most
 * `max` code points (one 字 each; WeChat takes 128), ending with a sentence, quotations closed, where one ends in time,
 * else with `…`; empty when there are no words.
 */
export function digestOf(doc: Doc, max = 120): string {
  const paragraphs = opening(doc.tokens, max);
  const parts = paragraphs.length > 0 ? paragraphs : itemsIn(doc.tokens).filter(Boolean);
  const text = join(parts).replaceAll(/\s+/g, " ").trim();
  return head(text, max) === text ? text : cut(text, max);
}
