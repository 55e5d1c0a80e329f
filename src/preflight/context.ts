/** What every rule is given: the manuscript, read once. */
import { digestOf, type Doc, parseMarkdown } from "../formats/index.ts";
import { BOUNDS } from "./limits.ts";
import type { Line, Reading } from "./reading.ts";
import { readTree, wholeLine } from "./reading.ts";
import type { Field, Finding, Input, Place, Severity } from "./types.ts";

export interface Context extends Input, Omit<Reading, "lines"> {
  doc: Doc;
  /** What readers read, line by line: title, digest and body, as far as {@link BOUNDS} allows. */
  lines: readonly Line[];
  /** The same, code and captions too, to the end of the text: for what must not be missed. */
  everything: readonly Line[];
  /** The text of a field that has one. */
  textOf: (field: Field) => string;
  /** Line and column, from 1, of an offset into a field's text. */
  position: (field: Field, at: number) => { line: number; column: number };
}

/** A rule: a plain function of what was read. */
export type Rule = (c: Context) => Iterable<Finding>;

const authorOf = (input: Input): string => input.manuscript.credits.map(({ name }) => name).join(" ");

/** Reads a manuscript for the rules. */
export function read(input: Input): Context {
  const { title, markdown, source, captions } = input.manuscript;
  const doc = parseMarkdown(markdown);
  // A digest that was taken from the text follows it: what is wrong there is told once.
  const digest = input.manuscript.digest === digestOf(doc) ? "" : input.manuscript.digest;
  const { lines, ...rest } = readTree(markdown, doc.tokens);
  const everything = [wholeLine("title", title), wholeLine("digest", digest), ...lines];
  const texts: Partial<Record<Field, string>> = {
    title,
    digest,
    markdown,
    author: authorOf(input),
    ...(source && { source: source.name }),
    ...(captions && { captions }),
  };
  const textOf = (field: Field) => texts[field] ?? "";
  const breaks = new Map<Field, number[]>();
  const position = (field: Field, at: number) => {
    let known = breaks.get(field);
    if (!known) breaks.set(field, (known = lineStarts(textOf(field))));
    const line = lastUpTo(known, at);
    return { line: line + 1, column: at - known[line]! + 1 };
  };
  return {
    ...input,
    ...rest,
    position,
    doc,
    everything,
    lines: everything.filter((line) => !line.verbatim && (line.ends.at(-1) ?? 0) <= BOUNDS.read),
    textOf,
  };
}

/** Where the lines of a text begin. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The index of the last of the ascending `numbers` that is not above `n`. */
function lastUpTo(numbers: readonly number[], n: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle]! <= n) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The place [from, to) of a field's text. */
export function placeIn(c: Context, field: Field, from: number, to: number): Place {
  const cut = c.textOf(field).slice(from, to);
  const excerpt = cut.length <= BOUNDS.excerpt ? cut : cut.slice(0, BOUNDS.excerpt).replace(/[\ud800-\udbff]$/, "");
  return { field, from, to, ...c.position(field, from), excerpt };
}

/** The place of the units [from, to) of a line. */
function placeOf(c: Context, line: Line, from: number, to: number): Place {
  return placeIn(c, line.field, line.starts[from]!, line.ends[to - 1]!);
}

/** A finding on the units [from, to) of a line; the fix is kept only where the source reads exactly as the line does. */
export function onLine(
  c: Context,
  line: Line,
  [from, to]: readonly [number, number],
  rule: string,
  severity: Severity,
  message: string,
  fix?: string,
): Finding {
  const place = placeOf(c, line, from, to);
  const source = c.textOf(line.field).slice(line.starts[from], line.ends[to - 1]);
  const safe = fix !== undefined && source === line.text.slice(from, to) && source.length <= BOUNDS.excerpt;
  return { rule, severity, place, message, ...(safe && { fix }) };
}

/** How a finding names the field that it is in. */
export const NAMES: Record<Field, string> = {
  title: "标题",
  author: "署名",
  digest: "摘要",
  markdown: "正文",
  cover: "封面",
  source: "来源",
  captions: "字幕",
};
