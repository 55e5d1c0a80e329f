/**
 * What the platform's statistics say, as plain functions. The calls are those of developers.weixin.qq.com, 数据统计:
 * getusersummary and getusercumulate (7 days a call at most), getbizsummary (30 days), getarticletotaldetail (one day of
 * publishing, counted for 30 days). Figures of a day can be had from 08:00 of the next. Older calls on articles
 * (getarticletotal, getuserread) are gone: the platform answers them with 47009.
 */
import { addDays, localDate, zonedTime } from "../../platform/time.ts";

/** The platform counts by days of this zone. */
export const ZONE = "Asia/Shanghai";

/** When a day's figures are asked for; the platform promises them for 08:00. */
const READY = "08:05";

/** Figures that are not there by noon are left for the next morning, which asks for the same days again. */
const NOON = "12:00";

/** How many days are asked for each time: the most that the calls on followers take, so a failed day is made up for. */
const DAYS = 7;

/** The figures of one day; null where the platform has not said. `reads` and `shares` count people, not times. */
export interface DayFigures {
  date: string;
  followers: number | null;
  came: number | null;
  went: number | null;
  reads: number | null;
  shares: number | null;
}

/** The first and the last day to ask for at `now`. */
export function windowAt(now: number): { from: string; to: string } {
  const today = localDate(now, ZONE);
  const to = addDays(today, now < zonedTime(today, READY, ZONE) ? -2 : -1);
  return { from: addDays(to, 1 - DAYS), to };
}

/** The moment after `now` at which the next day's figures are there. */
export function nextMorning(now: number): number {
  const today = localDate(now, ZONE);
  const ready = zonedTime(today, READY, ZONE);
  return now < ready ? ready : zonedTime(addDays(today, 1), READY, ZONE);
}

/** Whether figures that were not there yet are worth another look today. */
export const beforeNoon = (now: number): boolean => now < zonedTime(localDate(now, ZONE), NOON, ZONE);

type Answer = Readonly<Record<string, unknown>>;

const objects = (value: unknown): Answer[] =>
  Array.isArray(value) ? value.filter((each): each is Answer => typeof each === "object" && each !== null) : [];
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const countOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;

const sum = (a: number | null, b: number | null): number | null => (b === null ? a : (a ?? 0) + b);

/** The days that some of the answers tell of, in order; an answer that was not had is null. */
export function figuresIn(answers: {
  summary: Answer | null;
  cumulate: Answer | null;
  articles: Answer | null;
}): DayFigures[] {
  const days = new Map<string, DayFigures>();
  const each = (answer: Answer | null, take: (day: DayFigures, row: Answer) => void): void => {
    for (const row of objects(answer?.["list"])) {
      const date = textOf(row["ref_date"]);
      if (!/^\d{4}-\d\d-\d\d$/.test(date)) continue;
      const none = { date, followers: null, came: null, went: null, reads: null, shares: null };
      const day = days.get(date) ?? none;
      take(day, row);
      days.set(date, day);
    }
  };
  // A row for each way by which readers came.
  each(answers.summary, (day, row) => {
    day.came = sum(day.came, countOf(row["new_user"]));
    day.went = sum(day.went, countOf(row["cancel_user"]));
  });
  each(answers.cumulate, (day, row) => {
    day.followers = countOf(row["cumulate_user"]) ?? day.followers;
  });
  each(answers.articles, (day, row) => {
    const [detail = {}] = objects([row["detail"]]);
    day.reads = countOf(detail["read_user"]) ?? day.reads;
    day.shares = countOf(detail["share_user"]) ?? day.shares;
  });
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** Whether the platform has said how many followers there were on the day `to`. */
export const complete = (days: readonly DayFigures[], to: string): boolean =>
  days.some((day) => day.date === to && day.followers !== null);

/** How an article did since it was published. */
export interface ArticleFigures {
  /** `mid` and `idx` of its address, and its place in its bundle. */
  mid: string;
  idx: number;
  title: string;
  url: string;
  reads: number;
  shares: number;
  /** The last day that is counted. */
  until: string;
}

/** The articles in an answer of getarticletotaldetail, each with its latest totals. */
export function articlesIn(answer: Answer): ArticleFigures[] {
  return objects(answer["list"]).flatMap((row) => {
    const [, mid, idx] = /^(\d+)_(\d+)$/.exec(textOf(row["msgid"])) ?? [];
    const latest = objects(row["detail_list"])
      .map((detail) => ({
        until: textOf(detail["stat_date"]),
        reads: countOf(detail["read_user"]),
        shares: countOf(detail["share_user"]),
      }))
      .sort((a, b) => (a.until < b.until ? -1 : 1))
      .at(-1);
    if (mid === undefined || !latest || latest.reads === null) return [];
    const { until, reads, shares } = latest;
    const [title, url] = [textOf(row["title"]), textOf(row["content_url"])];
    return [{ mid, idx: Number(idx), title, url, reads, shares: shares ?? 0, until }];
  });
}

/** A receipt that figures may belong to. */
export interface Candidate {
  post: number;
  idx: number;
  title: string;
  url: string | null;
}

/**
 * Which post an article is: the one at its address, or else the only one of its place and title. `fit` shortens a title
 * as it went out. A post that two articles claim is given to neither.
 */
export function matched(
  articles: readonly ArticleFigures[],
  receipts: readonly Candidate[],
  fit: (title: string) => string,
): { post: number; figures: ArticleFigures }[] {
  const found = articles.flatMap((figures) => {
    const named = receipts.filter(({ url }) => url !== null && sameArticle(url, figures));
    const like = receipts.filter(({ idx, title }) => idx === figures.idx && fit(title) === figures.title);
    const post = named[0]?.post ?? (like.length === 1 ? like[0]!.post : undefined);
    return post === undefined ? [] : [{ post, figures }];
  });
  return found.filter(({ post }) => found.filter((other) => other.post === post).length === 1);
}

/** Whether an address is the article's: the same short one (`/s/…`), or the same `mid` and `idx` in its query. */
function sameArticle(address: string, { mid, idx, url }: ArticleFigures): boolean {
  if (!URL.canParse(address)) return false;
  const { pathname, searchParams } = new URL(address);
  if (searchParams.get("mid") === mid) return searchParams.get("idx") === String(idx);
  return pathname.length > "/s/".length && URL.canParse(url) && new URL(url).pathname === pathname;
}
