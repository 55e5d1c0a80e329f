import { type Context, NAMES, type Rule } from "../context.ts";
import { WECHAT_LIMITS as LIMITS } from "../../formats/index.ts";
import type { Field, Finding } from "../types.ts";

const ADVICE = {
  title: "请删减标题，否则公众号不收。",
  digest: "请改短摘要，否则公众号不收。",
  author: "公众号作者栏放不下，请只留主要作者，其余写进正文。",
};

function* tooLong(c: Context, field: "title" | "digest" | "author", severity: Finding["severity"]): Iterable<Finding> {
  const length = [...c.textOf(field)].length;
  if (length <= LIMITS[field]) return;
  const message = `${NAMES[field]}有 ${length} 字，公众号最多 ${LIMITS[field]} 字。${ADVICE[field]}`;
  yield { rule: `${field}-length`, severity, place: { field: field as Field }, message };
}

/** Title, digest and author (all names, a space between) within WeChat's limits. */
export const lengths: Rule = function* (c) {
  if (c.manuscript.kind === "video") return;
  yield* tooLong(c, "title", "error");
  yield* tooLong(c, "digest", "error");
  yield* tooLong(c, "author", "warning");
};
