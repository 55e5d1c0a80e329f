/** What WeChat takes out of an article, and that it takes nothing out of ours. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseMarkdown, renderWechat, type Theme, THEME_NAMES, THEMES } from "../../../src/formats/index.ts";
import { sanitize } from "../../outside/wechat/sanitize.ts";
import article from "../formats/golden/article.md?raw";
import office from "../formats/golden/office.md?raw";
import { manuscript, wellBuilt } from "../formats/manuscripts.ts";
import { runs } from "../runs.ts";

const SEEDS = join(import.meta.dirname, "../../../seeds/articles");

const seeds = readdirSync(SEEDS).map((file): [string, string] => {
  const [, head, markdown] = readFileSync(join(SEEDS, file), "utf8").split(/^---\n/m, 3);
  expect(parse(head!), file).toHaveProperty("title");
  return [file, markdown!];
});
const FRAME = {
  images: (src: string) => `https://mmbiz.qpic.cn/sz_mmbiz_jpg/${encodeURIComponent(src)}/0?wx_fmt=jpeg&from=appmsg`,
  column: { name: "头雁风采", issue: "第12期" },
  credits: [{ role: "编辑", name: "李想" }],
};
const dressed = (name: (typeof THEME_NAMES)[number]): Theme => ({
  ...THEMES[name].theme,
  opening: "**刊头**　第86期",
  closing: "::: 二维码 关注我们\n![](https://img.example/us.png)\n长按识别\n:::",
});

describe.each(THEME_NAMES)("in the theme %s nothing is taken out", (name) => {
  const theme = dressed(name);
  const kept = (markdown: string, what: string) => {
    const html = renderWechat(parseMarkdown(markdown), { ...FRAME, theme });
    const stored = sanitize(html);
    expect(stored.removed, what).toEqual([]);
    expect(stored.html === html, what).toBe(true);
  };
  it("of the demo's articles", () => {
    expect(seeds.length).toBeGreaterThan(60);
    for (const [file, markdown] of seeds) kept(markdown, file);
  });
  it("of the golden manuscripts", () => {
    for (const markdown of [article, office]) kept(markdown, markdown.slice(0, 20));
  });
  it("of any manuscript", () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.oneof(manuscript, wellBuilt), (markdown) => kept(markdown, markdown)),
      runs(50),
    );
  });
});

const IMG = "https://mmbiz.qpic.cn/x";
const BLANK = 'style=""';

it.each<[string, string, string, string[]]>([
  ["scripts", "甲<script>a<b</script>乙", "甲乙", ["script"]],
  ["a script that does not end", "甲<script>乙", "甲", ["script"]],
  ["styles", "<style>p{}</style><p>甲</p>", "<p>甲</p>", ["style"]],
  ["frames", "<iframe src=x>甲</iframe>乙", "乙", ["iframe"]],
  ["one in another", "<object><object></object>甲</object>乙", "乙", ["object"]],
  ["forms, but for their words", "<form>甲<input value=1></form>", "甲", ["form", "input"]],
  ["players", "<video src=x></video><audio></audio>甲", "甲", ["video", "audio"]],
  ["tags that it does not know", "<x-y>甲</x-y><main>乙</main>", "甲乙", ["x-y", "main"]],
  ["comments", "甲<!-- 乙 -->丙", "甲丙", ["comment"]],
  ["tags whose quotes do not end", "甲<p title='>乙", "甲乙", ["broken tag"]],
  ["tags that their loss makes", "<<!---->script>甲</script>", "", ["comment", "script"]],
  ["ids", '<p id="a">甲</p>', "<p>甲</p>", ["p id"]],
  ["classes", "<p class=a style='color:red'>甲</p>", "<p style='color:red'>甲</p>", ["p class"]],
  ["data", '<p data-a="1">甲</p>', "<p>甲</p>", ["p data-a"]],
  ["handlers", `<img src="${IMG}" onerror=alert(1)>`, `<img src="${IMG}">`, ["img onerror"]],
  ["extents", `<img src="${IMG}" width="9">`, `<img src="${IMG}">`, ["img width"]],
  ["links elsewhere, but for their words", '<a href="https://a.cn"><b>甲</b></a>', "<b>甲</b>", ["a https://a.cn"]],
  ["links within", '<a href="#a">甲</a>', "甲", ["a #a"]],
  [
    "links that only look like its own",
    '<a href="https://mp.weixin.qq.com.a.cn/">甲</a>',
    "甲",
    ["a https://mp.weixin.qq.com.a.cn/"],
  ],
  ["images elsewhere", '甲<img src="https://a.cn/x.png">', "甲", ["img https://a.cn/x.png"]],
  ["images of the text itself", '<img src="data:image/png;base64,x">', "", ["img data:image/png;base64,x"]],
  [
    "positions",
    '<p style="position:fixed;top:0;color:red">甲</p>',
    '<p style="color:red">甲</p>',
    ["p style position", "p style top"],
  ],
  ["variables", '<p style="--a:1;color:var(--a)">甲</p>', "<p>甲</p>", ["p style --a", "p style color"]],
  [
    "backgrounds elsewhere",
    "<p style=\"background:url('https://a.cn/x')\">甲</p>",
    "<p>甲</p>",
    ["p style background"],
  ],
  ["the style of code", '<code style="color:red">甲</code>', "<code>甲</code>", ["code style"]],
  [
    "ids in drawings",
    '<svg id="a" viewBox="0 0 1 1"><g class="b"/></svg>',
    '<svg viewBox="0 0 1 1"><g/></svg>',
    ["svg id", "g class"],
  ],
])("takes out %s", (_, given, html, removed) => expect(sanitize(given)).toEqual({ html, removed }));

it.each([
  "甲 < 乙 > 丙 &amp; &nbsp; 1<2",
  `<section ${BLANK}><p>甲<br/>乙</p>\n\n</section>`,
  `<a href="https://mp.weixin.qq.com/s/x?a=1&amp;b=2"><img src="${IMG}" alt="甲 > 乙"></a>`,
  '<P STYLE="color:RED ; background: #FFF;">甲</P>',
  `<p style="background:url(${IMG});font-family:'a;b',serif">甲</p>`,
  '<table><tr><td colspan="2" style="width:50%">甲</td></tr></table><ol start="3"><li>乙</li></ol>',
  '<svg viewBox="0 0 9 9"><path d="M0 0" fill="red"/><animate attributeName="x" dur="1s"/></svg>',
  '<iframe class="rich_pages video_iframe" data-mpvid="wxv_1" src="https://mp.weixin.qq.com/x"></iframe>',
  "<section><p>没有结束",
])("keeps as it is: %s", (html) => expect(sanitize(html)).toEqual({ html, removed: [] }));

it("sanitizes what it has sanitized to the same, and lets no foreign image through", () => {
  const piece = fc.constantFrom(
    ..."<p |style='|position:top;|\"|>|</p>|<a href=|https://a.cn|</a>|<img src=|<script>|</script>|<!--|-->|甲| |=".split(
      "|",
    ),
  );
  const html = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(""));
  const check = (given: string) => {
    const once = sanitize(given).html;
    expect(once).not.toMatch(/<script>|<img src=["']?https:\/\/a\.cn/);
    expect(sanitize(once).html).toBe(once);
  };
  fc.assert(fc.property(html, check), runs(500));
});
