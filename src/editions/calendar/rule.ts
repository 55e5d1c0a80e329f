/**
 * The standing rule, for a year that is not announced yet. The notice for 2025 prints it: 春节自农历除夕起放假调休8天，
 * 国庆节自10月1日起7天（逢中秋节合并8天），劳动节5天，元旦、清明节、端午节、中秋节分别3天（逢周三只在当日）. It gives every weekday
 * off of 2025 and 2026; which weekends are worked instead follows from no rule.
 */
import chineseDays from "chinese-days";
import { addDays } from "../../platform/time.ts";
import type { ArrangedDay } from "./holidays.ts";
import { weekdayOf } from "./holidays.ts";

const years = new Map<number, readonly ArrangedDay[]>();

/** The days off that the rule gives a year, in order. Those of 元旦 may begin in the December before. */
export function ruleDays(year: number): readonly ArrangedDay[] {
  let found = years.get(year);
  if (!found) {
    found = compute(year);
    years.set(year, found);
  }
  return found;
}

function compute(year: number): ArrangedDay[] {
  const midAutumn = lunar(year, "08-15");
  const national = `${year}-10-01`;
  const merged = midAutumn >= national && midAutumn <= addDays(national, 7);
  const days = new Map<string, string>();
  const rest = (name: string, first: string, count: number) => {
    for (let i = 0; i < count; i++) days.set(addDays(first, i), name);
  };
  const joined = (name: string, date: string) => {
    const [before, count] = JOINED[weekdayOf(date)]!;
    rest(name, addDays(date, -before), count);
  };
  joined("元旦", `${year}-01-01`);
  rest("春节", addDays(lunar(year, "01-01"), -1), 8);
  joined("清明节", qingming(year));
  rest("劳动节", `${year}-05-01`, 5);
  joined("端午节", lunar(year, "05-05"));
  if (!merged) joined("中秋节", midAutumn);
  rest("国庆节", national, merged ? 8 : 7);
  return [...days].map(([date, name]) => ({ date, working: false, name })).sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** By the holiday's weekday from Sunday: how many days before it the rest begins, and how many it has. */
const JOINED = [
  [1, 3], // Sunday: Saturday to Monday
  [2, 3],
  [2, 3], // Tuesday: Sunday to Tuesday
  [0, 1],
  [0, 3], // Thursday to Saturday
  [0, 3],
  [0, 3], // Saturday to Monday
] as const;

/** The date of a lunar month and day (`MM-DD`, the ordinary month where there is a leap one too). */
function lunar(year: number, day: string): string {
  return chineseDays.getSolarDateFromLunar(`${year}-${day}T12:00`).date;
}

/**
 * 清明 of a year of 2000 to 2100. The library has it too, but shows it a day early on a machine west of Greenwich; the
 * formula is the same.
 */
function qingming(year: number): string {
  const y = year - 2000;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100);
  return `${year}-04-0${Math.floor(y * 0.2422 + 4.81) - leapDays}`;
}
