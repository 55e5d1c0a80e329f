import { Tokenizer } from "marked";
import { describe, expect, it, vi } from "vitest";
import { parseMarkdown, renderText, renderWeb, renderWechat } from "../../../src/formats/index.ts";
import { WORK } from "../../../src/formats/budget.ts";

const LENGTH = 20_000;
const filled = (unit: string, length = LENGTH): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

// The tokenizers that look far ahead, and what each begins to look at.
const TOKENIZERS = {
  emStrong: /^[*_]/,
  del: /^~/,
  link: /^!?\[/,
  reflink: /^!?\[/,
  lheading: /^/,
  list: /^[-*+\d]/,
  blockquote: /^>/,
};

/** How many characters marked's tokenizers were given to look at. */
function lookedAt(markdown: string): number {
  let characters = 0;
  const spies = Object.entries(TOKENIZERS).map(([name, start]) => {
    const original = Tokenizer.prototype[name as "link"];
    return vi.spyOn(Tokenizer.prototype, name as "link").mockImplementation(function (this: Tokenizer, source: string) {
      if (start.test(source)) characters += source.length;
      // oxlint-disable-next-line prefer-rest-params
      return Reflect.apply(original, this, arguments);
    });
  });
  parseMarkdown(markdown);
  for (const spy of spies) spy.mockRestore();
  return characters;
}

const hostile: [string, string][] = [
  ..."_a,a_,*a ,**a**b,**_,[*,![,[a](,*`,~a,!,\\[".split(",").map((unit): [string, string] => [unit, filled(unit)]),
  ["lines of an item", `- a\n${filled("  a\n")}`],
  ["lines after 35 bullets", `${"- ".repeat(35)}${filled("a\n")}`],
  ["lazy quotes", filled("> a\nb\n")],
];

describe("what a manuscript may cost", () => {
  it.each(hostile)("is bounded: %s", (_, markdown) => {
    expect(lookedAt(markdown)).toBeLessThan(2 * WORK);
  });

  it.each(hostile)("takes no word away: %s", (_, markdown) => {
    const words = (text: string) => text.replaceAll(/[^a-z]/g, "").length;
    expect(words(renderText(parseMarkdown(markdown)))).toBe(words(markdown));
  });

  it("gives a table no more cells than it may have", () => {
    const columns = 2000;
    const table = `${"|a".repeat(columns)}\n${"|-".repeat(columns)}\n${"a\n".repeat(columns)}`;
    const html = renderWeb(parseMarkdown(table));
    expect(html.split("<td>").length).toBeLessThan(30_000);
    expect(renderWechat(parseMarkdown(table), { images: () => null }).length).toBeLessThan(1_000_000);
  });

  it("lets 20,000 characters of official prose in one paragraph through, and a table of 1,000 rows", () => {
    const line = "会议强调，全县上下要坚持**“项目为王”**理念，抓好[重点任务](https://a.cn)，确保全年目标如期完成。\n";
    const prose = renderWeb(parseMarkdown(line.repeat(20_000 / line.length)));
    expect(prose.split("<strong>“项目为王”</strong>").length).toBeGreaterThan(20_000 / line.length);
    expect(prose).not.toContain("*");
    const table = renderWeb(parseMarkdown(`|甲|乙|\n|-|-|\n${"|1|2|\n".repeat(1000)}`));
    expect(table.split("<tr>")).toHaveLength(1002);
  });

  it("takes a list apart that goes on when all is spent", () => {
    const { tokens } = parseMarkdown("- a\n".repeat(100_000));
    expect(tokens.every(({ raw }) => raw.length <= 10_004)).toBe(true);
    expect(tokens.map(({ type }) => type)).toContain("paragraph");
  });

  it("spares what stands beside a paragraph that costs too much", () => {
    const html = renderWeb(parseMarkdown(`前**“文”**后\n\n${filled("[*")}\n\n前**“文”**后`));
    expect(html.split("前<strong>“文”</strong>后")).toHaveLength(3);
  });
});
