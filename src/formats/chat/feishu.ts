import type { Block } from "../flat.ts";
import { type Run, runText } from "../runs.ts";
import { onTop, type TableBlock, tableLines } from "./blocks.ts";
import { cutText, fitBlocks, fitSeveral, JSON_TEXT, jsonLength, jsonTextLength, type Several } from "./cut.ts";
import { FEISHU } from "./dialects.ts";
import { writeMarkdown } from "./markdown.ts";
import { linkWords, oneLine, type Piece, type Summary } from "./piece.ts";

type PlainText = { readonly tag: "plain_text"; readonly content: string };
type Align = "left" | "center" | "right";
/** What we use of card JSON 2.0 (open.feishu.cn, 卡片 JSON 2.0 结构). Only `markdown` has markup. */
type FeishuElement =
  | { readonly tag: "markdown"; readonly content: string }
  | { readonly tag: "div"; readonly text: PlainText }
  | { readonly tag: "hr" }
  | {
      readonly tag: "table";
      readonly page_size: number;
      readonly row_height: "auto";
      readonly columns: readonly {
        readonly name: string;
        readonly display_name: string;
        readonly data_type: "text";
        readonly horizontal_align: Align;
      }[];
      readonly rows: readonly Readonly<Record<string, string>>[];
    }
  | {
      readonly tag: "button";
      readonly type: "primary";
      readonly text: PlainText;
      readonly behaviors: readonly [{ readonly type: "open_url"; readonly default_url: string }];
    };
/** Of the title of a card. */
export type FeishuColour = "red" | "orange" | "grey";
/** The body for a Feishu robot, but for `timestamp` and `sign`. */
export type FeishuCard = {
  readonly msg_type: "interactive";
  readonly card: {
    readonly schema: "2.0";
    readonly header: { readonly title: PlainText; readonly subtitle?: PlainText; readonly template: FeishuColour };
    readonly body: { readonly elements: readonly FeishuElement[] };
  };
};

/** Bytes of the body with its timestamp and signature; elements and tables of a card; columns and rows a page of a table. */
export const FEISHU_LIMITS = { body: 20_000, elements: 200, tables: 5, columns: 50, page: 10 };
const SIGNATURE = 120;

const COLUMNS = Array.from({ length: FEISHU_LIMITS.columns }, (_, index) => `c${index}`);

const plain = (content: string): PlainText => ({ tag: "plain_text", content });

function rowOf(cells: readonly (readonly Run[])[]): Record<string, string> {
  const row: Record<string, string> = {};
  for (const [index, cell] of cells.entries()) row[COLUMNS[index] ?? ""] = runText(cell);
  return row;
}

function table({ align, header, rows }: TableBlock): FeishuElement {
  return {
    tag: "table",
    page_size: Math.min(Math.max(1, rows.length), FEISHU_LIMITS.page),
    row_height: "auto",
    columns: header.map((cell, index) => ({
      name: COLUMNS[index] ?? "",
      display_name: runText(cell),
      data_type: "text",
      horizontal_align: align[index] ?? "left",
    })),
    rows: rows.map(rowOf),
  };
}

const isComponent = (block: Block): boolean =>
  block.kind === "table" || block.kind === "rule" || (block.kind === "code" && block.text.trim() !== "");

function componentOf(block: Block): FeishuElement | null {
  if (block.kind === "table") return table(block);
  if (block.kind === "rule") return { tag: "hr" };
  return block.kind === "code" && block.text.trim() !== "" ? { tag: "div", text: plain(block.text) } : null;
}

type Part = {
  readonly markdown: string;
  readonly component: FeishuElement | null;
  readonly fresh: boolean;
};

function write(block: Block, previous: Block | null): Part | null {
  const fresh = previous === null || isComponent(previous);
  const component = componentOf(block);
  // What stands in a list and is a component has its mark on a line before it.
  const words: Block = component === null ? block : { ...block, kind: "text", role: "paragraph", runs: [] };
  if (component !== null && block.marker === "") return { markdown: "", component, fresh };
  const markdown = writeMarkdown(words, fresh ? null : previous, FEISHU);
  return markdown === null && component === null ? null : { markdown: markdown ?? "", component, fresh };
}

type Count = { text(text: string): number; component(component: FeishuElement): number };

// How many elements a card may have counts what is within them, as a table's columns: rows are data.
function prices({ markdown, component, fresh }: Part, bytes: Count): readonly number[] {
  const words = markdown === "" ? 0 : bytes.text(markdown) + (fresh ? 40 : 0);
  if (component === null) return [words, fresh && words > 0 ? 1 : 0];
  const within = component.tag === "table" ? component.columns.length + 1 : 2;
  return [words + bytes.component(component) + 1, (fresh && words > 0 ? 1 : 0) + within];
}

// What a table and a column of it are at most in JSON around its rows and its head, and a cell around its text.
const AROUND_TABLE = 100;
const AROUND_COLUMN = 120;
const AROUND_CELL = 12;

const EXACTLY: Count = { text: jsonTextLength, component: jsonLength };
const AT_MOST: Count = {
  text: (text) => text.length * JSON_TEXT.unit,
  component: (component) => {
    if (component.tag !== "table") return jsonLength(component);
    const { columns, rows } = component;
    let units = 0;
    for (const { display_name } of columns) units += display_name.length;
    for (const row of rows) for (const { name } of columns) units += row[name]?.length ?? 0;
    const cells = (rows.length + 1) * columns.length;
    return AROUND_TABLE + AROUND_COLUMN * columns.length + AROUND_CELL * cells + units * JSON_TEXT.unit;
  },
};

const WRITING = {
  write,
  cost: (part: Part): readonly number[] => prices(part, EXACTLY),
  atMost: (part: Part): readonly number[] => prices(part, AT_MOST),
};

// Tables beyond the fifth, those with too many columns, and those in a list or a quote are lines.
function withTables(blocks: readonly Block[]): Block[] {
  let tables = 0;
  return blocks.map((block) => {
    if (block.kind !== "table") return block;
    const fits = onTop(block) && block.header.length <= FEISHU_LIMITS.columns && tables < FEISHU_LIMITS.tables;
    if (fits) tables++;
    return fits ? block : tableLines(block);
  });
}

function elementsOf(parts: readonly Part[]): FeishuElement[] {
  const elements: FeishuElement[] = [];
  for (const { markdown, component } of parts) {
    const last = elements.at(-1);
    if (markdown !== "") {
      if (last?.tag === "markdown") elements[elements.length - 1] = { ...last, content: last.content + markdown };
      else elements.push({ tag: "markdown", content: markdown });
    }
    if (component !== null) elements.push(component);
  }
  return elements;
}

function card(
  title: string,
  subtitle: string,
  elements: readonly FeishuElement[],
  template: FeishuColour = "red",
): FeishuCard {
  const header = { title: plain(title), ...(subtitle !== "" && { subtitle: plain(subtitle) }), template };
  return { msg_type: "interactive", card: { schema: "2.0", header, body: { elements } } };
}

const button = (words: string, url: string): FeishuElement => ({
  tag: "button",
  type: "primary",
  text: plain(words),
  behaviors: [{ type: "open_url", default_url: url }],
});

// What a card is in JSON around the words of its title and its button, without a colour; and around a subtitle.
const AROUND_ARTICLE = jsonLength(card("", "", [button("", "")])) - "red".length;
const AROUND_SUBTITLE = jsonLength({ subtitle: plain("") }) - "{}".length + ",".length;

/** An article as a card: its text, tables and code, and a button that leads to all of it. */
export function renderFeishu(piece: Piece, colour: FeishuColour = "red"): FeishuCard {
  const title = cutText(piece.title, 200);
  const subtitle = cutText(piece.standing, 100);
  const words = [title, subtitle, linkWords(false), piece.url];
  const around = AROUND_ARTICLE + (subtitle === "" ? 0 : AROUND_SUBTITLE) + colour.length;
  const frame = words.reduce((sum, text) => sum + jsonTextLength(text), around);
  const room = [FEISHU_LIMITS.body - SIGNATURE - frame, FEISHU_LIMITS.elements - 8];
  const { parts, whole } = fitBlocks(withTables(piece.blocks), WRITING, room);
  return card(title, subtitle, [...elementsOf(parts), button(linkWords(whole), piece.url)], colour);
}

/** Several posts in one card, each a title that is a link, and its digest. */
export function feishuList(posts: readonly Summary[], title: string, colour?: FeishuColour): Several<FeishuCard> {
  const post = ({ title, digest, url }: Summary): FeishuElement => {
    const head = FEISHU.link(FEISHU.text(cutText(oneLine(title), 200)), url, title);
    const words = FEISHU.text(cutText(oneLine(digest, ""), 300));
    return { tag: "markdown", content: words === "" ? head : `${head}${FEISHU.lineEnd}${words}` };
  };
  const make = (some: readonly Summary[]): FeishuCard =>
    card(
      cutText(oneLine(title), 200),
      "",
      some.flatMap((each, index) => (index === 0 ? [post(each)] : [{ tag: "hr" as const }, post(each)])),
      colour,
    );
  const fits = (message: FeishuCard): boolean => jsonLength(message) + SIGNATURE <= FEISHU_LIMITS.body;
  return fitSeveral(posts, FEISHU_LIMITS.elements / 4, make, fits);
}
