/** How close pushes may follow each other: plain functions of what a kind says of its platform. */
import type { Description } from "../channels/kind.ts";
import { SECOND } from "../platform/time.ts";

type Pace = Description["limits"]["pace"];

/**
 * How long a channel rests after a push, ms. Channels that share a credential share its rate: each takes its turn as
 * often as their number (`peers`) allows, so that no row has to be written to agree on it.
 */
export function restAfter(pace: Pace, peers: number): number {
  return Math.max(pace?.channel ?? 0, (pace?.credential ?? 0) * Math.max(1, peers));
}

/**
 * How long the channel that is number `place` (from 0) of its credential in a run waits, ms; 0 to go at once. A run takes
 * as many as the platform takes in a second, one at least.
 */
export function waitInLine(pace: Pace, place: number): number {
  const each = pace?.credential ?? 0;
  return place < Math.max(1, Math.floor(SECOND / Math.max(1, each))) ? 0 : place * each;
}
