import { describe, expect, it } from "vitest";
import {
  issueOf,
  parseMarkdown,
  renderWeb,
  renderWechat,
  type Theme,
  themeImages,
  THEME_NAMES,
  themeOf,
  THEMES,
  type WechatOptions,
} from "../../../src/formats/index.ts";
import office from "./golden/office.md?raw";
import { readStyle, readWechat } from "./markup.ts";

const cdn: WechatOptions["images"] = (src) =>
  src.startsWith("https://img.example/") ? `https://mmbiz.qpic.cn/${src.slice(20)}` : null;

const wechat = (markdown: string, options: Partial<WechatOptions> = {}): string =>
  renderWechat(parseMarkdown(markdown), { images: () => null, ...options });
const red = THEMES.red.theme;
const themed = (markdown: string, theme: Partial<Theme>): string => wechat(markdown, { theme: { ...red, ...theme } });
const TAIL = "<p><br></p><p><br></p></section>";
/** What stands in the article's frame. */
function body(markdown: string, options: Partial<WechatOptions> = {}): string {
  const html = wechat(markdown, options);
  expect(html.endsWith(TAIL)).toBe(true);
  return html.slice(html.indexOf(">") + 1, -TAIL.length);
}

describe.each(THEME_NAMES)("the theme %s", (name) => {
  const theme: Theme = {
    ...THEMES[name].theme,
    opening: "**化德党建**　第86期",
    closing: "::: 二维码 关注我们\n![](https://img.example/us.png)\n长按识别\n:::",
  };
  const html = wechat(office, {
    images: cdn,
    theme,
    column: { name: "头雁风采", issue: "第12期" },
    credits: [
      { role: "编辑", name: "李想" },
      { role: "审核", name: "吴桐" },
    ],
  });

  it("is written as it was", () => expect(`${html}\n`).toMatchFileSnapshot(`golden/office.wechat.${name}.html`));

  it("gives every background its text colour, for WeChat's dark mode", () => {
    const styles = readWechat(html).elements.flatMap(({ attributes }) => attributes["style"] ?? []);
    const filled = styles.map(readStyle).filter((style) => style.has("background"));
    expect(filled.length).toBeGreaterThan(2);
    for (const style of filled) expect([...style.keys()]).toContain("color");
  });
});

it("a frame opens with the column's head, and closes with the roles that the text does not name", () => {
  const options = {
    column: { name: "头雁<风采>", issue: null },
    credits: [
      { role: "审核", name: "赵宁" },
      { role: "编辑", name: "李想" },
      { role: "编辑", name: "王可" },
      { role: "摄", name: "周敏" },
    ],
  };
  const { text } = readWechat(wechat("正文\n\n审核：赵宁", options));
  expect(text).toBe("\u00a0头雁<风采>正文审核：赵宁编辑：李想、王可");
  expect(readWechat(wechat("正文")).text).toBe("正文");
  expect(readWechat(themed("正文", { roles: [], opening: "刊头", closing: "刊尾" })).text).toBe("\u00a0刊头正文刊尾");
});

it.each([
  ["头雁风采第12期：灯", "第12期"],
  ["党课开讲啦（第三十一讲）", "第三十一讲"],
  ["第一书记的账本", null],
  ["第二期工程开工，第3期培训结束", null],
])("an article's place in its series is in its title: %s", (title, issue) => expect(issueOf(title)).toBe(issue));

it("the images of a theme's blocks are named, and asked for", () => {
  const theme = { ...red, opening: "![](/a.png)", closing: "::: 二维码\n![](/b.png)\n:::" };
  expect(themeImages(theme)).toEqual(["/a.png", "/b.png"]);
  const asked: string[] = [];
  wechat("文", { theme, images: (src) => (asked.push(src), null) });
  expect(asked).toEqual(["/a.png", "/b.png"]);
});

describe("blocks", () => {
  it("a first node that would lose its style gets an empty line before it", () => {
    const guard = '<p style="font-size:0;line-height:0">&nbsp;</p>';
    for (const markdown of ["```\na\n```", "|甲|\n|-|", "> 甲", "- 甲", "::: 提示\n:::"])
      expect(body(markdown).startsWith(guard), markdown).toBe(true);
    expect(body("甲")).toBe('<p style="margin:1em 0">甲</p>');
  });

  it("lists are paragraphs, deeper ones further in", () =>
    expect(body("甲\n\n1. 甲\n2. 乙\n   - 丙")).toContain(
      '<section style="margin:1em 0;padding-left:1.1em;text-indent:-1.1em"><p>1. 甲</p><p>2. 乙</p>' +
        '<section style="padding-left:1em;text-indent:-1em"><p>• 丙</p></section></section>',
    ));
  it("lists take their gaps from the paragraphs around them, or have their own", () => {
    expect(body("甲\n\n- 乙\n\n丙")).toContain('</p><section style="padding-left');
    for (const markdown of ["甲\n\n- 乙", "- 乙\n\n丙", "甲\n\n- 乙\n\n> 丙", "> - 乙", "甲\n\n::: 提示\n- 乙\n:::"])
      expect(body(markdown), markdown).toContain('<section style="margin:1em 0;padding-left');
  });
  it("no block in an item inherits its hanging indent", () => {
    expect(body("甲\n\n- 甲\n\n  乙")).toContain(
      '<p>• 甲</p><section style="text-indent:0"><p style="margin:1em 0">乙</p></section>',
    );
    expect(themed("- 甲\n\n  乙", { indent: true })).toContain('<section style="text-indent:2em"><p>乙</p></section>');
  });

  it("tables share a phone's width among their columns, and say alignment only where it differs from most", () => {
    const html = body("甲\n\n|名次|乡镇的全名|分|\n|-|-:|-:|\n|1|2|3|");
    expect(html).toContain('<table style="margin:1em 0;table-layout:fixed;font-size:.9em;text-align:right">');
    expect(html).toContain('<th style="width:28%;text-align:left">名次</th><th style="width:52%">乡镇的全名</th>');
    expect(html).toContain('<tr><td style="text-align:left">1</td><td>2</td><td>3</td></tr></table>');
  });
  it("tables that ask for more than a phone has get smaller letters and closer cells", () => {
    const row = (cell: string) => `|${cell.repeat(9)}`;
    const html = body(`甲\n\n${row("十二月份|")}\n${row("-|")}\n${row("1|")}`);
    expect(html).toMatch(/<table style="[^"]*font-size:.75em/);
    expect(html).toContain('<th style="padding:4px 2px">十二月份</th>');
    expect(html).toContain('<td style="padding:4px 2px">1</td>');
  });

  it("code keeps its spaces and lines, and is coloured", () => {
    expect(body("```\nif a:\n\tb\n```")).toContain("if&nbsp;a:<br>&nbsp;&nbsp;&nbsp;&nbsp;b");
    expect(body("```py\nif a:\n```")).toMatch(/<span style="color:#\w+">if<\/span>&nbsp;a:/);
  });

  it("callouts have a mark of their kind, and their title", () => {
    const text = (markdown: string) => readWechat(body(markdown)).text.replace("\u00a0", "");
    expect(text("::: 提示 报名须知\n文\n:::")).toBe("提示 报名须知文");
    expect(text("::: 警示\n文\n:::")).toBe("警示文");
    expect(text("::: 编者按\n文\n:::")).toBe("编者按文");
    const [tip, warning] = ["提示", "注意"].map((kind) => body(`::: ${kind}\n文\n:::`));
    expect(tip).toContain(red.callouts.tip.ink);
    expect(warning).toContain(red.callouts.warning.ink);
  });

  it("a code to scan that has no picture says its address, one that has shows it", () => {
    const card = (image: string) => `::: 二维码 报名\n${image}\n[表](https://a.cn/x)\n:::`;
    expect(readWechat(body(card(""))).text).toContain("表[1]https://a.cn/x");
    const html = body(card("![](https://img.example/q.png)"), { images: cdn });
    expect(html).toContain('<img src="https://mmbiz.qpic.cn/q.png" alt="" style="width:10em">');
    expect(readWechat(html).text).not.toContain("]https://a.cn/x");
  });
  it("a video at WeChat is linked from its cover", () =>
    expect(
      body("::: 视频\n![](https://img.example/v.jpg)\n[看](https://mp.weixin.qq.com/s/v)\n:::", { images: cdn }),
    ).toContain('<a href="https://mp.weixin.qq.com/s/v"><img src="https://mmbiz.qpic.cn/v.jpg" alt=""></a>'));

  it("numbered headings keep the number that they bring along", () => {
    const html = themed("## 一、账本\n\n## 经验\n\n### 小节\n\n## 2.5倍", { heading: "numbered" });
    expect(readWechat(html).text).toBe("一、账本02经验小节032.5倍");
  });
});

describe("links", () => {
  it("elsewhere become numbered notes, one an address", () => {
    const html = wechat("[甲](https://a.cn/x)[乙](https://b.cn)[丙](https://a.cn/x) https://c.cn [站内](/x)");
    expect(html).toContain("甲<sup>[1]</sup>乙<sup>[2]</sup>丙<sup>[1]</sup> https://c.cn 站内");
    expect(html).toContain("<p>[1] 甲 https://a.cn/x</p><p>[2] 乙 https://b.cn</p></section>");
    expect(html).not.toContain("<a ");
  });
  it("to WeChat's own articles stay, and only those", () => {
    expect(body("[甲](https://mp.weixin.qq.com/s/x?a=1&b=2)")).toContain(
      '<a href="https://mp.weixin.qq.com/s/x?a=1&amp;b=2">甲</a>',
    );
    expect(body("[甲](https://mp.weixin.qq.com.evil.cn/)[乙](https://mp.weixin.qq.com@evil.cn/)")).not.toContain("<a ");
  });
  it("of a theme's blocks share the article's numbers", () => {
    const html = themed("[甲](https://a.cn)[^1]\n\n[^1]: 注", { closing: "[乙](https://b.cn)[^1]\n\n[^1]: 又注" });
    expect(readWechat(html).text).toBe(
      "甲[1][2]注释与链接[1] 甲 https://a.cn[2] 注[3] 乙 https://b.cn[4] 又注乙[3][4]",
    );
  });
});

it("an image is shown only at the address that the map gives it", () => {
  const html = wechat("![甲](https://img.example/a.jpg)\n\n![乙](b.jpg) 文", { images: cdn });
  expect(html).toContain('<img src="https://mmbiz.qpic.cn/a.jpg" alt="甲">');
  expect(html).toContain("<em>乙</em> 文");
});

it("follows its theme, and lets none out of the style", () => {
  const settings = { base: "newspaper", size: 17, callouts: { tip: { ink: "#000000", fill: null } } } as const;
  const theme = themeOf(settings);
  expect(theme).toMatchObject({ size: 17, indent: true, callouts: { tip: { fill: null } } });
  expect(theme.callouts.note).toEqual(THEMES.newspaper.theme.callouts.note);
  expect(wechat("甲", { theme })).toMatch(/^<section style="[^"]*font-size:17px;[^"]*text-indent:2em"><p>甲<\/p>/);
  const hostile = themed("# 甲\n\n乙", { accent: '"><script>', ink: '"onclick="x' });
  expect(hostile).not.toMatch(/<script|" ?onclick/);
});

it("an office's article is not much longer than its bare HTML, and six thousand characters fit", () => {
  const text = "全县各级党组织要把年初承诺一条一条对照检查，已经办成的向群众报告，还没有办成的说明原因。";
  const section = `## 小标题\n\n${text.repeat(7)}\n\n${text.repeat(6)}\n\n- ${text}\n- ${text}\n\n`;
  const table = `| 乡镇 | 承诺 | 办成 | 占比 |\n|---|--:|--:|--:|\n${"| 长顺镇 | 46 | 37 | 80.4% |\n".repeat(12)}\n`;
  const long = section.repeat(9) + table;
  expect(long.replaceAll(/\s/g, "").length).toBeGreaterThan(6000);
  const bare = renderWeb(parseMarkdown(long)).length;
  for (const name of THEME_NAMES) {
    const { length } = wechat(long, { theme: THEMES[name].theme });
    expect(length).toBeLessThan(20_000);
    expect(length / bare).toBeLessThan(1.6);
  }
});
