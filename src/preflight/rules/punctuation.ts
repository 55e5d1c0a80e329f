import { onLine, type Rule } from "../context.ts";
import { BOUNDS } from "../limits.ts";
import { OBJECT } from "../reading.ts";

const WIDE = /[\p{Script=Han}\u3000-\u303f\uff01-\uff60“”‘’…—]/u;
const WIDE_MARK = /[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20“”‘’…—]/;
const HALF = new Set(",.;:?!()\"'「」『』⋯");

/** One difference between a line and the line as it should be: [from, to) reads `by`. */
interface Edit {
  from: number;
  to: number;
  by: string;
}

/**
 * The differences, if all that was done is to replace a mark by another or to drop spaces: null for anything else, which
 * nobody asked for.
 */
function editsBetween(text: string, wanted: string): Edit[] | null {
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < text.length) {
    if (text[i] === wanted[j] && !(text[i] === " " && wanted[j + 1] !== text[i + 1] && !HALF.has(text[i + 1] ?? ""))) {
      i++;
      j++;
    } else if (text[i] === " ") {
      const from = i;
      while (text[i] === " ") i++;
      edits.push({ from, to: i, by: "" });
    } else if (j < wanted.length && HALF.has(text[i]!)) {
      edits.push({ from: i, to: i + 1, by: wanted[j]! });
      i++;
      j++;
    } else return null;
  }
  return j === wanted.length ? edits : null;
}

const charBefore = (text: string, at: number): string =>
  /([^\s"'()])\s*["'()]*$/.exec(text.slice(Math.max(0, at - 6), at))?.[1] ?? "";
const charAfter = (text: string, at: number): string =>
  /^["'()]*\s*([^\s"'()])/.exec(text.slice(at, at + 6))?.[1] ?? "";

/** Whether a half-width mark is a slip: between digits or Latin letters it is a number, a time, a name, a list's `1.`. */
function isSlip(text: string, { from, to }: Edit): boolean {
  const [mark, next] = [text[from]!, text.slice(to).trimStart()[0] ?? ""];
  if (mark === ".") return /[\p{Script=Han}）”’》】]/u.test(text[from - 1] ?? "") && !/[A-Za-z\d.。…]/.test(next);
  if (/["']/.test(mark) && /\d/.test(text[from - 1] ?? "")) return false;
  const before = charBefore(text, from);
  return WIDE.test(before) || (before !== OBJECT && WIDE.test(charAfter(text, to)));
}

/** What of the proofreader's changes is right for official copy. */
function accepted(text: string, wanted: string): Edit[] {
  const edits = editsBetween(text, wanted) ?? [];
  const slips = new Set(edits.filter((edit) => edit.by !== "" && isSlip(text, edit)).map(({ from }) => from));
  // Spaces at the ends of a line are Markdown's; inside it, what stands beside a mark that stays half-width is no slip.
  const beside = (at: number) => slips.has(at) || WIDE_MARK.test(text[at] ?? "");
  return edits.filter(({ from, to, by }) =>
    by === "" ? from > 0 && to < text.length && (beside(from - 1) || beside(to)) : slips.has(from),
  );
}

/** One mark set right may show the next one: so many rounds are enough, or the line is left to a person. */
const ROUNDS = 4;

/**
 * What to change in a line, in terms of the line as it is, so that it then needs no more changes; `safe` tells whether
 * that was reached.
 */
function mend(line: string, proofread: (line: string) => string): { edits: Edit[]; safe: boolean } {
  let units = [...line.split("").entries()];
  const dropped: number[] = [];
  let safe = false;
  for (let round = 0; round < ROUNDS && !safe; round++) {
    const text = units.map(([, unit]) => unit).join("");
    const edits = accepted(text, proofread(text));
    safe = edits.length === 0;
    for (const { from, to, by } of edits.toReversed())
      if (by === "") dropped.push(...units.splice(from, to - from).map(([at]) => at));
      else units = units.with(from, [units[from]![0], by]);
  }
  const edits: Edit[] = units.flatMap(([at, unit]) => (unit === line[at] ? [] : [{ from: at, to: at + 1, by: unit }]));
  for (const at of dropped.sort((a, b) => a - b)) {
    const last = edits.at(-1);
    if (last?.by === "" && last.to === at) last.to++;
    else edits.push({ from: at, to: at + 1, by: "" });
  }
  return { edits, safe };
}

/** Dots in place of the six of an ellipsis. */
const DOTS = /。(?: *。)+|(?<=\p{Script=Han})\.{3,6}(?![.\w])/gu;

/** Half-width marks and spaces where Chinese has none. */
export const punctuation: Rule = function* (c) {
  const { proofread } = c;
  if (!proofread) return;
  let room = BOUNDS.proofread;
  for (const line of c.lines) {
    room -= line.text.length;
    if (room < 0) return;
    if (!WIDE.test(line.text)) continue;
    for (const { 0: dots, index } of line.text.matchAll(DOTS)) {
      const message = `省略号写成了“${dots.slice(0, 6)}”，请改成“……”。`;
      yield onLine(c, line, [index, index + dots.length], "punctuation", "warning", message, "……");
    }
    const { edits, safe } = mend(line.text, proofread);
    for (const { from, to, by } of edits) {
      const was = line.text.slice(from, to);
      const [rule, severity, message] =
        by === ""
          ? (["spacing", "hint", "标点旁边多了空格，请删去。"] as const)
          : (["punctuation", "warning", `中文里用了半角或异体的“${was}”，请改成“${by}”。`] as const);
      yield onLine(c, line, [from, to], rule, severity, message, safe ? by : undefined);
    }
  }
};
