/** Small judgements that every part of the ladder shares. */
import type { Candidate, Pin, Rules, Rung } from "./types.ts";

/** Whether nothing but its own dates keeps the article from going out at `at`. */
export const mayRun = (c: Pick<Candidate, "embargoUntil" | "expiresAt">, at: number): boolean =>
  (c.embargoUntil === null || c.embargoUntil <= at) && (c.expiresAt === null || c.expiresAt > at);

/** Whether the article may stand in a slot: its dates allow it, and no person has promised it to another one. */
export const mayStand = (c: Candidate, slot: { slot: number; at: number }, pins: readonly Pin[]): boolean =>
  mayRun(c, slot.at) &&
  !pins.some((pin) => pin.articleId === c.articleId && pin.slot !== null && pin.slot !== slot.slot);

export const isReprint = (article: { kind: string }): boolean => article.kind === "reprint";

/** The cap of one column or unit; null has none. */
export const capOf = (id: number, caps: ReadonlyMap<number, number>, cap: number | null): number | null =>
  caps.get(id) ?? cap;

/** The rungs that count against caps and the share of reprints: what came by its date or a person's hand leaves them alone. */
const COUNTED: ReadonlySet<Rung> = new Set(["column_minimum", "normal", "unit_relaxed", "column_relaxed"]);
export const isCounted = (rung: Rung): boolean => COUNTED.has(rung);

/** The rungs that are not ordinary places: they come on top when they leave no more than one of those. */
export const isSpecial = (rung: Rung): boolean => rung === "must_run" || rung === "pinned";

/** How many reprints the day's counted rungs may hold. */
export const reprintLimit = (rules: Rules, quota: number): number =>
  rules.reprintShare === null ? Infinity : Math.floor(rules.reprintShare * quota + 1e-9);
