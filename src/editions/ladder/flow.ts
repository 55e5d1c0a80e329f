/**
 * Whether a choice still leaves the most that the caps allow. Articles are units of flow from columns to units, each
 * capped; reprints cost 1 and the cost is limited. A minimum-cost flow tells exactly how many fit together, where taking
 * the first that fits tells too few on one day in forty (docs/decisions/0011-ladder.md).
 */

/** Articles that are alike to the caps: null has none. */
export interface Cell {
  column: number | null;
  unit: number | null;
  reprint: boolean;
}

/** What may still be chosen. */
interface Limits {
  /** Places. */
  room: number;
  columnLeft: (column: number) => number;
  unitLeft: (unit: number) => number;
  reprintsLeft: number;
}

const SOURCE = 0;
const SINK = 1;

const nameOf = ({ column, unit, reprint }: Cell): string => `${column}|${unit}|${reprint}`;

/** The largest choice that keeps every limit, as a plan that can be followed article by article in any order. */
export class Flow {
  // Edges in pairs: 2k goes forward, 2k + 1 back; `left` is the residual capacity.
  readonly #to: number[] = [];
  readonly #left: number[] = [];
  readonly #cost: number[] = [];
  readonly #from: number[][] = [[], []];
  readonly #cells = new Map<string, { edge: number; source: number; sink: number }>();
  readonly #refused = new Set<string>();
  #value = 0;
  #spent = 0;
  readonly #budget: number;

  constructor(supply: readonly Cell[], limits: Limits) {
    this.#budget = limits.reprintsLeft;
    const columns = new Map<number | null, { node: number; edge: number }>();
    const units = new Map<number | null, { node: number; edge: number }>();
    for (const cell of supply) {
      let column = columns.get(cell.column);
      if (!column) {
        const node = this.#from.push([]) - 1;
        const left = cell.column === null ? Infinity : limits.columnLeft(cell.column);
        columns.set(cell.column, (column = { node, edge: this.#join(SOURCE, node, left, 0) }));
      }
      let unit = units.get(cell.unit);
      if (!unit) {
        const node = this.#from.push([]) - 1;
        const left = cell.unit === null ? Infinity : limits.unitLeft(cell.unit);
        units.set(cell.unit, (unit = { node, edge: this.#join(node, SINK, left, 0) }));
      }
      const name = nameOf(cell);
      const known = this.#cells.get(name);
      if (known) this.#left[known.edge]! += 1;
      else {
        const edge = this.#join(column.node, unit.node, 1, cell.reprint ? 1 : 0);
        this.#cells.set(name, { edge, source: column.edge, sink: unit.edge });
      }
    }
    while (this.#value < limits.room) {
      const path = this.#cheapest(SOURCE, SINK);
      if (!path || this.#spent + path.cost > this.#budget) break;
      this.#push(path.edges);
      this.#spent += path.cost;
      this.#value += 1;
    }
  }

  /** How many more can be taken. */
  get room(): number {
    return this.#value;
  }

  /**
   * Takes an article of this cell if as many can be taken after all as without it. A cell that was refused stays refused.
   */
  take(cell: Cell): boolean {
    const name = nameOf(cell);
    const found = this.#cells.get(name);
    if (this.#value === 0 || !found || this.#refused.has(name)) return false;
    const { edge, source, sink } = found;
    if (this.#left[edge ^ 1] === 0) {
      // The plan does not hold one of this cell: it must do so at the expense of others, round a cycle through its edge.
      const way = this.#left[edge]! > 0 ? this.#cheapest(this.#to[edge]!, this.#to[edge ^ 1]!) : null;
      const cost = way ? way.cost + this.#cost[edge]! : 0;
      if (!way || this.#spent + cost > this.#budget) {
        this.#refused.add(name);
        return false;
      }
      this.#push([...way.edges, edge]);
      this.#spent += cost;
    }
    // Taken: its share of every capacity is gone for good, and so is its share of the budget (spent and allowed alike).
    for (const used of [source, edge, sink]) this.#left[used ^ 1]! -= 1;
    this.#value -= 1;
    return true;
  }

  #join(from: number, to: number, capacity: number, cost: number): number {
    const edge = this.#to.push(to, from) - 2;
    this.#left.push(capacity, 0);
    this.#cost.push(cost, -cost);
    this.#from[from]!.push(edge);
    this.#from[to]!.push(edge ^ 1);
    return edge;
  }

  #push(edges: readonly number[]): void {
    for (const edge of edges) {
      this.#left[edge]! -= 1;
      this.#left[edge ^ 1]! += 1;
    }
  }

  /** The cheapest way through what is left (Bellman–Ford by a work list: back edges cost less than nothing), or null. */
  #cheapest(from: number, to: number): { edges: number[]; cost: number } | null {
    const costs = this.#from.map(() => Infinity);
    const by = this.#from.map(() => -1);
    const waits = this.#from.map(() => false);
    costs[from] = 0;
    const list = [from];
    for (let i = 0; i < list.length; i++) {
      const node = list[i]!;
      waits[node] = false;
      for (const edge of this.#from[node]!) {
        const next = this.#to[edge]!;
        const cost = costs[node]! + this.#cost[edge]!;
        if (this.#left[edge]! <= 0 || cost >= costs[next]!) continue;
        costs[next] = cost;
        by[next] = edge;
        if (!waits[next]) {
          waits[next] = true;
          list.push(next);
        }
      }
    }
    if (costs[to] === Infinity) return null;
    const edges: number[] = [];
    for (let node = to; node !== from; node = this.#to[by[node]! ^ 1]!) edges.push(by[node]!);
    return { edges, cost: costs[to]! };
  }
}
