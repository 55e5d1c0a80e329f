import type { MarkedToken, Token, Tokens } from "marked";
import { decodeEntities } from "./entities.ts";
import { replacer } from "./replacer.ts";

/** A box of its own (`::: 提示`): its kind gives it its colour, its title its first line. */
export type Callout = {
  readonly type: "callout";
  readonly raw: string;
  readonly kind: CalloutKind;
  readonly title: readonly Token[];
  readonly tokens: Token[];
};
export type CalloutKind = "tip" | "warning" | "important" | "note";

/** Lines that stay lines (`::: 诗`), in stanzas. */
export type Verse = {
  readonly type: "verse";
  readonly raw: string;
  readonly title: readonly Token[];
  readonly stanzas: readonly (readonly Token[][])[];
};

/** A video to watch (`::: 视频`) or a code to scan (`::: 二维码`): lines of words, one of them a link, one an image. */
export type Card = {
  readonly type: "card";
  readonly raw: string;
  readonly kind: "video" | "qrcode";
  readonly title: readonly Token[];
  readonly lines: readonly Token[][];
};

/** The mark of a footnote in a line. `note` is null until the whole tree is read, and stays so if nothing defines it. */
type NoteRef = { readonly type: "noteRef"; readonly raw: string; readonly label: string; note: Note | null };

/** A footnote's text where the manuscript has it; renderers write it at the end, from `Doc.notes`. */
export type NoteDef = {
  readonly type: "noteDef";
  readonly raw: string;
  readonly label: string;
  readonly tokens: Token[];
};

/** A footnote: numbered from 1 in the order of the first marks; those that nothing refers to come last. */
export type Note = { readonly number: number; readonly tokens: readonly Token[] };

export type KanfaToken = MarkedToken | Callout | Verse | Card | NoteRef | NoteDef;

/** The tokens with their own types: marked's, and those of `tree.ts`. */
export const known = (tokens: readonly Token[]): readonly KanfaToken[] => tokens as readonly KanfaToken[];

/** The text without what XML feeds cannot carry: controls and what is no character. */
// oxlint-disable-next-line no-control-regex
export const withoutControls = replacer(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/, () => "");

/** The characters that a leaf token stands for: references resolved, HTML comments gone, other raw HTML as it was typed. */
export function literal(
  token: Tokens.Text | Tokens.Escape | Tokens.HTML | Tokens.Tag | Tokens.Code | Tokens.Codespan,
): string {
  switch (token.type) {
    case "text":
      if (!token.raw.includes("&")) return token.text;
      // marked resolves numbers and we names. A reference such as `&#1;` brings in what the text itself has no more.
      return withoutControls(token.escaped ? token.text : decodeEntities(token.text));
    case "html":
      // A comment left open runs to the end of the manuscript: it is shown, lest the rest of an article vanish unseen.
      return withoutComments(token.text);
    case "code":
      return token.text.replace(/\n$/, "");
    default:
      return token.text;
  }
}

function withoutComments(html: string): string {
  let rest = html;
  let kept = "";
  for (;;) {
    const start = rest.indexOf("<!--");
    const end = start < 0 ? -1 : rest.indexOf("-->", start + 4);
    if (end < 0) return kept + rest;
    kept += rest.slice(0, start);
    rest = rest.slice(end + 3);
  }
}

/**
 * What stands in a link. An address between `<>` or bare in the text is literal (CommonMark 6.5): references in it are
 * not resolved.
 */
export function contentOf(link: Tokens.Link): readonly Token[] {
  return link.autolink ? [{ type: "text", raw: link.raw, text: link.text, escaped: true }] : link.tokens;
}

/** A list item as its own line of text (null: it starts with something else) and the blocks after it. */
export function splitItem(item: Tokens.ListItem): { lead: readonly Token[] | null; rest: readonly Token[] } {
  const tokens = known(item.tokens).filter((token) => token.type !== "space" && token.type !== "checkbox");
  const [first, ...rest] = tokens;
  if (first?.type === "text" || first?.type === "paragraph") return { lead: first.tokens ?? [first], rest };
  return { lead: null, rest: tokens };
}

/** The mark before a list item in formats that have no lists: `• `, `1. `, or a task's box. */
export function itemMarker(list: Tokens.List, index: number): string {
  const item = list.items[index];
  if (item?.task) return item.checked ? "☑ " : "☐ ";
  return list.ordered ? `${(list.start || 0) + index}. ` : "• ";
}

/** Calls `visit` on every token in reading order, those in lists, tables, quotes and links too, none in an image. */
export function walk(tokens: readonly Token[], visit: (token: KanfaToken) => void): void {
  for (const token of known(tokens)) {
    visit(token);
    for (const children of childrenOf(token)) walk(children, visit);
  }
}

function childrenOf(token: KanfaToken): readonly (readonly Token[])[] {
  switch (token.type) {
    case "callout":
      return [token.title, token.tokens];
    case "verse":
      return [token.title, ...token.stanzas.flat()];
    case "card":
      return [token.title, ...token.lines];
    // Read where it is written, at the end: see `walkDoc` in tree.ts.
    case "noteDef":
      return [];
    case "list":
      return [token.items];
    case "table":
      return [token.header, ...token.rows].flatMap((row) => row.map((data) => data.tokens));
    case "image":
      return [];
    case "link":
      return [contentOf(token)];
    default:
      return "tokens" in token && token.tokens !== undefined ? [token.tokens] : [];
  }
}
