import * as fc from "fast-check";
import { Marked } from "marked";
import { describe, expect, it } from "vitest";
import { joinLines, parseMarkdown, renderWeb } from "../../../src/formats/index.ts";

const web = (markdown: string): string => renderWeb(parseMarkdown(markdown)).replace(/^<p>([\s\S]*)<\/p>$/, "$1");
const link = (url: string, text = url): string => `<a href="${url}" rel="noopener">${text}</a>`;

describe("emphasis beside Chinese", () => {
  it.each([
    ["坚持**“项目为王”**理念", "坚持<strong>“项目为王”</strong>理念"],
    ["**重点：**做好", "<strong>重点：</strong>做好"],
    ["会议要求**（一）**抓落实", "会议要求<strong>（一）</strong>抓落实"],
    ["这是**加粗。**后文", "这是<strong>加粗。</strong>后文"],
    ["的**甲**。~~乙。~~丙", "的<strong>甲</strong>。<del>乙。</del>丙"],
    ["~~甲。~~，**乙。**丙", "<del>甲。</del>，<strong>乙。</strong>丙"],
    ["**甲**“**乙**", "<strong>甲</strong>“<strong>乙</strong>"],
    ["~~删除。~~后文", "<del>删除。</del>后文"],
    ["前文~~“删除”~~后文", "前文<del>“删除”</del>后文"],
    ["《**通知**》", "《<strong>通知</strong>》"],
    ["学习**《准则》**和**《条例》**", "学习<strong>《准则》</strong>和<strong>《条例》</strong>"],
    ["这是*“强调”*的", "这是<em>“强调”</em>的"],
    ["坚持***“重要”***的", "坚持<em><strong>“重要”</strong></em>的"],
    ["**“甲”**和**“乙”**、**“丙”**", "<strong>“甲”</strong>和<strong>“乙”</strong>、<strong>“丙”</strong>"],
    ["**他说“好”**的", "<strong>他说“好”</strong>的"],
    ["**“十四五”**2025年", "<strong>“十四五”</strong>2025年"],
    ["**重点——**1月", "<strong>重点——</strong>1月"],
    ["达到**95%**以上", "达到<strong>95%</strong>以上"],
    ["**重点:**做好", "<strong>重点:</strong>做好"],
    ["看**[公告](/a)**的", '看<strong><a href="/a">公告</a></strong>的'],
    ["用**`npm`**的", "用<strong><code>npm</code></strong>的"],
    ["**外*“内”*外**文", "<strong>外<em>“内”</em>外</strong>文"],
    ["**~~“旧”~~**新", "<strong><del>“旧”</del></strong>新"],
    ["𠮷**“字”**𠮷", "𠮷<strong>“字”</strong>𠮷"],
    ["中***“a”**", "中*<strong>“a”</strong>"],
    ["乘法 3 * 4 * 5 和 **未完", "乘法 3 * 4 * 5 和 **未完"],
    ["转义\\*\\*“不”\\*\\*加粗", "转义**“不”**加粗"],
    ["文件_名_字", "文件_名_字"],
    ["**一、**提高认识。**二、**压实责任。", "<strong>一、</strong>提高认识。<strong>二、</strong>压实责任。"],
    ["**党建引领**，**“三会一课”**不断线", "<strong>党建引领</strong>，<strong>“三会一课”</strong>不断线"],
    ["他说：“**干！**”大家鼓掌", "他说：“<strong>干！</strong>”大家鼓掌"],
    ["（**略**）和【**要闻**】", "（<strong>略</strong>）和【<strong>要闻</strong>】"],
    ["完成率**101.8%**，同比**+3.2**个百分点", "完成率<strong>101.8%</strong>，同比<strong>+3.2</strong>个百分点"],
    ["整改**24**项/共 *26*项", "整改<strong>24</strong>项/共 <em>26</em>项"],
    ["**中文**English**中文**", "<strong>中文</strong>English<strong>中文</strong>"],
    ["🎉~~“旧”~~**“喜报”**", "🎉<del>“旧”</del><strong>“喜报”</strong>"],
    ["🎉**“喜报”**🎉", "🎉<strong>“喜报”</strong>🎉"],
    ["**第一行：\n第二行。**后文", "<strong>第一行：第二行。</strong>后文"],
    ["原价~~￥5。~~现价**￥3。**起", "原价<del>￥5。</del>现价<strong>￥3。</strong>起"],
    ["会议指出*（略）*，会议强调**（略）**。", "会议指出<em>（略）</em>，会议强调<strong>（略）</strong>。"],
    ["两颗星**是空的", "两颗星**是空的"],
    ["评级****无内容", "评级****无内容"],
  ])("%s", (markdown, html) => expect(web(markdown)).toBe(html));

  it.each([
    ["# 关于**“两会”**的通知", "<h2>关于<strong>“两会”</strong>的通知</h2>"],
    ["> 坚持**“为民”**理念", "<blockquote>\n<p>坚持<strong>“为民”</strong>理念</p>\n</blockquote>"],
    ["- **时间：**九点", "<ul>\n<li><strong>时间：</strong>九点</li>\n</ul>"],
    ["[见**《公告》**全文](/a)", '<p><a href="/a">见<strong>《公告》</strong>全文</a></p>'],
    [
      "|项|\n|-|\n|**合计：**3件|",
      '<table>\n<thead><tr><th scope="col">项</th></tr></thead>\n<tbody>\n' +
        "<tr><td><strong>合计：</strong>3件</td></tr>\n</tbody>\n</table>",
    ],
  ])("wherever it stands: %j", (markdown, html) => expect(renderWeb(parseMarkdown(markdown))).toBe(html));

  it.each([
    ["3~5月，7~9月", "3~5月，7~9月"],
    ["30%~50%，最高60%~70%", "30%~50%，最高60%~70%"],
    ["周一~周五，上午~下午", "周一~周五，上午~下午"],
    ["~删除~", "<del>删除</del>"],
    ["（原定 ~三天~ 改为两天）", "（原定 <del>三天</del> 改为两天）"],
  ])("a single ~ is a range inside Chinese text: %s", (markdown, html) => expect(web(markdown)).toBe(html));
});

describe("bare addresses beside Chinese", () => {
  it.each([
    ["见http://a.cn/文章。后面文字", `见${link("http://a.cn/")}文章。后面文字`],
    ["http://a.cn/x。后面", `${link("http://a.cn/x")}。后面`],
    ["（https://a.cn/x?a=1）。", `（${link("https://a.cn/x?a=1")}）。`],
    ["“http://a.cn/x”后", `“${link("http://a.cn/x")}”后`],
    ["http://a.cn/x、http://b.cn/y，等", `${link("http://a.cn/x")}、${link("http://b.cn/y")}，等`],
    ["http://a.cn/x.后面", `${link("http://a.cn/x")}.后面`],
    ["http://a.cn/x　全角空格", `${link("http://a.cn/x")}　全角空格`],
    ["https://a.cn/x……", `${link("https://a.cn/x")}……`],
    ["www.a.cn。后", `${link("http://www.a.cn", "www.a.cn")}。后`],
    ["邮箱a@b.cn。后", '邮箱<a href="mailto:a@b.cn">a@b.cn</a>。后'],
    ["**http://a.cn/x**。", `<strong>${link("http://a.cn/x")}</strong>。`],
    ["<http://a.cn/文章>", link("http://a.cn/文章")],
  ])("%s", (markdown, html) => expect(web(markdown)).toBe(html));
});

describe("line breaks", () => {
  it.each([
    ["第一行\n第二行", "第一行第二行"],
    ["他说：\n“好”", "他说：“好”"],
    ["**甲。**\n**乙**", "<strong>甲。</strong><strong>乙</strong>"],
    ["one\ntwo", "one two"],
    ["“one”\n“two”", "“one” “two”"],
    ["中文\nEnglish", "中文 English"],
    ["甲  \n乙", "甲<br>乙"],
  ])("%j", (markdown, html) => expect(web(markdown)).toBe(html));

  it("looks through tags", () => expect(joinLines("甲</strong>\n<em>乙\nc")).toBe("甲</strong><em>乙 c"));
});

describe("text without Chinese is read as marked reads it", () => {
  const plain = new Marked({ gfm: true });
  const same = (markdown: string) => expect([...parseMarkdown(markdown).tokens]).toEqual([...plain.lexer(markdown)]);

  // CommonMark 0.31.2 §6.2, GFM §6.5 and §6.9, and what else a manuscript may hold.
  it.each([
    "*foo bar*",
    "a * foo bar*",
    'a*"foo"*',
    "foo*bar*",
    "5*6*78",
    "_foo bar_",
    'a_"foo"_',
    "foo_bar_",
    "foo-_(bar)_",
    "*(*foo)",
    "*(*foo*)*",
    "**foo bar**",
    'a**"foo"**',
    "foo**bar**",
    "**(**foo)",
    "*(**foo**)*",
    '**foo "*bar*" foo**',
    "**foo**bar",
    "__foo__bar",
    "*foo**bar**baz*",
    "*foo**bar*",
    "***foo** bar*",
    "**foo*bar**baz",
    "foo***bar***baz",
    "He said **“x”**loudly and*‘y’*softly",
    "Café*“noir”*au lait",
    "~~Hi~~ Hello, ~there~ world!",
    "a~b~c 3~5 and 7~9",
    "~~~~",
    "http://a.b\\~~*~~",
    "Visit www.commonmark.org/a.b. (see https://x.org/?q=(a)&b=c) now",
    "mailto:foo@bar.baz and a.b-c_d@a.b.",
    '[a](/b "c") ![d](e) [f][g] <http://h.i>\n\n[g]: /j',
    "- a\n- [x] b\n\n  c\n\n1. d\n2. e",
    "> a\n> > b\n\n```js\nc\n```\n\n| a |\n|:-:|\n| b |",
    "<div>\n*a*\n</div>\n\n<b>*c*</b> <!-- d --> &amp; &#65;",
  ])("%j", same);

  it("whatever it is", () => {
    const ascii = fc.array(
      fc.constantFrom(..."*_~`[]()<>!&#;:/.-+|\\\n \t\"'ab1", "**", "~~", "http://a.b", "- ", "> "),
      {
        maxLength: 40,
      },
    );
    // Three colons open a container, which marked knows nothing of.
    const text = ascii.map((parts) => parts.join("")).filter((markdown) => !markdown.includes(":::"));
    fc.assert(
      fc.property(text, (markdown) => void same(markdown)),
      { numRuns: 1500 },
    );
    expect.hasAssertions();
  });
});
