/**
 * Reads the State Council's notice of a year's holidays as somebody pasted it. Its sentences are regular; one that speaks
 * of days and cannot be read stops the import, since a day overlooked is a day wrongly published or missed.
 */
import { addDays, isDate } from "../../platform/time.ts";
import type { ArrangedDay } from "./holidays.ts";
import { holidayName, HOLIDAYS, ordinary, weekdayOf, yearOf } from "./holidays.ts";

/** A sentence of a notice that cannot be taken, and why. */
interface NoticeProblem {
  sentence: string;
  message: string;
}

type Notice =
  | {
      ok: true;
      /** Its number, such as 国办发明电〔2025〕7号, if the text has it. */
      number: string | null;
      /** The holidays that it arranges. */
      names: string[];
      days: ArrangedDay[];
    }
  | { ok: false; problems: NoticeProblem[] };

/** No holiday was ever longer; a range that is has a slip in its dates. */
const LONGEST = 15;

const WEEKDAYS = "日一二三四五六";
const NUMERALS = "零一二三四五六七八九十";

const DATE = String.raw`(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?`;
const SPAN = String.raw`${DATE}(?:(?:至|到|[-–—~]+)${DATE})?`;
const SPANS = String.raw`${SPAN}(?:[、和与及]${SPAN})*`;
const COUNT = String.raw`([\d零一二三四五六七八九十]+)天`;
const REST = new RegExp(
  `^(?:其中|即)?(${SPANS})(?:放假调休|调休放假|放假公休|放假补休|放假|补休|调休|公休|休息)(?:共?计?${COUNT})?(?:与周末连休)?$`,
);
const WORK = new RegExp(`^(${SPANS})(?:正常|照常)?(?:上班|补班)$`);
const DATES_ONLY = new RegExp(`^${SPANS}$`);
const TOTAL = new RegExp(`^共计?${COUNT}$`);
/** What a sentence may add without arranging a day: weekends are free anyway. */
const REMARK = /^(?:与周末连休|不调休)$/;

const NAMES = HOLIDAYS.map((name) => name.replace(/节$/, "") + (name.endsWith("节") ? "节?" : "")).join("|");
const HEADING = new RegExp(
  String.raw`(?:\(?[一二三四五六七八九十\d]+\)?[、.]?)?((?:${NAMES})(?:[、和与](?:${NAMES}))*):`,
  "g",
);
const NUMBER = /国办发(?:明电)?[〔[(](\d{4})[〕\])](\d+)号/;
/** The notice's own year: its title, or the sentence that leads to the list. */
const OWN_YEAR = /(\d{4})年(?:部分)?(?:节假日|元旦)/;
const SIGNATURE = /^国务院办公厅\d{4}年\d{1,2}月\d{1,2}日(?:\(.*\))?$/;

/** The days that the notice of `year` arranges, or each sentence of it that cannot be read. */
export function parseNotice(text: string, year: number): Notice {
  const whole = text.normalize("NFKC").replaceAll(/[\s\p{Cf}]+/gu, "");
  const number = NUMBER.exec(whole);
  const own = OWN_YEAR.exec(whole);
  if (own && Number(own[1]) !== year)
    return { ok: false, problems: [{ sentence: own[0], message: `the notice is that of ${own[1]}, not of ${year}` }] };

  const reader = new Reader(year);
  const names: string[] = [];
  for (const { name, body } of sectionsOf(whole)) {
    if (name !== null) names.push(...name.split("、"));
    reader.section(name, body);
  }
  if (reader.problems.length === 0 && reader.days.size === 0)
    reader.problems.push({ sentence: whole.slice(0, 40), message: "no day off is named in it" });
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return {
    ok: true,
    number: number && `${number[0].startsWith("国办发明电") ? "国办发明电" : "国办发"}〔${number[1]}〕${number[2]}号`,
    names,
    days: [...reader.days.values()].sort((a, b) => (a.date < b.date ? -1 : 1)),
  };
}

/** The text of each holiday; without headings, as in a notice that amends one holiday, the whole. */
function sectionsOf(text: string): { name: string | null; body: string }[] {
  const headings = [...text.matchAll(HEADING)];
  if (headings.length === 0) {
    const named = HOLIDAYS.filter((holiday) => new RegExp(holiday.replace(/节$/, "节?")).test(text));
    return [{ name: named.length === 1 ? named[0]! : null, body: text }];
  }
  return headings.map((heading, i) => ({
    name: heading[1]!
      .split(/[、和与]/)
      .map(holidayName)
      .join("、"),
    body: text.slice(heading.index + heading[0].length, headings[i + 1]?.index),
  }));
}

/** Why a sentence cannot be taken. */
class Unreadable extends Error {}

/** Reads sentences one after the other and keeps what they arrange. */
class Reader {
  readonly days = new Map<string, ArrangedDay>();
  readonly problems: NoticeProblem[] = [];
  readonly #year: number;

  constructor(year: number) {
    this.#year = year;
  }

  section(name: string | null, body: string): void {
    const before = this.days.size;
    const faults = this.problems.length;
    for (const sentence of body.split(/[。.;:!]/)) {
      try {
        this.#sentence(name, sentence);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.problems.push({ sentence, message: error.message });
      }
    }
    if (name !== null && this.days.size === before && this.problems.length === faults)
      this.problems.push({ sentence: `${name}:${body.slice(0, 40)}`, message: "no day off is named in it" });
  }

  #sentence(name: string | null, sentence: string): void {
    if (SIGNATURE.test(sentence)) return;
    if (!/\d日/.test(sentence)) {
      // Prose about duty rosters, unless it arranges days in words that are not dates.
      if (/放假(?!期间|安排)|补休|上班|补班/.test(sentence) && !REMARK.test(sentence))
        throw new Unreadable("days off or on without a date");
      return;
    }
    let waiting = "";
    let rested = 0;
    const weekendToo = sentence.includes("与周末连休");
    for (const clause of clausesOf(sentence)) {
      const total = TOTAL.exec(clause);
      if (total) {
        if (!weekendToo) this.#agree(total[1]!, rested);
        continue;
      }
      if (REMARK.test(clause)) continue;
      const whole = waiting === "" ? clause : `${waiting}、${clause}`;
      const rest = REST.exec(whole);
      const work = rest ? null : WORK.exec(whole);
      if (rest || work) {
        waiting = "";
        const dates = this.#dates(name, (rest ?? work)![1]!);
        for (const date of dates) this.#keep({ date, working: work !== null, name });
        if (rest) {
          rested += dates.length;
          if (rest[2] !== undefined && !weekendToo) this.#agree(rest[2], dates.length);
        }
      } else if (DATES_ONLY.test(clause)) waiting = whole;
      else throw new Unreadable(`“${clause}” is not understood`);
    }
    if (waiting !== "") throw new Unreadable(`“${waiting}” is neither off nor on`);
  }

  #agree(count: string, days: number): void {
    const said = /^\d+$/.test(count) ? Number(count) : NUMERALS.indexOf(count);
    if (said !== days) throw new Unreadable(`it says ${count} days, its dates are ${days}`);
  }

  #keep(day: ArrangedDay): void {
    const known = this.days.get(day.date);
    if (known && known.working !== day.working) throw new Unreadable(`${day.date} is both off and on`);
    if (day.working && ordinary(day.date)) throw new Unreadable(`${day.date} is a working day anyway`);
    if (!known) this.days.set(day.date, day);
  }

  /** Every date of a list of dates and ranges. A part that names no month or year has that of the one before it. */
  #dates(name: string | null, list: string): string[] {
    const found: string[] = [];
    let last: Spoken = { year: this.#year, month: null };
    for (const [span] of list.matchAll(new RegExp(SPAN, "g"))) {
      const ends = [...span.matchAll(new RegExp(DATE, "g"))].map(([text]) => {
        const { date, spoken } = this.#date(name, text, last);
        last = spoken;
        return date;
      });
      const [first, end = first] = ends as [string, string?];
      if (end < first || addDays(first, LONGEST) <= end)
        throw new Unreadable(`${first} to ${end} is not a holiday's length`);
      for (let date = first; date <= end; date = addDays(date, 1)) found.push(date);
    }
    return found;
  }

  #date(name: string | null, text: string, last: Spoken): { date: string; spoken: Spoken } {
    const parts = /^(?:(\d+)年)?(?:(\d+)月)?(\d+)日(?:\((.*)\))?$/.exec(text)!;
    const month = parts[2] === undefined ? last.month : Number(parts[2]);
    if (month === null) throw new Unreadable(`“${text}” names no month`);
    // 元旦 may begin in the December before, and then its January is the notice's own again.
    const turn = name?.startsWith("元旦") ? this.#year - (month === 12 ? 1 : 0) : last.year;
    const year = parts[1] === undefined ? turn : Number(parts[1]);
    const pad = (n: number | string) => String(n).padStart(2, "0");
    const date = `${year}-${pad(month)}-${pad(parts[3]!)}`;
    if (!isDate(date)) throw new Unreadable(`${date} is not a day`);
    if (yearOf(date) !== this.#year && !(year === this.#year - 1 && month === 12))
      throw new Unreadable(`${date} is not in ${this.#year}`);
    const said = /(?:周|星期)(.)/.exec(parts[4] ?? "")?.[1]?.replace("天", "日");
    const weekday = WEEKDAYS[weekdayOf(date)]!;
    if (said !== undefined && said !== weekday) throw new Unreadable(`${date} is a 周${weekday}, not a 周${said}`);
    return { date, spoken: { year, month } };
  }
}

/** The year and month that a date without them has. */
interface Spoken {
  year: number;
  month: number | null;
}

/** Splits at commas, not at those within brackets. */
function clausesOf(sentence: string): string[] {
  return sentence.split(/,(?![^()]*\))/).filter((clause) => clause !== "");
}
