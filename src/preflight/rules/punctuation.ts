import { onLine, type Rule } from "../context.ts";
import { BOUNDS } from "../limits.ts";
import { OBJECT } from "../reading.ts";

const WIDE = /[\p{Script=Han}\u3000-\u303f\uff01-\uff60“”‘’…—]/u;
const HALF = new Set(",.;:?!()\"'「」『』⋯");

/** One difference between a line and the line as it should be: [from, to) reads `by`. */
export interface Edit {
  from: number;
  to: number;
  by: string;
}

/**
 * The differences, if all that was done is to replace a mark by another or to drop spaces: null for anything else, which
 * nobody asked for.
 */
export function editsBetween(text: string, wanted: string): Edit[] | null {
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < text.length) {
    if (text[i] === wanted[j] && !(text[i] === " " && wanted[j + 1] !== text[i + 1])) {
      i++;
      j++;
    } else if (text[i] === " ") {
      const end = i + /^ +/.exec(text.slice(i))![0].length;
      edits.push({ from: i, to: end, by: "" });
      i = end;
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
  const [mark, next] = [text[from]!, text[to] ?? ""];
  if (mark === ".") return WIDE.test(text[from - 1] ?? "") && !/[A-Za-z\d.]/.test(next);
  if (/["']/.test(mark) && /\d/.test(text[from - 1] ?? "")) return false;
  const before = charBefore(text, from);
  return WIDE.test(before) || (before !== OBJECT && WIDE.test(charAfter(text, to)));
}

/** Dots in place of the six of an ellipsis. */
const DOTS = /。{2,}|(?<=\p{Script=Han})\.{3,6}(?![.\w])/gu;

/** Half-width marks and spaces where Chinese has none. */
export const punctuation: Rule = function* (c) {
  const { proofread } = c;
  if (!proofread) return;
  let room = BOUNDS.proofread;
  for (const line of c.lines) {
    room -= line.text.length;
    if (room < 0) return;
    if (!WIDE.test(line.text)) continue;
    for (const { 0: dots, index } of line.text.matchAll(DOTS))
      yield onLine(
        c,
        line,
        [index, index + dots.length],
        "punctuation",
        "warning",
        `省略号写成了“${dots.slice(0, 6)}”，请改成“……”。`,
        "……",
      );
    for (const edit of editsBetween(line.text, proofread(line.text)) ?? []) {
      const was = line.text.slice(edit.from, edit.to);
      if (edit.by === "" ? !spare(line.text, edit) : !isSlip(line.text, edit)) continue;
      yield edit.by === ""
        ? onLine(c, line, [edit.from, edit.to], "spacing", "hint", "标点旁边多了空格，请删去。", "")
        : onLine(
            c,
            line,
            [edit.from, edit.to],
            "punctuation",
            "warning",
            `中文里用了半角或异体的“${was}”，请改成“${edit.by}”。`,
            edit.by,
          );
    }
  }
};

/** Spaces inside a line; those at its ends are Markdown's. */
const spare = (text: string, { from, to }: Edit): boolean => from > 0 && to < text.length;
