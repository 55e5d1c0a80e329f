import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstThatFit } from "../../../src/formats/email/frame.ts";
import {
  type EmailArticle,
  type EmailFrame,
  parseMarkdown,
  renderEmail,
  renderEmailDigest,
  renderFeed,
} from "../../../src/formats/index.ts";
import article from "./golden/article.md?raw";
import office from "./golden/office.md?raw";
import { FEED, readLetter, readMarkup } from "./markup.ts";

const SITE = "https://site.example";
const FRAME: EmailFrame = { publication: "化德党建", site: SITE, unsubscribe: `${SITE}/unsubscribe?t=1&c=2` };
const GMAIL = 102 * 1024;

const bytes = (text: string): number => Buffer.byteLength(text);
const letterOf = (markdown: string, more: Partial<EmailArticle> = {}): EmailArticle => {
  const doc = parseMarkdown(markdown);
  const facts = ["2026年11月23日", "长顺镇党委"];
  return {
    title: "郑禾的账本",
    digest: "一盏灯，一本账。",
    facts,
    cover: "/media/c.jpg",
    url: `${SITE}/posts/1`,
    doc,
    ...more,
  };
};

describe.each(Object.entries({ article, office }))("%s", (name, markdown) => {
  const letter = renderEmail(letterOf(markdown), FRAME);
  const golden = (file: string) => `golden/${name}.${file}`;

  it("as a letter", () => expect(letter.html).toMatchFileSnapshot(golden("email.html")));
  it("as its text part", () => expect(letter.text).toMatchFileSnapshot(golden("email.txt")));
  it("is a well-formed letter", () => expect(readLetter(letter.html).elements.length).toBeGreaterThan(60));
  it("in feeds", () =>
    expect(`${renderFeed(parseMarkdown(markdown), SITE)}\n`).toMatchFileSnapshot(golden("feed.html")));
});

describe("feed", () => {
  const feed = (markdown: string): string => renderFeed(parseMarkdown(markdown), SITE);
  it.each([
    ["[a](/b) [c](#d) ![e](/f.jpg)", `<p><a href="${SITE}/b">a</a> c <img src="${SITE}/f.jpg" alt="e"></p>`],
    ["- [x] 甲\n- [ ] 乙", "<ul>\n<li>☑ 甲</li>\n<li>☐ 乙</li>\n</ul>"],
    ["::: 提示\n甲\n:::", "<blockquote>\n<p><strong>提示</strong></p>\n<p>甲</p>\n</blockquote>"],
    ["甲[^1]\n\n[^1]: 乙", "<p>甲<sup>[1]</sup></p>\n<hr>\n<ol>\n<li><p>乙</p></li>\n</ol>"],
    [
      "::: 视频 题\n![面](/a.jpg)\n[看](/v.mp4)\n:::",
      `<figure><a href="${SITE}/v.mp4"><img src="${SITE}/a.jpg" alt="面"></a><figcaption><strong>题</strong><br><a href="${SITE}/v.mp4">看</a></figcaption></figure>`,
    ],
    ["::: 诗 灯\n一\n二\n:::", "<p><strong>灯</strong></p>\n<p>一<br>二</p>"],
  ])("%j", (markdown, html) => {
    expect(feed(markdown)).toBe(html);
    expect(readMarkup(html, FEED).elements.length).toBeGreaterThan(0);
  });
});

describe("a letter", () => {
  it("has pictures from secure addresses alone, each with a width and words", () => {
    const { elements } = readLetter(
      renderEmail(letterOf("![甲](/a.jpg)\n\n![乙](http://b.cn/b.jpg)\n\n前![丙](https://c.cn/c.png)"), FRAME).html,
    );
    const images = elements.filter(({ tag }) => tag === "img").map(({ attributes }) => attributes);
    expect(images.map(({ src }) => src)).toEqual([`${SITE}/media/c.jpg`, `${SITE}/a.jpg`, "https://c.cn/c.png"]);
    for (const { width, alt } of images) expect([Number(width) > 0, typeof alt]).toEqual([true, "string"]);
  });

  it("does not show twice what the text shows", () => {
    const { html } = renderEmail(letterOf("![甲](/a.jpg)", { cover: "/a.jpg" }), FRAME);
    expect(html.match(/<img/g)).toHaveLength(1);
  });

  it("is read first by its digest, seen last by its way out", () => {
    const { html, text } = renderEmail(letterOf("正文", { digest: "摘 & 要" }), FRAME);
    expect(readLetter(html).text.trim()).toMatch(
      /^郑禾的账本\s+摘 & 要[\s\S]+正文\s+在网页中阅读\s+您收到此信.*退订\s*$/,
    );
    expect(html).toContain(`href="${SITE}/unsubscribe?t=1&amp;c=2"`);
    expect(text).toBe(
      `化德党建\n\n郑禾的账本\n\n2026年11月23日　长顺镇党委\n\n正文\n\n在网页中阅读：${SITE}/posts/1\n\n--\n退订：${FRAME.unsubscribe}\n`,
    );
  });

  it("leaves out what it was not given", () => {
    const letter = renderEmail(letterOf("甲", { digest: "", facts: [], cover: null }), { ...FRAME, unsubscribe: null });
    expect(letter.html).not.toMatch(/<img|退订|display:none/);
    expect(letter.text).toBe(`化德党建\n\n郑禾的账本\n\n甲\n\n在网页中阅读：${SITE}/posts/1\n`);
  });

  it.each([
    ["many paragraphs", "化德县召开会议，部署“三件大事”。\n\n".repeat(2000), 1000],
    ["one block too large for any letter", `甲\n\n${`- ${"乙丙丁&<>".repeat(30)}\n`.repeat(400)}`, 1],
    ["a first block too large", "字".repeat(50_000), 0],
  ])("of %s ends where a block ends, with a link to the rest", (_, markdown, least) => {
    const { html } = renderEmail(letterOf(markdown), FRAME);
    const page = readLetter(html);
    expect(bytes(html)).toBeLessThan(GMAIL);
    expect(page.elements.filter(({ tag }) => tag === "p").length).toBeGreaterThan(least);
    expect(page.text).toMatch(/……\s+接着读余下的正文\s+在网页中阅读/);
  });

  it("cuts nothing that fits", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 9 })), fc.nat(90), (blocks, room) => {
        const kept = firstThatFit(blocks, room);
        const size = (of: readonly string[]) => of.reduce((sum, block) => sum + bytes(block) + 1, 0);
        expect(kept).toEqual(blocks.slice(0, kept.length));
        expect(size(kept)).toBeLessThanOrEqual(room);
        if (kept.length < blocks.length) expect(size(blocks.slice(0, kept.length + 1))).toBeGreaterThan(room);
      }),
    );
  });

  it("says nothing of ours as markup of its own", () => {
    const hostile = '"><script>&amp;</title>';
    const page = readLetter(
      renderEmail(letterOf("甲", { title: hostile, digest: hostile, facts: [hostile], cover: "javascript:x" }), {
        ...FRAME,
        publication: hostile,
      }).html,
    );
    expect(page.text.split(hostile)).toHaveLength(7);
  });
});

describe("a letter of several articles", () => {
  const entry = { title: "第一篇", digest: "摘要", cover: "/media/a.jpg", url: `${SITE}/posts/1` };
  const digestLetter = (count: number) =>
    renderEmailDigest(
      { title: "11月23日", url: `${SITE}/`, entries: Array.from({ length: count }, () => entry) },
      FRAME,
    );

  it("has each with its digest, cover and link", async () => {
    const { html, text } = digestLetter(2);
    await expect(html).toMatchFileSnapshot("golden/digest.email.html");
    expect(text).toBe(
      `化德党建\n\n11月23日\n\n第一篇\n摘要\n${SITE}/posts/1\n\n第一篇\n摘要\n${SITE}/posts/1\n\n在网页中查看：${SITE}/\n\n--\n退订：${FRAME.unsubscribe}\n`,
    );
    expect(readLetter(html).elements.filter(({ tag }) => tag === "img")).toHaveLength(2);
  });

  it("counts those that do not fit", () => {
    const { html } = digestLetter(500);
    expect(bytes(html)).toBeLessThan(GMAIL);
    const { text } = readLetter(html);
    const shown = text.split("摘要").length - 1;
    expect(text).toContain(`另有${500 - shown}篇，见网页。`);
  });
});
