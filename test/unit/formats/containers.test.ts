import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentsOf } from "../../../src/formats/containers.ts";
import { creditLine } from "../../../src/formats/credits.ts";
import { parseMarkdown, renderText, renderWeb } from "../../../src/formats/index.ts";

const web = (markdown: string): string => renderWeb(parseMarkdown(markdown));
const text = (markdown: string): string => renderText(parseMarkdown(markdown));

describe("segments", () => {
  it.each([
    ["甲\n::: 提示 题\n乙\n:::\n丙", ["markdown", "container", "markdown"]],
    ["::: 提示\n未关", ["container"]],
    ["```\n::: 提示\n```\n::: 诗\n~~~\n:::\n~~~\n:::", ["markdown", "container"]],
    [":::\n甲", ["markdown"]],
    ["  ::: 提示", ["markdown"]],
    ["[^1]: 甲\n乙\n\n丙", ["note", "markdown"]],
    ["[^1]: 甲\n\n    乙\n\n丙", ["note", "markdown"]],
    ["[^1]: 甲\n[^2]: 乙", ["note", "note"]],
    ["`[^1]`: 甲", ["markdown"]],
  ])("%j", (markdown, types) => expect(segmentsOf(markdown).map(({ type }) => type)).toEqual(types));

  it("are the manuscript, cut", () => {
    const line = fc.constantFrom("::: 提示", ":::", "```", "~~~", "[^1]: 甲", "    乙", "", "丙", "::: 诗 题");
    const rawOf = (markdown: string) => segmentsOf(markdown).map(({ raw }) => raw);
    const check = (lines: string[]) => {
      expect(rawOf(lines.join("\n")).join("")).toBe(lines.join("\n"));
    };
    fc.assert(fc.property(fc.array(line, { maxLength: 30 }), check), { numRuns: 500 });
  });
});

describe("callouts", () => {
  it.each([
    ["::: 提示\n甲\n:::", '<aside class="callout tip" role="note">\n<p class="title">提示</p>\n<p>甲</p>\n</aside>'],
    [
      "::: 注意 **防火**\n甲\n:::\n乙",
      '<aside class="callout warning" role="note">\n<p class="title"><strong>防火</strong></p>',
    ],
    ["::: 背景 资料\n甲", '<aside class="callout note" role="note">\n<p class="title">背景 资料</p>'],
    ["::: constructor\n甲", '<aside class="callout note" role="note">\n<p class="title">constructor</p>'],
    ["::: 提示\n::: 注意\n甲\n:::\n乙\n:::\n丙", "</aside>\n<p>乙</p>\n</aside>\n<p>丙</p>"],
    ["::: 提示\n- 甲\n\n  乙\n:::", "<ul>\n<li><p>甲</p><p>乙</p></li>\n</ul>"],
    ["甲\n::: 提示\n[a]\n:::\n\n[a]: https://a.cn", '<a href="https://a.cn" rel="noopener">a</a>'],
  ])("%j", (markdown, html) => expect(web(markdown)).toContain(html));
});

it("verse keeps its lines without a tag for it", () => {
  expect(web("::: 诗 《灯》\n一\n二\n\n三\n:::")).toBe(
    '<div class="verse">\n<p class="title">《灯》</p>\n<p>一<br>二</p>\n<p>三</p>\n</div>',
  );
  expect(text("::: 诗\n一\n二\n\n三\n:::")).toBe("一\n二\n\n三");
});

describe("cards", () => {
  it.each([
    [
      "::: 视频 题\n![面](/a.jpg)\n字\n[看](https://a.cn/v.mp4)\n:::",
      '<figure class="card video"><a href="https://a.cn/v.mp4"><img src="/a.jpg" alt="面" loading="lazy"></a><figcaption>' +
        '<strong>题</strong><br>字<br><a href="https://a.cn/v.mp4" rel="noopener">看</a></figcaption></figure>',
    ],
    [
      "::: 二维码\n![码](/q.png)\n:::",
      '<figure class="card qrcode"><img src="/q.png" alt="码" loading="lazy"></figure>',
    ],
    ["::: 视频\n:::", ""],
  ])("%j", (markdown, html) => expect(web(markdown)).toBe(html));
});

describe("footnotes", () => {
  it("are numbered as they are referred to, and all are shown", () => {
    expect(text("甲[^b]乙[^a]丙[^b]\n\n[^a]: 第二\n[^b]: 第一\n[^c]: 无人")).toBe(
      "甲[1]乙[2]丙[1]\n\n[1] 第一\n[2] 第二\n[3] 无人",
    );
  });
  it("may refer to each other, and to themselves", () =>
    expect(text("甲[^a]\n\n[^a]: 见[^b]\n[^b]: 见[^a][^b]")).toBe("甲[1]\n\n[1] 见[2]\n[2] 见[1][2]"));
  it("without a text are words", () => expect(web("甲[^b]，`[^c]`")).toBe("<p>甲[^b]，<code>[^c]</code></p>"));
  it("lead to their text and back", () =>
    expect(web("甲[^a]乙[^a]\n\n[^a]: 丙\n\n    丁")).toBe(
      '<p>甲<sup><a href="#note-1" id="ref-1" aria-label="注释[1]">[1]</a></sup>' +
        '乙<sup><a href="#note-1" aria-label="注释[1]">[1]</a></sup></p>\n' +
        '<section class="notes" aria-label="注释">\n<ol>\n<li id="note-1"><p>丙</p><p>丁 ' +
        '<a href="#ref-1" class="back" aria-label="回到正文[1]">↩\ufe0e</a></p></li>\n</ol>\n</section>',
    ));
  it("are no links in a link", () => expect(web("[甲[^a]](/b)\n\n[^a]: 乙")).toContain("甲<sup>[1]</sup></a>"));
  it("that nothing refers to have no way back", () =>
    expect(web("[^a]: 乙")).toContain('<li id="note-1"><p>乙</p></li>'));
  it("the first text of a label counts, the others do not vanish silently", () =>
    expect(text("甲[^a]\n\n[^a]: 一\n[^a]: 二")).toBe("甲[1]\n\n[1] 一"));
});

describe("captions", () => {
  it.each([
    ["![图](/a.jpg)\n图为**会场**。张三 摄", "<figcaption>图为<strong>会场</strong>。张三 摄</figcaption>"],
    ['![图](/a.jpg "会场")', "<figcaption>会场</figcaption>"],
    ["![图](/a.jpg)", "<figcaption>图</figcaption>"],
    ["![](/a.jpg)![](/b.jpg)\n两图", "<figcaption>两图</figcaption>"],
    ["![图](/a.jpg)后文", "<p><img"],
    ["前文\n![图](/a.jpg)", "<p>前文"],
  ])("%j", (markdown, html) => expect(web(markdown)).toContain(html));
});

describe("credit lines", () => {
  it.each([
    ["来源：化德县融媒体中心", "source"],
    ["（出处：《化德年鉴》）", "source"],
    ["转自｜草原先锋", null],
    ["转自|草原先锋", "source"],
    ["记者 王芳 通讯员 李四", "byline"],
    ["（记者王芳 通讯员李四）", "byline"],
    ["本报记者王芳", "byline"],
    ["编辑：李想　校对：王可　审核：赵宁", "byline"],
    ["责编/李想 监制/赵宁", "byline"],
    ["张三 摄", "byline"],
    ["文、图：张三", "byline"],
    ["阿拉腾·乌拉 供稿", "byline"],
    ["记者", null],
    ["记者在会上看到，大家都很高兴", null],
    ["记者 王芳来到现场。", null],
    ["编辑部通知", null],
    ["来源：", null],
    ["会议强调", null],
    ["审核 通过后方可发布的材料清单如下所示共有十六件以上", null],
  ])("%j is %s", (line, kind) => expect(creditLine(line)).toBe(kind));
  it("are lines of their own, whatever their marks", () =>
    expect(web("**来源：甲**\n\n记者 王芳\n到了现场。")).toBe(
      '<p class="source"><strong>来源：甲</strong></p>\n<p>记者 王芳到了现场。</p>',
    ));
});
