/** What a correction changes, passage by passage: what a person types into an article that is published. Plain functions. */

/** A passage that differs; an empty text means that there is none on that side. */
export interface Change {
  where: "title" | "text";
  old: string;
  new: string;
}

/** How many characters of a published article a person may change on the site, once (公众平台, 发表记录 › 修改). */
export const SITE_LIMIT = 20;

/** Beyond so many pairs of lines only the ends are compared: a table of passages, not a proof. */
const PAIRS = 400_000;

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

/** How many lines two lists have in common at their start. */
function common<T>(a: readonly T[], b: readonly T[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

/** The passages of `after` that differ from `before`, in order, as whole lines. */
export function passages(before: string, after: string): Change[] {
  let [a, b] = [lines(before), lines(after)];
  const head = common(a, b);
  [a, b] = [a.slice(head), b.slice(head)];
  const tail = common(a.toReversed(), b.toReversed());
  [a, b] = [a.slice(0, a.length - tail), b.slice(0, b.length - tail)];
  const change = (x: readonly string[], y: readonly string[]): Change[] =>
    x.length + y.length === 0 ? [] : [{ where: "text", old: x.join("\n"), new: y.join("\n") }];
  if (a.length * b.length > PAIRS) return change(a, b);
  const longest = table(a, b);
  const found: Change[] = [];
  let [i, j, fromI, fromJ] = [0, 0, 0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      found.push(...change(a.slice(fromI, i), b.slice(fromJ, j)));
      [i, j] = [i + 1, j + 1];
      [fromI, fromJ] = [i, j];
    } else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) i++;
    else j++;
  }
  return [...found, ...change(a.slice(fromI), b.slice(fromJ))];
}

/** The length of the longest common list of lines of each pair of ends. */
function table(a: readonly string[], b: readonly string[]): number[][] {
  const found = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      found[i]![j] = a[i] === b[j] ? found[i + 1]![j + 1]! + 1 : Math.max(found[i + 1]![j]!, found[i]![j + 1]!);
  return found;
}

/** How many characters a change touches: those between the common ends, of the longer side. */
export function touched({ old, new: now }: Pick<Change, "old" | "new">): number {
  let [a, b] = [[...old], [...now]];
  const head = common(a, b);
  [a, b] = [a.slice(head), b.slice(head)];
  const tail = common(a.toReversed(), b.toReversed());
  return Math.max(a.length, b.length) - tail;
}

/** Text and title of an article, as readers read them. */
interface Readable {
  title: string;
  text: string;
}

/** What a correction changes, and whether the site lets a person change it: a few characters of the text, and never the title. */
export function changesOf(before: Readable, after: Readable): { changes: Change[]; onSite: boolean } {
  const title: Change[] = before.title === after.title ? [] : [{ where: "title", old: before.title, new: after.title }];
  const text = passages(before.text, after.text);
  const characters = text.reduce((sum, each) => sum + touched(each), 0);
  return { changes: [...title, ...text], onSite: title.length === 0 && text.length > 0 && characters <= SITE_LIMIT };
}
