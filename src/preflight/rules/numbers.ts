/** Arithmetic that readers can check: a share that is not its percentage, parts that are not their whole. */
import { type Context, onLine, type Rule } from "../context.ts";
import type { Line } from "../reading.ts";
import type { Finding } from "../types.ts";

const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,4})?`;
const UNIT = "[人名个件户条项次只头亩吨元家所处场期篇册套台辆棵株座间米]";
/** What makes a number no exact one. */
const VAGUE = /(?:近|约|超|逾|余|多|左右|以上|以下|不足|不到|上下|来)/;

const valueOf = (text: string): number => Number(text.replaceAll(",", ""));

/** Whether `part` of `whole` is `percent`, rounded or cut to the decimals that are written. */
function isShare(part: number, whole: number, percent: string): boolean {
  const unit = 10 ** -(percent.split(".")[1]?.length ?? 0);
  const off = (part / whole) * 100 - Number(percent);
  return Math.abs(off) <= unit / 2 + 1e-9 || (off >= 0 && off < unit);
}

const shown = (part: number, whole: number, percent: string): string =>
  ((part / whole) * 100).toFixed(Math.max(percent.split(".")[1]?.length ?? 0, 1)).replace(/\.0$/, "");

function wrongShare(
  c: Context,
  line: Line,
  span: readonly [number, number],
  [part, whole, percent]: readonly [number, number, string],
): Finding {
  const message = `数字对不上：${part}/${whole} 约为 ${shown(part, whole, percent)}%，文中写的是 ${percent}%。请核对。`;
  return onLine(c, line, span, "share", "warning", message);
}

const FRACTION = new RegExp(String.raw`(?<![\d./])(\d{1,9})[/／](\d{1,9})(?![\d/])`, "g");
const PERCENT = /(?<![\d.])(\d{1,3}(?:\.\d{1,3})?)[%％](?!以)/g;
/** How far apart, in characters, a fraction and its percentage stand at most. */
const NEAR = 16;

/** `194/218，解决率91%`, `91%（194/218）`. */
function* fractions(c: Context, line: Line): Iterable<Finding> {
  const percents = [...line.text.matchAll(PERCENT)];
  for (const { 0: all, 1: part, 2: whole, index } of line.text.matchAll(FRACTION)) {
    const end = index + all.length;
    const close = percents.flatMap((match) => {
      const percentEnd = match.index + match[0].length;
      const between = match.index >= end ? line.text.slice(end, match.index) : line.text.slice(percentEnd, index);
      const fits = between.length <= NEAR && !/[。；！？\d增降升]|[同环]比/.test(between) && !VAGUE.test(between);
      return fits ? [{ percent: match[1]!, distance: between.length }] : [];
    });
    const nearest = close.sort((a, b) => a.distance - b.distance)[0];
    const [p, w] = [Number(part), Number(whole)];
    if (nearest && w > 0 && p <= w && !isShare(p, w, nearest.percent))
      yield wrongShare(c, line, [index, end], [p, w, nearest.percent]);
  }
}

const RATE = /(?<stem>\p{Script=Han}{2})率[^，。；！？\d]{0,4}(?<percent>\d{1,3}(?:\.\d{1,3})?)[%％]/gu;
const COUNT = new RegExp(String.raw`(?<![\d.])(${NUMBER})(${UNIT})`, "g");

interface Count {
  value: number;
  unit: string;
  from: number;
  to: number;
  vague: boolean;
}

function countsIn(text: string, offset = 0): Count[] {
  return [...text.matchAll(COUNT)].map(({ 0: all, 1: number, 2: unit, index }) => ({
    value: valueOf(number!),
    unit: unit!,
    from: offset + index,
    to: offset + index + all.length,
    vague:
      VAGUE.test(text.slice(Math.max(0, index - 2), index)) ||
      VAGUE.test(text.slice(index + all.length, index + all.length + 2)),
  }));
}

/** How far back the numbers that a rate is made of are looked for. */
const BACK = 160;

/** `218件……已解决194件，解决率91%`: the share of what was named with the same word, in anything counted alike before it. */
function* rates(c: Context, line: Line): Iterable<Finding> {
  for (const match of line.text.matchAll(RATE)) {
    const { stem, percent } = match.groups as { stem: string; percent: string };
    const start = Math.max(0, match.index - BACK);
    const before = line.text.slice(start, match.index);
    const said = before.lastIndexOf(stem);
    if (said < 0 || VAGUE.test(match[0])) continue;
    const counts = countsIn(before, start);
    const part = counts.find(({ from }) => from >= start + said && from - start - said <= stem.length + 6);
    if (!part || part.vague) continue;
    const wholes = counts.filter(
      ({ from, unit, value }) => from < part.from && unit === part.unit && value >= part.value,
    );
    const [whole] = wholes.slice(-1);
    if (!whole || wholes.some((w) => w.vague || isShare(part.value, w.value, percent))) continue;
    const end = match.index + match[0].length;
    yield wrongShare(c, line, [end - percent.length - 1, end], [part.value, whole.value, percent]);
  }
}

const OF_WHICH = new RegExp(
  String.raw`(?<![\d.])(?<whole>${NUMBER})(?<unit>${UNIT})[^。；！？\d]{0,12}其中[^。；！？\d]{0,14}?(?<part>${NUMBER})\k<unit>[，,（(]?占(?:比|总数的|总人数的)?[为达约]?(?<percent>\d{1,3}(?:\.\d{1,3})?)[%％]`,
  "g",
);

/** `共218人，其中党员100人，占45.9%`. */
function* portions(c: Context, line: Line): Iterable<Finding> {
  for (const match of line.text.matchAll(OF_WHICH)) {
    const { whole, part, percent } = match.groups as { whole: string; part: string; percent: string };
    const [w, p] = [valueOf(whole), valueOf(part)];
    if (w === 0 || VAGUE.test(match[0]) || isShare(p, w, percent)) continue;
    const end = match.index + match[0].length;
    yield wrongShare(c, line, [end - percent.length - 1, end], [p, w, percent]);
  }
}

const WHOLE = new RegExp(
  String.raw`(?:共|总|计)[^。；！？，、\d]{0,10}(${NUMBER})(${UNIT})(?:\p{Script=Han}{0,8})[，,：:（(](?:其中|包括|分别(?:为|是)|男)`,
  "gu",
);
/** Parts that come this close to the whole were meant to be all of it. */
const ALMOST = 0.1;

/** `共218人，其中男100人、女108人`. */
function* sums(c: Context, line: Line): Iterable<Finding> {
  for (const match of line.text.matchAll(WHOLE)) {
    const whole = valueOf(match[1]!);
    const start = match.index + match[0].length - (match[0].endsWith("男") ? 1 : 0);
    const tail = /^[^。；！？）)]*/.exec(line.text.slice(start))![0].slice(0, BACK);
    const parts = countsIn(tail, start);
    const alike = parts.filter(({ unit }) => unit === match[2]);
    if (alike.length < 2 || alike.length !== parts.length || VAGUE.test(match[0]) || parts.some(({ vague }) => vague))
      continue;
    const sum = Number(alike.reduce((total, { value }) => total + value, 0).toFixed(4));
    if (sum === whole) continue;
    const sexes = alike.length === 2 && /男/.test(tail) && /女/.test(tail);
    // Overlapping groups may come to anything; a list that all but adds up was meant to.
    if (!sexes && (Math.abs(sum - whole) > whole * ALMOST || alike.length < 3)) continue;
    const last = alike.at(-1)!;
    const message = `数字对不上：总数是 ${whole}${match[2]}，各项相加是 ${sum}${match[2]}。请核对。`;
    yield onLine(c, line, [alike[0]!.from, last.to], "sum", "warning", message);
  }
}

/** Numbers that do not add up. */
export const numbers: Rule = function* (c) {
  for (const line of c.lines) {
    const { text } = line;
    if (/[/／]/.test(text)) yield* fractions(c, line);
    if (text.includes("率")) yield* rates(c, line);
    if (text.includes("其中")) yield* portions(c, line);
    if (/[共总计]/.test(text)) yield* sums(c, line);
  }
};
