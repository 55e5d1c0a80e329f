/** Numbers, dates, names, pairs and punctuation: what is told, and what is left alone. */
import { describe, expect, it } from "vitest";
import { applyFixes } from "../../../src/preflight/index.ts";
import { check, said } from "./check.ts";

const told = (markdown: string) => said(check(markdown).findings);

describe("numbers", () => {
  it.each([
    ["已办结194/218件，办结率91%。", ["share 194/218"]],
    ["办结率91%（194/218）。", ["share 194/218"]],
    ["共受理诉求218件，已解决194件，解决率91%。", ["share 91%"]],
    ["全县有23项任务。目前，已完成整改12项，完成率55.2%。", ["share 55.2%"]],
    ["全镇现有党员218人，其中女党员100人，占48.9%。", ["share 48.9%"]],
    ["共有代表218人，其中男100人、女108人。", ["sum 100人、女108人"]],
    ["共受理218件，其中政策类159件、用工类10件、融资类7件、其他39件。", ["sum 159件、用工类10件、融资类7件、其他39件"]],
  ])("tells of %s", (markdown, expected) => {
    expect(told(markdown)).toEqual(expected);
  });

  it.each([
    "已办结194/218件，办结率89%。",
    "办结率88.99%（194/218）。",
    "办结率88.9%（194/218）。",
    "共受理诉求218件，已解决194件，解决率89%。",
    "全县有23项任务。目前，已完成整改12项，完成率52.2%。",
    "共受理诉求近300件，已解决194件，解决率91%。",
    "参与率达91%，满意率达96%。",
    "全镇现有党员218人，其中女党员100人，占45.9%。",
    "共有代表218人，其中男110人、女108人。",
    "共有代表218人，其中党员100人、女性130人。",
    "共有代表218人，其中党员20人。",
    "共受理218件，其中政策类159件、用工类10件、融资类7件、其他42件。",
    "11/22活动，同比增长12%。",
    "今年900亩种薯平均亩产2.2吨，共收1980吨。",
  ])("leaves alone %s", (markdown) => {
    expect(told(markdown)).toEqual([]);
  });
});

describe("dates", () => {
  it.each([
    ["2026年11月22日（星期一）召开。", "weekday 一", "error"],
    ["2026年11月22日星期六召开。", "weekday 六", "error"],
    ["11月23日（周二）召开。", "weekday 二", "warning"],
    ["2026年2月29日召开。", "date 2026年2月29日", "error"],
    ["4月31日召开。", "date 4月31日", "error"],
    ["13月1日召开。", "date 13月1日", "error"],
    ["发布于2026-02-30。", "date 2026-02-30", "error"],
    ["2025年1月1日起施行，1月3日（星期六）检查。", "weekday 六", "error"],
  ])("tells of %s", (markdown, expected, severity) => {
    const { findings } = check(markdown);
    expect(said(findings)).toEqual([expected]);
    expect(findings[0]!.severity).toBe(severity);
  });

  it.each([
    "2026年11月22日（星期日）召开。",
    "2026年11月22日（周天）召开。",
    "11月23日（周一）召开。",
    // The nearest 5 January is the next one.
    "1月5日（星期二）复工。",
    "2月29日是闰日。",
    "2024年2月29日召开。",
    "11月22日，周三前完成。",
    "5月1日周一至周五开放。",
    "版本2026-13-99-1。",
  ])("leaves alone %s", (markdown) => {
    expect(told(markdown)).toEqual([]);
  });
});

describe("one thing in two spellings", () => {
  it.each([
    ["党支部书记霍秀成说，先议再办。会后，党支部书记霍秀城走访农户。", ["name-spelling 霍秀城"]],
    ["副主任李大山主持会议。会上，主任李大山讲话。", ["title-spelling 主任李大山"]],
    ["学习《关于加强基层治理的意见》。《关于加强基层冶理的意见》提出要求。", ["work-spelling 关于加强基层冶理的意见"]],
    ["学习《关于加强基层治理的意见》。《关于加强基层治理意见》提出要求。", ["work-spelling 关于加强基层治理意见"]],
  ])("tells of %s", (markdown, expected) => {
    expect(told(markdown)).toEqual(expected);
  });

  it.each([
    "党支部书记王伟说，好。党支部书记王伟在会上讲话。",
    "党支部书记霍秀成说，好。村主任霍秀城在场。",
    "副镇长王建国、副镇长王建军到会。",
    "记者 王建国 通讯员 王建军",
    "学习《廉政教育读本第一讲》和《廉政教育读本第二讲》。",
    "学习《习作》和《习惯》。",
    "书记马上到会，书记马不停蹄。",
  ])("leaves alone %s", (markdown) => {
    expect(told(markdown)).toEqual([]);
  });
});

describe("pairs", () => {
  it.each([
    ["他说：“先议再办。", ["pairs “"]],
    ["他说先议再办”。", ["pairs ”"]],
    ["学习《条例》和《准则。", ["pairs 《"]],
    ["会议（扩大召开。", ["pairs （"]],
    ["会议扩大）召开。", ["pairs ）"]],
    ["他说：“要让“歇地”不白歇。”", ["pairs “"]],
    ["**“项目为王**理念", ["pairs “"]],
  ])("tells of %s", (markdown, expected) => {
    expect(told(markdown)).toEqual(expected);
  });

  it.each([
    "他说：“要让‘歇地’不白歇。”",
    "“第一段。\n\n“第二段。”",
    "（一）抓落实；1）建账；a）对账。",
    "It’s 党课。",
    "会议（扩大）召开，学习《条例》。",
    "坚持**“项目为王”**理念。",
    "`f(“` 是代码。",
  ])("leaves alone %s", (markdown) => {
    expect(told(markdown)).toEqual([]);
  });
});

describe("punctuation", () => {
  it.each([
    ["每天15条(每日),完成.", "每天15条（每日），完成。"],
    ['他说:"先议再办",大家同意.', "他说：“先议再办”，大家同意。"],
    ["增长12.5%,其中粮食增产.", "增长12.5%，其中粮食增产。"],
    ["「党建」引领 ，人人有责!", "“党建”引领，人人有责！"],
    ["坚持**重点:**做好,[办事指南](https://a.cn/x,y)。", "坚持**重点：**做好，[办事指南](https://a.cn/x,y)。"],
    ["> 第一行,\n> 第二行.\n\n- 项目(一)\n  续行,好", "> 第一行，\n> 第二行。\n\n- 项目（一）\n  续行，好"],
    ["| 项目 | 说明(注) |\n| --- | --- |\n| 甲,乙 | 好 |", "| 项目 | 说明（注） |\n| --- | --- |\n| 甲，乙 | 好 |"],
    ["如此等等...会议结束。。。", "如此等等……会议结束……"],
  ])("mends %s", (markdown, mended) => {
    const { findings } = check(markdown);
    expect(applyFixes(markdown, findings)).toBe(mended);
    expect(applyFixes(mended, findings)).toBe(mended);
    expect(check(mended).findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
  });

  it.each([
    "时间为10:00至12:30，共1,234人，增长12.5%。",
    "每天15条，用PDF和App各一份。",
    "推进会召开 全面部署秋收",
    "记者 云娜 通讯员 连冠华",
    "3～5月，A/B两组。●要点",
    "1.加强领导。2.落实责任。",
    "版本2026.11.22，见a.pdf。",
    "他说 Hello, world. 大家鼓掌。",
    "代码`a,中文.b`和<https://a.cn/中,文>",
    "The party, the people.",
    "```\n中文,代码.\n```",
    "高5'10\"的旗杆",
  ])("leaves alone %s", (markdown) => {
    expect(told(markdown).filter((rule) => /^(?:punctuation|spacing)/.test(rule))).toEqual([]);
  });
});
