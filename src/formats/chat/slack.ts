import type { Block } from "../flat.ts";
import { replacer } from "../replacer.ts";
import type { Run } from "../runs.ts";
import { allBold, imageLink, lineEnds, lineLead, tableLines } from "./blocks.ts";
import { cutText, fitBlocks, fitSeveral, JSON_TEXT, type Several } from "./cut.ts";
import { linkWords, oneLine, type Piece, type Summary } from "./piece.ts";

type Style = { readonly bold?: true; readonly italic?: true; readonly strike?: true; readonly code?: true };
type Element =
  | { readonly type: "text"; readonly text: string; readonly style?: Style }
  | { readonly type: "link"; readonly url: string; readonly text: string; readonly style?: Style };
type RichElement = {
  readonly type: "rich_text_section" | "rich_text_quote" | "rich_text_preformatted";
  readonly elements: readonly Element[];
};
type PlainText = { readonly type: "plain_text"; readonly text: string; readonly emoji: false };
/** What we use of Block Kit (@slack/types): structure, in which no text is markup. */
type SlackBlock =
  | { readonly type: "header"; readonly text: PlainText }
  | { readonly type: "context"; readonly elements: readonly PlainText[] }
  | { readonly type: "rich_text"; readonly elements: readonly RichElement[] }
  | { readonly type: "image"; readonly image_url: string; readonly alt_text: string }
  | { readonly type: "divider" };
/** The body for a Slack webhook. `text` is what a notification shows. */
export type SlackMessage = { readonly text: string; readonly blocks: readonly SlackBlock[] };

/**
 * Characters and blocks (docs.slack.dev, Block Kit). `total` is ours: a message is refused as `msg_blocks_too_long` at some
 * 13,000 characters of all blocks together, JSON and all, which no page says (slackapi/bolt-js issue 2509).
 */
const SLACK_LIMITS = { header: 150, blocks: 50, total: 12_000, alt: 2000, url: 3000 };
// What a new rich text block is in JSON around its elements.
const AROUND = 40;
// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** How many UTF-16 units a text has within a JSON string. */
const unitsOf = (text: string): number => (ESCAPED.test(text) ? JSON.stringify(text).length - 2 : text.length);

const plain = (text: string): PlainText => ({ type: "plain_text", text, emoji: false });

// `text` is mrkdwn: these three are all of its syntax that calls somebody or leads somewhere.
const MRKDWN: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const mrkdwn = replacer(/[&<>]/, (character) => MRKDWN[character] ?? "");

function element({ text, link, bold, italic, strike, code }: Run): Element {
  if (!link && !bold && !italic && !strike && !code) return { type: "text", text };
  const looks = { ...(bold && { bold }), ...(italic && { italic }), ...(strike && { strike }), ...(code && { code }) };
  const style = Object.keys(looks).length === 0 ? {} : { style: looks };
  if (link !== undefined && link.length <= SLACK_LIMITS.url) return { type: "link", url: link, text, ...style };
  return { type: "text", text, ...style };
}

type Part = { readonly rich: RichElement | null; readonly alone: SlackBlock | null; readonly fresh: boolean };

function richElement(block: Block, runs: readonly Run[], before: string): RichElement | null {
  const lead = before + lineLead(block);
  const elements = [...(lead === "" ? [] : [{ type: "text" as const, text: lead }]), ...runs.map(element)];
  if (elements.length === 0 || (runs.length === 0 && block.marker === "")) return null;
  return { type: block.quotes > 0 ? "rich_text_quote" : "rich_text_section", elements };
}

// A rule or an image that opens a list's item stays with its mark, in the text.
const standsAlone = (block: Block): boolean =>
  block.marker === "" && ((block.kind === "image" && block.src.length <= SLACK_LIMITS.url) || block.kind === "rule");

function write(block: Block, previous: Block | null): Part | null {
  const fresh = previous === null || standsAlone(previous);
  const before = !fresh && previous.kind !== "code" && lineEnds(previous, block) === 2 ? "\n" : "";
  const rich = (runs: readonly Run[]): Part | null => {
    const element = richElement(block, runs, before);
    return element && { rich: element, alone: null, fresh };
  };
  switch (block.kind) {
    case "text":
      return rich(block.runs);
    case "heading":
      return rich(allBold(block.runs));
    case "table":
      return rich(tableLines(block).runs);
    case "code": {
      if (block.text.trim() === "") return rich([]);
      if (block.marker !== "") return rich([{ text: block.text, code: true }]);
      const elements = [{ type: "text" as const, text: block.text }];
      return { rich: { type: "rich_text_preformatted", elements }, alone: null, fresh };
    }
    case "image": {
      if (!standsAlone(block)) return rich(imageLink(block).runs);
      const alt_text = cutText(oneLine(block.alt, "［图］"), SLACK_LIMITS.alt);
      return { rich: null, alone: { type: "image", image_url: block.src, alt_text }, fresh };
    }
    case "rule":
      return standsAlone(block) ? { rich: null, alone: { type: "divider" }, fresh } : rich([{ text: "———" }]);
  }
}

const cost = ({ rich, alone, fresh }: Part): readonly number[] =>
  alone === null
    ? [JSON.stringify(rich).length + 1 + (fresh ? AROUND : 0), fresh ? 1 : 0]
    : [JSON.stringify(alone).length + 1, 1];

// What a section and an element of it are at most in JSON around its elements, and around its text and address.
const AROUND_SECTION = 60;
const AROUND_ELEMENT = 120;

function atMost(part: Part): readonly number[] {
  const { rich, fresh } = part;
  if (rich === null) return cost(part);
  let units = AROUND_SECTION + (fresh ? AROUND : 0);
  for (const each of rich.elements) {
    const text = each.type === "link" ? each.text + each.url : each.text;
    units += AROUND_ELEMENT + text.length * (ESCAPED.test(text) ? JSON_TEXT.unit : 1);
  }
  return [units, fresh ? 1 : 0];
}

const rich = (elements: readonly RichElement[]): SlackBlock => ({ type: "rich_text", elements });
const link = (text: string, url: string, style?: Style): RichElement => ({
  type: "rich_text_section",
  elements: [{ type: "link", url, text, ...(style && { style }) }],
});

function blocksOf(parts: readonly Part[]): SlackBlock[] {
  const blocks: SlackBlock[] = [];
  let open: RichElement[] = [];
  for (const { rich: part, alone } of parts) {
    if (part !== null) {
      if (open.length === 0) blocks.push(rich(open));
      open.push(part);
    }
    if (alone !== null) {
      open = [];
      blocks.push(alone);
    }
  }
  return blocks;
}

const contextOf = (line: string): SlackBlock => ({ type: "context", elements: [plain(line)] });
function headOf(title: string, line: string): SlackBlock[] {
  const header: SlackBlock = { type: "header", text: plain(title) };
  return line === "" ? [header] : [header, contextOf(line)];
}

const WRITING = { write, cost, atMost };
// What the blocks around an article's are in JSON, but for their words; and the line under its title.
const AROUND_ARTICLE = JSON.stringify([...headOf("", ""), rich([link("", "")])]).length;
const AROUND_LINE = JSON.stringify([contextOf("")]).length - 1;

/** An article: a header, its text as rich text with its images between, and the link to all of it. */
export function renderSlack(piece: Piece): SlackMessage {
  const title = cutText(piece.title, SLACK_LIMITS.header);
  const line = cutText(piece.standing, SLACK_LIMITS.header);
  const head = headOf(title, line);
  const words = [title, line, linkWords(false), piece.url];
  const around = line === "" ? AROUND_ARTICLE : AROUND_ARTICLE + AROUND_LINE;
  const frame = words.reduce((sum, text) => sum + unitsOf(text), around);
  const room = [SLACK_LIMITS.total - frame, SLACK_LIMITS.blocks - head.length - 1];
  const { parts, whole } = fitBlocks(piece.blocks, WRITING, room);
  const end = rich([link(linkWords(whole), piece.url)]);
  return { text: mrkdwn(title), blocks: [...head, ...blocksOf(parts), end] };
}

/** Several posts, each a title that is a link, and its digest. */
export function slackList(posts: readonly Summary[]): Several<SlackMessage> {
  const post = ({ title, digest, url }: Summary): SlackBlock => {
    const words = cutText(oneLine(digest, ""), 300);
    const section: RichElement = { type: "rich_text_section", elements: [{ type: "text", text: words }] };
    return rich([link(cutText(oneLine(title), 200), url, { bold: true }), ...(words === "" ? [] : [section])]);
  };
  const make = (some: readonly Summary[]): SlackMessage => ({
    text: mrkdwn(cutText(some.map(({ title }) => oneLine(title)).join("；"), 300)),
    blocks: some.map(post),
  });
  const fits = ({ blocks }: SlackMessage): boolean =>
    blocks.length <= SLACK_LIMITS.blocks && JSON.stringify(blocks).length <= SLACK_LIMITS.total;
  return fitSeveral(posts, SLACK_LIMITS.blocks, make, fits);
}

/** A plain text, cut to what a message takes. */
export function slackText(text: string): SlackMessage {
  const words = cutText(text, SLACK_LIMITS.total - 600, (part) => JSON.stringify(part).length);
  const section: RichElement = { type: "rich_text_section", elements: [{ type: "text", text: words }] };
  return { text: mrkdwn(cutText(oneLine(text), 300)), blocks: [rich([section])] };
}
