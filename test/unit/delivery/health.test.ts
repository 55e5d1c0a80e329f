import { describe, expect, it } from "vitest";
import type { Health } from "../../../src/delivery/health.ts";
import { checkup, WELL } from "../../../src/delivery/health.ts";
import { restAfter, waitInLine } from "../../../src/delivery/pace.ts";
import { DAY, HOUR } from "../../../src/platform/time.ts";

const NOW = Date.UTC(2026, 10, 23);

describe("a channel's health", () => {
  it.each<[string, Health, "success" | "failure" | "neither", Health, "warn" | "close" | null]>([
    ["well", WELL, "success", WELL, null],
    ["fails for the first time", WELL, "failure", { failingSince: NOW, warnedAt: null }, null],
    ["asked for room", WELL, "neither", WELL, null],
    [
      "fails for two days",
      { failingSince: NOW - 2 * DAY, warnedAt: null },
      "failure",
      { failingSince: NOW - 2 * DAY, warnedAt: null },
      null,
    ],
    [
      "fails for two days and a half",
      { failingSince: NOW - 2.5 * DAY, warnedAt: null },
      "failure",
      { failingSince: NOW - 2.5 * DAY, warnedAt: NOW },
      "warn",
    ],
    [
      "was warned of",
      { failingSince: NOW - 3 * DAY, warnedAt: NOW - DAY },
      "failure",
      { failingSince: NOW - 3 * DAY, warnedAt: NOW - DAY },
      null,
    ],
    [
      "fails for five days",
      { failingSince: NOW - 5 * DAY, warnedAt: NOW - 2 * DAY },
      "failure",
      { failingSince: NOW - 5 * DAY, warnedAt: NOW - 2 * DAY },
      "close",
    ],
    [
      "fails again after a week in which it was not tried: warned of first",
      { failingSince: NOW - 7 * DAY, warnedAt: null },
      "failure",
      { failingSince: NOW - 7 * DAY, warnedAt: NOW },
      "warn",
    ],
    [
      "and is not closed within half a day of the warning",
      { failingSince: NOW - 7 * DAY, warnedAt: NOW - 11 * HOUR },
      "failure",
      { failingSince: NOW - 7 * DAY, warnedAt: NOW - 11 * HOUR },
      null,
    ],
    ["recovers after the warning", { failingSince: NOW - 4 * DAY, warnedAt: NOW - DAY }, "success", WELL, null],
    [
      "failed, by a clock that ran ahead",
      { failingSince: NOW + 9 * DAY, warnedAt: null },
      "failure",
      { failingSince: NOW + 9 * DAY, warnedAt: null },
      null,
    ],
  ])("%s", (_, before, event, health, act) => expect(checkup(before, event, NOW)).toEqual({ health, act }));
});

describe("pace", () => {
  it.each<[string, Parameters<typeof restAfter>[0], number, number]>([
    ["none", undefined, 0, 0],
    ["of the channel", { channel: 1000 }, 0, 1000],
    ["of a credential that is its own", { credential: 3000 }, 1, 3000],
    ["of a credential that four share", { credential: 3000 }, 4, 12_000],
    ["of both: the longer", { channel: 5000, credential: 50 }, 20, 5000],
    ["of a credential that the count does not know yet", { credential: 3000 }, 0, 3000],
  ])("%s", (_, pace, peers, rest) => expect(restAfter(pace, peers)).toBe(rest));

  it("in one run, as many of a credential go as its platform takes in a second, one at least", () => {
    const places = (credential: number) => Array.from({ length: 50 }, (_, i) => waitInLine({ credential }, i));
    expect(places(3000).slice(0, 4)).toEqual([0, 3000, 6000, 9000]);
    expect(places(34).filter((wait) => wait === 0)).toHaveLength(29);
    expect(places(34)[29]).toBe(29 * 34);
    expect(new Set(Array.from({ length: 50 }, (_, i) => waitInLine({ channel: 1000 }, i)))).toEqual(new Set([0]));
  });
});
