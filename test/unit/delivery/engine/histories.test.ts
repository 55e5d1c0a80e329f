/**
 * A thousand random histories: the Worker killed or D1 failing before and after any effect, ticks doubled and left out,
 * messages lost, doubled and out of order, endpoints in every mood, people pausing, refiltering, correcting, recalling.
 * A failing one shrinks to a list of actions that can be read.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Action } from "./model.ts";
import { COUNT, History, MOODS } from "./model.ts";

const HISTORIES = 1000;

/** Which of the channels an office has: so many as fit into one's head, and into the time. */
const some = fc.uniqueArray(fc.nat(COUNT - 1), { minLength: 2, maxLength: 4 });
const nat = fc.nat(COUNT * 2);
const column = fc.constantFrom(1 as const, 2 as const);
// Now and then most of a day, in which news goes stale.
const minutes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 90 }) },
  { weight: 1, arbitrary: fc.integer({ min: 600, max: 1500 }) },
);
const fault = fc.record({
  at: fc.nat(12),
  what: fc.constantFrom("crash" as const, "error" as const),
  side: fc.constantFrom("before" as const, "after" as const),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("publish" as const), column }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("correct" as const, "recall" as const), post: nat }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("tick" as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("handle" as const),
      message: nat,
      doubled: fc.boolean(),
      fault: fc.option(fault, { nil: undefined, freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), message: nat }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), minutes }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("mood" as const), channel: nat, mood: fc.constantFrom(...MOODS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("pause" as const, "resume" as const), channel: nat }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("refilter" as const),
      channel: nat,
      column: fc.option(column, { nil: null }),
    }),
  },
);

beforeAll(() => void vi.spyOn(console, "log").mockImplementation(() => {}));
afterAll(() => void vi.restoreAllMocks());

describe("whatever happens", () => {
  it("what goes stale while its delivery waits for another try is written down, and the rest goes on", async () => {
    const PACED = 7;
    const history = await History.begin([PACED]);
    const story: Action[] = [
      { do: "refilter", channel: 0, column: null },
      { do: "publish", column: 1 },
      { do: "pass", minutes: 600 },
      { do: "mood", channel: 0, mood: "down" },
      { do: "publish", column: 1 },
      { do: "tick" },
      { do: "handle", message: 0, doubled: false },
      { do: "pass", minutes: 601 },
      { do: "tick" },
      { do: "handle", message: 0, doubled: false },
    ];
    for (const one of story) await history.take(one);
    await history.rest();
    history.check();
    const ledger = history.office.rows("SELECT entries, outcome FROM deliveries ORDER BY from_seq");
    expect(ledger).toEqual([
      { entries: "[1]", outcome: "expired" },
      { entries: "[2]", outcome: "accepted" },
    ]);
  });

  it("each channel gets everything that it is owed, in order, once in the ledger", { timeout: 120_000 }, async () => {
    // A thousand histories in which nothing went wrong would prove nothing.
    const seen = { repeats: 0, unknown: 0, expired: 0, rejected: 0, accepted: 0 };
    await fc.assert(
      fc.asyncProperty(some, fc.array(action, { minLength: 6, maxLength: 24 }), async (channels, actions) => {
        const history = await History.begin(channels);
        for (const one of actions) await history.take(one);
        await history.rest();
        history.check();
        const { office } = history;
        const sent = office.received.map(({ id, body }) => id + body);
        seen.repeats += sent.length - new Set(sent).size;
        for (const { outcome, n } of office.rows<{ outcome: "accepted"; n: number }>(
          "SELECT outcome, count(*) AS n FROM deliveries GROUP BY outcome",
        ))
          seen[outcome] += n;
      }),
      { numRuns: HISTORIES },
    );
    for (const what of ["repeats", "unknown", "expired", "rejected", "accepted"] as const)
      expect(seen[what], what).toBeGreaterThan(5);
  });
});
