import { placeIn, type Rule } from "../context.ts";
import type { Finding } from "../types.ts";

type Fate = "kept" | "note" | "lost";

/** What becomes of a link in a WeChat article: only links to WeChat's own articles stay links. */
function fateOf(href: string, label: string): Fate {
  if (/^https?:\/\/mp\.weixin\.qq\.com(?:[/?#]|$)/i.test(href)) return "kept";
  // A bare address stays readable as it is.
  if (/^https?:\/\/[^/]/i.test(href)) return label === "" ? "kept" : "note";
  return /^(?:mailto|tel):/i.test(href) ? "kept" : "lost";
}

/** Links that readers in WeChat cannot follow. */
export const links: Rule = function* (c) {
  for (const { href, label, from, to } of c.links) {
    const fate = fateOf(href, label);
    if (fate === "kept") continue;
    const place = placeIn(c, "markdown", from, to);
    yield fate === "note"
      ? {
          rule: "link-note",
          severity: "hint",
          place,
          message: "公众号里外部链接点不开，会改成文末的“参考链接”。不需要就去掉。",
        }
      : ({
          rule: "link-lost",
          severity: "warning",
          place,
          message: "这个链接在公众号里会丢失，只剩文字。请改成完整的网址（https://…），或去掉链接。",
        } satisfies Finding);
  }
};
