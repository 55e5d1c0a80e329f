import { type Doc, walkDoc } from "./tree.ts";

/**
 * From a heading's depth in the manuscript (1–6) to its level on the page (2–6). The title is the page's only h1, so a
 * body that uses `#` moves down as a whole and keeps its order.
 */
export function headingLevels(doc: Doc): (depth: number) => number {
  let shift = 0;
  walkDoc(doc, (token) => {
    if (token.type === "heading" && token.depth === 1) shift = 1;
  });
  return (depth) => Math.min(depth + shift, 6);
}
