/** What a claimed channel's turn is, and how it leaves our hands when nothing is sent: plain functions. */
import type { AnyKind, Step } from "../channels/kind.ts";
import { batchOf, takesSteps } from "../channels/kind.ts";
import { MINUTE } from "../platform/time.ts";
import type { Claimed } from "./claim-store.ts";
import { quietUntil } from "./filter.ts";
import type { Followed } from "./owed.ts";
import { owed, sendable } from "./owed.ts";
import { waitInLine } from "./pace.ts";
import type { DeliveryResult, Result } from "./settle-store.ts";

/**
 * The time of a channel that waits for nothing but news. Not "now": business time may step back, and what happens then
 * must not wait for the time that the channel was last served at.
 */
export const AT_ONCE = 0;
/** A channel whose next entry belongs to a stopped publication looks again after this. */
const BLOCKED_WAIT = MINUTE;

/** A claimed channel with its settings opened. */
export interface Work extends Claimed {
  channelKind: AnyKind;
  opened: Record<string, unknown>;
  /** Texts that must never be shown. */
  secrets: string[];
  /** Where its open push of several calls stands. */
  stood: unknown;
}

export type Turn =
  | { type: "push"; to: number; entries: number[] }
  /** A push of several calls, and what it does first. */
  | { type: "steps"; to: number; entries: number[]; step: Step<unknown>; state: string | null }
  /** The open delivery has nothing left that may be sent. */
  | { type: "drop"; to: number; why: string }
  /** It was begun, the Worker died, and its kind does not want it twice. */
  | { type: "leave"; to: number }
  | { type: "missed"; to: number; entries: number[] }
  | { type: "skip"; to: number }
  | { type: "wait"; until: number }
  | { type: "blocked" }
  | { type: "nothing" };

/** What to do for a channel: go on with the delivery it has open, or with what it is owed next. */
export function turnOf(
  channel: Work,
  slice: readonly Followed[],
  bySeq: ReadonlyMap<number, Followed>,
  knows: (post: number) => boolean,
  now: number,
): Turn {
  const { open, channelKind: kind } = channel;
  if (!open) {
    const holds = (at: number) => kind.holds?.(channel.opened, at, now) ?? null;
    return owed({ ...channel, batch: batchOf(kind, channel.opened), holds }, slice, knows, now);
  }
  const { to } = open;
  const frozen = open.entries.flatMap((seq) => bySeq.get(seq) ?? []);
  // What has gone through some of its calls goes to its end: half a publication is nobody's wish.
  const begun = open.state !== null;
  const rest = begun ? frozen : sendable(frozen, channel.expiresAfter, now);
  if (rest.length === 0) return { type: "drop", to, why: "recalled or stale before it could be sent" };
  const missed = begun || open.maybeSent ? [] : staleHead(frozen, rest);
  if (missed.length > 0) return { type: "missed", to: rest[0]!.seq - 1, entries: missed };
  if (!begun && open.outcome === "sending" && kind.unknown === "leave") return { type: "leave", to };
  const follows = begun && takesSteps(kind) && kind.followsStopped === true;
  if (!follows && rest.some((entry) => entry.stopped)) return { type: "blocked" };
  const until = quietUntil(channel.filter, now);
  return until === null ? { type: "push", to, entries: rest.map((entry) => entry.seq) } : { type: "wait", until };
}

/** The entries before all that may still be sent that have gone stale: none may vanish with the range that they stood in. */
function staleHead(frozen: readonly Followed[], rest: readonly Followed[]): number[] {
  const first = rest[0]!.seq;
  return frozen.filter((entry) => entry.seq < first && !entry.withdrawn).map((entry) => entry.seq);
}

/**
 * Lets no more channels of one credential go than its platform takes at once; the others wait for their place. Changes
 * `turns`.
 */
export function line(work: readonly Work[], turns: Map<Work, Turn>, now: number): void {
  const places = new Map<string, number>();
  for (const channel of work) {
    if (channel.credential === null || turns.get(channel)!.type !== "push") continue;
    const place = places.get(channel.credential) ?? 0;
    places.set(channel.credential, place + 1);
    const wait = waitInLine(channel.channelKind.limits.pace, place);
    if (wait > 0) turns.set(channel, { type: "wait", until: now + wait });
  }
}

/** When the last of these entries is stale for the channel. */
export const staleAt = (channel: Claimed, entries: readonly { at: number }[]): number =>
  Math.max(...entries.map((entry) => entry.at)) + channel.expiresAfter;

/** A channel that leaves our hands as it came. */
export function stay(channel: Claimed): Result {
  const { id, cursor, dueAt, tries, failingSince, warnedAt, day, dayPosts, host } = channel;
  return {
    channel: id,
    from: cursor,
    cursor,
    dueAt,
    tries,
    failingSince,
    warnedAt,
    day,
    dayPosts,
    host,
    status: null,
    moved: null,
    delivery: null,
    missed: null,
  };
}

const NOT_CALLED = { unsent: false, called: false, ms: null, status: null, excerpt: null, nextAt: null };

/** What became of a delivery in a run that made no call for it, but for these changes. */
export function uncalled(changes: Partial<DeliveryResult> & Pick<DeliveryResult, "outcome">): DeliveryResult {
  return { ...NOT_CALLED, state: null, ...changes };
}

/** How a channel leaves our hands whose turn is not to send. */
export function unsent(channel: Claimed, turn: Exclude<Turn, { type: "push" | "steps" }>, now: number): Result {
  const as = stay(channel);
  switch (turn.type) {
    case "skip":
      return { ...as, cursor: turn.to };
    case "missed":
      return { ...as, cursor: turn.to, missed: turn.entries, dueAt: AT_ONCE };
    case "drop":
      return {
        ...as,
        cursor: turn.to,
        tries: 0,
        dueAt: AT_ONCE,
        delivery: uncalled({ outcome: "expired", excerpt: turn.why }),
      };
    case "leave":
      return {
        ...as,
        cursor: turn.to,
        tries: 0,
        dueAt: AT_ONCE,
        delivery: uncalled({ outcome: "unknown", excerpt: "interrupted before an answer was recorded" }),
      };
    case "wait":
      return { ...as, dueAt: turn.until };
    case "blocked":
      return { ...as, dueAt: now + BLOCKED_WAIT };
    case "nothing":
      return as;
  }
}

/** A channel whose delivery was begun and whose call is not made now: handed back, no attempt spent. */
export function handedBack(channel: Claimed, until: number, state: string | null): Result {
  return {
    ...stay(channel),
    dueAt: until,
    delivery: uncalled({ outcome: "pending", unsent: true, nextAt: until, state }),
  };
}
