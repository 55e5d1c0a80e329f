import type { Block } from "../flat.ts";
import type { Run } from "../runs.ts";
import { imageLink, lineLead, linesOf, tableLines } from "./blocks.ts";
import { cutText, fitBlocks, fitSeveral, JSON_TEXT, jsonLength, jsonTextLength, type Several } from "./cut.ts";
import { FEISHU_LIMITS } from "./feishu.ts";
import { linkWords, oneLine, type Piece, type Summary } from "./piece.ts";

type Tag =
  | { readonly tag: "text"; readonly text: string }
  | { readonly tag: "a"; readonly text: string; readonly href: string };
type Line = readonly Tag[];
/**
 * The body of a rich text for a Feishu robot, but for `timestamp` and `sign`. Lines of tags: no text in it is markup. A
 * group's robot may set no style in it.
 */
export type FeishuPost = {
  readonly msg_type: "post";
  readonly content: {
    readonly post: { readonly zh_cn: { readonly title: string; readonly content: readonly Line[] } };
  };
};

const ROOM = FEISHU_LIMITS.body - 120;

const tagOf = ({ text, link }: Run): Tag =>
  link === undefined ? { tag: "text", text } : { tag: "a", text, href: link };

function lines(runs: readonly Run[], lead: string): Line[] {
  const written = linesOf(runs).map((line) => line.map(tagOf));
  const [first = [], ...more] = written;
  return [lead === "" ? first : [{ tag: "text" as const, text: lead }, ...first], ...more].filter(
    (line) => line.length > 0,
  );
}

function write(block: Block): Line[] | null {
  const lead = (block.quotes > 0 ? "｜" : "") + lineLead(block);
  const runs = (): readonly Run[] => {
    switch (block.kind) {
      case "text":
      case "heading":
        return block.runs;
      case "code":
        return block.text.trim() === "" ? [] : [{ text: block.text }];
      case "image":
        return imageLink(block).runs;
      case "table":
        return tableLines(block).runs;
      case "rule":
        return [{ text: "———" }];
    }
  };
  const shown = runs();
  if (shown.length === 0 && block.marker === "") return null;
  return lines(shown, lead);
}

const AROUND = JSON.stringify({ tag: "text", text: "", href: "" }).length + 1;

function lineLength(line: Line, length = jsonTextLength): number {
  let sum = 3;
  for (const tag of line) sum += AROUND + length(tag.text) + (tag.tag === "a" ? length(tag.href) : 0);
  return sum;
}
const lengthOf = (lines: readonly Line[], length?: (text: string) => number): number =>
  lines.reduce((sum, line) => sum + lineLength(line, length), 0);
const atMost = (text: string): number => text.length * JSON_TEXT.unit;

const post = (title: string, content: readonly Line[]): FeishuPost => ({
  msg_type: "post",
  content: { post: { zh_cn: { title: cutText(oneLine(title), 200), content } } },
});

/** An article as rich text. */
export function renderFeishuPost(piece: Piece): FeishuPost {
  const line = cutText(piece.standing, 100);
  const head: Line[] = line === "" ? [] : [[{ tag: "text", text: line }]];
  const make = (body: readonly Line[], whole: boolean): FeishuPost =>
    post(piece.title, [...head, ...body, [{ tag: "a", text: linkWords(whole), href: piece.url }]]);
  const writing = {
    write,
    cost: (part: Line[]): readonly number[] => [lengthOf(part)],
    atMost: (part: Line[]): readonly number[] => [lengthOf(part, atMost)],
  };
  const { parts, whole } = fitBlocks(piece.blocks, writing, [ROOM - jsonLength(make([], false))]);
  return make(parts.flat(), whole);
}

/** Several posts as rich text: a line for each title, which is a link, and one for its digest. */
export function feishuPostList(posts: readonly Summary[], title: string): Several<FeishuPost> {
  const make = (some: readonly Summary[]): FeishuPost =>
    post(
      title,
      some.flatMap((each): Line[] => {
        const digest = cutText(oneLine(each.digest, ""), 300);
        const head: Line = [{ tag: "a", text: cutText(oneLine(each.title), 200), href: each.url }];
        return digest === "" ? [head] : [head, [{ tag: "text", text: digest }]];
      }),
    );
  return fitSeveral(posts, 50, make, (message) => jsonLength(message) <= ROOM);
}

/** A plain text under a title. As rich text nothing in it is markup; as `text` it could call somebody. */
export function feishuText(title: string, text: string): FeishuPost {
  const lines = (words: string): Line[] =>
    words.split("\n").flatMap((line): Line[] => (line === "" ? [] : [[{ tag: "text", text: line }]]));
  const cost = (words: string): number => lengthOf(lines(words));
  return post(title, lines(cutText(text, ROOM - jsonLength(post(title, [])), cost)));
}
