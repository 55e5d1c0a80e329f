/** What to send again, when a person asks for it: plain functions of the wire and the ledger. */
import type { Entry } from "../wire/entry-store.ts";
import { admits, type Filter } from "./filter.ts";
import type { Outcome } from "./types.ts";

/** What is asked for: a stretch of the wire, some posts, or all that the channel should have got since a time and did not. */
export type Ask =
  | { type: "range"; from: number; to: number }
  | { type: "posts"; ids: readonly string[] }
  | { type: "missed"; since: number };

/** A delivery as the ledger has it: the entries that went, or were to go, under its id. */
export interface Ledgered {
  from: number;
  entries: readonly number[];
  outcome: Outcome;
}

/** One push of a replay: `from` names the delivery that it repeats, null one that there never was. */
interface Again {
  from: number | null;
  entries: readonly number[];
}

/** Why an entry that was asked for is not sent again. */
export type LeftOut = {
  readonly seq: number;
  readonly why: "not its turn yet" | "already under way" | "recalled since" | "not for this channel" | "delivered";
};

/**
 * The pushes that a replay comes to, in the order of the wire, each of one kind of entry and of `batch` at most. An entry
 * that a delivery carried before goes under that delivery's id again, whole where all of it is asked for. Left out is what
 * the channel will get by itself, what is on its way, what was recalled, and of `missed` what was delivered or is not for
 * this channel.
 */
export function replayOf(
  ask: Ask,
  channel: { cursor: number; filter: Filter; batch: number },
  entries: readonly Entry[],
  ledger: readonly Ledgered[],
  underWay: ReadonlySet<number>,
): { pushes: Again[]; left: LeftOut[] } {
  const carrier = new Map<number, Ledgered>();
  for (const delivery of ledger) for (const seq of delivery.entries) carrier.set(seq, delivery);
  const left: LeftOut[] = [];
  const pushes: { from: number | null; entries: number[]; kind: string }[] = [];
  for (const entry of entries) {
    const { seq, kind } = entry;
    const delivery = carrier.get(seq);
    const why = refusal(ask, channel, entry, delivery, underWay);
    if (why !== null) {
      left.push({ seq, why });
      continue;
    }
    const from = delivery?.from ?? null;
    const last = pushes.at(-1);
    if (last && last.kind === kind && last.from === from && last.entries.length < channel.batch) last.entries.push(seq);
    else pushes.push({ from, entries: [seq], kind });
  }
  return { pushes: pushes.map(({ from, entries: seqs }) => ({ from, entries: seqs })), left };
}

function refusal(
  ask: Ask,
  channel: { cursor: number; filter: Filter },
  entry: Entry,
  delivery: Ledgered | undefined,
  underWay: ReadonlySet<number>,
): LeftOut["why"] | null {
  if (underWay.has(entry.seq)) return "already under way";
  if (entry.seq > channel.cursor) return "not its turn yet";
  if (entry.recalled && entry.kind !== "recalled") return "recalled since";
  if (ask.type !== "missed") return null;
  if (delivery?.outcome === "accepted") return "delivered";
  return admits(channel.filter, entry) ? null : "not for this channel";
}
