import { deliveryId } from "../../delivery/push.ts";
import type { DeliveryRow } from "../../delivery/ledger-store.ts";
import type { ResendRow } from "../../delivery/resend-store.ts";
import { iso, isoOrNull } from "../../platform/time.ts";

interface AttemptJson {
  n: number;
  at: number;
  ms: number | null;
  outcome: string;
  status: number | null;
  excerpt: string | null;
}

/** Attempts as people read them: the earlier ones, and the one that the row itself tells of if it is not among them. */
function attemptsOf(d: Pick<DeliveryRow, "attempts" | "n" | "outcome" | "at" | "ms" | "status" | "excerpt">) {
  const attempts = JSON.parse(d.attempts) as AttemptJson[];
  // One that was handed back unsent tells of no call; one that waits between two tells of its last.
  const tells = d.outcome !== "pending" || d.ms !== null;
  if (d.n > 0 && tells && !attempts.some((attempt) => attempt.n === d.n)) {
    const { n, at, ms, outcome, status, excerpt } = d;
    attempts.push({ n, at, ms, outcome, status, excerpt });
  }
  return attempts.sort((a, b) => a.n - b.n).map((attempt) => ({ ...attempt, at: iso(attempt.at) }));
}

/** A delivery of a channel's own with its attempts. */
export function deliveryView(d: DeliveryRow) {
  return {
    id: deliveryId(d.channel, d.from),
    channel: d.channel,
    trigger: "live",
    from_seq: d.from,
    to_seq: d.to,
    entries: JSON.parse(d.entries) as number[],
    outcome: d.outcome,
    next_at: isoOrNull(d.nextAt),
    attempts: attemptsOf(d),
  };
}

/** A replay or test with its attempts. `repeats`: the id that its requests bear. */
export function resendView(d: ResendRow) {
  const entries = JSON.parse(d.entries) as number[];
  return {
    id: `${d.channel}_${d.trigger === "test" ? "t" : "r"}${d.id}`,
    channel: d.channel,
    trigger: d.trigger,
    ...(d.trigger === "replay" && { repeats: d.pushId }),
    from_seq: entries.length > 0 ? entries[0]! - 1 : null,
    to_seq: entries.at(-1) ?? null,
    entries,
    outcome: d.outcome,
    next_at: isoOrNull(d.nextAt),
    attempts: attemptsOf(d),
  };
}
