import type { Field, Finding, Range } from "./types.ts";

type Fixable = Range & { fix: string };

/**
 * The field's text with the fixes of its findings put in, those that overlap an earlier one left out. A text that is not
 * the one the findings are about, because it has been changed or fixed since, is given back as it is: twice is as once.
 */
export function applyFixes(text: string, findings: readonly Finding[], field: Field = "markdown"): string {
  const fixes = findings
    .flatMap(({ place, fix }): Fixable[] =>
      fix !== undefined && place.field === field && "from" in place ? [{ ...place, fix }] : [],
    )
    .sort((a, b) => a.from - b.from || b.to - a.to);
  if (fixes.some(({ from, to, excerpt }) => text.slice(from, to) !== excerpt)) return text;
  let [fixed, cursor] = ["", 0];
  for (const { from, to, fix } of fixes) {
    if (from < cursor) continue;
    fixed += text.slice(cursor, from) + fix;
    cursor = to;
  }
  return fixed + text.slice(cursor);
}
