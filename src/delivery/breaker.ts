/**
 * The circuit breaker of a host: plain functions of what was seen of it. What counts as evidence is how channels fare
 * that were in good health until then: one that has failed before waits on its own schedule, and says nothing new.
 */
import type { Reply } from "../channels/kind.ts";
import { HOUR, MINUTE, SECOND } from "../platform/time.ts";
import { noiseOf } from "./policy.ts";

/** So many failures in a row open it … */
const ROW = 5;
/** … or this share of at least so many calls. */
const SHARE = 0.7;
const SEEN = 10;
/** How long it stays open at first and at most, ms; it doubles with each probe that fails. */
export const OPEN_FIRST = 30 * SECOND;
export const OPEN_MOST = HOUR;
/** How long the one who probes has the host to itself, ms: longer than any deadline. */
export const PROBING = MINUTE;

/** A host that is not to be called, as it is stored; a host in good health has none. */
export interface Circuit {
  /** How often it opened since it last answered. */
  trips: number;
  /** Nothing is sent until then; afterwards one probe. */
  until: number;
}

/** What a run saw of a host. */
export interface Evidence {
  /** Failures since the last good answer. */
  row: number;
  seen: number;
  failed: number;
}

export const NO_EVIDENCE: Evidence = { row: 0, seen: 0, failed: 0 };

/** Whether a channel may send to the host now. */
export type Gate =
  | { type: "send"; probe: boolean }
  /** Not before then; no attempt is spent. */
  | { type: "hold"; until: number }
  /** What there is to send will be stale by then. */
  | { type: "drop"; why: string };

/** Whether the host is at fault: it did not answer, or says itself that it is broken. Any other answer shows that it is up. */
export function faultOf(reply: Reply): boolean {
  return reply.type === "timeout" || reply.type === "network" || (reply.type === "response" && reply.status >= 500);
}

/** The evidence with one more call in it. */
export function seen({ row, seen: calls, failed }: Evidence, fault: boolean): Evidence {
  return { row: fault ? row + 1 : 0, seen: calls + 1, failed: failed + Number(fault) };
}

/** Whether this is enough to leave the host alone. */
export function trips(evidence: Evidence): boolean {
  return evidence.row >= ROW || (evidence.seen >= SEEN && evidence.failed >= SHARE * evidence.seen);
}

/** The circuit that opens at `now`, for the first time or after a probe that failed. */
export function opened(before: Circuit | null, now: number): Circuit {
  const trips = (before?.trips ?? 0) + 1;
  return { trips, until: now + Math.min(OPEN_MOST, OPEN_FIRST * 2 ** (trips - 1)) };
}

/**
 * What the circuit lets a channel do at `now`. Whoever is held comes back some time after the circuit may close, each at
 * its own, so that what was held does not arrive at once.
 */
export function gate(circuit: Circuit | null, channel: { staleAt: number; seed: string }, now: number): Gate {
  if (circuit === null) return { type: "send", probe: false };
  if (now >= circuit.until) return { type: "send", probe: true };
  const spread = Math.max(OPEN_FIRST, (circuit.until - now) / 5);
  const until = circuit.until + Math.ceil(noiseOf(`${channel.seed}:${circuit.trips}`) * spread);
  return until < channel.staleAt
    ? { type: "hold", until }
    : { type: "drop", why: "its host does not answer, and it will be stale by the next try" };
}
