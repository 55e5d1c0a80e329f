import { type Context, NAMES, onLine, type Rule } from "../context.ts";
import type { Hit, Term } from "../matcher.ts";
import type { Line } from "../reading.ts";
import type { Finding } from "../types.ts";

/** Whether the text reads as it should there: what was found is a part of the right form. */
function alreadyRight(text: string, { from, term }: Hit<Term>): boolean {
  const { writeAs } = term;
  if (writeAs === null) return false;
  for (let at = writeAs.indexOf(term.text); at >= 0; at = writeAs.indexOf(term.text, at + 1))
    if (text.startsWith(writeAs, from - at)) return true;
  return false;
}

function found(c: Context, line: Line, { from, to, term }: Hit<Term>): Finding {
  const note = term.note === "" ? "" : `（${term.note}）`;
  const right = term.writeAs === null ? "请删去或改写。" : `请写作“${term.writeAs}”。`;
  const name = NAMES[line.field];
  if (term.kind === "preferred") {
    const message = `${name}里的“${term.text}”不合本单位写法，${right}${note}`;
    return onLine(c, line, [from, to], "preferred-term", term.severity, message, term.writeAs ?? undefined);
  }
  const message = `${name}里有本单位禁用的“${term.text}”。${right}${note}`;
  const finding = onLine(c, line, [from, to], "forbidden-term", term.severity, message, term.writeAs ?? undefined);
  return { ...finding, key: `forbidden-term:${term.text}` };
}

/** The office's own word lists: what must not appear, and what must be written so. */
export const terms: Rule = function* (c) {
  const others = (["author", "source", "captions"] as const).map((field) => ({ field, text: c.textOf(field) }));
  for (const line of c.everything)
    for (const hit of c.terms.find(line.text)) if (!alreadyRight(line.text, hit)) yield found(c, line, hit);
  for (const { field, text } of others)
    for (const hit of c.terms.find(text))
      if (!alreadyRight(text, hit)) yield found(c, { field, verbatim: false, text, ...spread(text) }, hit);
};

const spread = (text: string) => {
  const starts = Array.from({ length: text.length }, (_, i) => i);
  return { starts, ends: starts.map((i) => i + 1) };
};
