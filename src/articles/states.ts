/**
 * The state machine of a manuscript. Every change of status is decided here, by plain functions; the stores only write
 * what these gave, on condition that the row has not moved. There is no way from draft to published around a review.
 */
import type { LadderSettings } from "../newsroom/ladder-settings.ts";
import { LADDER_DEFAULTS } from "../newsroom/ladder-settings.ts";
import type { Role, Stage } from "../newsroom/types.ts";
import { DAY } from "../platform/time.ts";
import type { Decision, Handling, Kind, Status } from "./types.ts";

/** What an act leads to: a new place in life, or a refusal in words. */
export type Next = { ok: true; status: Status; stage: number } | { ok: false; why: string };

const refuse = (why: string): Next => ({ ok: false, why });

/** Where an article goes once its last review has approved it: to the queue, or held while embargoed. */
function cleared(embargoUntil: number | null, now: number, stage: number): Next {
  return { ok: true, status: embargoUntil !== null && embargoUntil > now ? "held" : "queued", stage };
}

const SUBMITTABLE: readonly Status[] = ["draft", "returned", "withdrawn"];

/** 提交: to the first stage of review, or straight to the queue of a publication that has none. */
export function submit(status: Status, stages: readonly Stage[], embargoUntil: number | null, now: number): Next {
  // 暂缓 by a person ends when a person submits it again: its reviews still stand.
  if (status === "held") return cleared(embargoUntil, now, stages.length);
  if (!SUBMITTABLE.includes(status)) return refuse(`A ${status} article cannot be submitted.`);
  return stages.length > 0 ? { ok: true, status: "in_review", stage: 0 } : cleared(embargoUntil, now, 0);
}

/** Who may decide at which stage. The publisher answers for the whole and may sign any stage. */
const MAY_DECIDE: Record<Stage, readonly Role[]> = {
  first: ["editor", "reviewer", "publisher"],
  second: ["reviewer", "publisher"],
  final: ["deputy", "head", "publisher"],
  head: ["head", "publisher"],
};

/** Whether someone of this role may decide at this stage. */
export function mayDecide(role: Role | null, stage: Stage): boolean {
  return role !== null && MAY_DECIDE[stage].includes(role);
}

/** 审核: one stage's decision. Approval leads to the next stage or the queue, return to the author, reject to the end. */
export function decide(
  article: { status: Status; stage: number; embargoUntil: number | null },
  stages: readonly Stage[],
  decision: Decision,
  now: number,
): Next {
  if (article.status !== "in_review") return refuse(`A ${article.status} article is not waiting for a review.`);
  if (decision === "return") return { ok: true, status: "returned", stage: 0 };
  if (decision === "reject") return { ok: true, status: "rejected", stage: article.stage };
  const stage = article.stage + 1;
  return stage < stages.length ? { ok: true, status: "in_review", stage } : cleared(article.embargoUntil, now, stage);
}

/**
 * 修改: what a new text does to the status. Reviews are bound to a content hash, so a changed text goes back to the first
 * stage; where a publication has no stages it queues again at once. `changed` tells whether the hash is another one.
 */
export function edit(
  article: { status: Status; stage: number; embargoUntil: number | null },
  stages: readonly Stage[],
  changed: boolean,
  now: number,
): Next {
  switch (article.status) {
    case "draft":
    case "returned":
    case "withdrawn":
      return { ok: true, status: article.status, stage: 0 };
    case "in_review":
      return { ok: true, status: "in_review", stage: changed ? 0 : article.stage };
    case "queued":
    case "planned":
    case "held":
      return changed && stages.length > 0
        ? { ok: true, status: "in_review", stage: 0 }
        : cleared(article.embargoUntil, now, article.stage);
    case "expired":
      return stages.length > 0 ? { ok: true, status: "draft", stage: 0 } : cleared(article.embargoUntil, now, 0);
    case "published":
      return refuse("A published article is changed with “correct”, which tells every subscriber.");
    case "rejected":
    case "recalled":
      return refuse(`A ${article.status} article cannot be changed.`);
  }
}

const WITHDRAWABLE: readonly Status[] = ["draft", "in_review", "returned", "queued", "planned", "held", "expired"];

/** 撤稿: taken back by the desk before it was published. */
export function withdraw(status: Status): Next {
  return WITHDRAWABLE.includes(status)
    ? { ok: true, status: "withdrawn", stage: 0 }
    : refuse(`A ${status} article cannot be withdrawn${status === "published" ? "; use “recall”" : ""}.`);
}

/** Drafts that nobody has acted on yet may be deleted; everything else stays on record. */
export function mayDelete(status: Status): boolean {
  return status === "draft";
}

/**
 * The sort key of a queued article, fixed when its last review approves it: the time of approval less the publication's
 * credits for each level of priority, for an answer to a commission and for an event of the last day (half of it: of the
 * last three days), never more than its `creditDays` together. Epoch ms.
 */
export function queueKey(
  approvedAt: number,
  handling: Pick<Handling, "priority" | "eventAt"> & { commissioned?: boolean },
  { credits, creditDays }: Pick<LadderSettings, "credits" | "creditDays"> = LADDER_DEFAULTS,
): number {
  const age = handling.eventAt === null ? Infinity : (approvedAt - handling.eventAt) / DAY;
  const freshness = age < 1 ? credits.fresh : age < 3 ? credits.fresh / 2 : 0;
  const days = handling.priority * credits.priority + (handling.commissioned ? credits.commissioned : 0) + freshness;
  return approvedAt - Math.round(Math.min(days, creditDays) * DAY);
}

/** When a status changes by itself: a held article's embargo ends, a queued one expires. Null: never. */
export function wakeAt(status: Status, handling: Pick<Handling, "embargoUntil" | "expiresAt">): number | null {
  if (status === "held") return handling.embargoUntil;
  if (status === "queued") return handling.expiresAt;
  return null;
}

/** Which kinds a publication of this medium carries. */
export function fits(kind: Kind, medium: "article" | "video"): boolean {
  return (kind === "video") === (medium === "video");
}
