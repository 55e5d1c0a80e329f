import type { Token, Tokens } from "marked";
import { creditLine } from "./credits.ts";
import { headingLevels } from "./headings.ts";
import { cardParts, figuresOf, imageOf, imageTitle, isBreak, linkUrl, spelledOut } from "./render.ts";
import { HARD_BREAK, joinRuns, mergeRuns, type Look, type Run, runText } from "./runs.ts";
import { type Card, contentOf, itemMarker, type KanfaToken, known, literal, splitItem } from "./tokens.ts";
import type { Doc } from "./tree.ts";

/** Where a block stands: how many quotes and lists are around it, and what is before its first line (`• `, `1. `, ``). */
type Place = { readonly quotes: number; readonly indent: number; readonly marker: string };

/**
 * One block of a manuscript as chat media know them: nothing stands in another. `label` is the title of a callout, a verse
 * or a card; `note` a footnote's text, which begins with its `[1]`. Images and videos keep the address as the manuscript
 * has it, not yet judged.
 */
export type Block = Place &
  (
    | {
        readonly kind: "text";
        readonly role: "paragraph" | "credit" | "caption" | "verse" | "label" | "note";
        readonly runs: readonly Run[];
      }
    | { readonly kind: "heading"; readonly depth: number; readonly runs: readonly Run[] }
    | { readonly kind: "code"; readonly text: string; readonly language: string }
    | { readonly kind: "image"; readonly src: string; readonly alt: string }
    | { readonly kind: "rule" }
    | {
        readonly kind: "table";
        readonly align: readonly ("left" | "center" | "right" | null)[];
        readonly header: readonly (readonly Run[])[];
        readonly rows: readonly (readonly (readonly Run[])[])[];
      }
  );

/** An image in a line of words, or where no image can be shown. Empty when it says nothing. */
export const imageWords = (alt: string): string => (alt === "" ? "" : `［图：${alt}］`);

const CARD_MARKS: Readonly<Record<Card["kind"], string>> = { video: "［视频］", qrcode: "［二维码］" };
const TOP: Place = { quotes: 0, indent: 0, marker: "" };

const NO_LOOK: Look = {};

function inlineRuns(tokens: readonly Token[], look: Look = NO_LOOK): Run[] {
  const runs: Run[] = [];
  addRuns(runs, tokens, look);
  return runs;
}

function addRuns(runs: Run[], tokens: readonly Token[], look: Look): void {
  for (const token of known(tokens)) addRun(runs, token, look);
}

const looking = (look: Look, text: string): Run => (look === NO_LOOK ? { text } : { ...look, text });

function addRun(runs: Run[], token: KanfaToken, look: Look): void {
  switch (token.type) {
    case "strong":
      return addRuns(runs, token.tokens, { ...look, bold: true });
    case "em":
      return addRuns(runs, token.tokens, { ...look, italic: true });
    case "del":
      return addRuns(runs, token.tokens, { ...look, strike: true });
    case "link":
      runs.push(...linkRuns(token, look));
      return;
    case "text":
      if (token.tokens !== undefined) return addRuns(runs, token.tokens, look);
      break;
  }
  const text = wordsOf(token);
  if (text !== "") runs.push(token.type === "codespan" ? { ...look, code: true, text } : looking(look, text));
}

function wordsOf(token: KanfaToken): string {
  switch (token.type) {
    case "text":
    case "escape":
    case "codespan":
      return literal(token);
    case "image":
      return imageWords(imageOf(token).alt);
    case "noteRef":
      return token.note === null ? token.raw : `[${token.note.number}]`;
    case "br":
      return HARD_BREAK;
    case "html":
      return isBreak(token) ? HARD_BREAK : literal(token);
    default:
      return "";
  }
}

function linkRuns(token: Tokens.Link, look: Look): Run[] {
  const url = linkUrl(token);
  const target: Look = url === null || look.link !== undefined ? look : { ...look, link: url };
  // A raw `</a>` makes marked look for addresses inside a link's text: those are words here.
  const runs = inlineRuns(contentOf(token), target).map((run) => {
    const { link: _, ...plain } = run;
    return target.link === undefined ? plain : { ...plain, link: target.link };
  });
  if (runs.some(({ text }) => text !== "") || url === null) return runs;
  return [{ ...target, text: spelledOut(url) }];
}

const lineOf = (tokens: readonly Token[]): Run[] => joinRuns(inlineRuns(tokens));

function paragraph(tokens: readonly Token[], place: Place): Block[] {
  const figures = figuresOf(tokens);
  if (figures.length > 0) {
    return figures.flatMap(({ image, caption }): Block[] => {
      const { src, alt } = imageOf(image);
      const shown: Block = { ...place, kind: "image", src, alt };
      const title = imageTitle(image);
      const words = caption.length > 0 ? lineOf(caption) : title === alt ? [] : [{ text: title }];
      if (runText(words) === "") return [shown];
      return [shown, { ...place, marker: "", kind: "text", role: "caption", runs: words }];
    });
  }
  const runs = lineOf(tokens);
  if (runs.length === 0) return [];
  const role = creditLine(runText(runs)) === null ? "paragraph" : "credit";
  return [{ ...place, kind: "text", role, runs }];
}

function label(runs: readonly Run[], place: Place): Block[] {
  const bold = joinRuns(runs.map((run) => ({ ...run, bold: true as const })));
  return bold.length === 0 ? [] : [{ ...place, kind: "text", role: "label", runs: bold }];
}

function card(token: Card, place: Place): Block[] {
  const { image, words } = cardParts(token);
  return [
    ...label([{ text: CARD_MARKS[token.kind] }, ...inlineRuns(token.title)], place),
    ...(image === null ? [] : [{ ...place, kind: "image" as const, ...image }]),
    ...words.flatMap((line) => paragraph(line, place)),
  ];
}

function items(list: Tokens.List, place: Place, levels: Levels): Block[] {
  return list.items.flatMap((item, index) => {
    const inside: Place = { ...place, indent: place.indent + 1, marker: "" };
    const marker = itemMarker(list, index);
    const { lead, rest } = splitItem(item);
    const own = lead === null ? [] : paragraph(lead, inside);
    const [first, ...more] = [...own, ...flatBlocks(rest, inside, levels)];
    if (first === undefined)
      return [{ ...inside, marker, kind: "text" as const, role: "paragraph" as const, runs: [] }];
    return [{ ...first, marker: marker + first.marker }, ...more];
  });
}

type Levels = (depth: number) => number;

function flatBlock(token: KanfaToken, place: Place, levels: Levels): Block[] {
  const quoted: Place = { ...place, quotes: place.quotes + 1 };
  switch (token.type) {
    case "space":
    case "def":
    case "noteDef":
      return [];
    case "heading": {
      const runs = lineOf(token.tokens);
      return runs.length === 0 ? [] : [{ ...place, kind: "heading", depth: levels(token.depth), runs }];
    }
    case "paragraph":
      return paragraph(token.tokens, place);
    case "list":
      return items(token, place, levels);
    case "blockquote":
      return flatBlocks(token.tokens, quoted, levels);
    case "callout":
      return [...label(inlineRuns(token.title), quoted), ...flatBlocks(token.tokens, quoted, levels)];
    case "verse": {
      const stanzas = token.stanzas.map((lines) =>
        joinRuns(lines.flatMap((line) => [...inlineRuns(line), { text: HARD_BREAK }])),
      );
      const texts = stanzas.filter((runs) => runs.length > 0);
      const blocks = texts.map((runs): Block => ({ ...place, kind: "text", role: "verse", runs }));
      return [...label(inlineRuns(token.title), place), ...blocks];
    }
    case "card":
      return card(token, place);
    case "code":
      return [{ ...place, kind: "code", text: literal(token), language: token.lang ?? "" }];
    case "hr":
      return [{ ...place, kind: "rule" }];
    case "table": {
      const header = token.header.map((cell) => lineOf(cell.tokens));
      const rows = token.rows.map((row) => row.map((cell) => lineOf(cell.tokens)));
      return [{ ...place, kind: "table", align: token.align, header, rows }];
    }
    default:
      return paragraph([token], place);
  }
}

function flatBlocks(tokens: readonly Token[], place: Place, levels: Levels): Block[] {
  return known(tokens).flatMap((token) => flatBlock(token, place, levels));
}

function noteBlocks(number: number, tokens: readonly Token[], levels: Levels): Block[] {
  const [first, ...more] = flatBlocks(tokens, TOP, levels);
  const mark: Run = { text: `[${number}] ` };
  if (first?.kind !== "text") {
    const own: Block = { ...TOP, kind: "text", role: "note", runs: [{ text: `[${number}]` }] };
    return first === undefined ? [own] : [own, first, ...more];
  }
  return [{ ...first, role: "note", runs: mergeRuns([mark, ...first.runs]) }, ...more];
}

/**
 * A manuscript as a list of blocks, for media that cannot nest: what stands in quotes, callouts and lists says so in its
 * `quotes`, `indent` and `marker`. Every word that a reader must find is in it, in order (`readerText`); footnotes last.
 */
export function flatten(doc: Doc): Block[] {
  const levels = headingLevels(doc);
  const notes = doc.notes.flatMap(({ number, tokens }) => noteBlocks(number, tokens, levels));
  return [...flatBlocks(doc.tokens, TOP, levels), ...notes];
}
