import { arrange } from "./arrange.ts";
import { choose } from "./choose.ts";
import { placesFor } from "./places.ts";
import { shortBecause } from "./reasons.ts";
import { mayRun } from "./rules.ts";
import type { Candidate, LadderInput, LadderResult, Pin } from "./types.ts";

/**
 * Fills the open places of an edition: which articles, in which places, and why. A pure function: the same inputs give
 * the same edition in whatever order the candidates come, what is placed or released never moves, and a second call
 * with the result adds nothing.
 */
export function fill(input: LadderInput): LadderResult {
  const candidates = [...input.candidates].sort((a, b) => a.articleId - b.articleId);
  const asked = { ...input, candidates, pins: honoured(input, candidates) };
  const { chosen, passed } = choose(asked);
  const articles = chosen.map((choice) => choice.candidate);
  const places = placesFor(articles, asked);
  const order = arrange(articles, places, asked);
  const placeOf = new Map(order.map((candidate, i) => [candidate.articleId, places[i]!]));
  const shortfall = Math.max(0, input.quota - input.placed.length - chosen.length);
  return {
    picks: chosen.map(({ candidate, rung, reason }) => {
      const { position, slot } = placeOf.get(candidate.articleId)!;
      return { articleId: candidate.articleId, position, slot, rung, reason, again: candidate.lastRunAt !== null };
    }),
    shortfall,
    shortBecause: shortfall > 0 ? shortBecause(shortfall, candidates, input) : "",
    passed,
  };
}

/** The pins that can be kept: one for a slot that has gone out, or in which the article may not run, binds nothing. */
function honoured(input: LadderInput, candidates: readonly Candidate[]): Pin[] {
  const known = new Map(candidates.map((candidate) => [candidate.articleId, candidate]));
  return input.pins.filter(({ articleId, slot: n }) => {
    const candidate = known.get(articleId);
    const open = input.slots.filter((slot) => !slot.released && (n === null || slot.n === n));
    return candidate !== undefined && open.some((slot) => mayRun(candidate, slot.at));
  });
}
