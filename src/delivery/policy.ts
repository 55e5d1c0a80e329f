/** When to try again, and when to stop: plain functions of what happened. */
import type { Verdict } from "../channels/kind.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../platform/time.ts";

/** Waits after the first, second … failed attempt: about 69 hours in all, then each further day. */
export const SCHEDULE: readonly number[] = [
  10 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  DAY,
];

/** What an endpoint may ask us to wait at most. */
export const RETRY_AFTER_CAP = 12 * HOUR;

/** A message that is refused for its own sake is tried this often. */
export const REJECTED_TRIES = 3;

/**
 * The wait after attempt `n` (from 1). `noise` in [0, 1) adds up to a fifth, never takes away, so that endpoints which
 * fell over together do not come back together. What the endpoint asked for can only push the time later, up to a cap.
 */
export function backoff(n: number, noise: number, after = 0): number {
  const base = SCHEDULE[Math.min(n, SCHEDULE.length) - 1] ?? SCHEDULE[0]!;
  return Math.max(Math.round(base * (1 + noise / 5)), Math.min(after, RETRY_AFTER_CAP));
}

/** A number in [0, 1) that always belongs to `seed`: jitter without a dice, so that a history can be replayed (FNV-1a). */
export function noiseOf(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/** A verdict after which nothing more is sent in this attempt. */
export type Final = Exclude<Verdict, { type: "moved" }>;

/** What an attempt comes to. `advance`: the cursor moves past the delivery. `alert`: a person has to know. */
export type Settlement =
  | { outcome: "accepted"; advance: true; alert: false }
  | { outcome: "retry" | "unknown"; advance: false; nextAt: number; alert: false }
  | { outcome: "rejected" | "expired"; advance: true; alert: true }
  | { outcome: "gone"; advance: false; alert: true };

/**
 * What follows from a verdict on attempt `n` at `now`. Nobody blocks for ever: a message refused for its own sake is
 * passed over after {@link REJECTED_TRIES}; everything else holds the channel until the entries are stale for it.
 */
export function settle(verdict: Final, attempt: { n: number; now: number; staleAt: number; seed: string }): Settlement {
  if (verdict.type === "accepted") return { outcome: "accepted", advance: true, alert: false };
  if (verdict.type === "gone") return { outcome: "gone", advance: false, alert: true };
  if (verdict.type === "rejected" && attempt.n >= REJECTED_TRIES)
    return { outcome: "rejected", advance: true, alert: true };
  const after = verdict.type === "rejected" ? 0 : verdict.after;
  const nextAt = attempt.now + backoff(attempt.n, noiseOf(`${attempt.seed}:${attempt.n}`), after);
  if (nextAt >= attempt.staleAt) return { outcome: "expired", advance: true, alert: true };
  return { outcome: verdict.type === "unknown" ? "unknown" : "retry", advance: false, nextAt, alert: false };
}
