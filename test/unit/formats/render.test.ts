import { describe, expect, it } from "vitest";
import {
  digestOf,
  flatten,
  imageSources,
  parseMarkdown,
  readerText,
  renderText,
  renderWeb,
  renderWechat,
  type WechatOptions,
} from "../../../src/formats/index.ts";
import article from "./golden/article.md?raw";
import office from "./golden/office.md?raw";
import { readMarkup, readWechat, WEB } from "./markup.ts";

const cdn: WechatOptions["images"] = (src) =>
  src.startsWith("https://img.example/") ? `https://mmbiz.qpic.cn/${src.slice(20)}` : null;

const web = (markdown: string): string => renderWeb(parseMarkdown(markdown));
const text = (markdown: string): string => renderText(parseMarkdown(markdown));
describe.each(Object.entries({ article, office }))("%s in every format", (name, markdown) => {
  const doc = parseMarkdown(markdown);
  const golden = (file: string) => `golden/${name}.${file}`;

  it("web", () => expect(`${renderWeb(doc)}\n`).toMatchFileSnapshot(golden("web.html")));
  it("text", () => expect(`${renderText(doc)}\n`).toMatchFileSnapshot(golden("txt")));
  it("wechat", () => expect(`${renderWechat(doc, { images: cdn })}\n`).toMatchFileSnapshot(golden("wechat.html")));
  it("digest", () => expect(`${digestOf(doc)}\n`).toMatchFileSnapshot(golden("digest.txt")));
  it("flat", () => expect(`${JSON.stringify(flatten(doc), null, 1)}\n`).toMatchFileSnapshot(golden("flat.json")));
  it("is well-formed", () => {
    expect(readMarkup(renderWeb(doc), WEB).elements.length).toBeGreaterThan(50);
    expect(readWechat(renderWechat(doc, { images: cdn })).elements.length).toBeGreaterThan(50);
  });
});

it("an article names its images once each, in order", () =>
  expect(imageSources(parseMarkdown(article))).toEqual([
    "https://img.example/meeting.jpg",
    "https://img.example/a.png?x=1&y=2",
    "/media/table.png",
    "data:image/png;base64,AA",
    "https://img.example/linked.jpg",
    "https://img.example/list.jpg",
  ]));

describe("raw HTML, scripts and handlers", () => {
  it.each([
    "<script>alert(1)</script>",
    "a <script>alert(1)</script> b",
    '<img src=x onerror="alert(1)">',
    "<iframe src=//evil.cn></iframe>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{}</style>",
    "<div\nonclick=alert(1)\n>x</div>",
    "<pre><b>x</b></pre> <i>y</i>",
    "<![CDATA[<b>x</b>]]>",
    "<?php echo 1 ?>",
    "**<b onclick=x>**",
    "| <b>x</b> |\n|---|\n| <i onclick=y> |",
    "# <u>x</u>",
    "- <em>x</em>",
    "> <form action=x>",
    "`<b>`",
    "    <b>",
    "```<b>\n<b>\n```",
    '![<b>"onerror=x](https://a.cn/x.png "t")',
    '[<b>x</b>](https://a.cn/"onclick=x)',
    "[x](https://a.cn/x '\"onclick=y')",
    "&lt;b&gt; &#60;i&#62; \\<u\\>",
    "<!-- a --><b>",
  ])("%j stays text", (markdown) => {
    const pages = [
      readMarkup(web(markdown), WEB),
      readWechat(renderWechat(parseMarkdown(markdown), { images: (src) => src })),
    ];
    for (const page of pages) {
      const attributes = page.elements.flatMap((element) => Object.keys(element.attributes));
      expect(attributes.filter((name) => name.startsWith("on"))).toEqual([]);
      expect(page.elements.map((element) => element.tag)).not.toContain("script");
    }
  });

  it("shows what was typed", () => {
    expect(web("a <b onclick=x>c</b>")).toBe("<p>a &lt;b onclick=x&gt;c&lt;/b&gt;</p>");
    expect(web("<script>alert(1)</script>")).toBe("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
    expect(text("a <b>c</b>")).toBe("a <b>c</b>");
  });
  it("drops comments and reads <br> as a line break", () => {
    expect(web("<!-- 待核实 -->\n\n甲<br>乙<!-- x -->")).toBe("<p>甲<br>乙</p>");
  });
  it("drops control characters that references bring in", () => expect(web("a&#1;b&#x85;c")).toBe("<p>abc</p>"));
  it("never leaves the address a browser would read unjudged", () => {
    expect(web("[x](java&#115;cript:alert(1))")).toBe("<p>x</p>");
    expect(web("[x](/&#47;evil.cn)")).toBe("<p>x</p>");
    expect(web("[x](/&sol;evil.cn)")).toBe('<p><a href="/&amp;sol;evil.cn">x</a></p>');
    expect(web("[x](https://a.cn/?b=1&amp;c=2)")).toContain('href="https://a.cn/?b=1&amp;c=2"');
    expect(web("<javascript:alert(1)> <data:x>")).toBe("<p>javascript:alert(1) data:x</p>");
    expect(web("[x](<java\tscript:y>)")).toBe("<p>x</p>");
  });
});

describe("web", () => {
  it.each([
    ["# 甲\n\n## 乙\n\n###### 丙", "<h2>甲</h2>\n<h3>乙</h3>\n<h4>丙</h4>"],
    ["### 甲\n\n# 乙\n\n### 丙\n\n## 丁", "<h2>甲</h2>\n<h2>乙</h2>\n<h3>丙</h3>\n<h3>丁</h3>"],
    ["## 甲\n\n### 乙", "<h2>甲</h2>\n<h3>乙</h3>"],
    ["![图注](/a.jpg)", '<figure><img src="/a.jpg" alt="图注" loading="lazy"><figcaption>图注</figcaption></figure>'],
    ["![](/a.jpg)", '<figure><img src="/a.jpg" alt="" loading="lazy"></figure>'],
    ["前![图](/a.jpg)后", '<p>前<img src="/a.jpg" alt="图" loading="lazy">后</p>'],
    ["![**图** &amp; `注`](javascript:x)", "<p>图 &amp; 注</p>"],
    ["![](data:x)", ""],
    ["[站内](/a) [站外](https://b.cn)", '<p><a href="/a">站内</a> <a href="https://b.cn" rel="noopener">站外</a></p>'],
    ["[甲 </a> http://a.cn](/b)", '<p><a href="/b">甲 &lt;/a&gt; http://a.cn</a></p>'],
    ["[](mailto:a@b.cn)", '<p><a href="mailto:a@b.cn">a@b.cn</a></p>'],
    ["0. 甲\n1. 乙", '<ol start="0">\n<li>甲</li>\n<li>乙</li>\n</ol>'],
    ["- 甲\n\n  乙\n- 丙", "<ul>\n<li><p>甲</p><p>乙</p></li>\n<li><p>丙</p></li>\n</ul>"],
    ["| a |\n|---|", '<table>\n<thead><tr><th scope="col">a</th></tr></thead>\n</table>'],
    ["", ""],
    ["#\n\n>\n\n> <!-- x -->", ""],
    ["甲\n\n<!-- 未关\n\n乙", "<p>甲</p>\n<p>&lt;!-- 未关乙</p>"],
  ])("%j", (markdown, html) => expect(web(markdown)).toBe(html));

  it("puts every image through the map, and the map's answer through the allow-list", () => {
    const doc = parseMarkdown("![甲](a.jpg)\n\n![乙](b.jpg)\n\n![丙](c.jpg)");
    const image = (src: string) => ({ "a.jpg": "/media/a", "b.jpg": "javascript:x" })[src] ?? null;
    expect(renderWeb(doc, { image })).toBe(
      '<figure><img src="/media/a" alt="甲" loading="lazy"><figcaption>甲</figcaption></figure>\n<p>乙</p>\n<p>丙</p>',
    );
  });
});

describe("text", () => {
  it.each([
    ["甲\n乙\n\n丙", "甲乙\n\n丙"],
    [
      "[通知](https://a.cn/x) https://a.cn [https://b.cn](https://b.cn) www.c.cn",
      "通知（https://a.cn/x） https://a.cn https://b.cn www.c.cn",
    ],
    ["[站内](/a) [坏](javascript:x) <a@b.cn> [a@b.cn](mailto:a@b.cn)", "站内 坏 a@b.cn a@b.cn"],
    ["1. 甲\n2. 乙\n   - 丙\n     - 丁", "1. 甲\n2. 乙\n   • 丙\n     • 丁"],
    ["- [x] 甲\n- [ ] 乙", "☑ 甲\n☐ 乙"],
    ["| 甲 | 乙 |\n|---|---|\n| 1 | 2<br>3 |", "甲 | 乙\n1 | 2 3"],
    ["甲  \n乙", "甲\n乙"],
    ["> 引\n\n---\n\n![图](/a)", "引\n\n———\n\n［图：图］"],
    ["```\na\n  b\n```", "a\n  b"],
  ])("%j", (markdown, expected) => expect(text(markdown)).toBe(expected));

  it("lists what readers must find", () =>
    expect(readerText(parseMarkdown("甲**乙**`丙`\n\n| 丁 |\n|---|\n| [戊](x) |\n\n![己](y)"))).toEqual([
      "甲",
      "乙",
      "丙",
      "丁",
      "戊",
    ]));
});

describe("digest", () => {
  const long = "这一句有十个汉字的。".repeat(20);

  it.each([
    ["## 标题\n\n正文**一**。\n\n![图](x)\n\n| 表 |\n|---|\n\n正文二。", 120, "正文一。正文二。"],
    ["甲。\n\n> 乙\n\n丙", 120, "甲。乙 丙"],
    ["- 甲\n- 乙", 120, "甲 乙"],
    ["[链接](https://a.cn)在此", 120, "链接在此"],
    [long, 25, "这一句有十个汉字的。".repeat(2)],
    ["他说：“就这样办。”后面还有很多很多的字", 12, "他说：“就这样办。”"],
    ["好！后面是一句很长很长很长很长很长的话", 12, "好！后面是一句很长很长…"],
    ["一二三四五六七八九十", 10, "一二三四五六七八九十"],
    ["一二三四五六七八九十一", 10, "一二三四五六七八九…"],
    ["价格是3.5元和4.5元以及其他", 8, "价格是3.5元…"],
    ["# 只有标题", 120, ""],
  ])("%j in %i", (markdown, max, digest) => expect(digestOf(parseMarkdown(markdown), max)).toBe(digest));

  it("never cuts a grapheme", () => expect(digestOf(parseMarkdown("甲👨‍👩‍👧‍👦乙丙丁戊己庚"), 6)).toBe("甲…"));
});

describe("images", () => {
  it("are asked for in reading order, where the words below one hold another too", () => {
    const doc = parseMarkdown("![图](/a.png)\n见[![图](/b.png)](/c)");
    const asked: string[] = [];
    renderWeb(doc, { image: (src) => (asked.push(src), null) });
    expect(asked).toEqual(["/a.png", "/b.png"]);
    expect(imageSources(doc)).toEqual(asked);
  });
});
