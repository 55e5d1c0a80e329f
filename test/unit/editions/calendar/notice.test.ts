import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ArrangedDay } from "../../../../src/editions/calendar/holidays.ts";
import { HOLIDAYS } from "../../../../src/editions/calendar/holidays.ts";
import { libraryDays } from "../../../../src/editions/calendar/library.ts";
import { parseNotice } from "../../../../src/editions/calendar/notice.ts";
import { addDays } from "../../../../src/platform/time.ts";
import { weekday } from "./days.ts";
import { NOTICE_2025, NOTICE_2026, NOTICE_2027 } from "./notices.ts";

/** What a text arranges, or the faults that were found. */
function read(text: string, year = 2026) {
  const notice = parseNotice(text, year);
  return notice.ok
    ? notice.days.map((day) => `${day.date} ${day.working ? "on" : "off"}`)
    : notice.problems.map((problem) => `${problem.sentence} ← ${problem.message}`);
}
const off = (...dates: string[]) => dates.map((date) => `${date} off`);

/** The kind of day alone: the library has only one name for a day of two holidays. */
const kinds = (days: readonly ArrangedDay[]) => days.map(({ date, working }) => ({ date, working }));

describe("a whole notice", () => {
  it.each([
    [2025, NOTICE_2025, "国办发明电〔2024〕12号"],
    [2026, NOTICE_2026, "国办发明电〔2025〕7号"],
  ])("of %i gives the days that the library has", (year, text, number) => {
    const notice = parseNotice(text, year);
    if (!notice.ok) throw new Error(JSON.stringify(notice.problems));
    expect(notice.number).toBe(number);
    expect(notice.names.toSorted()).toEqual(HOLIDAYS.toSorted());
    expect(kinds(notice.days)).toEqual(kinds(libraryDays(year)));
  });

  it.each([
    ["half-width punctuation", (text: string) => text.normalize("NFKC").replaceAll("。", ".")],
    [
      "full-width figures",
      (text: string) => text.replaceAll(/[0-9]/g, (n) => String.fromCharCode(n.charCodeAt(0) + 0xfee0)),
    ],
    ["星期 for 周", (text: string) => text.replaceAll("周", "星期").replaceAll("星期末", "周末")],
    ["a line broken anywhere", (text: string) => text.replaceAll("\n", "").replaceAll(/(.{9})/g, "$1\r\n　 ")],
    ["spaces around every figure", (text: string) => text.replaceAll(/(\d+)/g, " $1\u00a0")],
    ["numbers for the headings", (text: string) => text.replaceAll(/(?<=　)[一二三四五六七]、/g, "（1）")],
    ["no headings' numbers", (text: string) => text.replaceAll(/(?<=　)[一二三四五六七]、/g, "")],
    ["without weekdays", (text: string) => text.replaceAll(/（[^）]*）/g, "")],
    ["dashes for 至", (text: string) => text.replaceAll("至", "—")],
    [
      "its title and signature cut off",
      (text: string) => text.replace(/^[^]*?一、/, "").replace(/节假日期间[^]*$/, ""),
    ],
  ])("with %s", (_, write) => {
    expect(read(write(NOTICE_2026))).toEqual(read(NOTICE_2026));
    expect(read(NOTICE_2026)).toHaveLength(39);
  });

  it("of a year to come", () => {
    const notice = parseNotice(NOTICE_2027, 2027);
    expect(notice).toMatchObject({ ok: true, number: "国办发明电〔2026〕9号" });
    expect(read(NOTICE_2027, 2027)).toContain("2026-12-31 off");
  });

  it("of another year is refused", () => {
    expect(read(NOTICE_2026, 2027)).toEqual(["2026年部分节假日 ← the notice is that of 2026, not of 2027"]);
  });

  /** A notice in the usual words. */
  function write(days: readonly ArrangedDay[], style: { weekdays: boolean; total: boolean; comma: boolean }): string {
    const spoken = (date: string, month = true) => {
      const [, m, d] = date.split("-").map(Number);
      return `${month ? `${m}月` : ""}${d}日${style.weekdays ? `（周${"日一二三四五六"[weekday(date)]}）` : ""}`;
    };
    return HOLIDAYS.map((name) => {
      const own = days.filter((day) => day.name === name);
      const rest = own.filter((day) => !day.working).map((day) => day.date);
      const firsts = rest.filter((date) => !rest.includes(addDays(date, -1)));
      const spans = firsts.map((first) => {
        let last = first;
        while (rest.includes(addDays(last, 1))) last = addDays(last, 1);
        const count = (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;
        if (count === 1) return `${spoken(first)}放假${style.total ? "1天" : ""}`;
        return `${spoken(first)}至${spoken(last, last.slice(5, 7) !== first.slice(5, 7))}放假调休${style.total ? `，共${count}天` : ""}`;
      });
      const make = own.filter((day) => day.working).map((day) => spoken(day.date));
      const sentences = [...spans, ...(make.length > 0 ? [`${make.join(style.comma ? "，" : "、")}上班`] : [])];
      return sentences.length > 0 ? `${name}：${sentences.join("。")}。` : "";
    }).join("\n");
  }

  it("of any year since 2013, in the words of today, says what the library has", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2013, max: 2026 }),
        fc.record({ weekdays: fc.boolean(), total: fc.boolean(), comma: fc.boolean() }),
        (year, style) => {
          const days = libraryDays(year).filter((day) => HOLIDAYS.some((name) => name === day.name));
          expect(read(write(days, style), year)).toEqual(
            days.map((day) => `${day.date} ${day.working ? "on" : "off"}`),
          );
        },
      ),
    ));
});

describe("a sentence", () => {
  it.each([
    ["元旦：1月1日（周四）放假1天，不调休。", off("2026-01-01")],
    ["元旦：1月1日（周四）放假，与周末连休。", off("2026-01-01")],
    ["元旦：1月1日放假与周末连休，共3天。", off("2026-01-01")],
    ["元旦：1月1日放假，1月2日（星期五）补休。", off("2026-01-01", "2026-01-02")],
    [
      "元旦：1月1日（星期四、新年）至3日放假公休，共三天；1月4日照常上班。",
      [...off("2026-01-01", "2026-01-02", "2026-01-03"), "2026-01-04 on"],
    ],
    ["元旦：2025年12月31日至2026年1月2日放假调休，共3天。", off("2025-12-31", "2026-01-01", "2026-01-02")],
    ["元旦：12月31日至1月2日放假调休，共3天。", off("2025-12-31", "2026-01-01", "2026-01-02")],
    ["春节：2月16日（农历除夕、周一）、17日（农历正月初一，周二）放假，共2天。", off("2026-02-16", "2026-02-17")],
    [
      "春节：2月17日放假。2月14日（周六），2月28日（周六）上班。",
      ["2026-02-14 on", ...off("2026-02-17"), "2026-02-28 on"],
    ],
    ["国庆、中秋节：9月25日至27日放假。", off("2026-09-25", "2026-09-26", "2026-09-27")],
    ["清明：4月5日（星期天）放假。各单位要安排好值班。国务院办公厅2025年11月4日", off("2026-04-05")],
    [
      "现将调整2026年劳动节放假安排通知如下。5月1日至4日放假调休，共4天。5月9日（周六）上班。",
      [...off("2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04"), "2026-05-09 on"],
    ],
    [
      "9月3日至5日调休放假，共3天。其中9月3日（星期四）放假，9月4日（星期五）调休。9月6日（星期日）上班。",
      [...off("2026-09-03", "2026-09-04", "2026-09-05"), "2026-09-06 on"],
    ],
  ])("%s", (text, days) => expect(read(text)).toEqual(days));

  it.each([
    ["元旦：1月1日（周五）放假。", "1月1日(周五)放假 ← 2026-01-01 is a 周四, not a 周五"],
    ["元旦：1月1日（周四）至3日（周日）放假，共3天。", "← 2026-01-03 is a 周六, not a 周日"],
    ["元旦：1月1日至3日放假调休，共4天。", "1月1日至3日放假调休,共4天 ← it says 4 days, its dates are 3"],
    ["元旦：1月1日放假3天。", "1月1日放假3天 ← it says 3 days, its dates are 1"],
    ["元旦：1月1日放假。1月4日（周六）上班。", "1月4日(周六)上班 ← 2026-01-04 is a 周日, not a 周六"],
    ["元旦：1月1日放假。1月5日上班。", "← 2026-01-05 is a working day anyway"],
    ["元旦：1月1日至4日放假。1月4日上班。", "← 2026-01-04 is both off and on"],
    ["清明节：4月31日放假。", "← 2026-04-31 is not a day"],
    ["清明节：2月29日放假。", "← 2026-02-29 is not a day"],
    ["清明节：13月1日放假。", "← 2026-13-01 is not a day"],
    ["清明节：2027年4月5日放假。", "← 2027-04-05 is not in 2026"],
    ["清明节：2025年4月5日放假。", "← 2025-04-05 is not in 2026"],
    ["清明节：4月6日至4日放假。", "← 2026-04-06 to 2026-04-04 is not a holiday's length"],
    ["清明节：4月4日至10月6日放假。", "← 2026-04-04 to 2026-10-06 is not a holiday's length"],
    ["清明节：5日放假。", "← “5日” names no month"],
    ["清明节：4月4日至6日。", "4月4日至6日 ← “4月4日至6日” is neither off nor on"],
    ["清明节：4月4日照常办公。", "← “4月4日照常办公” is not understood"],
    ["清明节：4月5日放假，次日补休。", "← “次日补休” is not understood"],
    ["春节：除夕起放假调休8天。", "除夕起放假调休8天 ← days off or on without a date"],
    ["春节：2月17日放假。前一个周六上班。", "前一个周六上班 ← days off or on without a date"],
    ["春节：2月3日（星期二）起正常上班。", "2月3日(星期二)起正常上班 ← “2月3日(星期二)起正常上班” is not understood"],
    ["端午节：祝大家节日快乐。", "端午节:祝大家节日快乐。 ← no day off is named in it"],
    ["今天天气很好。", "← no day off is named in it"],
    ["", "← no day off is named in it"],
  ])("that is broken is named: %s", (text, problem) => {
    const found = read(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  it("is named whichever of a notice it is, and all of them at once", () => {
    const broken = NOTICE_2026.replace("4日（周六）至6日（周一）", "4日（周日）至6日（周一）").replace(
      "5月9日（周六）",
      "5月9日（周日）",
    );
    expect(read(broken)).toEqual([
      "4月4日(周日)至6日(周一)放假,共3天 ← 2026-04-04 is a 周六, not a 周日",
      "5月9日(周日)上班 ← 2026-05-09 is a 周六, not a 周日",
    ]);
  });

  it("cut out anywhere never makes another day a make-up day", () =>
    fc.assert(
      fc.property(fc.nat(NOTICE_2026.length), fc.nat(30), (from, length) => {
        const notice = parseNotice(NOTICE_2026.slice(0, from) + NOTICE_2026.slice(from + length), 2026);
        if (!notice.ok) return;
        for (const day of notice.days.filter((day) => day.working)) expect([0, 6]).toContain(weekday(day.date));
      }),
    ));

  it("is read or named, whatever the text: nothing throws", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "元旦",
            "：",
            "1月",
            "32日",
            "2日",
            "至",
            "（周五）",
            "、",
            "放假",
            "调休",
            "，",
            "共",
            "3天",
            "。",
            "上班",
            "2026年",
            "(",
            "x",
          ),
          { maxLength: 30 },
        ),
        (parts) => {
          const notice = parseNotice(parts.join(""), 2026);
          expect(notice.ok ? notice.days.length : notice.problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    ));

  it("of 20,000 characters takes no time", () => {
    const started = performance.now();
    for (const text of [
      "1日、".repeat(6600),
      "元旦：" + "1月1日（".repeat(3000),
      "1".repeat(20_000),
      "（".repeat(20_000),
      "元旦：1月1日至".repeat(2000),
    ])
      parseNotice(text, 2026);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
