/** What the ladder is asked and what it answers. Columns and units are internal ids; null is "of none", and uncapped. */
import type { Kind } from "../../articles/types.ts";
import type { Medium } from "../../newsroom/types.ts";

/** The rungs in the order in which they are climbed; each pick records the one that it was chosen on. */
const RUNGS = [
  "must_run",
  "pinned",
  "expiring",
  "column_minimum",
  "normal",
  "unit_relaxed",
  "column_relaxed",
  "reserve",
] as const;
export type Rung = (typeof RUNGS)[number];

/** An article that may be chosen. Times are epoch ms. */
export interface Candidate {
  articleId: number;
  kind: Kind;
  column: number | null;
  unit: number | null;
  important: boolean;
  /** Lower goes first; compared by local day. */
  queueKey: number;
  mustRunOn: string | null;
  expiresAt: number | null;
  embargoUntil: number | null;
  /** It has been published before and stands in the reserve: when it last ran. */
  lastRunAt: number | null;
}

/** A place that is taken: it never moves. */
export interface Placed {
  articleId: number;
  position: number;
  slot: number;
  rung: Rung;
  kind: Kind;
  column: number | null;
  unit: number | null;
  /** It has gone out, so the month's posts already count it. */
  released: boolean;
}

/** A place that a person has promised to an article: in a slot, or anywhere in the day. */
export interface Pin {
  articleId: number;
  slot: number | null;
}

/** One release time of the day. */
export interface LadderSlot {
  /** From 1, in order of time. */
  n: number;
  /** When it goes out, epoch ms. */
  at: number;
  released: boolean;
  /** How many places it has; null in every slot: an even share of the day. */
  count: number | null;
}

/** A publication's settings as they apply to one day. */
export interface Rules {
  /** The most posts of the day; only must-runs may exceed it. */
  maximum: number | null;
  columnCap: number | null;
  unitCap: number | null;
  columnCaps: ReadonlyMap<number, number>;
  unitCaps: ReadonlyMap<number, number>;
  /** The day's column minimums. */
  minimums: readonly { column: number; minimum: number; name: string }[];
  /** The share of the quota that reprints may take, 0 to 1. */
  reprintShare: number | null;
  lead: "first" | "important" | { column: number };
  /** A queue key of a local day this many days back, or earlier, is exempt from the caps. */
  oldDays: number;
  /** How long the reserve's evergreens have rested, for the sentence. */
  coolDownDays: number;
}

export interface LadderInput {
  /** The edition's local date. */
  date: string;
  timeZone: string;
  medium: Medium;
  quota: number;
  slots: readonly LadderSlot[];
  placed: readonly Placed[];
  pins: readonly Pin[];
  candidates: readonly Candidate[];
  /** End of the local day, epoch ms: what expires before it expires "today". */
  dayEnd: number;
  /** Posts of each unit (0: of none) in the edition's month so far. */
  monthPosts: ReadonlyMap<number, number>;
  rules: Rules;
}

export interface NewPick {
  articleId: number;
  position: number;
  slot: number;
  rung: Rung;
  /** Why it was chosen: one sentence for people. */
  reason: string;
  /** It has been published before. */
  again: boolean;
}

export interface LadderResult {
  picks: NewPick[];
  shortfall: number;
  /** Why it is short, one sentence; "" when it is not. */
  shortBecause: string;
  /** What {@link whyNot} answers from. */
  passed: PassedOver;
}

/** How the day looked when the choosing was over. */
export interface PassedOver {
  input: LadderInput;
  /** The articles that could have run and were not chosen, in queue order. */
  queue: readonly number[];
  /** How many places of the quota stayed empty. */
  room: number;
  /** Columns and units that have as many posts as their caps allow. */
  fullColumns: ReadonlyMap<number, number>;
  fullUnits: ReadonlyMap<number, number>;
  /** The most reprints of the day's normal rungs, once they are there; null before that. */
  reprintsFull: number | null;
  /** Articles that would have left fewer places within the caps than the others could fill. */
  gaveWay: ReadonlySet<number>;
  /** Articles that have waited so long that no cap holds them. */
  exempt: ReadonlySet<number>;
}
