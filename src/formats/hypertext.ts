/** What the media in HTML share: pages, feeds and letters. */
import type { Tokens } from "marked";
import { absolute } from "../platform/address.ts";
import { escapeHtml } from "./html.ts";
import { type Format, type RenderedCard, renderBlocks, renderLine, spelledOut } from "./render.ts";
import { known } from "./tokens.ts";

/** What stands in a line and needs no attribute. */
export const MARKS = {
  text: escapeHtml,
  strong: (inner: string) => `<strong>${inner}</strong>`,
  em: (inner: string) => `<em>${inner}</em>`,
  del: (inner: string) => `<del>${inner}</del>`,
  br: () => "<br>",
} as const;

/** A task's box in words, for media without forms. */
export const boxOf = (checked: boolean): string => (checked ? "☑ " : "☐ ");

/** What stands in each item of a list, in the tags of `format`. `level` counts the lists around it. */
export function itemsOf(list: Tokens.List, format: Format, level: number): string[] {
  return list.items.map((item) => {
    let inner = "";
    for (const token of known(item.tokens)) {
      if (token.type === "checkbox") inner += format.checkbox(item.checked === true);
      else if (token.type === "text") inner += renderLine([token], format);
      else inner += renderBlocks([token], format, level + 1).join("");
    }
    return inner;
  });
}

/** The tag of a list, and its `start` where it is not the usual one. */
export function listTag(list: Tokens.List): { tag: "ol" | "ul"; start: string } {
  const start = list.ordered && list.start !== 1 ? ` start="${list.start}"` : "";
  return { tag: list.ordered ? "ol" : "ul", start };
}

/** An address that is read far from the site, made whole: paths get the site before them, parts of a page lead nowhere. */
export function wholeUrl(url: string, site: string): string | null {
  return url.startsWith("#") ? null : absolute(url, site);
}

/** The words of a card, line by line: its title, its lines, and the address of a code that could not be drawn. */
export function cardWords({ title, lines }: RenderedCard, address: string | null): string {
  const shown = address === null ? "" : escapeHtml(spelledOut(address));
  const known = lines.some((line) => line.replaceAll(/<[^>]*>/g, "").includes(shown));
  const words = [title && MARKS.strong(title), ...lines, shown && !known && `<small>${shown}</small>`];
  return words.filter(Boolean).join("<br>");
}

/** What a picture that leads somewhere is called if its author gave it no words: a link must have a name. */
export const CARD_NAMES = { video: "观看视频", qrcode: "打开链接" } as const;
