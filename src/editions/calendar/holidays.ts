/** What every source of the calendar speaks of: named days, and the year whose arrangement they belong to. */

/** The holidays that a State Council notice arranges, in the year's order, by their usual names. */
export const HOLIDAYS = ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"] as const;

/** The years that the lunar tables and this calendar cover. */
export const FIRST_YEAR = 2004;
export const LAST_YEAR = 2100;

/** One day that an arrangement sets apart from the ordinary week. */
export interface ArrangedDay {
  date: string;
  working: boolean;
  /** The holiday that it is, or is worked for; null where the arrangement names none. */
  name: string | null;
}

/** `清明`, `清明节`: one holiday, one name. Others stay as they are. */
export function holidayName(name: string): string {
  return HOLIDAYS.find((holiday) => holiday === name || holiday === `${name}节`) ?? name;
}

/** The year of a date. */
export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

/** The day of the week of a date, 0 = Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** Whether an ordinary week works on the date. */
export function ordinary(date: string): boolean {
  const weekday = weekdayOf(date);
  return weekday !== 0 && weekday !== 6;
}
