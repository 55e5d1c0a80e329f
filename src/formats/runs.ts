import { breakVanishes } from "./chinese.ts";

/** How a run of characters looks. `link` is an address that `safeUrl` lets through. */
export type Look = {
  readonly bold?: true;
  readonly italic?: true;
  readonly strike?: true;
  readonly code?: true;
  readonly link?: string;
};

/** Characters of one look. A `\n` in them is a line break that the author made. */
export type Run = Look & { readonly text: string };

/** A hard line break until its line is complete: U+2028 means just that, and the source's own line breaks are joined. */
export const HARD_BREAK = "\u2028";

const sameLook = (a: Run, b: Run): boolean =>
  a.bold === b.bold && a.italic === b.italic && a.strike === b.strike && a.code === b.code && a.link === b.link;

/** The runs, none empty, neighbours of one look made one. */
export function mergeRuns(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out.at(-1);
    if (run.text === "") continue;
    if (last !== undefined && sameLook(last, run)) out[out.length - 1] = { ...last, text: last.text + run.text };
    else out.push(run);
  }
  return out;
}

/** Whether a line ends in the runs. */
export function hasLineEnd(runs: readonly Run[]): boolean {
  for (const { text } of runs) if (text.includes("\n")) return true;
  return false;
}

const before = (text: string, at: number): string => Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? "";
const after = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0x20);

/**
 * The runs of one line: the source's line breaks joined as `joinLines` does (the looks of their two sides do not count),
 * hard ones as `\n`, white space at both ends gone, neighbours of one look made one, none empty.
 */
export function joinRuns(runs: readonly Run[]): Run[] {
  const kept = trimmed(mergeRuns(joined(runs)));
  if (!kept.some(({ text }) => text.includes(HARD_BREAK))) return kept;
  return kept.map((run) => withText(run, run.text.replaceAll(/ ?\u2028 ?/g, "\n")));
}

function joined(runs: readonly Run[]): readonly Run[] {
  if (!hasLineEnd(runs)) return runs;
  const whole = runText(runs);
  let offset = 0;
  return runs.map((run) => {
    const start = offset;
    offset += run.text.length;
    const text = run.text.replaceAll(/\n+/g, (breaks, at: number) =>
      breakVanishes(before(whole, start + at), after(whole, start + at + breaks.length)) ? "" : " ",
    );
    return withText(run, text);
  });
}

function trimmed(runs: Run[]): Run[] {
  let from = 0;
  let to = runs.length;
  while (from < to && runs[from]?.text.trim() === "") from++;
  while (to > from && runs[to - 1]?.text.trim() === "") to--;
  const kept = to - from === runs.length ? runs : runs.slice(from, to);
  const [first] = kept;
  if (first !== undefined) kept[0] = withText(first, first.text.trimStart());
  const last = kept.at(-1);
  if (last !== undefined) kept[kept.length - 1] = withText(last, last.text.trimEnd());
  return kept;
}

/** The run with another text; itself where that is its own. */
const withText = (run: Run, text: string): Run => (text === run.text ? run : { ...run, text });

/** The runs in one line: their line breaks are spaces. */
export const inOneLine = (runs: readonly Run[]): readonly Run[] =>
  hasLineEnd(runs) ? runs.map((run) => withText(run, run.text.replaceAll("\n", " "))) : runs;

/** The characters of the runs, without their looks. */
export function runText(runs: readonly Run[]): string {
  let all = "";
  for (const { text } of runs) all += text;
  return all;
}

/** How many UTF-16 units the runs have. */
export function runLength(runs: readonly Run[]): number {
  let length = 0;
  for (const { text } of runs) length += text.length;
  return length;
}
