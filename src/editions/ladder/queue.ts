/** The order of the queue: by local day of the sort key, within a day by turns between the units, then by the key itself. */
import { localDate, MINUTE } from "../../platform/time.ts";
import type { Candidate, LadderInput } from "./types.ts";

/** Earlier key first; of one moment the lower id. */
export const byKey = (a: Candidate, b: Candidate): number => a.queueKey - b.queueKey || a.articleId - b.articleId;

/** Offsets from UTC change by whole quarters of an hour: one look at the zone for each is enough. */
const QUARTER = 15 * MINUTE;

/** Tells local dates of many moments in one zone without asking the zone for each. */
export function dater(timeZone: string): (ms: number) => string {
  const known = new Map<number, string>();
  return (ms) => {
    const quarter = Math.floor(ms / QUARTER);
    let date = known.get(quarter);
    if (date === undefined) known.set(quarter, (date = localDate(ms, timeZone)));
    return date;
  };
}

/**
 * The waiting articles in the order in which they are considered. Within a local day it is the turn of the unit with the
 * fewest posts this month (deficit round robin with equal weights), counting what the edition holds and what has had its
 * turn before; of a unit's articles the earliest goes first.
 */
export function inTurn(waiting: readonly Candidate[], input: LadderInput, dateOf: (ms: number) => string): Candidate[] {
  const posts = new Map(input.monthPosts);
  const count = (unit: number | null) => posts.set(unit ?? 0, (posts.get(unit ?? 0) ?? 0) + 1);
  for (const pick of input.placed) if (!pick.released) count(pick.unit);

  const order: Candidate[] = [];
  for (const day of grouped([...waiting].sort(byKey), (c) => dateOf(c.queueKey)).values()) {
    const lines = [...grouped(day, (c) => c.unit).values()].map((line) => ({ line, next: 0 }));
    for (let i = 0; i < day.length; i++) {
      let turn: (typeof lines)[number] | undefined;
      for (const unit of lines)
        if (unit.next < unit.line.length && (turn === undefined || before(unit, turn, posts))) turn = unit;
      const chosen = turn!.line[turn!.next++]!;
      count(chosen.unit);
      order.push(chosen);
    }
  }
  return order;
}

interface Line {
  line: readonly Candidate[];
  next: number;
}

function before(a: Line, b: Line, posts: ReadonlyMap<number, number>): boolean {
  const [first, second] = [a.line[a.next]!, b.line[b.next]!];
  const had = (c: Candidate) => posts.get(c.unit ?? 0) ?? 0;
  return (had(first) - had(second) || byKey(first, second)) < 0;
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
