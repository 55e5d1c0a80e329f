import type { Block } from "../flat.ts";
import { replacer } from "../replacer.ts";
import { inOneLine, mergeRuns, type Run } from "../runs.ts";
import { allBold, imageLink, lineEnds, lineLead, linesOf, onTop, type TableBlock, tableLines } from "./blocks.ts";
import { cutText, fitBlocks, type Measure } from "./cut.ts";
import { linkWords, oneLine, type Piece, type Summary } from "./piece.ts";

/** What a platform makes of Markdown: what it knows, and how a character is kept from being syntax there. */
export type Dialect = {
  /** Literal characters in a line. */
  text(literal: string): string;
  /** The mark of a block at the start of a written line, so that it is a character: `#`, `>`, `-`, `+`, `=`, `1.`, `1)`, `:---`. */
  mark(character: string): string;
  /** A link with a written label; `words` is the label as readers see it. */
  link(label: string, url: string, words: string): string;
  /** Code in a line; null: its characters are written as text. */
  code(literal: string): string | null;
  /** A code block; null: its lines are written as text. */
  fence(literal: string, language: string): string | null;
  readonly images: boolean;
  readonly tables: boolean;
  readonly rule: string;
  /** A line end within a paragraph. */
  readonly lineEnd: string;
  /** The deepest heading; deeper ones are bold lines. */
  readonly headings: number;
};

// In the target of a link these end it, or are read as syntax by one parser or another.
const TARGET = /[()[\]<>|\\*_~`"'!]/;

/** An address as the target of a link in Markdown. */
const linkTarget = replacer(TARGET, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** `[label](url)`. */
export const markdownLink = (label: string, url: string): string => `[${label}](${linkTarget(url)})`;

const CORE = /[^\s\p{P}\p{S}]/u;
// Of one UTF-16 unit: whether an emoji is punctuation is what parsers disagree about; and whether another delimiter is.
const OUTSIDE = /^(?![*~])[\s\p{P}\p{S}]$/u;

/** Where the character begins that ends there. */
const startOfLast = (text: string, end: number): number =>
  end > 1 && (text.codePointAt(end - 2) ?? 0) > 0xffff ? end - 2 : end - 1;

// To CommonMark (6.2) delimiters are no emphasis where punctuation is inside them and a letter outside, as in
// `坚持**“项目为王”**理念`. There punctuation at both ends moves outside, where it looks the same.
function emphasis(text: string, delimiter: string, before: string, after: string, { text: escape }: Dialect): string {
  const start = text.search(CORE);
  if (start < 0) return escape(text);
  let end = text.length;
  for (let last = startOfLast(text, end); !CORE.test(text.slice(last, end)); last = startOfLast(text, end)) end = last;
  const opens = start === 0 || ((before === "" || OUTSIDE.test(before.slice(-1))) && !/^\s/.test(text));
  const closes = end === text.length || ((after === "" || OUTSIDE.test(after.slice(0, 1))) && !/\s$/.test(text));
  if (opens && closes) return delimiter + escape(text) + delimiter;
  const core = `${delimiter}${escape(text.slice(start, end))}${delimiter}`;
  return escape(text.slice(0, start)) + core + escape(text.slice(end));
}

// One look a run: no two parsers agree on delimiters within delimiters. What struck words say comes first.
function oneLook(run: Run): Run {
  const { text, link, code, strike, bold, italic } = run;
  if (link === undefined && !code && !strike && !(bold && italic)) return run;
  if (link !== undefined) return { text, link };
  if (code) return { text, code };
  if (strike) return { text, strike };
  if (bold) return { text, bold };
  return italic ? { text, italic } : { text };
}

const delimiterOf = ({ link, code, strike, bold, italic }: Run): string => {
  if (link !== undefined || code) return "";
  return strike ? "~~" : bold ? "**" : italic ? "*" : "";
};

function writeRun(run: Run, before: string, next: Run | undefined, dialect: Dialect): string {
  const { text, link } = run;
  if (link !== undefined && text.trim() !== "") return dialect.link(dialect.text(text.trim()), link, text.trim());
  if (run.code) return dialect.code(text) ?? dialect.text(text);
  const delimiter = delimiterOf(run);
  if (delimiter === "") return dialect.text(text);
  const after = next === undefined ? "" : delimiterOf(next) + next.text;
  const written = emphasis(text, delimiter, before, after, dialect);
  // `**a***b*` is anybody's guess.
  const clash = written.startsWith(delimiter) && before.endsWith(delimiter[0] ?? "");
  return clash ? dialect.text(text) : written;
}

// The last is what makes the line above it the head of a table: any other would have a `-` or a `|` before it.
const BLOCK_MARK = /^(?:[#>+=-]|\d{1,9}[.)]|:(?=-+:?$))/;

// Loops, for a regular expression that ends with `$` looks at a long run of what it repeats from each of its places.
function closed(line: string, dialect: Dialect): string {
  let end = line.length;
  while (line[end - 1] === "#") end--;
  return line.slice(0, end) + dialect.mark("#").repeat(line.length - end);
}

const ADDRESS = /https?:\/\/|www\./i;

// As `\s` has it: of a unit of ASCII or of Chinese a regular expression need not be asked.
const isSpace = (unit: number): boolean => {
  if ((unit > 0x20 && unit < 0xa0) || (unit > 0x3000 && unit < 0xfeff)) return false;
  return /\s/.test(String.fromCharCode(unit));
};

// An address in plain words goes on to the next space: it would take a mark of ours along.
function endsInAddress(written: string, before: boolean): boolean {
  if (!before && !ADDRESS.test(written)) return false;
  let start = written.length;
  while (start > 0 && !isSpace(written.charCodeAt(start - 1))) start--;
  return (before && start === 0) || ADDRESS.test(written.slice(start));
}

const hasLook = ({ link, code, strike, bold, italic }: Run): boolean =>
  link !== undefined || Boolean(code || strike || bold || italic);

// What no dialect escapes, in any place: most lines of an article are of nothing else.
const PLAIN = /^(?!\s|\d{1,9}\))[^\\*_~`|<>[\]@&$:!#+=.-]*(?<!\s)$/;

const plainOf = (runs: readonly Run[]): string | null => {
  const [run, more] = runs;
  if (run === undefined || more !== undefined || hasLook(run)) return null;
  return PLAIN.test(run.text) ? run.text : null;
};

/** A line without breaks: its runs, escaped, and nothing at its start or end that would make it another block. */
function writeLine(runs: readonly Run[], lead: string, dialect: Dialect): string {
  const plain = lead === "" ? plainOf(runs) : null;
  if (plain !== null) return plain;
  const indent = lead.lastIndexOf("\u3000") + 1;
  let line = lead === "" ? "" : dialect.text(lead.slice(indent));
  const looks = runs.length === 1 ? runs : mergeRuns(runs.map(oneLook));
  // What was written last is kept beside the line: asking a long string that grows for its end would copy it each time.
  let last = line;
  let inAddress = false;
  let index = 0;
  for (const run of looks) {
    const written = writeRun(run, last, looks[++index], dialect);
    if (inAddress && hasLook(run)) line += " ";
    line += written;
    if (written !== "") last = written;
    if (index < looks.length) inAddress = endsInAddress(written, inAddress);
  }
  line = line.trim();
  if (line.endsWith("#")) line = closed(line, dialect);
  if (BLOCK_MARK.test(line))
    line = line.replace(BLOCK_MARK, (mark) => mark.slice(0, -1) + dialect.mark(mark.slice(-1)));
  return indent === 0 ? line : lead.slice(0, indent) + line;
}

/** The lines of a text; those after the first without such as show nothing. */
function writeLines(runs: readonly Run[], lead: string, dialect: Dialect): string {
  const lines = linesOf(runs);
  let text = writeLine(lines[0] ?? [], lead, dialect);
  for (let at = 1; at < lines.length; at++) {
    const line = writeLine(lines[at] ?? [], "", dialect);
    if (line !== "") text += dialect.lineEnd + line;
  }
  return text;
}

const ALIGN = { left: ":--", center: ":-:", right: "--:" };

function table({ align, header, rows }: TableBlock, dialect: Dialect): string {
  const row = (cells: readonly (readonly Run[])[]): string =>
    `| ${cells.map((cell) => writeLine(inOneLine(cell), "", dialect)).join(" | ")} |`;
  const rule = `| ${header.map((_, index) => ALIGN[align[index] ?? "left"]).join(" | ")} |`;
  return [row(header), rule, ...rows.map(row)].join("\n");
}

const quotedLines = (text: string): string => text.replaceAll(/^/gm, "> ");

/** The lines of a block, not yet quoted. Empty: it shows nothing. */
function body(block: Block, dialect: Dialect): string {
  const lead = lineLead(block);
  const text = (runs: readonly Run[]): string => writeLines(runs, lead, dialect);
  const marked = (rest: string): string => (block.marker === "" ? rest : `${text([])}\n\n${rest}`);
  switch (block.kind) {
    case "text":
      return text(block.runs);
    case "heading":
      if (!onTop(block) || block.depth > dialect.headings) return text(allBold(block.runs));
      return `${"#".repeat(block.depth)} ${writeLine(inOneLine(block.runs), "", dialect)}`;
    case "rule":
      return marked(dialect.rule);
    case "code": {
      if (block.text.trim() === "") return marked("").trim();
      const fenced = dialect.fence(block.text, /^[\w+#.-]{1,30}$/.exec(block.language)?.[0] ?? "");
      return fenced === null ? text([{ text: block.text }]) : marked(fenced);
    }
    case "image":
      if (!dialect.images) return text(imageLink(block).runs);
      return marked(`![${dialect.text(block.alt.replaceAll(/\s+/g, " "))}](${linkTarget(block.src)})`);
    case "table":
      return dialect.tables && onTop(block) ? table(block, dialect) : text(tableLines(block).runs);
  }
}

const plainText = (block: Block, dialect: Dialect): boolean =>
  block.kind === "text" || (block.kind === "image" && !dialect.images);

/** A block as Markdown, with what separates it from the one before it. Null: it shows nothing. */
export function writeMarkdown(block: Block, previous: Block | null, dialect: Dialect): string | null {
  const own = body(block, dialect);
  if (own === "") return null;
  const quoted = block.quotes > 0;
  const near = previous !== null && plainText(previous, dialect) && plainText(block, dialect);
  const together = near && lineEnds(previous, block) === 1;
  const text = quoted ? quotedLines(own) : own;
  if (previous === null) return text;
  if (!quoted || previous.quotes === 0) return (together ? dialect.lineEnd : "\n\n") + text;
  if (!together) return `\n>\n${text}`;
  return dialect.lineEnd + (dialect.lineEnd.endsWith("\n") ? text : text.slice(2));
}

/** The title of an article, and its column and unit, as blocks. `limit` in what `cost` counts. */
export function headBlocks(piece: Piece, limit: number, cost: (text: string) => number): Block[] {
  const place = { quotes: 0, indent: 0, marker: "" };
  const line = cutText(piece.standing, limit, cost);
  const title: Block = {
    ...place,
    kind: "heading",
    depth: 1,
    runs: [{ text: cutText(piece.title, limit, cost) }],
  };
  if (line === "") return [title];
  return [title, { ...place, kind: "text", role: "paragraph", runs: [{ text: line }] }];
}

/** An article in one text: `head`, as much of its blocks as fits, and the link to all of it. `limit` in what `measure` counts. */
export function markdownArticle(
  piece: Piece,
  head: readonly Block[],
  dialect: Dialect,
  limit: number,
  measure: Measure,
): string {
  const opening = writeBlocks(head, dialect);
  const last = head.at(-1) ?? null;
  const tail = (whole: boolean): string => `\n\n${dialect.link(linkWords(whole), piece.url, linkWords(whole))}`;
  const room = limit - measure.of(opening) - measure.of(tail(false));
  const writing = {
    write: (block: Block, previous: Block | null) => writeMarkdown(block, previous ?? last, dialect),
    cost: (part: string) => [measure.of(part)],
    atMost: (part: string) => [part.length * measure.unit],
  };
  const { parts, whole } = fitBlocks(piece.blocks, writing, [room]);
  return (opening + parts.join("") + tail(whole)).trim();
}

/** A list of posts as blocks: a title, and for each post a link and its digest as a quote. */
export function listBlocks(posts: readonly Summary[], title: string): Block[] {
  const place = { quotes: 0, indent: 0, marker: "" };
  const paragraph = (run: Run, quotes: number): Block => ({
    ...place,
    quotes,
    kind: "text",
    role: "paragraph",
    runs: [run],
  });
  const head: Block = { ...place, kind: "heading", depth: 3, runs: [{ text: cutText(oneLine(title), 200) }] };
  const post = ({ title, digest, url }: Summary): Block[] => {
    const words = cutText(oneLine(digest, ""), 300);
    const link = paragraph({ text: cutText(oneLine(title), 200), link: url }, 0);
    return words === "" ? [link] : [link, paragraph({ text: words }, 1)];
  };
  return [head, ...posts.flatMap(post)];
}

/** All of these blocks, one after another. */
export const writeBlocks = (blocks: readonly Block[], dialect: Dialect): string =>
  blocks.map((block, index) => writeMarkdown(block, blocks[index - 1] ?? null, dialect) ?? "").join("");
