/**
 * What a person's act makes of an edition's order: a pure function of the picks as they stand. What has been released
 * keeps its place; the others are numbered after it, slot by slot.
 */

/** A pick, released or waiting. */
export interface Arranged {
  articleId: number;
  position: number;
  slot: number;
  released: boolean;
}

interface OpenSlot {
  n: number;
  at: number;
  released: boolean;
}

/** What a person does. Positions count from 1 over the whole edition. */
export type Act =
  /** Takes a place for an article, new to the edition or already in it; what stood there moves down. */
  | { op: "pin"; articleId: number; position?: number | undefined; slot?: number | undefined }
  /** Puts an article at the end of a slot, of the next open one without a slot. */
  | { op: "add"; articleId: number; slot?: number | undefined }
  | { op: "move"; articleId: number; position?: number | undefined; slot?: number | undefined }
  | { op: "swap"; articleId: number; position: number }
  | { op: "drop"; articleId: number }
  | { op: "hold"; articleId: number };

type Arrangement = { ok: true; picks: Arranged[] } | { ok: false; field: string; why: string };

const refuse = (field: string, why: string): Arrangement => ({ ok: false, field, why });

/** The waiting picks after the act, renumbered; `released` ones are not in it. */
export function arrange(picks: readonly Arranged[], slots: readonly OpenSlot[], act: Act): Arrangement {
  const fixed = picks.filter((pick) => pick.released);
  const waiting = picks.filter((pick) => !pick.released).sort((a, b) => a.slot - b.slot || a.position - b.position);
  const own = waiting.findIndex((pick) => pick.articleId === act.articleId);
  if (fixed.some((pick) => pick.articleId === act.articleId))
    return refuse("article_id", "has been released; use correct or recall");
  const here = own >= 0;
  if (!here && act.op !== "pin" && act.op !== "add") return refuse("article_id", "is not in this edition");
  if (here && act.op === "add") return refuse("article_id", "is in this edition already");
  const first = Math.max(0, ...fixed.map((pick) => pick.position)) + 1;

  if (act.op === "drop" || act.op === "hold") return { ok: true, picks: numbered(waiting.toSpliced(own, 1), first) };

  const open = slots.filter((slot) => !slot.released);
  if (open.length === 0) return refuse("slot", "every slot of this edition has been released");
  const wanted = act.op === "swap" ? undefined : act.slot;
  if (wanted !== undefined && !open.some((slot) => slot.n === wanted))
    return refuse("slot", "is not a slot of this edition that is still to come");

  if (act.op === "swap") {
    const other = waiting.find((pick) => pick.position === act.position);
    if (!other) return refuse("position", "holds no pick that is still to come");
    const mine = waiting[own]!;
    const swapped = waiting.map((pick) =>
      pick === mine
        ? { ...pick, articleId: other.articleId }
        : pick === other
          ? { ...pick, articleId: mine.articleId }
          : pick,
    );
    return { ok: true, picks: numbered(swapped, first) };
  }

  const rest = here ? waiting.toSpliced(own, 1) : waiting;
  const position = act.op === "add" ? undefined : act.position;
  if (position !== undefined) {
    if (position < first || position > first + rest.length)
      return refuse("position", `must be from ${first} to ${first + rest.length}`);
    const index = position - first;
    const slot = wanted ?? (rest[index] ?? rest.at(-1))?.slot ?? open[0]!.n;
    const placed = rest.toSpliced(index, 0, { articleId: act.articleId, position: 0, slot, released: false });
    if (placed.some((pick, i) => i > 0 && pick.slot < placed[i - 1]!.slot))
      return refuse("slot", "does not hold that position");
    // Reordering keeps how many each slot holds: those between the old and the new place change slots with it.
    return { ok: true, picks: numbered(here && wanted === undefined ? resized(placed, waiting) : placed, first) };
  }
  const slot = wanted ?? (here ? waiting[own]!.slot : open[0]!.n);
  const at = rest.findLastIndex((pick) => pick.slot <= slot) + 1;
  return {
    ok: true,
    picks: numbered(rest.toSpliced(at, 0, { articleId: act.articleId, position: 0, slot, released: false }), first),
  };
}

const numbered = (picks: readonly Arranged[], first: number): Arranged[] =>
  picks.map((pick, i) => ({ ...pick, position: first + i }));

const resized = (order: readonly Arranged[], before: readonly Arranged[]): Arranged[] =>
  order.map((pick, i) => ({ ...pick, slot: before[i]!.slot }));
