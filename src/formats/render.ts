import type { Token, Tokens } from "marked";
import { joinLines } from "./chinese.ts";
import { type Credit, creditLine } from "./credits.ts";
import { decodeEntities } from "./entities.ts";
import { safeUrl } from "./html.ts";
import {
  type CalloutKind,
  type Card,
  contentOf,
  type KanfaToken,
  known,
  literal,
  type Note,
  type Verse,
  walk,
} from "./tokens.ts";

/** A link: its rendered content, its plain label, and where it goes (null: nowhere a reader may be sent). */
export type Link = {
  readonly inner: string;
  readonly label: string;
  readonly url: string | null;
  readonly bare: boolean;
};

/** An image: its address as the manuscript has it, not yet judged, and its plain caption. */
export type Image = { readonly src: string; readonly alt: string };

/** A table cell, rendered. */
export type Cell = { readonly inner: string; readonly align: "left" | "center" | "right" | null };

/** How a format writes what stands in a line. `text` and `code` get literal characters and must escape them. */
type Inline = {
  text(literal: string): string;
  code(literal: string): string;
  strong(inner: string): string;
  em(inner: string): string;
  del(inner: string): string;
  br(): string;
  link(link: Link): string;
  image(image: Image): string;
  checkbox(checked: boolean): string;
  /** `inLink`: it stands in a link's words, where HTML has no second link. */
  noteRef(note: Note, inLink?: true): string;
};

/** A callout, rendered. A title is never empty but for tags. */
type RenderedCallout = {
  readonly kind: CalloutKind;
  readonly title: string;
  readonly blocks: readonly string[];
};

/** A video or a code to scan, rendered: `lines` are its words, the link among them; `image` its cover, or the code. */
export type RenderedCard = {
  readonly kind: Card["kind"];
  readonly title: string;
  readonly image: Image | null;
  readonly url: string | null;
  readonly lines: readonly string[];
};

/**
 * How a format writes blocks too. `level` counts the lists around one; `figure` is an image alone in its paragraph, with
 * the caption that stands under it, rendered; `credit` a line that says where a text comes from or who made it; `language`
 * what stands after a code block's fence, or nothing.
 */
export type Format = Inline & {
  paragraph(inner: string): string;
  credit(inner: string, kind: Credit): string;
  figure(image: Image, caption: string): string;
  heading(inner: string, depth: number): string;
  list(list: Tokens.List, level: number): string;
  quote(blocks: readonly string[]): string;
  pre(literal: string, language: string): string;
  table(header: readonly Cell[], rows: readonly (readonly Cell[])[]): string;
  rule(): string;
  callout(callout: RenderedCallout): string;
  verse(title: string, stanzas: readonly (readonly string[])[]): string;
  card(card: RenderedCard): string;
};

// Longer than this a paragraph is no credit, whatever tags are in it, nor with a full stop in it: most are not asked about
// their words.
const MARKED_UP_CREDIT = 600;

/** Whether raw HTML is a `<br>`, the only tag that a manuscript may use. */
export const isBreak = (token: Tokens.HTML | Tokens.Tag): boolean => /^<br\s*\/?>$/i.test(token.text);

/** An image token's address and words. */
export function imageOf(token: Tokens.Image): Image {
  return { src: decodeEntities(token.href), alt: plainText(token.tokens) };
}

/** How an address is written out for people: a mail address or a telephone number without its scheme. */
export const spelledOut = (url: string): string => url.replace(/^(?:mailto|tel):/i, "");

/** Where a link goes: an address that `safeUrl` lets through, or null. */
export const linkUrl = (token: Tokens.Link): string | null =>
  safeUrl(token.autolink === true ? token.href : decodeEntities(token.href), "link");

function linkOf(token: Tokens.Link, to: Inline): Link {
  const bare = token.autolink === true;
  const url = linkUrl(token);
  const content = contentOf(token);
  // A raw `</a>` makes marked look for addresses inside a link's text; HTML has no link inside a link.
  const inner = renderInline(content, to, true);
  if (inner !== "" || url === null) return { inner, label: plainText(content), url, bare };
  return { inner: to.text(spelledOut(url)), label: spelledOut(url), url, bare };
}

function inline(token: KanfaToken, to: Inline, inLink?: true): string {
  switch (token.type) {
    case "noteRef":
      return token.note === null ? to.text(token.raw) : to.noteRef(token.note, inLink);
    case "strong":
      return to.strong(renderInline(token.tokens, to, inLink));
    case "em":
      return to.em(renderInline(token.tokens, to, inLink));
    case "del":
      return to.del(renderInline(token.tokens, to, inLink));
    case "link":
      return inLink ? linkOf(token, to).inner : to.link(linkOf(token, to));
    case "image":
      return to.image(imageOf(token));
    case "codespan":
      return to.code(literal(token));
    case "br":
      return to.br();
    case "checkbox":
      return to.checkbox(token.checked);
    case "html":
      return isBreak(token) ? to.br() : to.text(literal(token));
    case "text":
      return token.tokens === undefined ? to.text(literal(token)) : renderInline(token.tokens, to, inLink);
    case "escape":
      return to.text(literal(token));
    default:
      return "";
  }
}

/**
 * Tokens of one line, rendered; line breaks of the source are still in it (see `renderLine`). `inLink`: they are a link's
 * words, in which there are no links.
 */
function renderInline(tokens: readonly Token[], to: Inline, inLink?: true): string {
  let line = "";
  for (const token of known(tokens)) line += inline(token, to, inLink);
  return line;
}

/** A paragraph's or a heading's content as one line. */
export function renderLine(tokens: readonly Token[], to: Inline): string {
  return joinLines(renderInline(tokens, to)).trim();
}

function cell(token: Tokens.TableCell, to: Inline): Cell {
  return { inner: renderLine(token.tokens, to), align: token.align };
}

const isBlank = (token: KanfaToken): boolean =>
  token.type === "br" || (token.type === "text" && token.tokens === undefined && token.text.trim() === "");

/** An image alone in its paragraph; `caption` are the words on the lines below it, if any. */
type Figure = { readonly image: Tokens.Image; readonly caption: readonly Token[] };

/**
 * The figures that a paragraph is, or none. Several images, one a line, are one paragraph to Markdown and as many figures
 * to its author; words on the lines below the last one are its caption.
 */
export function figuresOf(tokens: readonly Token[]): Figure[] {
  const line = known(tokens);
  if (line[0]?.type !== "image" && !(line[0] && isBlank(line[0]))) return [];
  let at = 0;
  const figures: Figure[] = [];
  for (let token = line[at]; token !== undefined && (token.type === "image" || isBlank(token)); token = line[++at]) {
    if (token.type === "image") figures.push({ image: token, caption: [] });
  }
  const last = figures.pop();
  if (last === undefined) return [];
  const caption = line.slice(at);
  const before = line[at - 1];
  const [first] = caption;
  if (first === undefined) return [...figures, last];
  const ownLine = before?.type === "br" || (first.type === "text" && first.raw.startsWith("\n"));
  return ownLine && !holdsImage(caption) ? [...figures, { ...last, caption }] : [];
}

function holdsImage(tokens: readonly Token[]): boolean {
  let found = false;
  walk(tokens, ({ type }) => (found ||= type === "image"));
  return found;
}

function figure({ image, caption }: Figure, to: Format): string {
  const facts = imageOf(image);
  const under = caption.length > 0 ? renderLine(caption, to) : to.text(imageTitle(image) || facts.alt);
  return to.figure(facts, under);
}

/** The words in quotes after an image's address: its caption where it is a figure. */
export const imageTitle = ({ title }: Tokens.Image): string => (title ? decodeEntities(title) : "");

function paragraph(tokens: readonly Token[], to: Format): string[] {
  const figures = figuresOf(tokens);
  if (figures.length > 0) return figures.map((each) => figure(each, to));
  const inner = renderLine(tokens, to);
  if (inner === "") return [];
  const sentence = inner.length > MARKED_UP_CREDIT || inner.includes("。");
  const credit = sentence ? null : creditLine(plainText(tokens));
  return [credit === null ? to.paragraph(inner) : to.credit(inner, credit)];
}

function verse({ title, stanzas }: Verse, to: Format): string[] {
  const lines = stanzas
    .map((stanza) => stanza.map((line) => renderLine(line, to)).filter(Boolean))
    .filter((stanza) => stanza.length > 0);
  const heading = renderLine(title, to);
  return lines.length === 0 && heading === "" ? [] : [to.verse(heading, lines)];
}

/** A card's image (the first that has a line of its own), where its first link goes, and its other lines. */
export function cardParts({ lines }: Card): { image: Image | null; url: string | null; words: readonly Token[][] } {
  const alone = lines.findIndex((line) => line.length === 1 && line[0]?.type === "image");
  const [image] = known(lines[alone] ?? []);
  const words = lines.filter((_, index) => index !== alone);
  const link = known(words.flat()).find((token) => token.type === "link");
  return {
    image: image?.type === "image" ? imageOf(image) : null,
    url: link?.type === "link" ? linkUrl(link) : null,
    words,
  };
}

function card(token: Card, to: Format): string[] {
  const { kind, title } = token;
  const { image, url, words } = cardParts(token);
  const rendered = words.map((line) => renderLine(line, to)).filter(Boolean);
  const heading = renderLine(title, to);
  if (heading === "" && image === null && rendered.length === 0) return [];
  return [to.card({ kind, title: heading, image, url, lines: rendered })];
}

function heading(token: Tokens.Heading, to: Format): string[] {
  const inner = renderLine(token.tokens, to);
  return inner === "" ? [] : [to.heading(inner, token.depth)];
}

function quote(tokens: readonly Token[], to: Format): string[] {
  const blocks = renderBlocks(tokens, to);
  return blocks.length === 0 ? [] : [to.quote(blocks)];
}

function block(token: KanfaToken, to: Format, level: number): string[] {
  switch (token.type) {
    case "space":
    case "def":
    case "noteDef":
      return [];
    case "callout": {
      const title = renderLine(token.title, to);
      return [to.callout({ kind: token.kind, title, blocks: renderBlocks(token.tokens, to) })];
    }
    case "verse":
      return verse(token, to);
    case "card":
      return card(token, to);
    case "heading":
      return heading(token, to);
    case "paragraph":
      return paragraph(token.tokens, to);
    case "list":
      return [to.list(token, level)];
    case "blockquote":
      return quote(token.tokens, to);
    case "code":
      return [to.pre(literal(token), token.lang ?? "")];
    case "hr":
      return [to.rule()];
    case "table":
      return [
        to.table(
          token.header.map((head) => cell(head, to)),
          token.rows.map((row) => row.map((data) => cell(data, to))),
        ),
      ];
    default:
      return paragraph([token], to);
  }
}

/** The blocks, each rendered, without those that show nothing. */
export function renderBlocks(tokens: readonly Token[], to: Format, level = 0): string[] {
  const blocks: string[] = [];
  for (const token of known(tokens)) {
    for (const rendered of block(token, to, level)) if (rendered !== "") blocks.push(rendered);
  }
  return blocks;
}

const PLAIN: Inline = {
  text: (text) => text,
  code: (text) => text,
  strong: (inner) => inner,
  em: (inner) => inner,
  del: (inner) => inner,
  br: () => "\n",
  link: (link) => link.inner,
  image: () => "",
  checkbox: () => "",
  noteRef: () => "",
};

/** Only the words: no marks, addresses or images. */
export function plainText(tokens: readonly Token[]): string {
  return renderLine(tokens, PLAIN);
}
