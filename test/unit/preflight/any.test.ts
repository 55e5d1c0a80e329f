/** Of any text at all: no rule throws, every place is where it says, mending twice is as mending once. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { applyFixes, type Finding, preflight, TermMatcher } from "../../../src/preflight/index.ts";
import { mask } from "../../../src/preflight/rules/secrets.ts";
import { check, inputOf } from "./check.ts";

const pieces = (list: string): string[] => list.split(" ");
const manuscript = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...pieces(
          "** ~~ * _ ` ``` [ ]( ) ![ > - 1. # ## | <br> <!-- --> &nbsp; &lt; \\* https://a.cn/x [a](/b) ![](/m.jpg)",
        ),
        ..."\n|\n\n|\n> |\n- |\n  |\n    || a | b |\n|---|---|\n|  ".split("|"),
        " ",
      ),
      fc.constantFrom(..."中文，。“”‘’（）《》：—…　,.:;!?()\"'「」aA1%/".split("")),
      fc.constantFrom(
        ...pieces(
          "共218人 其中男100人、女108人 194/218 91% 11月31日（周一） 书记霍秀成 村官 13800138000 110101190001010014",
        ),
      ),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

const SECRET = /^(?:id-card|bank-card|mobile|landline)$/;

function expectInside(markdown: string, { place, rule }: Finding): void {
  if (!("from" in place) || place.field !== "markdown") return;
  const { from, to, line, column, excerpt } = place;
  expect(0 <= from && from < to && to <= markdown.length, `${rule} ${from}-${to} of ${markdown.length}`).toBe(true);
  const text = markdown.slice(from, to);
  const before = markdown.slice(0, from).split("\n");
  expect([line, column]).toEqual([before.length, before.at(-1)!.length + 1]);
  if (SECRET.test(rule)) expect(excerpt).toBe(mask(text));
  else if (!excerpt.includes("*")) expect(text.startsWith(excerpt)).toBe(true);
}

it("never throws, and every range lies where it says", () => {
  expect.hasAssertions();
  const property = (markdown: string, title: string) => {
    const { findings } = check(markdown, { title, terms: [{ text: "村官" }] });
    for (const finding of findings) expectInside(markdown, finding);
    expect(findings.length).toBeLessThanOrEqual(300);
  };
  fc.assert(fc.property(manuscript, fc.string({ unit: "binary" }), property), { numRuns: 700 });
});

const terms = [{ text: "村官", writeAs: "大学生村官", kind: "preferred" as const }];

it("mending twice is as mending once", () => {
  const property = (markdown: string) => {
    const { findings } = check(markdown, { terms });
    const mended = applyFixes(markdown, findings);
    expect(applyFixes(mended, findings)).toBe(mended);
  };
  fc.assert(fc.property(manuscript, property), { numRuns: 500 });
});

it("what was mended needs no more mending", () => {
  const prose = fc
    .array(
      fc.constantFrom(..."中文，。“”‘’（）《》：,.:;!?()\"'「」aA1% ".split(""), "村官", "党建", "\n\n", "**重点**"),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(""));
  const property = (markdown: string) => {
    const mended = applyFixes(markdown, check(markdown, { terms }).findings);
    expect(applyFixes(mended, check(mended, { terms }).findings)).toBe(mended);
  };
  fc.assert(fc.property(prose, property), { numRuns: 500 });
});

it("terms are found as a plain search finds them: the leftmost, then the longest", () => {
  const property = (words: string[], text: string) => {
    const naive: string[] = [];
    for (let at = 0; at < text.length;) {
      const longest = words.filter((word) => text.startsWith(word, at)).sort((a, b) => b.length - a.length)[0];
      if (longest !== undefined) naive.push(`${at} ${longest}`);
      at += longest?.length ?? 1;
    }
    const found = new TermMatcher(words.map((word) => ({ text: word }))).find(text);
    expect(found.map(({ from, term }) => `${from} ${term.text}`)).toEqual(naive);
    expect(found.every(({ from, to, term }) => text.slice(from, to) === term.text)).toBe(true);
  };
  const few = fc.string({ unit: fc.constantFrom(..."党建𠮷a"), minLength: 1, maxLength: 5 });
  const text = fc.string({ unit: fc.constantFrom(..."党建𠮷a"), maxLength: 60 });
  fc.assert(fc.property(fc.array(few, { maxLength: 12 }), text, property), { numRuns: 1000 });
});

it("a proofreader that throws nothing away but invents text is not believed", () => {
  const { findings } = preflight({ ...inputOf("正文,一行。"), proofread: (line) => `${line}编造` });
  expect(findings).toEqual([]);
});

it("hostile length and nesting do not stall it", { timeout: 20_000 }, () => {
  const hostile = [
    "(".repeat(20_000),
    "“".repeat(20_000),
    "共1人，其中".repeat(4000),
    "1".repeat(100_000),
    "1 ".repeat(50_000),
    "书记王".repeat(10_000),
    "《一二三四五》《六七八九十》".repeat(2000),
    "> ".repeat(3000) + "中,文",
    `${"- 中,文\n".repeat(3000)}`,
    "12/34，56%".repeat(3000),
    "中".repeat(300_000),
  ];
  for (const markdown of hostile) expect(check(markdown).findings.length).toBeLessThanOrEqual(300);
});
