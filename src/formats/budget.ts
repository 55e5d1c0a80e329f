import { Lexer, type MarkedExtension, Tokenizer, type Tokens } from "marked";

// marked's work grows with the square of some texts: at each mark it looks for the other one as far as its paragraph goes,
// at each line of a list for an underline, and a table's rows are filled up to the width of its head. A manuscript may
// have a megabyte, a Worker not a minute.

/**
 * What reading one manuscript may cost, in characters looked at: less than half a second of them. Ordinary manuscripts
 * cost about 10 a character; 20 000 characters with a mark every twenty still fit into a single paragraph.
 */
export const WORK = 30_000_000;

// A cell costs memory and time as some hundred characters do: 30 000 cells at most in a manuscript.
const CELL = 1000;
/** A block quote longer than this is several, one after the other; and so is a list. */
const LONGEST_QUOTE = 4000;
const LONGEST_LIST = 10_000;
/** A longer paragraph with a line of `=` or `-` below it is no heading. */
const LONGEST_HEADING = 1000;

// A list's lines are put together again at each line that has no indent: by this much less than a character looked at.
const LIST_SQUARE = 100;
// A line of some characters costs as much as 2 µs again at each level of lists.
const LINES = 100;

// Cells, items, names: not worth counting in.
const SHORT = 64;
const MARKS_OF_SHORT = 8;

/** A lexer that reads one manuscript, and what is left to spend on that: `budgeted` needs it. */
export class BudgetedLexer extends Lexer {
  left = WORK;
}

/** Takes `cost` from what reading a manuscript may cost; false, and nothing taken, where so much is not left. */
export function spend(lexer: BudgetedLexer, cost: number): boolean {
  if (cost > lexer.left) return false;
  lexer.left -= cost;
  return true;
}

const budgetOf = (tokenizer: { readonly lexer: Lexer }): BudgetedLexer => tokenizer.lexer as BudgetedLexer;

function take(lexer: BudgetedLexer, cost: number): void {
  lexer.left = Math.max(0, lexer.left - cost);
}

/** What the blocks in a list item, a quote or the manuscript itself cost: nested ones are taken apart line by line. */
export const blockCost = (source: string, depth: number): number => source.length * (depth === 0 ? 1 : LINES);

const MARKS = /\*+|_+|~+|`+|[[!<:@]/g;

/** What the tokenizers look at in a line of text: at each mark that may open something, up to all of it. */
export function inlineCost(source: string): number {
  if (source.length < SHORT) return source.length * MARKS_OF_SHORT;
  return source.length * (1 + (source.match(MARKS)?.length ?? 0));
}

function wholeLines(source: string, length: number): string {
  const end = source.indexOf("\n", length);
  return end < 0 ? source : source.slice(0, end + 1);
}

const LIST = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|\n|$)/;

// Left to marked, each line would be put onto the paragraph before it, which is copied for it.
function asTyped(source: string): Tokens.List {
  const blank = source.indexOf("\n\n");
  const raw = blank >= 0 && blank < LONGEST_LIST ? source.slice(0, blank + 1) : wholeLines(source, LONGEST_LIST);
  const text: Tokens.Text = { type: "text", raw, text: raw, escaped: true };
  const paragraph: Tokens.Paragraph = { type: "paragraph", raw, text: raw, tokens: [text] };
  // The lexer takes over whatever a tokenizer gives.
  return paragraph as unknown as Tokens.List;
}

/** As much of a table as its cells may cost: rows beyond are no rows of it. */
function affordableTable(lexer: BudgetedLexer, source: string): string {
  const columns = source.slice(0, source.indexOf("\n")).split("|").length;
  let rows = Math.floor(lexer.left / CELL / columns);
  let end = source.indexOf("\n", source.indexOf("\n") + 1);
  for (; end >= 0 && rows > 0 && source.charAt(end + 1) !== "\n"; rows--) end = source.indexOf("\n", end + 1);
  return end < 0 ? source : source.slice(0, end + 1);
}

/** Tokenizers that stop at what is left to spend: what they do not read stays text, and no word of it is lost. */
export const budgeted: MarkedExtension = {
  tokenizer: {
    blockquote(source) {
      if (!/^ {0,3}>/.test(source)) return undefined;
      return Tokenizer.prototype.blockquote.call(this, wholeLines(source, LONGEST_QUOTE));
    },
    list(source) {
      if (!LIST.test(source)) return undefined;
      if (budgetOf(this).left === 0) return asTyped(source);
      const list = Tokenizer.prototype.list.call(this, wholeLines(source, LONGEST_LIST));
      if (list) take(budgetOf(this), list.raw.length ** 2 / LIST_SQUARE);
      return list;
    },
    lheading(source) {
      const start = source.slice(0, LONGEST_HEADING);
      if (!spend(budgetOf(this), start.length)) return undefined;
      const heading = Tokenizer.prototype.lheading.call(this, start);
      return heading && (heading.raw.length < LONGEST_HEADING || start === source) ? heading : undefined;
    },
    table(source) {
      if (!/^.*\n[ |:-]*-[ |:-]*(?:\n|$)/.test(source)) return undefined;
      const table = Tokenizer.prototype.table.call(this, affordableTable(budgetOf(this), source));
      if (table) take(budgetOf(this), table.rows.length * table.header.length * CELL);
      return table;
    },
  },
};
