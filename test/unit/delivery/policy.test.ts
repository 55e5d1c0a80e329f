import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Final } from "../../../src/delivery/policy.ts";
import { backoff, noiseOf, REJECTED_TRIES, RETRY_AFTER_CAP, SCHEDULE, settle } from "../../../src/delivery/policy.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../src/platform/time.ts";

const NOW = Date.UTC(2026, 10, 23);
const attemptNo = fc.integer({ min: 1, max: 40 });
const noise = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const after = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * DAY }), fc.constant(Infinity));

describe("the schedule", () => {
  it("begins in seconds, never grows shorter, and lasts about 69 hours", () => {
    expect(SCHEDULE[0]).toBe(10 * SECOND);
    expect(SCHEDULE.toSorted((a, b) => a - b)).toEqual([...SCHEDULE]);
    expect(SCHEDULE.reduce((sum, wait) => sum + wait, 0) / HOUR).toBeCloseTo(68.6, 1);
  });

  it.each([
    [1, 10 * SECOND],
    [2, MINUTE],
    [3, 5 * MINUTE],
    [4, 30 * MINUTE],
    [5, 2 * HOUR],
    [6, 6 * HOUR],
    [7, 12 * HOUR],
    [8, DAY],
    [9, DAY],
    [10, DAY],
    [1000, DAY],
  ])("after attempt %i: %i ms", (n, wait) => {
    expect(backoff(n, 0)).toBe(wait);
  });

  it("jitter only adds, a fifth at most", () =>
    fc.assert(
      fc.property(attemptNo, noise, (n, noise) => {
        const wait = backoff(n, noise);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(backoff(n, 0));
        expect(wait).toBeLessThanOrEqual(backoff(n, 0) * 1.2);
      }),
    ));

  it("and it does add, or endpoints that fell over together come back together", () => {
    expect(backoff(5, 0.5)).toBe(132 * MINUTE);
    expect(new Set([0, 0.25, 0.5, 0.75].map((noise) => backoff(1, noise))).size).toBe(4);
  });

  it("what the endpoint asks for pushes the time later, never earlier, up to the cap", () =>
    fc.assert(
      fc.property(attemptNo, noise, after, (n, noise, after) => {
        const own = backoff(n, noise);
        const wait = backoff(n, noise, after);
        expect(wait).toBe(Math.max(own, Math.min(after, RETRY_AFTER_CAP)));
        expect(wait).toBeGreaterThanOrEqual(own);
        expect(wait).toBeLessThanOrEqual(Math.max(own, 12 * HOUR));
      }),
    ));

  it.each([
    ["two minutes", 1, 2 * MINUTE, 2 * MINUTE],
    ["less than our own wait", 4, SECOND, 30 * MINUTE],
    ["just the cap", 1, 12 * HOUR, 12 * HOUR],
    ["a year", 1, 365 * DAY, 12 * HOUR],
    ["for ever", 1, Infinity, 12 * HOUR],
    ["a year, after a wait that is longer than the cap", 9, 365 * DAY, DAY],
  ])("asked for %s", (_, n, after, expected) => {
    expect(backoff(n, 0, after)).toBe(expected);
  });
});

describe("noise", () => {
  it("is in [0, 1), and always the same for a seed", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (seed) => {
        const noise = noiseOf(seed);
        expect(noise).toBeGreaterThanOrEqual(0);
        expect(noise).toBeLessThan(1);
        expect(noiseOf(seed)).toBe(noise);
      }),
    ));

  it("spreads the channels of a shard, and the attempts of a channel", () => {
    const seeds = Array.from({ length: 50 }, (_, i) => `0193b0c2-7f3a-7000-8000-0000000000${10 + i}_12:1`);
    const noises = seeds.map(noiseOf);
    expect(new Set(noises).size).toBe(50);
    for (const fifth of [0, 1, 2, 3, 4])
      expect(noises.filter((noise) => Math.floor(noise * 5) === fifth).length).toBeGreaterThan(0);
    expect(new Set([1, 2, 3].map((n) => noiseOf(`a_1:${n}`))).size).toBe(3);
  });
});

const FAR = NOW + 365 * DAY;
const settled = (verdict: Final, n: number, staleAt = FAR) =>
  settle(verdict, { tries: n, now: NOW, staleAt, seed: "a_1", unknown: "resend" });
const retry: Final = { type: "retry", why: "HTTP 503" };
const unknown: Final = { type: "unknown", why: "no answer within the deadline", after: MINUTE };
const rejected: Final = { type: "rejected", why: "HTTP 422" };

describe("what an attempt comes to", () => {
  const pass = (outcome: string) => ({ outcome, advance: true, alert: true });
  const again = (outcome: string) => ({ outcome, advance: false, alert: false });
  it.each([
    ["accepted", 1, { outcome: "accepted", advance: true, alert: false }],
    ["accepted", 30, { outcome: "accepted", advance: true, alert: false }],
    ["gone", 1, { outcome: "gone", advance: false, alert: true }],
    ["gone", 30, { outcome: "gone", advance: false, alert: true }],
    ["retry", 1, again("retry")],
    ["retry", 3, again("retry")],
    ["retry", 30, again("retry")],
    ["unknown", 1, again("unknown")],
    ["unknown", 30, again("unknown")],
    ["rejected", 1, again("retry")],
    ["rejected", 2, again("retry")],
    ["rejected", 3, pass("rejected")],
    ["rejected", 4, pass("rejected")],
  ] as const)("%s at attempt %i", (type, n, expected) => {
    const result = settled({ type, why: "…" } as Final, n);
    expect(result).toMatchObject(expected);
    expect("nextAt" in result).toBe(expected.outcome === "retry" || expected.outcome === "unknown");
  });

  it("three tries for a message that is refused for its own sake", () => expect(REJECTED_TRIES).toBe(3));

  it("the next try keeps the schedule, with jitter", () => {
    for (const [i, wait] of SCHEDULE.entries()) {
      const result = settled(retry, i + 1);
      expect(result).toMatchObject({ outcome: "retry" });
      const nextAt = "nextAt" in result ? result.nextAt : Number.NaN;
      expect(nextAt - NOW).toBeGreaterThanOrEqual(wait);
      expect(nextAt - NOW).toBeLessThanOrEqual(wait * 1.2);
    }
  });

  it("channels that failed at one moment do not come back at one, and a channel's tries differ too", () => {
    const next = (seed: string, n: number) => {
      const result = settle(retry, { tries: n, now: NOW, staleAt: FAR, seed, unknown: "resend" });
      return "nextAt" in result ? result.nextAt : Number.NaN;
    };
    expect(new Set(Array.from({ length: 20 }, (_, i) => next(`channel-${i}_7`, 5))).size).toBe(20);
    expect(new Set([8, 9, 10, 11].map((n) => next("channel-1_7", n))).size).toBe(4);
  });

  it("what was asked for is kept by retry and unknown", () => {
    expect(settled({ ...retry, after: 2 * HOUR }, 1)).toMatchObject({ nextAt: NOW + 2 * HOUR });
    expect(settled(unknown, 1)).toMatchObject({ outcome: "unknown", nextAt: NOW + MINUTE });
    expect(settled({ ...retry, after: 40 * DAY }, 1)).toMatchObject({ nextAt: NOW + 12 * HOUR });
  });

  it.each([
    ["retry", retry],
    ["unknown", unknown],
    ["rejected, with tries left", rejected],
  ])("%s whose next try comes too late has expired, and somebody has to know", (_, verdict) => {
    const result = settled(verdict, 2);
    const nextAt = "nextAt" in result ? result.nextAt : Number.NaN;
    expect(settled(verdict, 2, nextAt)).toEqual({ outcome: "expired", advance: true, alert: true });
    expect(settled(verdict, 2, nextAt - 1)).toMatchObject({ outcome: "expired" });
    expect(settled(verdict, 2, nextAt + 1)).toEqual(result);
  });

  it.each([
    ["accepted", { type: "accepted", why: "HTTP 204" } as const, "accepted"],
    ["gone", { type: "gone", why: "HTTP 410" } as const, "gone"],
    ["rejected for good", rejected, "rejected"],
  ])("%s stays so, however late it is", (_, verdict, outcome) => {
    expect(settled(verdict, 3, NOW - DAY)).toMatchObject({ outcome });
  });

  it("nobody blocks for ever: whatever the answers, a channel passes its delivery, or is gone, by the time it is stale", () =>
    fc.assert(
      fc.property(
        fc.infiniteStream(
          fc.record({ type: fc.constantFrom("retry", "unknown", "rejected"), after, took: fc.nat(15 * SECOND) }),
        ),
        fc.integer({ min: HOUR, max: 30 * DAY }),
        fc.string(),
        (answers, life, seed) => {
          let now = NOW;
          for (let n = 1; n < 100; n++) {
            const { type, after, took } = answers.next().value as { type: "retry"; after: number; took: number };
            now += took;
            const result = settle(
              { type, after, why: "…" },
              { tries: n, now, staleAt: NOW + life, seed, unknown: "resend" },
            );
            if (result.advance) return;
            expect(result).toHaveProperty("nextAt");
            const { nextAt } = result as { nextAt: number };
            expect(nextAt).toBeGreaterThan(now);
            expect(nextAt).toBeLessThan(NOW + life);
            now = nextAt;
          }
          expect.unreachable("it was tried a hundred times");
        },
      ),
    ));

  it("tells the same of the same history", () =>
    fc.assert(
      fc.property(attemptNo, fc.string(), (n, seed) => {
        const attempt = { tries: n, now: NOW, staleAt: FAR, seed, unknown: "resend" as const };
        expect(settle(retry, attempt)).toEqual(settle(retry, attempt));
      }),
    ));
});
