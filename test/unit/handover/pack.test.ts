import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OUTLET_RULES, refuseLink } from "../../../src/handover/outlets.ts";
import type { Material } from "../../../src/handover/pack.ts";
import { cut, hashtag, packOf } from "../../../src/handover/pack.ts";
import { OUTLETS } from "../../../src/newsroom/types.ts";

const SITE = "https://kanfa.test";
const FAMILY = "👨‍👩‍👧‍👦"; // one character to a reader, 11 UTF-16 units
const material = (fields: Partial<Material> = {}): Material => ({
  title: "火炉边的二十分钟党课",
  digest: "大雪天，白音特拉乡的老党员把党课讲到了火炉边。",
  credits: [
    { role: "记者", name: "朝鲁孟" },
    { role: "摄", name: "关雪遥" },
    { role: "摄", name: "云白鹭" },
  ],
  cover: "/media/a.jpg",
  source: null,
  file: "/media/b.mp4",
  captions: "羊是分户养的，雪可不分谁家。",
  topics: ["每周一星"],
  ...fields,
});

describe("cut", () => {
  it.each([
    ["a text that fits", "党课", 2, "党课"],
    ["between characters", "党课开讲", 3, "党课开"],
    ["not inside an emoji", "好👍", 2, "好"],
    ["not inside a family", `一${FAMILY}二`, 11, "一"],
    ["the family that fits", `一${FAMILY}二`, 12, `一${FAMILY}`],
    ["not inside a flag", "🇨🇳🇨🇳", 6, "🇨🇳"],
    ["not between a letter and its accent", "ae\u0301", 2, "a"],
    ["without a space at the end", "一 二", 2, "一"],
    ["to nothing", FAMILY, 5, ""],
  ])("%s", (_, text, max, expected) => {
    expect(cut(text, max)).toBe(expected);
  });
});

describe("hashtag", () => {
  it.each([
    ["每周一星", "#每周一星"],
    ["亮晒比 · 擂台比武", "#亮晒比擂台比武"],
    ["“头雁”风采！", "#头雁风采"],
    ["二十大#学习", "#二十大学习"],
    ["……", null],
    ["", null],
  ])("%s", (name, expected) => {
    expect(hashtag(name)).toBe(expected);
  });
});

describe("the pack", () => {
  it("has all that the form asks for, and nothing to warn of", () => {
    expect(packOf("douyin", material(), SITE)).toEqual({
      title: "火炉边的二十分钟党课",
      description: "大雪天，白音特拉乡的老党员把党课讲到了火炉边。\n记者：朝鲁孟　摄：关雪遥、云白鹭\n#每周一星",
      hashtags: ["#每周一星"],
      credits: "记者：朝鲁孟　摄：关雪遥、云白鹭",
      cover: "https://kanfa.test/media/a.jpg",
      file: "https://kanfa.test/media/b.mp4",
      captions: "羊是分户养的，雪可不分谁家。",
      warnings: [],
    });
  });

  it("names the source, and leaves addresses outside as they are", () => {
    const pack = packOf(
      "douyin",
      material({ source: { name: "新华社", url: "https://x.example/" }, file: "https://disk.example/a.mp4" }),
      SITE,
    );
    expect(pack.credits).toBe("记者：朝鲁孟　摄：关雪遥、云白鹭　来源：新华社");
    expect(pack.file).toBe("https://disk.example/a.mp4");
  });

  it("keeps a 视频号 title to the marks it takes, a 抖音 title as it is", () => {
    const title = "视频｜羊圈“夜校”：谁来讲？！";
    expect(packOf("channels", material({ title }), SITE).title).toBe("视频 羊圈“夜校”：谁来讲？");
    expect(packOf("douyin", material({ title }), SITE).title).toBe(title);
  });

  it("cuts a title to the outlet's limit and says so", () => {
    const title = "一二三四五六七八九十".repeat(4);
    const channels = packOf("channels", material({ title }), SITE);
    expect([channels.title, channels.warnings]).toEqual([
      "一二三四五六七八九十一二三四五六",
      ["标题超过视频号的 16 字，已截短，请核对是否通顺。"],
    ]);
    const douyin = packOf("douyin", material({ title }), SITE);
    expect([douyin.title.length, douyin.warnings.length]).toEqual([30, 1]);
  });

  it("says when a title is too short, and what is missing", () => {
    const pack = packOf("channels", material({ title: "党课", file: null, cover: null, captions: null }), SITE);
    expect(pack.warnings).toEqual([
      "标题不足视频号要求的 6 字，请补充。",
      "没有视频文件：请向供稿单位索取。",
      "没有封面：请从视频中截取。",
      "没有字幕文本。",
    ]);
    expect([pack.file, pack.cover, pack.captions]).toEqual([null, null, null]);
  });

  it("cuts the text of a description, never its hashtags and credits", () => {
    const pack = packOf("douyin", material({ digest: "雪".repeat(1500) }), SITE);
    expect(pack.description).toHaveLength(1000);
    expect(pack.description).toMatch(/雪…\n记者：朝鲁孟　摄：关雪遥、云白鹭\n#每周一星$/);
    expect(pack.warnings).toEqual(["描述超过抖音号的 1000 字，已截短。"]);
  });

  it("leaves room for words beside the longest credits", () => {
    const credits = Array.from({ length: 20 }, (_, i) => ({ role: `${i}`.repeat(20), name: "名".repeat(40) }));
    const { description } = packOf("channels", material({ credits, digest: "雪".repeat(600) }), SITE);
    expect(description.length).toBeLessThanOrEqual(1000);
    expect(description).toMatch(/^雪{400}/);
  });

  it("names a topic once, and no more topics than the outlet takes", () => {
    const topics = ["甲", "甲！", "乙", "丙", "丁", "戊", "己"];
    expect(packOf("channels", material({ topics }), SITE).hashtags).toEqual(["#甲", "#乙", "#丙", "#丁"]);
    expect(packOf("douyin", material({ topics }), SITE).hashtags).toHaveLength(5);
  });

  const word = fc.constantFrom("雪", "a", " ", "👍", FAMILY, "🇨🇳", "é", "｜", "。", "e\u0301");
  const text = (maxLength: number) => fc.array(word, { maxLength }).map((words) => words.join(""));
  it("never breaks a limit or a character, whatever the text", () =>
    fc.assert(
      fc.property(fc.constantFrom(...OUTLETS), text(60), text(1200), (outlet, title, digest) => {
        const rules = OUTLET_RULES[outlet];
        const pack = packOf(outlet, material({ title, digest }), SITE);
        expect(pack.title.length).toBeLessThanOrEqual(rules.titleMax);
        expect(pack.description.length).toBeLessThanOrEqual(rules.descriptionMax);
        for (const part of [pack.title, pack.description]) {
          expect(part.isWellFormed()).toBe(true);
          expect(part).not.toMatch(/\u200d(?:$|…)/u);
        }
        expect(pack.description.endsWith("#每周一星")).toBe(true);
      }),
      { numRuns: 300 },
    ));
});

describe("refuseLink", () => {
  it.each([
    ["channels", "https://channels.weixin.qq.com/web/pages/feed?eid=1"],
    ["channels", "https://weixin.qq.com/sph/AbC"],
    ["channels", "https://mp.weixin.qq.com/s/abc"],
    ["douyin", "https://v.douyin.com/iABC/"],
    ["douyin", "https://www.douyin.com/video/7300000000000000000"],
    ["douyin", "https://www.iesdouyin.com/share/video/73/"],
    ["douyin", "https://WWW.DOUYIN.COM/video/73"],
  ] as const)("%s takes %s", (outlet, link) => {
    expect(refuseLink(outlet, link)).toBeNull();
  });

  it.each([
    ["the other outlet's host", "https://channels.weixin.qq.com/x"],
    ["a host that ends alike", "https://evil-www.douyin.com/x"],
    ["a host that starts alike", "https://www.douyin.com.evil.example/x"],
    ["a host as user name", "https://www.douyin.com@evil.example/x"],
    ["a user name", "https://someone@www.douyin.com/x"],
    ["a port", "https://www.douyin.com:8443/x"],
    ["http", "http://www.douyin.com/x"],
    ["script", "javascript:alert(1)"],
    ["no address", "www.douyin.com/video/1"],
    ["a path that names the host", "https://evil.example/www.douyin.com"],
  ])("抖音 refuses %s", (_, link) => {
    expect(refuseLink("douyin", link)).toMatch(/./);
  });
});
