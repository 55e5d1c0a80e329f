import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Filter } from "../../../src/delivery/filter.ts";
import { type Ask, type Ledgered, replayOf } from "../../../src/delivery/replay.ts";
import type { Entry } from "../../../src/wire/entry-store.ts";

const entry = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq,
  kind: "published",
  at: seq * 1000,
  note: "",
  postId: seq,
  releasedAt: 0,
  uid: `p${seq}`,
  title: "",
  digest: "",
  recalled: false,
  original: true,
  publication: "pub",
  publicationName: "化德党建",
  columnName: null,
  unitName: null,
  correctedAt: null,
  meta: null,
  theme: null,
  timeZone: "Asia/Shanghai",
  stopped: false,
  column: null,
  unit: null,
  markdown: null,
  cover: null,
  pictures: [],
  ...more,
});
const went = (from: number, entries: number[], outcome: Ledgered["outcome"] = "accepted"): Ledgered => ({
  from,
  entries,
  outcome,
});
const channel = { cursor: 100, filter: {}, batch: 8 };
const range: Ask = { type: "range", from: 1, to: 100 };
const missed: Ask = { type: "missed", since: 0 };
const none = new Set<number>();

describe("what goes again", () => {
  it("goes as it went, under the delivery's own number", () =>
    expect(
      replayOf(
        range,
        channel,
        [1, 2, 3, 4].map((n) => entry(n)),
        [went(0, [1, 2]), went(2, [3, 4])],
        none,
      ),
    ).toEqual({
      pushes: [
        { from: 0, entries: [1, 2] },
        { from: 2, entries: [3, 4] },
      ],
      left: [],
    }));
  it("what never went goes in batches, kinds apart", () => {
    const entries = [entry(1), entry(2), entry(3), entry(4, { kind: "corrected" }), entry(5)];
    expect(replayOf(range, { ...channel, batch: 2 }, entries, [], none).pushes).toEqual([
      { from: null, entries: [1, 2] },
      { from: null, entries: [3] },
      { from: null, entries: [4] },
      { from: null, entries: [5] },
    ]);
  });
});

type Case = [string, Ask, { cursor: number; filter: Filter; batch: number }, Entry, Ledgered[], Set<number>, string];

describe("what does not", () => {
  it.each<Case>([
    ["its turn has not come", range, { ...channel, cursor: 0 }, entry(1), [], none, "not its turn yet"],
    ["it is under way", range, channel, entry(1), [], new Set([1]), "already under way"],
    ["it was recalled", range, channel, entry(1, { recalled: true }), [], none, "recalled since"],
    ["it was delivered", missed, channel, entry(1), [went(0, [1])], none, "delivered"],
    [
      "it is not for the channel",
      missed,
      { ...channel, filter: { columns: ["x"] } },
      entry(1),
      [],
      none,
      "not for this channel",
    ],
  ])("%s", (_, ask, of, what, ledger, underWay, why) =>
    expect(replayOf(ask, of, [what], ledger, underWay)).toEqual({ pushes: [], left: [{ seq: 1, why }] }),
  );
  it.each(["expired", "rejected", "unknown", "gone"] as const)("but what ended %s is missed", (outcome) =>
    expect(replayOf(missed, channel, [entry(1)], [went(0, [1], outcome)], none).pushes).toEqual([
      { from: 0, entries: [1] },
    ]),
  );
  it("but a recall itself goes again, and what a person names goes whatever the filter", () => {
    const entries = [entry(1, { kind: "recalled", recalled: true }), entry(2, { column: "y" })];
    const { pushes } = replayOf(range, { ...channel, filter: { columns: ["x"] } }, entries, [], none);
    expect(pushes.flatMap((push) => push.entries)).toEqual([1, 2]);
  });
});

it("everything that is asked for goes once or is accounted for, in order and within the batch", () => {
  const one = fc.record({
    kind: fc.constantFrom("published", "corrected", "recalled"),
    recalled: fc.boolean(),
    column: fc.constantFrom("x", "y"),
  });
  const check = (
    kinds: Partial<Entry>[],
    cuts: number[],
    batch: number,
    cursor: number,
    type: "range" | "missed",
    busy: number[],
  ) => {
    const entries = kinds.map((each, n) => entry(n + 1, each));
    const ends = [...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut <= entries.length);
    const ledger = ends.map((end, n) => {
      const from = ends[n - 1] ?? 0;
      return went(
        from,
        entries.slice(from, end).map(({ seq }) => seq),
        n % 2 ? "accepted" : "expired",
      );
    });
    const ask: Ask = type === "range" ? range : missed;
    const { pushes, left } = replayOf(
      ask,
      { cursor, filter: { columns: ["x"] }, batch },
      entries,
      ledger,
      new Set(busy),
    );
    const sent = pushes.flatMap((push) => push.entries);
    expect([...sent, ...left.map(({ seq }) => seq)].sort((a, b) => a - b)).toEqual(entries.map(({ seq }) => seq));
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    for (const push of pushes) {
      expect(push.entries.length).toBeLessThanOrEqual(batch);
      expect(new Set(push.entries.map((seq) => entries[seq - 1]?.kind)).size).toBe(1);
    }
    for (const seq of sent) expect(seq <= cursor && !busy.includes(seq)).toBe(true);
  };
  const some = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 20 }) as fc.Arbitrary<Partial<Entry>[]>,
      some,
      fc.integer({ min: 1, max: 8 }),
      fc.nat(25),
      fc.constantFrom("range", "missed"),
      some,
      check,
    ),
  );
});
