/**
 * The ladder: which articles make a day's edition, in which places, and why. A pure function: the same inputs give the
 * same edition, what is released or already placed never moves, and a second call with the result adds nothing.
 */

export const RUNGS = [
  "must_run",
  "pinned",
  "expiring",
  "column_minimum",
  "normal",
  "unit_relaxed",
  "column_relaxed",
  "reserve",
] as const;
export type Rung = (typeof RUNGS)[number];

/** An article that may be chosen. */
export interface Candidate {
  articleId: number;
  hash: string;
  /** Lower goes first; ties by article id. */
  queueKey: number;
  mustRunOn: string | null;
  expiresAt: number | null;
  embargoUntil: number | null;
  /** It has been published before and stands in the reserve: when it last ran. */
  lastRunAt: number | null;
}

/** A place that is taken. */
export interface Placed {
  articleId: number;
  position: number;
  slot: number;
}

export interface NewPick extends Placed {
  hash: string;
  rung: Rung;
  reason: string;
}

export interface LadderInput {
  date: string;
  quota: number;
  /** The day's release times in order; slot numbers count from 1. */
  slots: readonly { n: number; at: number; released: boolean }[];
  placed: readonly Placed[];
  candidates: readonly Candidate[];
  /** End of the local day, epoch ms: what expires before it expires "today". */
  dayEnd: number;
}

export interface LadderResult {
  picks: NewPick[];
  shortfall: number;
}

/** An evergreen rests this long before it runs again. */
export const COOL_DOWN_DAYS = 30;

const byKey = (a: Candidate, b: Candidate): number => a.queueKey - b.queueKey || a.articleId - b.articleId;

/** How many picks each slot holds when `total` are spread evenly, the earlier slots taking the odd ones. */
export function spread(total: number, slots: number): number[] {
  return Array.from({ length: slots }, (_, i) => Math.floor(total / slots) + (i < total % slots ? 1 : 0));
}

const mayRun = (c: Candidate, at: number): boolean =>
  (c.embargoUntil === null || c.embargoUntil <= at) && (c.expiresAt === null || c.expiresAt > at);

/** Fills the open places of an edition. */
export function fill(input: LadderInput): LadderResult {
  const open = input.slots.filter((slot) => !slot.released);
  const taken = new Set(input.placed.map((pick) => pick.articleId));
  const chosen: { candidate: Candidate; rung: Rung; reason: string }[] = [];

  if (open.length > 0) {
    const eligible = input.candidates.filter((c) => !taken.has(c.articleId) && open.some((slot) => mayRun(c, slot.at)));
    const room = () => input.placed.length + chosen.length < input.quota;
    const climb = (rung: Rung, from: Candidate[], reason: (c: Candidate, rank: number) => string, whileRoom = true) => {
      for (const [i, candidate] of from.entries()) {
        if (whileRoom && !room()) return;
        if (taken.has(candidate.articleId)) continue;
        taken.add(candidate.articleId);
        chosen.push({ candidate, rung, reason: reason(candidate, i + 1) });
      }
    };
    const fresh = eligible.filter((c) => c.lastRunAt === null);
    climb(
      "must_run",
      fresh.filter((c) => c.mustRunOn !== null && c.mustRunOn <= input.date).sort(byKey),
      (c) => (c.mustRunOn === input.date ? "指定今日必发" : `指定 ${c.mustRunOn} 必发，今日补发`),
      false,
    );
    const waiting = fresh.filter((c) => c.mustRunOn === null || c.mustRunOn <= input.date);
    climb(
      "expiring",
      waiting
        .filter((c) => c.expiresAt !== null && c.expiresAt <= input.dayEnd)
        .sort((a, b) => a.expiresAt! - b.expiresAt! || byKey(a, b)),
      () => "今日到期，过时不再刊发",
    );
    climb("normal", waiting.sort(byKey), (_, rank) => `按签发先后和优先级，排在队列第 ${rank} 位`);
    climb(
      "reserve",
      eligible
        .filter((c) => c.lastRunAt !== null)
        .sort((a, b) => a.lastRunAt! - b.lastRunAt! || a.articleId - b.articleId),
      () => `稿件不足，以常青稿补足（距上次刊发已满 ${COOL_DOWN_DAYS} 天）`,
    );
  }

  const placed = place(
    chosen.map((c) => c.candidate),
    input,
  );
  return {
    picks: chosen.map(({ candidate, rung, reason }, i) => ({
      articleId: candidate.articleId,
      hash: candidate.hash,
      rung,
      reason,
      ...placed[i]!,
    })),
    shortfall: Math.max(0, input.quota - input.placed.length - chosen.length),
  };
}

/**
 * Gives each chosen candidate a free place: open slots in order, each holding its even share of the day, what the day
 * has beyond that in the last one. One that is embargoed until later takes a place in a slot it may run in, and one that
 * expires during the day a slot before that.
 */
function place(chosen: readonly Candidate[], input: LadderInput): { position: number; slot: number }[] {
  const total = Math.max(input.quota, input.placed.length + chosen.length);
  const shares = spread(total, input.slots.length);
  const used = new Set(input.placed.map((pick) => pick.position));
  const free: { position: number; slot: number; at: number }[] = [];
  let position = 0;
  for (const [i, slot] of input.slots.entries())
    for (let k = 0; k < shares[i]!; k++) {
      position += 1;
      if (!slot.released && !used.has(position)) free.push({ position, slot: slot.n, at: slot.at });
    }
  // The share of a slot that went out with empty places moves to the next open one.
  let extra = Math.max(position, ...used, 0);
  const result: { position: number; slot: number }[] = [];
  for (const candidate of chosen) {
    const index = free.findIndex((place) => mayRun(candidate, place.at));
    if (index >= 0) {
      const [found] = free.splice(index, 1);
      result.push({ position: found!.position, slot: found!.slot });
    } else {
      const slot = input.slots.find((s) => !s.released && mayRun(candidate, s.at))!;
      extra += 1;
      result.push({ position: extra, slot: slot.n });
    }
  }
  return result;
}
