import type { Cell } from "../render.ts";
import type { Styles } from "./styles.ts";

const ALIGNMENTS = ["left", "center", "right"] as const;
type Alignment = (typeof ALIGNMENTS)[number];

const alignment = (cell: Cell): Alignment => cell.align ?? "left";

function mostCommon(cells: readonly Cell[]): Alignment {
  const count = (align: Alignment): number => cells.filter((cell) => alignment(cell) === align).length;
  return ALIGNMENTS.reduce((most, align) => (count(align) > count(most) ? align : most));
}

/** More than this a column does not ask for: longer texts wrap. */
const WIDEST = 14;

// Letters and digits are about half as wide as 汉字, which start after Latin and Greek.
function widthOf(line: string): number {
  const end = Math.min(line.length, 2 * WIDEST);
  let width = 0;
  for (let at = 0; at < end; at++) {
    const unit = line.charCodeAt(at);
    const secondHalf = unit >= 0xdc00 && unit <= 0xdfff;
    if (!secondHalf) width += unit < 0x400 ? 0.55 : 1;
  }
  return Math.min(WIDEST, width);
}

/** About how wide a cell would like to be, in 字: as its longest line, within reason. */
function wish({ inner }: Cell): number {
  if (!inner.includes("<")) return widthOf(inner);
  if (inner.includes("<img")) return WIDEST;
  return Math.max(...inner.split("<br>").map((line) => widthOf(line.replaceAll(/<[^>]*>/g, ""))));
}

/** What the padding of a cell takes, 字: the page's own, and that of a crowded table. */
const PADDING = 1.4;
const CLOSER = { css: "padding:4px 2px", width: 0.35 };

/**
 * A table that fits a phone: fixed columns, as wide as what stands in them asks for, and smaller letters with closer cells
 * when they ask for more than a phone has. Frames and padding are the page's own.
 */
export function tableHtml(header: readonly Cell[], rows: readonly (readonly Cell[])[], styles: Styles): string {
  const common = mostCommon(header);
  const wishes = header.map((head, at) => Math.max(1, wish(head), ...rows.map((row) => (row[at] ? wish(row[at]) : 0))));
  const wished = wishes.reduce((sum, width) => sum + width, 0);
  const crowded = header.length > 3 && wished + header.length * PADDING > styles.tableRoom;
  const even = wishes.every((width) => width === wishes[0]);
  const closer = crowded && CLOSER.css;
  const padding = crowded ? CLOSER.width : PADDING;
  const share = (width: number): number => (100 * (width + padding)) / (wished + header.length * padding);

  const tag = (align: Alignment): string => styles.cell("td", closer, align !== common && `text-align:${align}`);
  const tags: Partial<Record<Alignment, string>> = {};
  const heads = header.map((head, at) => {
    // The last column has what the others leave.
    const width = !even && at < header.length - 1 && `width:${Math.round(share(wishes[at] ?? 1))}%`;
    const align = alignment(head);
    return `${styles.cell("th", width, closer, align !== common && `text-align:${align}`)}${head.inner}</th>`;
  });
  const line = (row: readonly Cell[]): string => {
    let html = "<tr>";
    for (const cell of row) {
      const align = alignment(cell);
      html += `${(tags[align] ??= tag(align))}${cell.inner}</td>`;
    }
    return `${html}</tr>`;
  };
  return `${styles.table(crowded, common)}${styles.tableHead}${heads.join("")}</tr>${rows.map(line).join("")}</table>`;
}
