/**
 * The order of the day: the lead article first, then no two neighbours of one column or unit wherever that is possible.
 * Found by search with look-ahead, the chosen in their order being tried first, so the earlier chosen tends to the front.
 */
import type { Place } from "./places.ts";
import { inOrder } from "./places.ts";
import { mayStand } from "./rules.ts";
import type { Candidate, LadderInput, Placed } from "./types.ts";

/** Steps after which the search for a perfect order gives up and a good one has to do; a long day's step costs more. */
const patience = (items: number): number => (items <= 24 ? 20_000 : 2000);

type Kin = Pick<Candidate, "column" | "unit">;

/** Whether two articles must not be neighbours. */
const clash = (a: Kin, b: Kin): boolean =>
  (a.column !== null && a.column === b.column) || (a.unit !== null && a.unit === b.unit);

/** One spot of the day in reading order: held by a placed pick, or free. */
interface Spot {
  place: Place | null;
  held: Placed | null;
}

interface Item {
  index: number;
  candidate: Candidate;
  /** First and last of the free places it may stand on. */
  from: number;
  to: number;
}

/** The chosen in the order of `places`, which are as many: `result[i]` stands on `places[i]`. */
export function arrange(chosen: readonly Candidate[], places: readonly Place[], input: LadderInput): Candidate[] {
  const spots: Spot[] = [
    ...input.placed.map((held) => ({ at: held, place: null, held })),
    ...places.map((place) => ({ at: place, place, held: null })),
  ].sort((a, b) => inOrder(a.at, b.at));
  const items = chosen.map((candidate, index): Item => {
    const may = places.map((place) => mayStand(candidate, place, input.pins));
    return { index, candidate, from: may.indexOf(true), to: may.lastIndexOf(true) };
  });
  return new Arrangement(spots, items, input.rules.lead).find().map((item) => item.candidate);
}

class Arrangement {
  readonly #items: readonly Item[];
  readonly #lead: LadderInput["rules"]["lead"];
  /** Beside each free place: what is placed right before and right after it. */
  readonly #before: (Placed | null)[] = [];
  readonly #after: (Placed | null)[] = [];
  /** Whether the free place follows the free place before it. */
  readonly #follows: boolean[] = [];
  readonly #leads: boolean;
  /** Which items are alike to the search: same column, unit and window. */
  readonly #type: number[];
  /** Whether every article may stand anywhere. */
  readonly #unbound: boolean;
  readonly #dead = new Set<string>();
  #steps = 0;

  constructor(spots: readonly Spot[], items: readonly Item[], lead: LadderInput["rules"]["lead"]) {
    this.#items = items;
    this.#lead = lead;
    this.#unbound = items.every((item) => item.from === 0 && item.to === items.length - 1);
    this.#leads = spots[0]?.place !== null && spots.length > 0;
    for (const [i, spot] of spots.entries())
      if (spot.place) {
        this.#before.push(spots[i - 1]?.held ?? null);
        this.#after.push(spots[i + 1]?.held ?? null);
        this.#follows.push(i > 0 && spots[i - 1]!.place !== null);
      }
    const types = new Map<string, number>();
    this.#type = items.map(({ candidate, from, to }) => {
      const name = `${candidate.column}|${candidate.unit}|${from}|${to}`;
      if (!types.has(name)) types.set(name, types.size);
      return types.get(name)!;
    });
  }

  find(): Item[] {
    const lead = this.#leads ? this.#chooseLead() : null;
    const order = lead ? [lead] : [];
    const rest = this.#items.filter((item) => item !== lead);
    return this.#search(order, rest) ?? this.#settle(lead);
  }

  /** The article that the lead rule names, if there is one that may open the day. */
  #chooseLead(): Item | null {
    const rule = this.#lead;
    if (rule === "first") return null;
    const wanted = (c: Candidate) => (rule === "important" ? c.important : c.column === rule.column);
    return (
      this.#items.find(
        (item) =>
          wanted(item.candidate) &&
          item.from === 0 &&
          this.#fits(
            this.#items.filter((other) => other !== item),
            1,
          ),
      ) ?? null
    );
  }

  /** Whether the rest can stand on the free places from `i` on, each within its window (earliest end first). */
  #fits(rest: readonly Item[], i: number): boolean {
    if (this.#unbound) return true;
    const left = [...rest].sort((a, b) => a.to - b.to);
    for (; left.length > 0; i++) {
      const next = left.findIndex((item) => item.from <= i);
      if (next < 0 || left[next]!.to < i) return false;
      left.splice(next, 1);
    }
    return true;
  }

  #welcome(item: Item, i: number, previous: Item | undefined): boolean {
    const { candidate } = item;
    if (item.from > i || item.to < i) return false;
    if (this.#follows[i] && previous && clash(previous.candidate, candidate)) return false;
    return ![this.#before[i], this.#after[i]].some((held) => held && clash(held, candidate));
  }

  /** An order without clashes that begins with `order`, or null: there is none, or patience ran out. */
  #search(order: readonly Item[], rest: readonly Item[]): Item[] | null {
    if (rest.length === 0) return [...order];
    const i = order.length;
    const previous = order.at(-1);
    const types = rest.map((item) => this.#type[item.index]!);
    const key = `${previous ? this.#type[previous.index]! : ""}:${[...types].sort((a, b) => a - b).join()}`;
    if (this.#dead.has(key) || ++this.#steps > patience(this.#items.length)) return null;
    const hopeless = !this.#fits(rest, i) || !this.#roomFor(rest, i, previous);
    if (!hopeless)
      for (const [k, item] of rest.entries()) {
        if (types.indexOf(types[k]!) !== k || !this.#welcome(item, i, previous)) continue;
        const found = this.#search([...order, item], rest.toSpliced(k, 1));
        if (found) return found;
      }
    this.#dead.add(key);
    return null;
  }

  /** Whether each column and unit has as many separate places left as it has articles: else the search can stop. */
  #roomFor(rest: readonly Item[], from: number, previous: Item | undefined): boolean {
    for (const key of ["column", "unit"] as const) {
      const counts = new Map<number, number>();
      for (const { candidate } of rest)
        if (candidate[key] !== null) counts.set(candidate[key], (counts.get(candidate[key]) ?? 0) + 1);
      for (const [value, count] of counts) {
        let places = 0;
        let last = previous?.candidate[key] === value;
        for (let i = from; i < from + rest.length; i++) {
          const blocked =
            (this.#follows[i] && last) || this.#before[i]?.[key] === value || this.#after[i]?.[key] === value;
          last = !blocked;
          if (last) places += 1;
        }
        if (places < count) return false;
      }
    }
    return true;
  }

  /** Where no order is without clashes: one with few, made by exchanging pairs while that helps. */
  #settle(lead: Item | null): Item[] {
    const order: Item[] = lead ? [lead] : [];
    const rest = this.#items.filter((item) => item !== lead);
    while (rest.length > 0) {
      const i = order.length;
      const possible = (item: Item) =>
        item.from <= i &&
        item.to >= i &&
        this.#fits(
          rest.filter((o) => o !== item),
          i + 1,
        );
      const next =
        rest.find((item) => this.#welcome(item, i, order.at(-1)) && possible(item)) ?? rest.find(possible) ?? rest[0]!;
      order.push(next);
      rest.splice(rest.indexOf(next), 1);
    }
    for (let better = true; better;) {
      better = false;
      for (let a = lead ? 1 : 0; a < order.length; a++)
        for (let b = a + 1; b < order.length; b++) {
          const swapped = [...order];
          [swapped[a], swapped[b]] = [order[b]!, order[a]!];
          const may = [a, b].every((i) => swapped[i]!.from <= i && swapped[i]!.to >= i);
          if (!may || this.#clashes(swapped) >= this.#clashes(order)) continue;
          order.splice(0, order.length, ...swapped);
          better = true;
        }
    }
    return order;
  }

  #clashes(order: readonly Item[]): number {
    let n = 0;
    for (const [i, { candidate }] of order.entries()) {
      if (this.#follows[i] && clash(order[i - 1]!.candidate, candidate)) n += 1;
      for (const held of [this.#before[i], this.#after[i]]) if (held && clash(held, candidate)) n += 1;
    }
    return n;
  }
}
