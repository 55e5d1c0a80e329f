/** Which places of the day the chosen articles get: how many in each slot, whatever article then stands on which. */
import { mayStand } from "./rules.ts";
import type { Candidate, LadderInput, LadderSlot, Pin } from "./types.ts";

export interface Place {
  position: number;
  slot: number;
  /** When it goes out, epoch ms. */
  at: number;
}

/** How many picks each slot holds when `total` are spread evenly, the earlier slots taking the odd ones. */
export function spread(total: number, slots: number): number[] {
  return Array.from({ length: slots }, (_, i) => Math.floor(total / slots) + (i < total % slots ? 1 : 0));
}

/** The order in which a day is read. */
export const inOrder = (a: { slot: number; position: number }, b: { slot: number; position: number }): number =>
  a.slot - b.slot || a.position - b.position;

/** The first and the last open slot that the article may run in; it may run in every one between. */
function window(candidate: Candidate, open: readonly LadderSlot[], pins: readonly Pin[]): [number, number] {
  const may = open.map(({ n, at }) => mayStand(candidate, { slot: n, at }, pins));
  return [may.indexOf(true), may.lastIndexOf(true)];
}

/**
 * Free places for the chosen, one each and in the day's order: earlier slots first, each holding its share of the day.
 * What its slots have no place left for gets an extra one there, so that no article is lost to a full slot.
 */
export function placesFor(chosen: readonly Candidate[], input: LadderInput): Place[] {
  const total = Math.max(input.quota, input.placed.length + chosen.length);
  const counts = input.slots.map((slot) => slot.count);
  const shares = counts.some((count) => count === null)
    ? spread(total, input.slots.length)
    : counts.map((count) => count ?? 0);
  const used = new Set(input.placed.map((pick) => pick.position));
  const free: Place[] = [];
  let position = 0;
  for (const [i, slot] of input.slots.entries())
    for (let k = 0; k < shares[i]!; k++) {
      position += 1;
      if (!slot.released && !used.has(position)) free.push({ position, slot: slot.n, at: slot.at });
    }
  let extra = Math.max(position, ...used, 0);
  const open = input.slots.filter((slot) => !slot.released);
  // Those with the least choice first: what must go out early, then what cannot go out before late.
  const windows = chosen.map((candidate) => ({ candidate, window: window(candidate, open, input.pins) }));
  windows.sort((a, b) => a.window[1] - b.window[1] || b.window[0] - a.window[0]);
  return windows
    .map(({ candidate, window: [first] }): Place => {
      const index = free.findIndex((place) => mayStand(candidate, place, input.pins));
      if (index >= 0) return free.splice(index, 1)[0]!;
      const slot = open[first]!;
      extra += 1;
      return { position: extra, slot: slot.n, at: slot.at };
    })
    .sort(inOrder);
}
