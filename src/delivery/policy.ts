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

/** The wait after an answer that asked for room without saying how long: Svix's penalty for overload. */
const THROTTLED_WAIT = MINUTE;

/** What an attempt comes to. `advance`: the cursor moves past the delivery. `alert`: a person has to know. */
type Settlement =
  | { outcome: "accepted"; advance: true; alert: false }
  | { outcome: "retry" | "unknown"; advance: false; nextAt: number; alert: false }
  | { outcome: "rejected" | "expired" | "unknown"; advance: true; alert: true }
  | { outcome: "gone"; advance: false; alert: true };

/** Whether an attempt counts as one of a message's tries: being asked for room does not. */
export const counts = (verdict: Final): boolean => !(verdict.type === "retry" && verdict.throttled);

/**
 * What follows from a verdict at `now`, the `tries`th of its delivery that counts. Nobody blocks for ever: a message
 * refused for its own sake is passed over after {@link REJECTED_TRIES}; everything else holds the channel until the
 * entries are stale for it. `unknown` is the kind's policy for a call whose answer never came.
 */
export function settle(
  verdict: Final,
  attempt: { tries: number; now: number; staleAt: number; seed: string; unknown: "resend" | "leave" },
): Settlement {
  if (verdict.type === "accepted") return { outcome: "accepted", advance: true, alert: false };
  if (verdict.type === "gone") return { outcome: "gone", advance: false, alert: true };
  if (verdict.type === "unknown" && attempt.unknown === "leave")
    return { outcome: "unknown", advance: true, alert: true };
  if (verdict.type === "rejected" && attempt.tries >= REJECTED_TRIES)
    return { outcome: "rejected", advance: true, alert: true };
  const nextAt = attempt.now + waitAfter(verdict, attempt);
  if (nextAt >= attempt.staleAt) return { outcome: "expired", advance: true, alert: true };
  return { outcome: verdict.type === "unknown" ? "unknown" : "retry", advance: false, nextAt, alert: false };
}

function waitAfter(
  verdict: Extract<Final, { type: "retry" | "unknown" | "rejected" }>,
  { tries, seed, now }: { tries: number; seed: string; now: number },
): number {
  if (verdict.type === "rejected") return backoff(tries, noiseOf(`${seed}:${tries}`));
  // A throttled attempt is not counted, so its number would give each of them the same jitter.
  if (verdict.type === "retry" && verdict.throttled)
    return backoff(1, noiseOf(`${seed}:${now}`), verdict.after ?? THROTTLED_WAIT);
  return backoff(tries, noiseOf(`${seed}:${tries}`), verdict.after);
}
