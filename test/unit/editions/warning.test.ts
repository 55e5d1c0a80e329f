import { describe, expect, it } from "vitest";
import type { Outlook } from "../../../src/editions/outlook.ts";
import { inOneLine, warningOf } from "../../../src/editions/warning.ts";

const DAILY = { name: "化德党建", medium: "article" } as const;
const day = (date: string, short: number, reserve = 0) => ({
  date,
  quota: 15,
  planned: 0,
  fromQueue: 15 - short,
  fromArrivals: 0,
  expected: 15 - short,
  short,
  reserve,
});
const outlook = (more: Partial<Outlook> = {}): Outlook => ({
  today: day("2026-11-23", 0),
  days: [day("2026-11-24", 0), day("2026-11-25", 0)],
  reserves: [],
  usualArrivals: 0,
  daysSinceLastPost: 0,
  owing: [],
  ...more,
});

describe("a warning", () => {
  it("is none when nothing is short", () => {
    expect(warningOf(DAILY, outlook())).toBeNull();
    expect(warningOf(DAILY, outlook({ today: null, reserves: [{ uid: "a", title: "甲" }] }))).toBeNull();
  });

  it("says how many, which reserves and units, and since when", () => {
    const found = warningOf(
      DAILY,
      outlook({
        today: { ...day("2026-11-23", 3), planned: 10, fromQueue: 2 },
        days: [day("2026-11-24", 0), { ...day("2026-11-25", 6, 4), fromQueue: 5, fromArrivals: 4 }],
        reserves: ["甲", "乙", "丙", "丁"].map((title) => ({ uid: title, title })),
        daysSinceLastPost: 2,
        owing: [{ unit: "changshun", name: "长顺镇党委", owed: 2 }],
      }),
    );
    expect(found).toEqual({
      title: "化德党建：今日缺 3 篇，今后 2 个工作日预计缺 6 篇",
      body: [
        "今日应发 15 篇，已排 10 篇，稿库可出 2 篇，缺 3 篇。",
        "11月25日应发 15 篇，稿库可出 5 篇，按惯常来稿计 4 篇，缺 6 篇，备用稿可补 4 篇。",
        "可用的备用稿有 4 篇：《甲》《乙》《丙》等。",
        "欠约稿的单位：长顺镇党委（2 篇）。",
        "距上一次发布已 2 天。",
      ].join("\n"),
    });
    expect(inOneLine(found!)).not.toContain("\n");
  });

  it("counts videos as 条, and says when there never was a post", () => {
    const video = { name: "视频号", medium: "video" } as const;
    const found = warningOf(video, outlook({ today: null, days: [day("2026-11-24", 1)], daysSinceLastPost: null }));
    expect(found!.title).toBe("视频号：今后 1 个工作日预计缺 1 条");
    expect(found!.body).toContain("没有可用的备用稿。\n还没有发布过。");
  });
});
