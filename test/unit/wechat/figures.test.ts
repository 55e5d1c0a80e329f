import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArticleFigures,
  articlesIn,
  beforeNoon,
  type Candidate,
  complete,
  figuresIn,
  matched,
  nextMorning,
  windowAt,
} from "../../../src/wechat/numbers/figures.ts";
import { addDays, DAY, iso } from "../../../src/platform/time.ts";

const china = (time: string): number => Date.parse(`${time}+08:00`);
const span = ({ from, to }: { from: string; to: string }): number => (Date.parse(to) - Date.parse(from)) / DAY + 1;

describe("when", () => {
  it.each([
    ["2026-11-23T08:05", "2026-11-16", "2026-11-22"],
    ["2026-11-23T08:04", "2026-11-15", "2026-11-21"],
    ["2026-11-23T23:59", "2026-11-16", "2026-11-22"],
    ["2026-11-24T00:00", "2026-11-16", "2026-11-22"],
    ["2027-01-01T09:00", "2026-12-25", "2026-12-31"],
    ["2028-03-01T09:00", "2028-02-23", "2028-02-29"],
  ])("at %s the days from %s to %s are asked for", (now, from, to) => {
    expect(windowAt(china(now))).toEqual({ from, to });
  });

  it("seven days are never too many for the platform, and end before its today", () => {
    fc.assert(
      fc.property(fc.integer({ min: china("2026-01-01T00:00"), max: china("2030-01-01T00:00") }), (now) => {
        const asked = windowAt(now);
        expect(span(asked)).toBe(7);
        expect(asked.to < iso(now, "Asia/Shanghai").slice(0, 10)).toBe(true);
        // The next look comes within a day, when there is a new day to ask for.
        expect(nextMorning(now)).toBeGreaterThan(now);
        expect(nextMorning(now) - now).toBeLessThanOrEqual(DAY);
        expect(windowAt(nextMorning(now)).to).toBe(addDays(asked.to, 1));
      }),
    );
  });

  it("figures that are late are waited for until noon", () => {
    expect(beforeNoon(china("2026-11-23T11:59"))).toBe(true);
    expect(beforeNoon(china("2026-11-23T12:00"))).toBe(false);
  });
});

describe("figures", () => {
  const none = { summary: null, cumulate: null, articles: null };

  it("are added up over the ways by which readers came, and joined by day", () => {
    const summary = {
      list: [
        { ref_date: "2026-11-22", user_source: 30, new_user: 132, cancel_user: 2 },
        { ref_date: "2026-11-21", user_source: 0, new_user: 3, cancel_user: 5 },
        { ref_date: "2026-11-21", user_source: 17, new_user: 6, cancel_user: 1 },
      ],
    };
    const cumulate = { list: [{ ref_date: "2026-11-21", cumulate_user: 900 }] };
    const articles = { list: [{ ref_date: "2026-11-22", detail: { read_user: 71, share_user: 9 } }] };
    expect(figuresIn({ summary, cumulate, articles })).toEqual([
      { date: "2026-11-21", followers: 900, came: 9, went: 6, reads: null, shares: null },
      { date: "2026-11-22", followers: null, came: 132, went: 2, reads: 71, shares: 9 },
    ]);
  });

  it("of a day are complete once its followers are known", () => {
    const days = figuresIn({ ...none, cumulate: { list: [{ ref_date: "2026-11-21", cumulate_user: 0 }] } });
    expect(complete(days, "2026-11-21")).toBe(true);
    expect(complete(days, "2026-11-22")).toBe(false);
  });

  it("are null for what the platform does not say, whatever it does say", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("list", "x"), fc.jsonValue()), fc.jsonValue(), (answer, row) => {
        for (const value of [
          answer,
          { list: [row] },
          { list: [{ ref_date: "2026-11-22", detail: row, new_user: row }] },
        ])
          for (const day of figuresIn({ summary: value, cumulate: value, articles: value }))
            for (const figure of [day.followers, day.came, day.went, day.reads, day.shares])
              expect(figure === null || (Number.isSafeInteger(figure) && figure >= 0)).toBe(true);
        articlesIn(answer);
        articlesIn({ list: [row, { msgid: "1_1", detail_list: [row] }] });
      }),
    );
  });

  it("of an article are its latest totals", () => {
    const detail_list = [
      { stat_date: "2026-11-22", read_user: 30, share_user: 3 },
      { stat_date: "2026-11-20", read_user: 10, share_user: 1 },
    ];
    const rest = { title: "题", content_url: "http://mp.weixin.qq.com/s/abc" };
    expect(
      articlesIn({
        list: [
          { msgid: "2247_2", detail_list, ...rest },
          { msgid: "2247", detail_list },
        ],
      }),
    ).toEqual([{ mid: "2247", idx: 2, title: "题", url: rest.content_url, reads: 30, shares: 3, until: "2026-11-22" }]);
  });
});

describe("an article", () => {
  const article = (more: Partial<ArticleFigures> = {}): ArticleFigures => ({
    mid: "2247",
    idx: 1,
    title: "题",
    url: "http://mp.weixin.qq.com/s/abc",
    reads: 5,
    shares: 0,
    until: "2026-11-22",
    ...more,
  });
  const receipt = { post: 1, idx: 1, title: "题", url: "https://mp.weixin.qq.com/s/abc" };
  const posts = (articles: ArticleFigures[], receipts: Candidate[]) =>
    matched(articles, receipts, (title) => [...title].slice(0, 32).join("")).map(({ post }) => post);

  it("is the post at its address, with another title and place even", () => {
    expect(posts([article({ title: "改过的题", idx: 3 })], [receipt])).toEqual([1]);
    const url = "https://mp.weixin.qq.com/s?__biz=B&mid=2247&idx=1&sn=x#rd";
    expect(posts([article({ url: "" })], [{ ...receipt, title: "别的", url }])).toEqual([1]);
    expect(posts([article({ url: "", idx: 2 })], [{ ...receipt, title: "别的", url }])).toEqual([]);
  });

  it("without a known address is the only one of its place and title as it was sent", () => {
    const nameless = { ...receipt, url: null };
    expect(posts([article({ title: "长".repeat(32) })], [{ ...nameless, title: "长".repeat(40) }])).toEqual([1]);
    expect(posts([article({ title: "别的" })], [nameless])).toEqual([]);
    expect(posts([article()], [nameless, { ...nameless, post: 2 }])).toEqual([]);
  });

  it("shares its post with no other", () => {
    expect(posts([article(), article({ mid: "9999" })], [receipt])).toEqual([]);
  });
});
