import type { Token } from "marked";
import { known } from "./tokens.ts";
import type { Doc } from "./tree.ts";

function hasTopHeading(tokens: readonly Token[]): boolean {
  return known(tokens).some((token) => {
    switch (token.type) {
      case "heading":
        return token.depth === 1;
      case "list":
        return hasTopHeading(token.items);
      case "list_item":
      case "blockquote":
      case "callout":
        return hasTopHeading(token.tokens);
      default:
        return false;
    }
  });
}

/**
 * From a heading's depth in the manuscript (1–6) to its level on the page (2–6). The title is the page's only h1, so a
 * body that uses `#` moves down as a whole and keeps its order.
 */
export function headingLevels(doc: Doc): (depth: number) => number {
  const shift = [doc, ...doc.notes].some(({ tokens }) => hasTopHeading(tokens)) ? 1 : 0;
  return (depth) => Math.min(depth + shift, 6);
}

/**
 * As {@link headingLevels}, for pages whose headings are their outline: asked for each heading in turn, it goes down one
 * level at a time, so `##` followed by `####` gives 2 and 3 (WCAG 2.2, technique G141). Never above 2 or below 6.
 */
export function outline(): (depth: number) => number {
  const open: number[] = [];
  return (depth) => {
    while ((open.at(-1) ?? 0) >= depth) open.pop();
    open.push(depth);
    return Math.min(open.length + 1, 6);
  };
}
