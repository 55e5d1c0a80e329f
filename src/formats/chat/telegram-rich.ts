import type { Block } from "../flat.ts";
import type { Run } from "../runs.ts";
import { lineLead, tableLines } from "./blocks.ts";
import { codePoints, cutText, utf16Length } from "./cut.ts";
import { linkWords, type Piece } from "./piece.ts";
import { telegramMessage, type TelegramMessage } from "./telegram.ts";

/** What we use of Bot API 10.1's `RichText`. */
type RichText =
  | string
  | readonly RichText[]
  | { readonly type: "bold" | "italic" | "strikethrough" | "code"; readonly text: RichText }
  | { readonly type: "url"; readonly text: RichText; readonly url: string };

type RichCell = {
  readonly text: RichText;
  readonly is_header?: true;
  readonly align: "left" | "center" | "right";
  readonly valign: "top";
};
/** What we use of Bot API 10.1's `InputRichBlock`. */
type RichBlock =
  | { readonly type: "paragraph"; readonly text: RichText }
  | { readonly type: "heading"; readonly text: RichText; readonly size: 1 | 2 | 3 | 4 | 5 | 6 }
  | { readonly type: "pre"; readonly text: RichText; readonly language?: string }
  | { readonly type: "divider" }
  | { readonly type: "blockquote"; readonly blocks: readonly RichBlock[] }
  | { readonly type: "photo"; readonly photo: { readonly type: "photo"; readonly media: string } }
  | { readonly type: "table"; readonly cells: readonly (readonly RichCell[])[]; readonly is_bordered: true };

/** The body of `sendRichMessage`, without the chat. Blocks, not markup; and nothing in their text is looked for. */
export type TelegramRich = {
  readonly rich_message: { readonly blocks: readonly RichBlock[]; readonly skip_entity_detection: true };
};

// Characters, blocks (rows and quotes count), media and columns: the limits of a rich message.
const RICH = { characters: 32_768, blocks: 500, media: 50, columns: 20 };

function richRun({ text, link, bold, italic, strike, code }: Run): RichText {
  let rich: RichText = text;
  if (code) rich = { type: "code", text: rich };
  if (strike) rich = { type: "strikethrough", text: rich };
  if (italic) rich = { type: "italic", text: rich };
  if (bold) rich = { type: "bold", text: rich };
  return link === undefined ? rich : { type: "url", text: rich, url: link };
}

function richText(runs: readonly Run[], lead = ""): RichText {
  const [only] = runs;
  if (lead === "" && runs.length === 1 && only !== undefined) return richRun(only);
  const parts = runs.map(richRun);
  if (lead !== "") parts.unshift(lead);
  return parts.length === 1 ? lead : parts;
}

function richBlock(block: Block): RichBlock[] {
  const lead = lineLead(block);
  switch (block.kind) {
    case "text":
      return block.runs.length === 0 && lead.trim() === ""
        ? []
        : [{ type: "paragraph", text: richText(block.runs, lead) }];
    case "heading": {
      const size = Math.min(Math.max(block.depth, 1), 6) as 1 | 2 | 3 | 4 | 5 | 6;
      return [{ type: "heading", size, text: richText(block.runs, lead) }];
    }
    case "code": {
      const language = /^[\w+#.-]{1,30}$/.exec(block.language)?.[0];
      const pre: RichBlock = { type: "pre", text: block.text, ...(language && { language }) };
      return [...marked(block), ...(block.text.trim() === "" ? [] : [pre])];
    }
    case "image":
      return [...marked(block), { type: "photo", photo: { type: "photo", media: block.src } }];
    case "rule":
      return [...marked(block), { type: "divider" }];
    case "table": {
      if (block.header.length > RICH.columns) return richBlock(tableLines(block));
      const row = (cells: readonly (readonly Run[])[], head: boolean): RichCell[] =>
        cells.map((cell, index) => {
          const text = richText(cell);
          const align = block.align[index] ?? "left";
          return head ? { text, is_header: true, align, valign: "top" } : { text, align, valign: "top" };
        });
      const cells = [row(block.header, true), ...block.rows.map((each) => row(each, false))];
      return [...marked(block), { type: "table", cells, is_bordered: true }];
    }
  }
}

// What stands in a list and is no text has its mark on a line before it.
const marked = (block: Block): RichBlock[] =>
  block.marker === "" ? [] : [{ type: "paragraph", text: lineLead(block).trimEnd() }];

function richBlocks(blocks: readonly Block[]): RichBlock[] {
  const rich: RichBlock[] = [];
  let quote: RichBlock[] | null = null;
  for (const block of blocks) {
    if (block.quotes === 0) {
      quote = null;
      rich.push(...richBlock(block));
    } else {
      const inner = richBlock(block);
      if (quote !== null) quote.push(...inner);
      else if (inner.length > 0) rich.push({ type: "blockquote", blocks: (quote = inner) });
    }
  }
  return rich;
}

function lengthOf(rich: RichText, count: (text: string) => number): number {
  if (typeof rich === "string") return count(rich);
  if ("type" in rich) return lengthOf(rich.text, count);
  let length = 0;
  for (const part of rich) length += lengthOf(part, count);
  return length;
}

type Size = { characters: number; blocks: number; media: number };

function sizeOf(blocks: readonly RichBlock[], count: (text: string) => number): Size {
  const size = { characters: 0, blocks: 0, media: 0 };
  for (const block of blocks) {
    size.blocks++;
    if (block.type === "photo") size.media++;
    if ("text" in block) size.characters += lengthOf(block.text, count);
    if (block.type === "table") {
      size.blocks += block.cells.length;
      for (const row of block.cells) for (const { text } of row) size.characters += lengthOf(text, count);
    }
    if (block.type === "blockquote") {
      const inner = sizeOf(block.blocks, count);
      size.characters += inner.characters;
      size.blocks += inner.blocks;
      size.media += inner.media;
    }
  }
  return size;
}

/** A whole article as a rich message, or null when it is over a limit of those (then `telegramMessage` cuts it). */
export function telegramRich(piece: Piece): TelegramRich | null {
  const standingLine = cutText(piece.standing, 100);
  const blocks: RichBlock[] = [
    { type: "heading", size: 1, text: cutText(piece.title, 200) },
    ...(standingLine === ""
      ? []
      : [{ type: "paragraph" as const, text: { type: "italic" as const, text: standingLine } }]),
    ...richBlocks(piece.blocks),
    { type: "paragraph", text: { type: "url", text: linkWords(true), url: piece.url } },
  ];
  const fits = ({ characters, blocks, media }: Size): boolean =>
    characters <= RICH.characters && blocks <= RICH.blocks && media <= RICH.media;
  // No text has more code points than UTF-16 units.
  if (!fits(sizeOf(blocks, utf16Length)) && !fits(sizeOf(blocks, codePoints))) return null;
  return { rich_message: { blocks, skip_entity_detection: true } };
}

/** An article for Telegram: the method to call, and its body without the chat. */
export type TelegramCall =
  | { readonly method: "sendRichMessage"; readonly body: TelegramRich }
  | { readonly method: "sendMessage"; readonly body: TelegramMessage };

/** An article as a rich message where it fits into one, else as a message that is cut. */
export function renderTelegram(piece: Piece): TelegramCall {
  const body = telegramRich(piece);
  if (body !== null) return { method: "sendRichMessage", body };
  return { method: "sendMessage", body: telegramMessage(piece) };
}
