import type { MarkedToken, Token, Tokens } from "marked";
import { joinLines } from "./chinese.ts";
import { decodeEntities } from "./entities.ts";
import { safeUrl } from "./html.ts";
import { contentOf, known, literal } from "./tokens.ts";

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
export type Inline = {
  text(literal: string): string;
  code(literal: string): string;
  strong(inner: string): string;
  em(inner: string): string;
  del(inner: string): string;
  br(): string;
  link(link: Link): string;
  image(image: Image): string;
  checkbox(checked: boolean): string;
};

/** How a format writes blocks too. `level` counts the lists around one; `figure` is an image alone in its paragraph. */
export type Format = Inline & {
  paragraph(inner: string): string;
  figure(image: Image): string;
  heading(inner: string, depth: number): string;
  list(list: Tokens.List, level: number): string;
  quote(blocks: readonly string[]): string;
  pre(literal: string): string;
  table(header: readonly Cell[], rows: readonly (readonly Cell[])[]): string;
  rule(): string;
};

const isBreak = (token: Tokens.HTML | Tokens.Tag): boolean => /^<br\s*\/?>$/i.test(token.text);

function imageOf(token: Tokens.Image): Image {
  return { src: decodeEntities(token.href), alt: plainText(token.tokens) };
}

/** How an address is written out for people: a mail address or a telephone number without its scheme. */
export const spelledOut = (url: string): string => url.replace(/^(?:mailto|tel):/i, "");

function linkOf(token: Tokens.Link, to: Inline): Link {
  const bare = token.autolink === true;
  const url = safeUrl(bare ? token.href : decodeEntities(token.href), "link");
  const content = contentOf(token);
  // A raw `</a>` makes marked look for addresses inside a link's text; HTML has no link inside a link.
  const inner = renderInline(content, { ...to, link: (link) => link.inner });
  if (inner !== "" || url === null) return { inner, label: plainText(content), url, bare };
  return { inner: to.text(spelledOut(url)), label: spelledOut(url), url, bare };
}

function inline(token: MarkedToken, to: Inline): string {
  switch (token.type) {
    case "strong":
      return to.strong(renderInline(token.tokens, to));
    case "em":
      return to.em(renderInline(token.tokens, to));
    case "del":
      return to.del(renderInline(token.tokens, to));
    case "link":
      return to.link(linkOf(token, to));
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
      return token.tokens === undefined ? to.text(literal(token)) : renderInline(token.tokens, to);
    case "escape":
      return to.text(literal(token));
    default:
      return "";
  }
}

/** Tokens of one line, rendered; line breaks of the source are still in it (see `renderLine`). */
export function renderInline(tokens: readonly Token[], to: Inline): string {
  return known(tokens)
    .map((token) => inline(token, to))
    .join("");
}

/** A paragraph's or a heading's content as one line. */
export function renderLine(tokens: readonly Token[], to: Inline): string {
  return joinLines(renderInline(tokens, to)).trim();
}

function cell(token: Tokens.TableCell, to: Inline): Cell {
  return { inner: renderLine(token.tokens, to), align: token.align };
}

// Several images, one a line, are one paragraph to Markdown and as many figures to its author.
function imagesAlone(tokens: readonly Token[]): Tokens.Image[] {
  const visible = known(tokens).filter(
    (token) => token.type !== "br" && !(token.type === "text" && !token.text.trim()),
  );
  const images = visible.filter((token) => token.type === "image");
  return images.length === visible.length ? images : [];
}

function paragraph(tokens: readonly Token[], to: Format): string[] {
  const images = imagesAlone(tokens);
  if (images.length > 0) return images.map((image) => to.figure(imageOf(image)));
  const inner = renderLine(tokens, to);
  return inner === "" ? [] : [to.paragraph(inner)];
}

function heading(token: Tokens.Heading, to: Format): string[] {
  const inner = renderLine(token.tokens, to);
  return inner === "" ? [] : [to.heading(inner, token.depth)];
}

function quote(tokens: readonly Token[], to: Format): string[] {
  const blocks = renderBlocks(tokens, to);
  return blocks.length === 0 ? [] : [to.quote(blocks)];
}

function block(token: MarkedToken, to: Format, level: number): string[] {
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      return heading(token, to);
    case "paragraph":
      return paragraph(token.tokens, to);
    case "list":
      return [to.list(token, level)];
    case "blockquote":
      return quote(token.tokens, to);
    case "code":
      return [to.pre(literal(token))];
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
  return known(tokens)
    .flatMap((token) => block(token, to, level))
    .filter((rendered) => rendered !== "");
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
};

/** Only the words: no marks, addresses or images. */
export function plainText(tokens: readonly Token[]): string {
  return renderLine(tokens, PLAIN);
}
