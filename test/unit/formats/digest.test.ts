import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, parseMarkdown } from "../../../src/formats/index.ts";

const digest = (markdown: string, max?: number) => digestOf(parseMarkdown(markdown), max);

describe("a digest leaves out who reports", () => {
  it.each([
    "本报讯（记者 甘雨桐 通讯员 简书平）",
    "本报讯(记者 甘雨桐)",
    "本报讯 （实习生 甘雨桐）",
    "本报讯 记者甘雨桐报道：",
    "本报讯　",
    "本报10月15日讯（记者 甘雨桐）",
    "【本报讯】",
    "本网讯（通讯员 甘雨桐 文/图）",
    "新华社北京10月15日电（记者甘雨桐、简书平）",
    "（通讯员 甘雨桐 简书平）",
    "□本报记者 甘雨桐 通讯员 简书平\n\n",
    "通讯员 甘雨桐 简书平\n\n",
    "文/图 甘雨桐\n\n",
    "记者：甘雨桐　摄影：简书平\n\n",
  ])("%j", (byline) => expect(digest(`${byline}10月15日，会议召开。`)).toBe("10月15日，会议召开。"));

  it("nor does it take in a caption", () =>
    expect(digest("会议召开。\n\n![](/a.jpg)\n图为会场。甘雨桐 摄\n\n会后观摩。")).toBe("会议召开。会后观摩。"));

  it("also at the end of a paragraph", () =>
    expect(digest("会议召开。（通讯员 甘雨桐）\n\n会后观摩。（记者 甘雨桐 摄）\n\n散会。甘雨桐 摄")).toBe(
      "会议召开。会后观摩。散会。",
    ));

  it.each([
    "本报讯息中心迁入新址。",
    "本报电话已经更换。",
    "记者在现场看到，人人都在忙。",
    "通讯员队伍有三十六人。",
    "他说（记者注：他今年八十岁）不想走。",
    "会后（第二天）开工。",
    "文/图",
  ])("but not the words of %j", (text) => expect(digest(text)).toBe(text));
});

describe("a digest ends", () => {
  it.each([
    // With the opening part, once that is long enough to tell something.
    ["开头的一句话说清了这件事。\n\n## 问\n\n要。后面另有说法。", 40, "开头的一句话说清了这件事。"],
    ["短。\n\n## 小标题\n\n正文在这里说清了这件事。", 40, "短。正文在这里说清了这件事。"],
    // Where quotation marks, brackets and 书名号 are closed.
    ["他把门板扛来了。他说：“水要来了。门板先卸下来，天亮再装回去。”", 20, "他把门板扛来了。"],
    ["镇里印发《谁来管？怎么管？村规民约二十条》，各村照此办理。", 16, "镇里印发…"],
    ["大家逐条对照清单（见附件。另有说明在后面），都签了字。", 16, "大家逐条对照清单…"],
    ["甲乙丙丁戊己庚辛壬癸，“这一句话一直说到后面都没有完。”", 16, "甲乙丙丁戊己庚辛壬癸…"],
    // Somewhere, even if what opens at once does not close in time.
    ["“这是一句很长很长很长的话。它还没有说完，还要说很久很久。”", 16, "“这是一句很长很长很长的话。"],
    ["《一份名字很长很长很长很长很长很长很长的办法》印发。", 12, "《一份名字很长很长很长…"],
    // Between clauses rather than inside a word.
    ["总结经验推广典型的好做法，部署下一阶段的重点任务", 16, "总结经验推广典型的好做法…"],
    // At no point of a number, an abbreviation or an address.
    [
      "收入增长3.5%，其中 No. 1 车间增长 12.25 个百分点。后文从略。",
      36,
      "收入增长3.5%，其中 No. 1 车间增长 12.25 个百分点。",
    ],
    ["详情请看 www.example.cn 网站上面的全部说明", 16, "详情请看 www.exampl…"],
    // Never with a comma before the mark of omission.
    ["一二三四五六七八，九十一二三四", 10, "一二三四五六七八…"],
    ["一二三四五六：“七八九十一二三", 10, "一二三四五六…"],
  ])("%j in %i", (text, max, expected) => expect(digest(text, max)).toBe(expected));
});

it("is no longer than WeChat takes, 128 code points, whatever the text", () => {
  const pieces = fc.constantFrom(
    "甲",
    "，",
    "。",
    "“",
    "”",
    "《",
    "》",
    "（",
    "）",
    "\n\n",
    "## ",
    "本报讯",
    "记者 乙",
    "𠀀",
    "…",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 300 }), (parts) => {
      expect([...digest(parts.join(""))].length).toBeLessThanOrEqual(120);
    }),
    { numRuns: 200 },
  );
});
