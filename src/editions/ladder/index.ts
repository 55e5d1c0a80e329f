/**
 * The ladder: which articles make a day's edition. Read `types.ts`, then `choose.ts` (the rungs), `queue.ts` (the order
 * of the queue), `flow.ts` (what the caps allow), `places.ts` and `arrange.ts` (the order of the day), `reasons.ts`.
 */
export { fill } from "./fill.ts";
export { spread } from "./places.ts";
export { whyNot } from "./reasons.ts";
export type { Candidate, LadderInput, LadderResult, NewPick, Placed, Rules, Rung } from "./types.ts";
