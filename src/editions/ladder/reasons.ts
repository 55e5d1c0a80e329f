/** The ladder's sentences: why an article was chosen, why one was passed over, why a day is short. */
import { fits } from "../../articles/states.ts";
import { iso, localDate } from "../../platform/time.ts";
import type { Candidate, LadderInput, PassedOver } from "./types.ts";
import { capOf, isReprint, mayRun } from "./rules.ts";

const minuteOf = (ms: number, zone: string): string => iso(ms, zone).slice(0, 16).replace("T", " ");

export const because = {
  mustRun: (mustRunOn: string, date: string): string =>
    mustRunOn === date ? "指定今日必发" : `指定 ${mustRunOn} 必发，今日补发`,
  pinned: (slot: number | null): string => (slot === null ? "由编辑指定今日刊发" : `由编辑指定在第 ${slot} 时段刊发`),
  expiring: "今日到期，过时不再刊发",
  minimum: (name: string, minimum: number, relaxed: boolean): string =>
    `专栏「${name}」今日至少 ${minimum} 篇${relaxed ? "，为此放宽上限" : ""}`,
  normal: (rank: number): string => `按签发先后和优先级，排在队列第 ${rank} 位`,
  old: (rank: number, days: number): string => `已等候超过 ${days} 天，不受上限限制，排在队列第 ${rank} 位`,
  unitRelaxed: (cap: number): string => `单位上限 ${cap} 已满，仍缺稿，放宽单位上限`,
  columnRelaxed: (cap: number): string => `专栏上限 ${cap} 已满，仍缺稿，放宽专栏上限`,
  reserveReprint: (limit: number): string => `稿件不足，以转载稿补足（今日转载已超过 ${limit} 篇的限额）`,
  reserveEvergreen: (days: number): string => `稿件不足，以常青稿补足（距上次刊发已满 ${days} 天）`,
} as const;

/** Why a day is short by `k`: one sentence. */
export function shortBecause(k: number, candidates: readonly Candidate[], input: LadderInput): string {
  if (input.slots.every((slot) => slot.released)) return `缺 ${k} 篇：今日各时段均已发出`;
  const placed = new Set(input.placed.map((pick) => pick.articleId));
  const open = input.slots.filter((slot) => !slot.released);
  let [later, tooEarly, tooLate] = [0, 0, 0];
  for (const c of candidates) {
    if (placed.has(c.articleId) || !fits(c.kind, input.medium)) continue;
    if (c.mustRunOn !== null && c.mustRunOn > input.date) later += 1;
    else if (open.some((slot) => mayRun(c, slot.at))) continue;
    else if (c.embargoUntil !== null && c.embargoUntil > open.at(-1)!.at) tooEarly += 1;
    else tooLate += 1;
  }
  const details = [
    later > 0 && `${later} 篇保留到指定日期`,
    tooEarly > 0 && `${tooEarly} 篇今日未到解禁时间`,
    tooLate > 0 && `${tooLate} 篇在余下时段前到期`,
  ].filter((text) => text !== false);
  return `缺 ${k} 篇：队列和储备中可用的稿件已全部选用${details.length > 0 ? `；另有${details.join("、")}` : ""}`;
}

/** Why an article is not in the edition: one sentence, or null when the ladder chose it or it was there already. */
export function whyNot(
  candidate: Candidate,
  { picks, passed }: { picks: readonly { articleId: number }[]; passed: PassedOver },
): string | null {
  const { input } = passed;
  const { articleId, column, unit } = candidate;
  if ([...picks, ...input.placed].some((pick) => pick.articleId === articleId)) return null;
  if (!fits(candidate.kind, input.medium)) return "稿件类型与本刊不符";
  const open = input.slots.filter((slot) => !slot.released);
  if (open.length === 0) return input.slots.length === 0 ? "今日不出刊" : "今日各时段均已发出";
  if (candidate.mustRunOn !== null && candidate.mustRunOn > input.date) return `保留到指定日期 ${candidate.mustRunOn}`;
  if (candidate.embargoUntil !== null && candidate.embargoUntil > open.at(-1)!.at)
    return `未到解禁时间（${minuteOf(candidate.embargoUntil, input.timeZone)}）`;
  if (!open.some((slot) => mayRun(candidate, slot.at))) return "在今日余下的时段之前到期";
  if (candidate.lastRunAt !== null)
    return `常青稿留作储备（上次刊发 ${localDate(candidate.lastRunAt, input.timeZone)}），今日稿件已足`;
  if (passed.reprintsFull !== null && isReprint(candidate)) return `今日转载已达限额 ${passed.reprintsFull} 篇`;
  if (!passed.exempt.has(articleId)) {
    if (column !== null && passed.fullColumns.has(column))
      return `专栏今日已达上限 ${passed.fullColumns.get(column)} 篇`;
    if (unit !== null && passed.fullUnits.has(unit)) return `单位今日已达上限 ${passed.fullUnits.get(unit)} 篇`;
  }
  if (passed.gaveWay.has(articleId)) return "选用它会使别的稿件超出专栏或单位上限，今日让位";
  const rank = passed.queue.indexOf(articleId) + 1;
  return rank > 0 ? `今日名额已满，排在第 ${rank} 位` : `今日名额已满，排在第 ${passed.queue.length} 位之后`;
}

/** The cap of a column or unit as a number for a sentence: one that is relaxed has one. */
export const shown = (id: number | null, caps: ReadonlyMap<number, number>, cap: number | null): number =>
  id === null ? 0 : (capOf(id, caps, cap) ?? 0);
