/** How long a channel has been without success, and what follows from it: a plain function. */
import { DAY, HOUR } from "../platform/time.ts";

/** A channel without success for so long is held for a person, ms; at half of it the office is warned. */
const CLOSE_AFTER = 5 * DAY;
/** A warning is this old at least before the channel is held: it must have been tried again since. */
const WARNING_LEAD = 12 * HOUR;

export interface Health {
  /** When it first failed after its last success; null while all is well. */
  failingSince: number | null;
  warnedAt: number | null;
}

export const WELL: Health = { failingSince: null, warnedAt: null };

/** The channel's health after what happened at `now`, and what to do about it. */
export function checkup(
  before: Health,
  event: "success" | "failure" | "neither",
  now: number,
): { health: Health; act: "warn" | "close" | null } {
  if (event === "success") return { health: WELL, act: null };
  const { failingSince, warnedAt } = before;
  if (event === "neither") return { health: { failingSince, warnedAt }, act: null };
  const since = failingSince ?? now;
  if (warnedAt === null)
    return now - since >= CLOSE_AFTER / 2
      ? { health: { failingSince: since, warnedAt: now }, act: "warn" }
      : { health: { failingSince: since, warnedAt }, act: null };
  const over = now - since >= CLOSE_AFTER && now - warnedAt >= WARNING_LEAD;
  return { health: { failingSince: since, warnedAt }, act: over ? "close" : null };
}
