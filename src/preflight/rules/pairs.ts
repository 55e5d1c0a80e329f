import { type Context, onLine, type Rule } from "../context.ts";
import type { Line } from "../reading.ts";
import type { Finding } from "../types.ts";

interface Pair {
  open: string;
  close: string;
  name: string;
  /** What stands for it inside itself (GB/T 15834-2011). */
  inner?: string;
}

/** Half-width brackets may close full-width ones: their width is another rule's affair. */
const PAIRS: readonly Pair[] = [
  { open: "“", close: "”", name: "双引号", inner: "‘’" },
  { open: "‘", close: "’", name: "单引号", inner: "“”" },
  { open: "（(", close: "）)", name: "括号" },
  { open: "《", close: "》", name: "书名号", inner: "〈〉" },
  { open: "〈", close: "〉", name: "单书名号" },
  { open: "【", close: "】", name: "方头括号" },
  { open: "〔", close: "〕", name: "六角括号" },
  { open: "「", close: "」", name: "引号" },
  { open: "『", close: "』", name: "引号" },
];

/** `1）` and `（一)` that number an item, and the apostrophe of it’s: closing marks that close nothing. */
function closesNothing(text: string, at: number): boolean {
  const mark = text[at]!;
  if (mark === "’") return /[A-Za-z\d]/.test(text[at - 1] ?? "") && /[A-Za-z\s]/.test(text[at + 1] ?? " ");
  if (mark !== ")" && mark !== "）") return false;
  return /(?:^|[\s，。；：、！？])[A-Za-z\d一二三四五六七八九十①-⑳]{1,3}$/.test(text.slice(Math.max(0, at - 5), at));
}

function* unbalanced(c: Context, line: Line, pair: Pair, next: Line | undefined): Iterable<Finding> {
  const { text } = line;
  const open: number[] = [];
  let nested: number | null = null;
  const say = (at: number, message: string) => onLine(c, line, [at, at + 1], "pairs", "warning", message);
  for (let i = 0; i < text.length; i++) {
    if (pair.open.includes(text[i]!)) {
      if (open.length > 0) nested ??= i;
      open.push(i);
    } else if (pair.close.includes(text[i]!) && open.pop() === undefined && !closesNothing(text, i)) {
      yield say(i, `这个右${pair.name}前面没有左${pair.name}。请补上左${pair.name}，或去掉这一个。`);
      return;
    }
  }
  const left = open.pop();
  if (left === undefined) {
    if (nested !== null && pair.inner)
      yield say(nested, `${pair.name}里面又用了${pair.name}。里面的请改用“${pair.inner}”。`);
    return;
  }
  // Paragraphs of one speech each begin with a quote, and only the last one ends with it.
  if (pair.open === "“" && left === 0 && next?.text.startsWith("“")) return;
  yield say(left, `这个左${pair.name}没有收尾。请在结束处补上右${pair.name}，或去掉这一个。`);
}

/** Quotes, brackets and 书名号 that do not come in pairs within their paragraph. */
export const pairs: Rule = function* (c) {
  for (const [i, line] of c.lines.entries())
    for (const pair of PAIRS)
      if ([...pair.open, ...pair.close].some((mark) => line.text.includes(mark)))
        yield* unbalanced(c, line, pair, c.lines[i + 1]);
};
