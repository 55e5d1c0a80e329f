import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  parseMarkdown,
  type Piece,
  pieceOf,
  readerText,
  renderDingtalk,
  renderDiscord,
  renderFeishu,
  renderFeishuPost,
  renderSlack,
  renderWecom,
  telegramMessage,
  telegramPhoto,
  telegramRich,
} from "../../../src/formats/index.ts";
import { chatManuscript as manuscript } from "./manuscripts.ts";
import {
  readDingtalk,
  readDiscord,
  readFeishu,
  readPost,
  readRich,
  readSlack,
  readTelegram,
  readWecom,
} from "./read-chat.ts";
import { runs } from "../runs.ts";
import { folded, sameAddress, type Seen, wordsOf } from "./seen.ts";

const media: Record<string, (piece: Piece) => Seen | null> = {
  telegram: (piece) => {
    const { text, entities } = telegramMessage(piece);
    return readTelegram(text, entities, 4096);
  },
  "telegram photo": (piece) => {
    const photo = telegramPhoto(piece);
    return photo && readTelegram(photo.caption, photo.caption_entities, 1024);
  },
  "telegram rich": (piece) => {
    const rich = telegramRich(piece);
    return rich && readRich(rich);
  },
  wecom: (piece) => readWecom(renderWecom(piece)),
  dingtalk: (piece) => readDingtalk(renderDingtalk(piece)),
  feishu: (piece) => readFeishu(renderFeishu(piece)),
  "feishu post": (piece) => readPost(renderFeishuPost(piece)),
  slack: (piece) => readSlack(renderSlack(piece)),
  discord: (piece) => readDiscord(renderDiscord(piece)),
};

function linksOf(piece: Piece): string[] {
  return piece.blocks.flatMap((block) => {
    if (block.kind === "image") return [block.src];
    const runs = block.kind === "table" ? [block.header, ...block.rows].flat(2) : "runs" in block ? block.runs : [];
    return runs.flatMap(({ link }) => (link === undefined ? [] : [link]));
  });
}

/** That what is seen is the article, or its start: nothing else, nothing less, and no way but its own. */
function checkSeen({ text, links, images }: Seen, piece: Piece, withAlts: boolean): void {
  const known = [piece.url, piece.cover ?? "", ...linksOf(piece)];
  for (const url of [...links, ...images])
    if (!known.some((each) => sameAddress(each, url))) expect.fail(`a way to ${url}`);
  const blocks = piece.blocks.map((block) => (block.kind === "image" && !withAlts ? block.marker : wordsOf(block)));
  const head = folded(`${piece.title}${[piece.column, piece.unit].filter(Boolean).join(" · ")}`);
  const whole = head + folded(blocks.join("\n"));
  const shown = folded(text);
  if (shown.endsWith("查看原文")) {
    expect(shown).toBe(`${whole}查看原文`);
    return;
  }
  expect(shown.endsWith("阅读全文")).toBe(true);
  const start = shown.slice(0, -4);
  expect(whole.startsWith(start) || whole.startsWith(start.replace(/…$/, ""))).toBe(true);
}

const RUNS = runs(60);
// As titles are after the intake: without control characters.
const title = manuscript.map(
  (text) =>
    `题${Array.from(text.replaceAll(/[\s\p{Cc}]+/gu, " "))
      .slice(0, 24)
      .join("")
      .trim()}`,
);

it.each(Object.keys(media))("%s: any manuscript is within the limits, says what it says, and calls nobody", (name) => {
  const read = media[name];
  const check = (markdown: string, title: string, times: number) => {
    const doc = parseMarkdown(`${markdown}\n`.repeat(times));
    const summary = { title, digest: "", url: "https://kanfa.test/posts/7", cover: "https://kanfa.test/c.jpg" };
    const piece = pieceOf({ ...summary, column: "要闻", unit: "长顺镇" }, doc);
    const seen = read?.(piece);
    if (seen) checkSeen(seen, piece, name !== "telegram rich");
    expect(seen === undefined).toBe(false);
  };
  fc.assert(fc.property(manuscript, title, fc.constantFrom(1, 1, 1, 1, 1, 40), check), RUNS);
});

it("a piece has every word of its manuscript, in order", () => {
  const check = (markdown: string) => {
    const doc = parseMarkdown(markdown);
    const summary = { title: "题", digest: "", url: "https://kanfa.test/posts/7", cover: null };
    const words = folded(pieceOf(summary, doc).blocks.map(wordsOf).join("\n"));
    let at = 0;
    for (const piece of readerText(doc).map(folded)) {
      if (/^<br\/?>$/i.test(piece)) continue;
      const found = words.indexOf(piece, at);
      if (found < 0) expect.fail(`${JSON.stringify(piece)} is not in ${JSON.stringify(words)} from ${at}`);
      at = found + piece.length;
    }
    expect(at).toBeLessThanOrEqual(words.length);
  };
  fc.assert(fc.property(manuscript, check), RUNS);
});
