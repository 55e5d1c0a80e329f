/** Limits, pictures, links, headings, secrets and word lists. */
import { describe, expect, it } from "vitest";
import { applyFixes, blocking, type MediaFact, preflight } from "../../../src/preflight/index.ts";
import { check, inputOf, said } from "./check.ts";

const told = (markdown: string, given = {}) => said(check(markdown, given).findings);

describe("limits", () => {
  const names = (count: number) => [{ role: "记者", name: "王".repeat(count) }];

  it.each([
    [{ title: "题".repeat(33) }, "title-length (title)"],
    [{ digest: "摘".repeat(129) }, "digest-length (digest)"],
    [{ credits: names(17) }, "author-length (author)"],
  ])("tells of one too many: %j", (given, expected) => {
    expect(told("正文。", given)).toEqual([expected]);
  });

  it("counts code points, and takes the limit itself", () => {
    const given = { title: "𠮷".repeat(32), digest: "摘".repeat(128), credits: names(16) };
    expect(told("正文。", given)).toEqual([]);
    expect(told("正文。", { ...given, title: "题".repeat(64), kind: "video" })).toEqual([]);
  });

  it("measures what WeChat counts", () => {
    const html = (length: number) => ({ wechat: () => "字".repeat(length) });
    expect(check("正文。", html(100)).meter).toEqual({ characters: 100, of: 20_000, bytes: 300, of_bytes: 1_048_576 });
    expect(told("正文。", html(17_999))).toEqual([]);
    expect(check("正文。", html(19_999)).findings.map((f) => f.severity)).toEqual(["hint"]);
    expect(check("正文。", html(20_000)).findings.map((f) => f.severity)).toEqual(["error"]);
    expect(check("正文。", html(349_526)).findings).toHaveLength(2);
    expect(check("正文。", { kind: "video" }).meter).toBeNull();
  });
});

describe("pictures", () => {
  const media = (fact: MediaFact) => ({ media: () => fact });
  const picture = "![秋收](/media/a.jpg)";

  it.each<[string, MediaFact, string[]]>([
    ["fit", { is: "ours", type: "image/png", size: 999_999 }, []],
    ["missing", { is: "missing" }, ["picture-missing"]],
    ["to be shrunk", { is: "ours", type: "image/jpeg", size: 1_000_000 }, ["picture-size"]],
    ["to be converted", { is: "ours", type: "image/webp", size: 10 }, []],
    ["perhaps moving", { is: "ours", type: "image/gif", size: 10 }, ["picture-type"]],
    ["someone else's", { is: "outside" }, ["picture-outside"]],
  ])("%s", (_, fact, rules) => {
    expect(check(picture, media(fact)).findings.map(({ rule }) => rule)).toEqual(rules);
  });

  it("judges an address outside by its ending", () => {
    const rules = check("![图](https://a.cn/x.svg?v=1)", media({ is: "outside" })).findings.map(({ rule }) => rule);
    expect(rules).toEqual(["picture-outside", "picture-type"]);
  });

  it("wants a description, and looks at the cover", () => {
    expect(told("![](/media/a.jpg)")).toEqual(["picture-alt ![](/media/a.jpg)"]);
    expect(told("正文。", { cover: "/media/a.jpg", ...media({ is: "missing" }) })).toEqual(["picture-missing (cover)"]);
  });
});

describe("links and headings", () => {
  it.each([
    ["[往期](https://mp.weixin.qq.com/s/x)", []],
    ["见 https://a.cn/x 和 <a@b.cn>。", []],
    ["[指南](https://a.cn/x)", ["link-note [指南](https://a.cn/x)"]],
    ["[上文](#a)", ["link-lost [上文](#a)"]],
    ["[上文](/posts/1)", ["link-lost [上文](/posts/1)"]],
    ["[上文](a.html)", ["link-lost [上文](a.html)"]],
    ["## 一\n\n### 二\n\n## 三", []],
    ["## 一\n\n#### 二", ["heading-jump #### 二"]],
    ["### 一", ["heading-jump ### 一"]],
    ["# 一\n\n## 二\n\n# 三", ["heading-one # 一"]],
  ])("%s", (markdown, expected) => {
    expect(told(markdown)).toEqual(expected);
  });
});

// Made up: numbers with right checksums in a region and on a day of birth that nobody has.
const ID = "110101190001010014";
const CARD = "6222020000000000000";

describe("保密关", () => {
  it.each([
    [`身份证号${ID}。`, "id-card 110*************14"],
    [`身份证号 ${ID.slice(0, 6)} ${ID.slice(6, 14)} ${ID.slice(14)}。`, "id-card 110*** ******** **14"],
    [`\`${ID}\``, "id-card 110*************14"],
    [`[名单](https://a.cn/?id=${ID})`, "id-card 110*************14"],
    [`卡号${CARD}。`, "bank-card 622**************00"],
    ["卡号6222 0200 0000 0000 000。", "bank-card 622* **** **** **** *00"],
    ["联系人电话13800138000。", "mobile 138******00"],
    ["联系人电话138-0013-8000。", "mobile 138-****-**00"],
    ["电话１３８００１３８０００。", "mobile １３８******００"],
    ["咨询电话0474-7901234。", "landline 047*-*****34"],
  ])("masks %s", (markdown, expected) => {
    const { findings } = check(markdown);
    expect(said(findings)).toContain(expected);
    expect(JSON.stringify(findings)).not.toMatch(/\d{7}|0101|0013/);
  });

  it.each([
    "拨打12345、110或12388。",
    `身份证号${ID.slice(0, 17)}1。`,
    "卡号6222020000000000004。",
    "编号20261122000000000000。",
    "统一社会信用代码91150925MA0N12345X。",
    "[公告](https://a.cn/202611/t20261122_13800138000.html)",
    `![图](/media/${"6222020000000000000".padEnd(64, "a")}.jpg)`,
    "投入1380013万元。",
  ])("leaves alone %s", (markdown) => {
    expect(told(markdown).filter((rule) => /^(?:id|bank|mobile|landline)/.test(rule))).toEqual([]);
  });

  it("looks at a video's captions too", () => {
    const { manuscript, ...rest } = inputOf("看片。", { kind: "video", terms: [{ text: "村官" }] });
    const { findings } = preflight({ ...rest, manuscript: { ...manuscript, captions: `他是村官，身份证${ID}` } });
    expect(blocking(findings).map(({ rule, place }) => [rule, place.field])).toEqual([
      ["forbidden-term", "captions"],
      ["id-card", "captions"],
    ]);
  });

  it("blocks identity and bank cards wherever they stand, and no others", () => {
    const given = { title: `名单${ID}`, credits: [{ role: "记者", name: CARD }] };
    expect(blocking(check("电话13800138000。", given).findings).map(({ rule, place }) => [rule, place.field])).toEqual([
      ["id-card", "title"],
      ["bank-card", "author"],
    ]);
  });
});

describe("word lists", () => {
  const terms = [
    { text: "村官" },
    { text: "发改委", kind: "preferred", writeAs: "发展改革委", severity: "warning", note: "规范简称" },
    { text: "支书", kind: "preferred", writeAs: "党支部书记支书", severity: "warning" },
    { text: "开展工作", severity: "warning" },
  ] as const;

  it.each([
    ["大学生村官到岗。", ["forbidden-term 村官"]],
    ["大学生**村**官到岗。", ["forbidden-term 村**官"]],
    ["大学生村\n官到岗。", ["forbidden-term 村\n官"]],
    ["`村官`和\n\n    村官\n\n![村官](/a.jpg)", ["forbidden-term 村官", "forbidden-term 村官", "forbidden-term 村官"]],
    ["<b>村官</b>", ["forbidden-term 村官"]],
    ["县发改委通知。", ["preferred-term 发改委"]],
    ["党支部书记支书到会。", []],
    ["[通知](https://a.cn/村官)", []],
  ])("%s", (markdown, expected) => {
    expect(told(markdown, { terms }).filter((rule) => !rule.startsWith("link"))).toEqual(expected);
  });

  it("offers the right form, and blocks only what is forbidden as an error", () => {
    const markdown = "县发改委的村官开展工作。";
    const { findings } = check(markdown, { terms, title: "村官" });
    expect(applyFixes(markdown, findings)).toBe("县发展改革委的村官开展工作。");
    expect(findings.find(({ rule }) => rule === "preferred-term")!.message).toContain("规范简称");
    expect(blocking(findings).map(({ key, place }) => [key, place.field])).toEqual([
      ["forbidden-term:村官", "title"],
      ["forbidden-term:村官", "markdown"],
    ]);
  });
});
