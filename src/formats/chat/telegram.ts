import type { Block } from "../flat.ts";
import type { Run } from "../runs.ts";
import { allBold, imageLink, lineEnds, lineLead, tableLines } from "./blocks.ts";
import { cutText, fitBlocks, fitSeveral, type Several } from "./cut.ts";
import { linkWords, oneLine, pictureUrl, type Piece, type Summary } from "./piece.ts";

/** A stretch of a text that looks some way; `offset` and `length` in UTF-16 units (core.telegram.org/bots/api#messageentity). */
export type Entity = { readonly offset: number; readonly length: number } & (
  | { readonly type: "bold" | "italic" | "strikethrough" | "code" | "blockquote" | "expandable_blockquote" }
  | { readonly type: "pre"; readonly language?: string }
  | { readonly type: "text_link"; readonly url: string }
);
type TelegramText = { readonly text: string; readonly entities: readonly Entity[] };

/** The body of `sendMessage`, without the chat: no `parse_mode`, so nothing in the text is markup. */
export type TelegramMessage = TelegramText & { readonly link_preview_options: { readonly is_disabled: true } };
/** The body of `sendPhoto`, without the chat. */
export type TelegramPhoto = {
  readonly photo: string;
  readonly caption: string;
  readonly caption_entities: readonly Entity[];
};

const TELEGRAM_TEXT = 4096;
const TELEGRAM_CAPTION = 1024;
// Known of the servers, not in the documentation: what is beyond the hundredth entity is dropped without a word.
const MOST_ENTITIES = 100;
const LONG_QUOTE = 600;

// Entities leave the server's own search for `@name` on, and a group's member would be called. No other way of writing it
// keeps it from doing so outside code; `＠` is what Chinese readers see for it anyway.
const unmentioned = (text: string): string => text.replaceAll(/(?<!\w)@(?=\w)/g, "＠");

const LOOKS = [
  ["bold", "bold"],
  ["italic", "italic"],
  ["strike", "strikethrough"],
] as const;

function entitiesOf(runs: readonly Run[], start: number): Entity[] {
  const entities: Entity[] = [];
  const open = new Map<string, Entity>();
  let at = start;
  const grow = (key: string, entity: Entity): void => {
    const last = open.get(key);
    if (last !== undefined && last.offset + last.length === at) {
      const longer = { ...last, length: last.length + entity.length };
      entities[entities.indexOf(last)] = longer;
      open.set(key, longer);
    } else {
      entities.push(entity);
      open.set(key, entity);
    }
  };
  for (const run of runs) {
    const place = { offset: at, length: run.text.length };
    if (run.text.trim() !== "") {
      if (run.link !== undefined) grow(`link ${run.link}`, { ...place, type: "text_link", url: run.link });
      // `code` may overlap with nothing else.
      if (run.code && run.link === undefined) grow("code", { ...place, type: "code" });
      else for (const [look, type] of LOOKS) if (run[look]) grow(type, { ...place, type });
    }
    at += run.text.length;
  }
  return entities;
}

function written(runs: readonly Run[]): TelegramText {
  const text = runs.map(({ text }) => text).join("");
  if (!text.includes("@")) return { text, entities: entitiesOf(runs, 0) };
  // As long as before, so that the runs still fit; code calls nobody.
  const safe = unmentioned(text);
  let at = 0;
  const shown = runs.map((run) => {
    const part = safe.slice(at, at + run.text.length);
    at += run.text.length;
    return { ...run, text: run.code && run.link === undefined ? run.text : part };
  });
  return { text: shown.map(({ text }) => text).join(""), entities: entitiesOf(shown, 0) };
}

type Part = TelegramText & { readonly quoted: boolean; readonly lead: string };

function blockText(block: Block): TelegramText {
  switch (block.kind) {
    case "text":
      return written(block.runs);
    case "heading":
      return written(allBold(block.runs));
    case "code": {
      const language = /^[\w+#.-]{1,30}$/.exec(block.language)?.[0];
      const entity = { type: "pre" as const, offset: 0, length: block.text.length, ...(language && { language }) };
      return { text: block.text, entities: block.text.trim() === "" ? [] : [entity] };
    }
    case "image":
      return written(imageLink(block).runs);
    case "table":
      return written(tableLines(block).runs);
    case "rule":
      return { text: "———", entities: [] };
  }
}

const lengthOf = ({ text, lead }: Part): readonly number[] => [text.length + lead.length];

const WRITING = {
  write(block: Block, previous: Block | null): Part | null {
    const { text, entities } = blockText(block);
    const before = previous === null ? "" : "\n".repeat(lineEnds(previous, block));
    const lead = before + unmentioned(lineLead(block));
    if (text === "" && block.marker === "") return null;
    return { text, entities, quoted: block.quotes > 0, lead };
  },
  cost: lengthOf,
  atMost: lengthOf,
};

const FIRST_KEPT = ["text_link", "pre", "code"];
const isQuote = ({ type }: Entity): boolean => type.endsWith("blockquote");
// What holds another entity comes before it, a quote even before code that is all of it.
const outerFirst = (a: Entity, b: Entity): number =>
  a.offset - b.offset || b.length - a.length || Number(isQuote(b)) - Number(isQuote(a));
const rank = ({ type }: Entity): number => (FIRST_KEPT.includes(type) ? FIRST_KEPT.indexOf(type) : FIRST_KEPT.length);

class Builder {
  text = "";
  entities: Entity[] = [];
  #quote = -1;

  add({ text, entities }: TelegramText, lead = "", quoted = false): void {
    if (!quoted) this.#endQuote();
    const breaks = /^\n*/.exec(lead)?.[0] ?? "";
    this.text += breaks;
    if (quoted && this.#quote < 0) this.#quote = this.text.length;
    this.text += lead.slice(breaks.length);
    const start = this.text.length;
    for (const entity of entities) this.entities.push({ ...entity, offset: entity.offset + start });
    this.text += text;
  }

  #endQuote(): void {
    if (this.#quote < 0) return;
    const offset = this.#quote;
    const length = this.text.length - offset;
    this.#quote = -1;
    if (this.text.slice(offset).trim() === "") return;
    this.entities.push({ type: length > LONG_QUOTE ? "expandable_blockquote" : "blockquote", offset, length });
  }

  /**
   * Of too many entities links stay first, the last of them above all: a look that is lost costs no reader the way. Code
   * that is not marked as code any more calls nobody either.
   */
  end(): TelegramText {
    this.#endQuote();
    const ordered = this.entities.toSorted((a, b) => rank(a) - rank(b) || a.offset - b.offset);
    const last = ordered.findLastIndex(({ type }) => type === "text_link");
    ordered.unshift(...ordered.splice(Math.max(last, 0), 1));
    const entities = ordered.slice(0, MOST_ENTITIES).sort(outerFirst);
    let { text } = this;
    for (const { type, offset, length } of ordered.slice(MOST_ENTITIES)) {
      if (type !== "code" && type !== "pre") continue;
      const end = offset + length;
      text = text.slice(0, offset) + unmentioned(text.slice(offset, end)) + text.slice(end);
    }
    return { text, entities };
  }
}

const link = (text: string, url: string, bold = false): TelegramText => {
  const run: Run = bold ? { text, link: url, bold: true } : { text, link: url };
  return written([run]);
};

function article(piece: Piece, limit: number): TelegramText {
  const builder = new Builder();
  builder.add(written([{ text: cutText(piece.title, 200), bold: true }]));
  const standingLine = cutText(piece.standing, 100);
  if (standingLine !== "") builder.add(written([{ text: standingLine, italic: true }]), "\n");
  const tail = linkWords(false);
  const { parts, whole } = fitBlocks(piece.blocks, WRITING, [limit - builder.text.length - tail.length - 4]);
  for (const [index, { lead, quoted, ...part }] of parts.entries())
    builder.add(part, index === 0 ? `\n\n${lead}` : lead, quoted);
  builder.add(link(linkWords(whole), piece.url), "\n\n");
  return builder.end();
}

/** An article for `sendMessage`: at most 4,096 UTF-16 units. */
export function telegramMessage(piece: Piece): TelegramMessage {
  return { ...article(piece, TELEGRAM_TEXT), link_preview_options: { is_disabled: true } };
}

/** An article under its cover, for `sendPhoto`: at most 1,024 UTF-16 units. Null without an https cover. */
export function telegramPhoto(piece: Piece): TelegramPhoto | null {
  const photo = pictureUrl(piece.cover, piece.url);
  if (photo === null) return null;
  const { text, entities } = article(piece, TELEGRAM_CAPTION);
  return { photo, caption: text, caption_entities: entities };
}

/** Several posts in one message: titles that are links, each with its digest. */
export function telegramList(posts: readonly Summary[]): Several<TelegramMessage> {
  const make = (some: readonly Summary[]): TelegramMessage => {
    const builder = new Builder();
    for (const [index, { title, digest, url }] of some.entries()) {
      const lead = some.length === 1 ? "" : `${index + 1}. `;
      builder.add(link(cutText(oneLine(title), 200), url, true), `${index === 0 ? "" : "\n\n"}${lead}`);
      const words = cutText(oneLine(digest, ""), 300);
      if (words !== "") builder.add(written([{ text: words }]), "\n");
    }
    return { ...builder.end(), link_preview_options: { is_disabled: true } };
  };
  return fitSeveral(posts, MOST_ENTITIES / 2, make, ({ text }) => text.length <= TELEGRAM_TEXT);
}

/** A plain text for `sendMessage`. */
export const telegramText = (text: string): TelegramMessage => ({
  text: cutText(unmentioned(text.trim()), TELEGRAM_TEXT),
  entities: [],
  link_preview_options: { is_disabled: true },
});
