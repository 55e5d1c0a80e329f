import * as fc from "fast-check";
import { expect, it } from "vitest";
import { emailBlocks } from "../../../src/formats/email/body.ts";
import {
  type Block,
  digestOf,
  flatten,
  imageSources,
  parseMarkdown,
  readerText,
  renderFeed,
  renderText,
  renderWeb,
  renderWechat,
  runText,
  type Theme,
  THEME_NAMES,
  THEMES,
} from "../../../src/formats/index.ts";
import { CAPTIONS, COLUMN_HEADS, HEADINGS, QUOTES, RULES } from "../../../src/formats/wechat/theme.ts";
import { manuscript, wellBuilt } from "./manuscripts.ts";
import { type Element, EMAIL, EMAIL_LINES, FEED, readMarkup, readWechat, WEB } from "./markup.ts";

const runs = { numRuns: 700 };

const hue = fc.constantFrom("#b3251e", "#ffffff", "#0a0b0c");
const changes = fc.record(
  {
    accent: hue,
    tint: fc.option(hue),
    paper: fc.option(hue),
    size: fc.double({ min: 14, max: 20, noNaN: true }),
    spacing: fc.double({ min: 0, max: 2, noNaN: true }),
    indent: fc.boolean(),
    serif: fc.boolean(),
    heading: fc.constantFrom(...HEADINGS),
    quote: fc.constantFrom(...QUOTES),
    rule: fc.constantFrom(...RULES),
    caption: fc.constantFrom(...CAPTIONS),
    column: fc.constantFrom(...COLUMN_HEADS),
    opening: manuscript,
    closing: manuscript,
    roles: fc.array(fc.oneof(manuscript, fc.constant("编辑")), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const theme: fc.Arbitrary<Theme> = fc
  .tuple(fc.constantFrom(...THEME_NAMES), changes)
  .map(([base, own]) => ({ ...THEMES[base].theme, ...own }));

const addresses = (elements: readonly Element[]): string[] =>
  elements.flatMap(({ attributes }) => [attributes["href"], attributes["src"]].filter((value) => value !== undefined));
function wordsOf(block: Block): string {
  if (block.kind === "code") return block.text;
  if (block.kind === "table") return [block.header, ...block.rows].flat().map(runText).join("");
  return "runs" in block ? runText(block.runs) : "";
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, "");

it("web: any manuscript gives well-formed HTML of our tags, attributes and schemes", () => {
  expect.hasAssertions();
  const check = (markdown: string) => {
    const page = readMarkup(renderWeb(parseMarkdown(markdown)), WEB);
    for (const url of addresses(page.elements))
      expect(url).toMatch(/^(?:https?:\/\/[^/\\]|mailto:|tel:|#|\/(?![/\\]))/i);
    expect(page.elements.length).toBeGreaterThanOrEqual(0);
  };
  fc.assert(fc.property(manuscript, check), runs);
});

it("wechat: any manuscript in any theme gives well-formed HTML that WeChat keeps", () => {
  expect.hasAssertions();
  const check = (markdown: string, look: Theme, word: string) => {
    const html = renderWechat(parseMarkdown(markdown), {
      images: (src) => (src.length % 2 ? "https://mmbiz.qpic.cn/x" : null),
      theme: look,
      column: { name: word, issue: word },
      credits: [{ role: "编辑", name: word }],
    });
    const page = readWechat(html);
    for (const { tag, attributes } of page.elements) {
      if (tag === "a") expect(attributes["href"]).toMatch(/^https?:\/\/mp\.weixin\.qq\.com\//i);
      if (tag === "img") expect(attributes["src"]).toBe("https://mmbiz.qpic.cn/x");
    }
  };
  fc.assert(fc.property(fc.oneof(manuscript, wellBuilt), theme, manuscript, check), runs);
});

it("no renderer loses a word", () => {
  expect.hasAssertions();
  const check = (markdown: string, look: Theme) => {
    const doc = parseMarkdown(markdown);
    const outputs = [
      readMarkup(renderWeb(doc), WEB).text,
      readWechat(renderWechat(doc, { images: () => null, theme: { ...look, opening: "", closing: "" } })).text,
      renderText(doc),
      flatten(doc).map(wordsOf).join("\n"),
    ].map(squeezed);
    for (const output of outputs) {
      let at = 0;
      for (const piece of readerText(doc).map(squeezed)) {
        if (/^<br\/?>$/i.test(piece)) continue;
        const found = output.indexOf(piece, at);
        if (found < 0) expect.fail(`${JSON.stringify(piece)} is not in ${JSON.stringify(output)} from ${at}`);
        at = found + piece.length;
      }
    }
    expect(outputs).toHaveLength(4);
  };
  fc.assert(fc.property(fc.oneof(manuscript, wellBuilt), theme, check), runs);
});

it("the images named are the images asked for", () => {
  const check = (markdown: string) => {
    const doc = parseMarkdown(markdown);
    const asked = new Set<string>();
    const ask = (src: string) => (asked.add(src), null);
    renderWeb(doc, { image: ask });
    expect(imageSources(doc)).toEqual([...asked]);
    renderWechat(doc, { images: ask });
    expect(imageSources(doc)).toEqual([...asked]);
  };
  fc.assert(fc.property(manuscript, check), runs);
});

it("digests keep their length", () => {
  const check = (markdown: string, max: number) => {
    const digest = digestOf(parseMarkdown(markdown), max);
    expect([...digest].length).toBeLessThanOrEqual(max);
    expect(digest).not.toMatch(/[\n\r]/);
  };
  fc.assert(fc.property(manuscript, fc.integer({ min: 1, max: 60 }), check), runs);
});

it("hostile nesting and repetition neither throw nor stall", () => {
  const hostile = [
    ">".repeat(5000),
    "- ".repeat(2000),
    ">- ".repeat(2000),
    `${"[".repeat(2000)}a${"](b)".repeat(2000)}`,
    `${"**a ".repeat(2000)}${"b** ".repeat(2000)}`,
    "http://a.cn/中".repeat(2000),
    "中**“".repeat(2000),
    "**a**\n".repeat(2000),
    "<!--".repeat(5000),
    "::: 提示\n".repeat(5000),
    ":::\n".repeat(5000),
    "[^1]: [^1]\n".repeat(3000),
    "[^1]: a\n\n    ".repeat(3000),
    Array.from({ length: 2000 }, (_, n) => `[^${n}]: [^${n + 1}]`).join("\n"),
  ];
  for (const markdown of hostile) {
    const doc = parseMarkdown(markdown);
    readMarkup(renderWeb(doc), WEB);
    readMarkup(renderFeed(doc, "https://a.cn"), FEED);
    readMarkup(emailBlocks(doc, "https://a.cn").join(""), EMAIL, EMAIL_LINES);
    readWechat(renderWechat(doc, { images: () => null }));
    renderText(doc);
    expect([...digestOf(doc)].length).toBeLessThanOrEqual(120);
  }
}, 20_000);
