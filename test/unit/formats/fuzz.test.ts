import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  digestOf,
  type Doc,
  imageSources,
  parseMarkdown,
  readerText,
  renderWeb,
  renderWechat,
  type Theme,
  THEME_NAMES,
  THEMES,
} from "../../../src/formats/index.ts";
import { CAPTIONS, COLUMN_HEADS, HEADINGS, QUOTES, RULES } from "../../../src/formats/wechat/theme.ts";
import { manuscript, wellBuilt } from "./manuscripts.ts";
import { readWechat } from "./markup.ts";
import { FLAT, MEDIA } from "./media.ts";
import { runs } from "../runs.ts";

const RUNS = runs(500);

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

const anything = fc.oneof(manuscript, wellBuilt);
const squeezed = (text: string): string => text.replaceAll(/\s+/g, "");

/** The first word of the manuscript that is not in the text that a reader sees, in its order; null: all are. */
function missingWord(doc: Doc, text: string): string | null {
  const output = squeezed(text);
  let at = 0;
  for (const piece of readerText(doc).map(squeezed)) {
    if (/^<br\/?>$/i.test(piece)) continue;
    const found = output.indexOf(piece, at);
    if (found < 0) return `${piece} from ${at} in ${output}`;
    at = found + piece.length;
  }
  return null;
}

it.each([...MEDIA, FLAT])(
  "$name: any manuscript gives well-formed output of our own making, and loses no word",
  ({ render, check }) => {
    expect.hasAssertions();
    const holds = (markdown: string) => {
      const doc = parseMarkdown(markdown);
      const text = check(render(doc));
      expect(text === null ? null : missingWord(doc, text)).toBeNull();
    };
    fc.assert(fc.property(anything, holds), RUNS);
  },
);

it("wechat: so it does in any theme, with a column's head and credits", () => {
  expect.hasAssertions();
  const check = (markdown: string, look: Theme, word: string) => {
    const doc = parseMarkdown(markdown);
    const html = renderWechat(doc, {
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
    const bare = { images: () => null, theme: { ...look, opening: "", closing: "" } };
    expect(missingWord(doc, readWechat(renderWechat(doc, bare)).text)).toBeNull();
  };
  fc.assert(fc.property(anything, theme, manuscript, check), RUNS);
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
  fc.assert(fc.property(manuscript, check), RUNS);
});

it("digests keep their length", () => {
  const check = (markdown: string, max: number) => {
    const digest = digestOf(parseMarkdown(markdown), max);
    expect([...digest].length).toBeLessThanOrEqual(max);
    expect(digest).not.toMatch(/[\n\r]/);
  };
  fc.assert(fc.property(manuscript, fc.integer({ min: 1, max: 60 }), check), RUNS);
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
    for (const { render, check } of [...MEDIA, FLAT]) check(render(doc));
    expect([...digestOf(doc)].length).toBeLessThanOrEqual(120);
  }
});
