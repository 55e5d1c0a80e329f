/** What the office says of a shortfall: plain functions of the outlook. */
import type { Publication } from "../newsroom/types.ts";
import type { DayForecast } from "./forecast.ts";
import type { Outlook } from "./outlook.ts";

interface Warning {
  title: string;
  /** Lines of plain text. */
  body: string;
}

/** How many reserves are named. */
const NAMED = 3;

/** The words of a shortfall of today or of the days ahead, or null if there is none. */
export function warningOf(publication: Pick<Publication, "name" | "medium">, outlook: Outlook): Warning | null {
  const unit = publication.medium === "video" ? "条" : "篇";
  const today = outlook.today?.short ?? 0;
  const ahead = outlook.days.reduce((sum, day) => sum + day.short, 0);
  const shorts = [
    ...(today > 0 ? [`今日缺 ${today} ${unit}`] : []),
    ...(ahead > 0 ? [`今后 ${outlook.days.length} 个工作日预计缺 ${ahead} ${unit}`] : []),
  ];
  if (shorts.length === 0) return null;
  const lines = [
    ...(outlook.today && today > 0 ? [dayLine("今日", outlook.today, unit)] : []),
    ...outlook.days.filter((day) => day.short > 0).map((day) => dayLine(dateWords(day.date), day, unit)),
    reserveLine(outlook, unit),
    ...(outlook.owing.length > 0
      ? [`欠约稿的单位：${outlook.owing.map(({ name, owed }) => `${name}（${owed} ${unit}）`).join("、")}。`]
      : []),
    sinceLine(outlook.daysSinceLastPost),
  ];
  return { title: `${publication.name}：${shorts.join("，")}`, body: lines.join("\n") };
}

/** A warning on one line, for a list. */
export function inOneLine({ title, body }: Warning): string {
  return `${title}。${body.replaceAll("\n", "")}`;
}

function dayLine(name: string, day: DayForecast, unit: string): string {
  const sources = [
    ...(day.planned > 0 ? [`已排 ${day.planned} ${unit}`] : []),
    ...(day.fromQueue > 0 ? [`稿库可出 ${day.fromQueue} ${unit}`] : []),
    ...(day.fromArrivals > 0 ? [`按惯常来稿计 ${day.fromArrivals} ${unit}`] : []),
  ];
  const reserve = day.reserve > 0 ? [`备用稿可补 ${day.reserve} ${unit}`] : [];
  return `${[`${name}应发 ${day.quota} ${unit}`, ...sources, `缺 ${day.short} ${unit}`, ...reserve].join("，")}。`;
}

function reserveLine({ reserves }: Outlook, unit: string): string {
  if (reserves.length === 0) return "没有可用的备用稿。";
  const names = reserves.slice(0, NAMED).map(({ title }) => `《${title}》`);
  return `可用的备用稿有 ${reserves.length} ${unit}：${names.join("")}${reserves.length > NAMED ? "等" : ""}。`;
}

function sinceLine(days: number | null): string {
  if (days === null) return "还没有发布过。";
  return days === 0 ? "今天已有发布。" : `距上一次发布已 ${days} 天。`;
}

/** `2026-11-24` as 11月24日. */
function dateWords(date: string): string {
  return `${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`;
}
