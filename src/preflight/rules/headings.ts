import { placeIn, type Rule } from "../context.ts";

/** Headings that skip a level, and a level-one heading: that is the title's. */
export const headings: Rule = function* (c) {
  // The title is the first level.
  let last = 1;
  let told = false;
  for (const { depth, from, to } of c.headings) {
    const place = placeIn(c, "markdown", from, to);
    if (depth === 1 && !told) {
      told = true;
      yield {
        rule: "heading-one",
        severity: "hint",
        place,
        message: "正文里用了一级标题（#），一级标题只留给文章标题。请改用“##”。",
      };
    }
    if (depth > last + 1)
      yield {
        rule: "heading-jump",
        severity: "hint",
        place,
        message: `这个小标题是 ${depth} 级，上一级是 ${last} 级，中间跳了级。请改成 ${last + 1} 级（${"#".repeat(last + 1)}）。`,
      };
    last = depth;
  }
};
