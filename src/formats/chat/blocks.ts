import { type Block, imageWords } from "../flat.ts";
import { hasLineEnd, inOneLine, mergeRuns, type Run } from "../runs.ts";

type Of<Kind extends Block["kind"]> = Extract<Block, { kind: Kind }>;
export type TableBlock = Of<"table">;
type ImageBlock = Of<"image">;
type TextBlock = Of<"text">;

const BETWEEN: Run = { text: " | " };
const LINE_END: Run = { text: "\n" };

function rowRuns(cells: readonly (readonly Run[])[]): Run[] {
  const runs: Run[] = [];
  for (const [index, cell] of cells.entries()) {
    if (index > 0) runs.push(BETWEEN);
    runs.push(...inOneLine(cell));
  }
  return runs;
}

function textOfTable({ quotes, indent, marker, header, rows }: TableBlock): TextBlock {
  const runs: Run[] = [...allBold(rowRuns(header))];
  for (const row of rows) runs.push(LINE_END, ...rowRuns(row));
  return { quotes, indent, marker, kind: "text", role: "paragraph", runs: mergeRuns(runs) };
}

const tablesAsText = new WeakMap<TableBlock, TextBlock>();

/** A table as lines, for media that have none: ` | ` between cells, the head bold. Made once for all of them. */
export function tableLines(table: TableBlock): TextBlock {
  let text = tablesAsText.get(table);
  if (text === undefined) tablesAsText.set(table, (text = textOfTable(table)));
  return text;
}

/** An image as words that lead to it, for media that can show none in a text. */
export function imageLink({ quotes, indent, marker, src, alt }: ImageBlock): TextBlock {
  const runs: Run[] = [{ text: imageWords(alt) || "［图］", link: src }];
  return { quotes, indent, marker, kind: "text", role: "paragraph", runs };
}

/** Whether a block stands by itself: in no quote and no list. */
export const onTop = ({ quotes, indent }: Block): boolean => quotes === 0 && indent === 0;

const isCredit = (block: Block): boolean => block.kind === "text" && block.role === "credit";
const isText = (block: Block): boolean => block.kind === "text" || block.kind === "heading";

/** How many line ends are between two blocks: one within a list, among credits and before a caption; else two. */
export function lineEnds(previous: Block, block: Block): 1 | 2 {
  if (!isText(block) || previous.quotes !== block.quotes) return 2;
  if (block.kind === "text" && block.role === "caption") return 1;
  if (!isText(previous)) return 2;
  if (block.indent > 0 && previous.indent > 0) return 1;
  return isCredit(block) && isCredit(previous) ? 1 : 2;
}

/** What is before the first line of a block in a list: ideographic spaces, which no medium eats, and its mark. */
export const lineLead = ({ indent, marker }: Block): string =>
  "\u3000".repeat(Math.min(Math.max(0, marker === "" ? indent : indent - 1), 8)) + marker;

/** The lines of a text: runs without line breaks. */
export function linesOf(runs: readonly Run[]): readonly (readonly Run[])[] {
  if (!hasLineEnd(runs)) return [runs];
  const lines: Run[][] = [[]];
  for (const run of runs) {
    const [first = "", ...more] = run.text.split("\n");
    if (first !== "") lines.at(-1)?.push({ ...run, text: first });
    for (const text of more) lines.push(text === "" ? [] : [{ ...run, text }]);
  }
  return lines;
}

/** The runs, all bold. */
export const allBold = (runs: readonly Run[]): readonly Run[] =>
  runs.every(({ bold }) => bold) ? runs : mergeRuns(runs.map((run) => ({ ...run, bold: true as const })));
