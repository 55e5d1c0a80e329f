/** Which articles make the day: one function a rung, climbed in order until the quota is met. */
import { fits } from "../../articles/states.ts";
import { addDays } from "../../platform/time.ts";
import type { Cell } from "./flow.ts";
import { Flow } from "./flow.ts";
import { byKey, dater, inTurn } from "./queue.ts";
import { because, shown } from "./reasons.ts";
import { capOf, isCounted, isReprint, isSpecial, mayRun, reprintLimit } from "./rules.ts";
import type { Candidate, LadderInput, PassedOver, Rung } from "./types.ts";

interface Choice {
  candidate: Candidate;
  rung: Rung;
  reason: string;
}

/** What was chosen, in the order of choosing, and how things stood at the end. */
export function choose(input: LadderInput): { chosen: Choice[]; passed: PassedOver } {
  const day = new Day(input);
  if (input.slots.some((slot) => !slot.released)) {
    day.mustRun();
    day.pinned();
    day.expiring();
    day.minimums();
    day.climb("normal");
    day.climb("unit_relaxed");
    day.climb("column_relaxed");
    day.reserve();
  }
  return { chosen: day.chosen, passed: day.passed() };
}

class Day {
  readonly chosen: Choice[] = [];
  readonly #input: LadderInput;
  readonly #taken: Set<number>;
  readonly #eligible: Candidate[];
  /** What waits in the queue, in its order. */
  readonly #waiting: Candidate[];
  readonly #rank = new Map<number, number>();
  readonly #old = new Set<number>();
  readonly #eldest: Candidate | undefined;
  readonly #reprintLimit: number;
  readonly #columns = new Map<number, number>();
  readonly #units = new Map<number, number>();
  #reprints = 0;
  #special = 0;
  #ordinary = 0;
  readonly #gaveWay = new Set<number>();

  constructor(input: LadderInput) {
    this.#input = input;
    this.#reprintLimit = reprintLimit(input.rules, input.quota);
    this.#taken = new Set(input.placed.map((pick) => pick.articleId));
    const open = input.slots.filter((slot) => !slot.released);
    this.#eligible = input.candidates.filter(
      (c) => !this.#taken.has(c.articleId) && fits(c.kind, input.medium) && open.some((slot) => mayRun(c, slot.at)),
    );
    const dateOf = dater(input.timeZone);
    const oldBefore = addDays(input.date, -input.rules.oldDays);
    const waiting = this.#eligible.filter((c) => c.lastRunAt === null && c.mustRunOn === null);
    this.#waiting = inTurn(waiting, input, dateOf);
    for (const [i, c] of this.#waiting.entries()) {
      this.#rank.set(c.articleId, i + 1);
      if (dateOf(c.queueKey) < oldBefore) this.#old.add(c.articleId);
    }
    // A day that has had its turn of the queue owes its head nothing more.
    if (!input.placed.some((pick) => pick.rung === "normal"))
      this.#eldest = this.#waiting.find((c) => this.#old.has(c.articleId) && (!isReprint(c) || this.#reprintLimit > 0));
    for (const pick of input.placed) this.#count(pick, pick.rung, false);
  }

  /** 必发: all that are due, whatever the quota. */
  mustRun(): void {
    const due = this.#eligible.filter(
      (c) => c.lastRunAt === null && c.mustRunOn !== null && c.mustRunOn <= this.#input.date,
    );
    for (const c of due.sort(byKey)) this.#take(c, "must_run", because.mustRun(c.mustRunOn!, this.#input.date));
  }

  /** What a person promised a place to, up to the day's maximum. */
  pinned(): void {
    const known = new Map(this.#eligible.map((c) => [c.articleId, c]));
    for (const pin of this.#input.pins) {
      const c = known.get(pin.articleId);
      if (c && !this.#taken.has(c.articleId) && this.#special + this.#ordinary < this.#maximum)
        this.#take(c, "pinned", because.pinned(pin.slot));
    }
  }

  /** What expires today, soonest first. */
  expiring(): void {
    const today = this.#waiting.filter((c) => c.expiresAt !== null && c.expiresAt <= this.#input.dayEnd);
    for (const c of today.sort((a, b) => a.expiresAt! - b.expiresAt! || byKey(a, b)))
      if (!this.#taken.has(c.articleId) && this.#room - this.#kept(c) > 0) this.#take(c, "expiring", because.expiring);
  }

  /** What each column must have; the caps give way only if the minimum cannot be had within them. */
  minimums(): void {
    for (const { column, minimum, name } of this.#input.rules.minimums)
      for (const relaxed of [false, true]) {
        const flow = relaxed ? null : this.#flow("normal");
        for (const c of this.#waiting) {
          if (c.column !== column || this.#taken.has(c.articleId)) continue;
          if (this.#inEdition(column) >= minimum || this.#room - this.#kept(c) <= 0) break;
          if (flow ? flow.take(this.#cell(c)) : !isReprint(c) || this.#reprints < this.#reprintLimit)
            this.#take(c, "column_minimum", because.minimum(name, minimum, relaxed));
        }
      }
  }

  /** The queue in its order, by as many as fit within the caps that this rung keeps. */
  climb(rung: "normal" | "unit_relaxed" | "column_relaxed"): void {
    if (this.#room <= 0) return;
    const { rules } = this.#input;
    const flow = this.#flow(rung);
    for (const c of this.#waiting) {
      if (flow.room === 0) break;
      if (this.#taken.has(c.articleId)) continue;
      if (!flow.take(this.#cell(c))) {
        this.#gaveWay.add(c.articleId);
        continue;
      }
      const rank = this.#rank.get(c.articleId)!;
      const reason = {
        normal: () => (this.#old.has(c.articleId) ? because.old(rank, rules.oldDays) : because.normal(rank)),
        unit_relaxed: () => because.unitRelaxed(shown(c.unit, rules.unitCaps, rules.unitCap)),
        column_relaxed: () => because.columnRelaxed(shown(c.column, rules.columnCaps, rules.columnCap)),
      }[rung]();
      this.#take(c, rung, reason);
    }
  }

  /** Reprints beyond their share, then evergreens, longest rested first. */
  reserve(): void {
    for (const c of this.#waiting)
      if (this.#room > 0 && !this.#taken.has(c.articleId))
        this.#take(c, "reserve", because.reserveReprint(this.#reprintLimit));
    const rested = this.#eligible.filter((c) => c.lastRunAt !== null);
    for (const c of rested.sort((a, b) => a.lastRunAt! - b.lastRunAt! || a.articleId - b.articleId))
      if (this.#room > 0 && !this.#taken.has(c.articleId))
        this.#take(c, "reserve", because.reserveEvergreen(this.#input.rules.coolDownDays));
  }

  passed(): PassedOver {
    const { rules } = this.#input;
    const full = (counts: ReadonlyMap<number, number>, caps: ReadonlyMap<number, number>, cap: number | null) =>
      new Map(
        [...counts]
          .map(([id, n]) => [id, n, capOf(id, caps, cap)] as const)
          .filter(([, n, most]) => most !== null && n >= most)
          .map(([id, , most]) => [id, most!]),
      );
    return {
      input: this.#input,
      queue: this.#waiting.filter((c) => !this.#taken.has(c.articleId)).map((c) => c.articleId),
      room: this.#room,
      fullColumns: full(this.#columns, rules.columnCaps, rules.columnCap),
      fullUnits: full(this.#units, rules.unitCaps, rules.unitCap),
      reprintsFull: this.#reprints >= this.#reprintLimit ? this.#reprintLimit : null,
      gaveWay: this.#gaveWay,
      exempt: this.#old,
    };
  }

  get #maximum(): number {
    return this.#input.rules.maximum ?? Infinity;
  }

  /** Ordinary places that are left: must-runs leave one a day, so that the queue always moves. */
  get #room(): number {
    const { quota } = this.#input;
    const places = Math.max(quota - this.#special, Math.min(1, quota));
    return Math.min(places, Math.max(0, this.#maximum - this.#special)) - this.#ordinary;
  }

  /** The place that what goes before the queue leaves to its head once that is old: nothing waits for ever. */
  #kept(next: Candidate): number {
    return this.#eldest && this.#eldest !== next && !this.#taken.has(this.#eldest.articleId) ? 1 : 0;
  }

  /** How many of a column the edition holds, whatever brought them. */
  #inEdition(column: number): number {
    return (
      this.#input.placed.filter((pick) => pick.column === column).length +
      this.chosen.filter((choice) => choice.candidate.column === column).length
    );
  }

  /** Old articles are to the caps like those of no column and no unit. */
  #cell(c: Candidate): Cell {
    const old = this.#old.has(c.articleId);
    return { column: old ? null : c.column, unit: old ? null : c.unit, reprint: isReprint(c) };
  }

  #flow(rung: "normal" | "unit_relaxed" | "column_relaxed"): Flow {
    const { rules } = this.#input;
    const left =
      (used: ReadonlyMap<number, number>, caps: ReadonlyMap<number, number>, cap: number | null) => (id: number) =>
        Math.max(0, (capOf(id, caps, cap) ?? Infinity) - (used.get(id) ?? 0));
    const none = () => Infinity;
    return new Flow(
      this.#waiting.filter((c) => !this.#taken.has(c.articleId)).map((c) => this.#cell(c)),
      {
        room: this.#room,
        columnLeft: rung === "column_relaxed" ? none : left(this.#columns, rules.columnCaps, rules.columnCap),
        unitLeft: rung === "normal" ? left(this.#units, rules.unitCaps, rules.unitCap) : none,
        reprintsLeft: this.#reprintLimit - this.#reprints,
      },
    );
  }

  #take(candidate: Candidate, rung: Rung, reason: string): void {
    this.#taken.add(candidate.articleId);
    this.chosen.push({ candidate, rung, reason });
    this.#count(candidate, rung, this.#old.has(candidate.articleId));
  }

  #count(article: Pick<Candidate, "column" | "unit" | "kind">, rung: Rung, old: boolean): void {
    if (isSpecial(rung)) this.#special += 1;
    else this.#ordinary += 1;
    if (!isCounted(rung)) return;
    if (isReprint(article)) this.#reprints += 1;
    if (old) return;
    const raise = (counts: Map<number, number>, id: number | null) =>
      id !== null && counts.set(id, (counts.get(id) ?? 0) + 1);
    raise(this.#columns, article.column);
    raise(this.#units, article.unit);
  }
}
