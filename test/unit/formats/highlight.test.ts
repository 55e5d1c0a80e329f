import * as fc from "fast-check";
import { expect, it } from "vitest";
import { contrast, LEAST_CONTRAST } from "../../../src/formats/wechat/check.ts";
import { CODE, highlight } from "../../../src/formats/wechat/highlight.ts";
import { readWechat } from "./markup.ts";

const LANGUAGES = ["js", "ts", "json", "python", "bash", "sql", "html", "css", "cobol", ""];
const NAMES = new Map(Object.entries(CODE).map(([kind, colour]) => [colour as string, kind]));

/** The coloured pieces, `kind:text`. */
const pieces = (code: string, language: string): string[] =>
  [...highlight(code, language).matchAll(/<span style="color:(#\w+)">(.*?)<\/span>/g)].map(
    ([, colour = "", html = ""]) => `${NAMES.get(colour)}:${readWechat(html).text.replaceAll("\u00a0", " ")}`,
  );

it.each([
  ["ts title=x", "const 数 = f(`a\n${1}`); // 尾", "keyword:const|string:`a<br>${1}`|comment:// 尾"],
  ["json", '{"键": [1.5, true, "值"]}', 'name:"键"|number:1.5|keyword:true|string:"值"'],
  ["python", "def f():\n  return 'a' # x", "keyword:def|keyword:return|string:'a'|comment:# x"],
  ["bash", 'echo "$HOME" ${x} a#b # c', 'keyword:echo|string:"$HOME"|name:${x}|comment:# c'],
  ["sql", "SELECT a FROM b -- 注", "keyword:SELECT|keyword:FROM|comment:-- 注"],
  [
    "html",
    '<a href="x">if</a><!-- y -->',
    'keyword:<a|name:href|string:"x"|keyword:>|keyword:</a|keyword:>|comment:<!-- y -->',
  ],
  ["css", ".a { color: #fff; margin: 1em }", "name:color|number:#fff|name:margin|number:1em"],
  ["cobol", 'if "a"', ""],
  ["constructor", "if", ""],
])("%s: %j", (language, code, expected) => {
  const found = pieces(code, language).join("|");
  expect(found.replaceAll("\n", "<br>")).toBe(expected.replaceAll("<br>", ""));
});

it("no character is lost, whatever the code", () => {
  const part = fc.oneof(
    fc.constantFrom(...'"|\'|`|/*|*/|//|#|--|<!--|-->|<a |=|\\|\n|\t|  |${|}|if|1.5|中|𠮷|é|\u0000|"""'.split("|")),
    fc.string(),
  );
  const check = (parts: string[], language: string) => {
    const code = parts.join("");
    const html = highlight(code, language).replaceAll("<br>", "\n");
    const { text, elements } = readWechat(`<pre>${html}</pre>`);
    expect(text).toBe(code.replaceAll("\t", "    ").replaceAll(" ", "\u00a0"));
    for (const { tag } of elements) expect(["pre", "span"]).toContain(tag);
  };
  fc.assert(fc.property(fc.array(part, { maxLength: 30 }), fc.constantFrom(...LANGUAGES), check), { numRuns: 300 });
});

it("hostile code does not stall it", () => {
  const hostile = ['"', "'", "`", "/*", "<!--", '="', '"""', "a ", "a".repeat(100), "\\", '"\\', "{ ", "#", "$"];
  for (const language of LANGUAGES)
    for (const piece of hostile)
      expect(highlight(piece.repeat(8000 / piece.length), language).length).toBeGreaterThan(0);
}, 4000);

it("every colour can be read on its box", () => {
  const { fill, ...letters } = CODE;
  for (const [kind, colour] of Object.entries(letters))
    expect(contrast(colour, fill), kind).toBeGreaterThanOrEqual(LEAST_CONTRAST);
});
