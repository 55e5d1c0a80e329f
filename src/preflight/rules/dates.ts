import { onLine, type Rule } from "../context.ts";

const DATE =
  /(?<!\d)(?:(?<year>\d{4})年)?(?<month>\d{1,2})月(?<day>\d{1,2})日(?:\s?[（(]?(?:星期|周|礼拜)(?<weekday>[一二三四五六日天])(?![一二三四五六日天至到、—-]|[-~～]))?/g;
const ISO = /(?<![\d-])(?<year>(?:19|20)\d\d)-(?<month>\d\d)-(?<day>\d\d)(?![\d-])/g;
const WEEKDAYS = "日一二三四五六";

/** The last day of a month; of a February whose year nobody said, 29. */
function lastDay(year: number | null, month: number): number {
  return new Date(Date.UTC(year ?? 2000, month, 0)).getUTCDate();
}

/** The year in which a month and day lie nearest to `date`. */
function nearestYear(date: string, month: number, day: number): number {
  const [at, year] = [Date.parse(date), Number(date.slice(0, 4))];
  const away = (y: number) => Math.abs(Date.UTC(y, month - 1, day) - at);
  return [year - 1, year, year + 1].sort((a, b) => away(a) - away(b))[0]!;
}

/** Dates that do not exist, and weekdays that are another day's. */
export const dates: Rule = function* (c) {
  for (const line of c.lines) {
    let saidYear: number | null = null;
    for (const match of [...line.text.matchAll(DATE), ...line.text.matchAll(ISO)]) {
      const { year, month, day, weekday } = match.groups as Record<string, string | undefined>;
      const [m, d] = [Number(month), Number(day)];
      if (year !== undefined) saidYear = Number(year);
      const own = year === undefined ? null : Number(year);
      const span = [match.index, match.index + match[0].length] as const;
      if (m < 1 || m > 12 || d < 1 || d > lastDay(own, m)) {
        yield onLine(c, line, span, "date", "error", `没有“${match[0]}”这一天。请核对日期。`);
        continue;
      }
      if (weekday === undefined) continue;
      const y = own ?? saidYear ?? nearestYear(c.date, m, d);
      const right = WEEKDAYS[new Date(Date.UTC(y, m - 1, d)).getUTCDay()]!;
      if (right === weekday.replace("天", "日")) continue;
      // Where the year is a guess, so is the finding.
      const severity = own !== null || saidYear !== null ? "error" : "warning";
      const at = match.index + match[0].lastIndexOf(weekday);
      const message = `日期与星期不符：${y}年${m}月${d}日是星期${right}，文中写的是星期${weekday}。请核对是日期错还是星期错。`;
      yield onLine(c, line, [at, at + 1], "weekday", severity, message);
    }
  }
};
