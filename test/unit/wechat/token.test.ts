import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Forced, chooseToken, forcedAgain } from "../../../src/wechat/client/token.ts";

const NOW = Date.parse("2026-11-23T09:00:00+08:00");
const MINUTE = 60_000;
const known = (minutes: number, text = "a") => ({ text, expiresAt: NOW + minutes * MINUTE });

describe("the token for a call", () => {
  it.each([
    ["none yet", null, null, true, { type: "fetch" }],
    ["none, and no AppSecret", null, null, false, { type: "none" }],
    ["a fresh one", known(120), null, true, { type: "use", text: "a" }],
    ["six minutes left", known(6), null, true, { type: "use", text: "a" }],
    ["five minutes left", known(5), null, true, { type: "fetch" }],
    ["expired", known(-1), null, true, { type: "fetch" }],
    ["expired, from outside", known(-1), null, false, { type: "use", text: "a" }],
    ["refused", known(120), "a", true, { type: "fetch" }],
    ["refused, from outside", known(120), "a", false, { type: "none" }],
    ["another than was refused", known(120, "b"), "a", true, { type: "use", text: "b" }],
    ["another than was refused, from outside", known(120, "b"), "a", false, { type: "use", text: "b" }],
  ] as const)("%s", (_, token, refused, canFetch, choice) => {
    expect(chooseToken(token, refused, canFetch, NOW)).toEqual(choice);
  });
});

describe("forced refreshes", () => {
  it("are twenty a day of China, half a minute apart, whenever they are asked for", () => {
    const waits = fc.array(fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 5_400_000 })), {
      minLength: 30,
      maxLength: 120,
    });
    fc.assert(
      fc.property(waits, (waits) => {
        let forced: Forced = { on: "", count: 0, at: 0 };
        let now = NOW;
        const taken: number[] = [];
        for (const wait of waits) {
          now += wait;
          const next = forcedAgain(forced, now);
          if (next) taken.push((forced = next).at);
        }
        const byDay = new Map<string, number>();
        for (const [i, at] of taken.entries()) {
          if (i > 0) expect(at - taken[i - 1]!).toBeGreaterThanOrEqual(30_000);
          const day = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
          byDay.set(day, (byDay.get(day) ?? 0) + 1);
        }
        expect(Math.max(0, ...byDay.values())).toBeLessThanOrEqual(20);
      }),
    );
  });

  it("begin anew at China's midnight", () => {
    const spent = { on: "2026-11-23", count: 20, at: NOW };
    expect(forcedAgain(spent, Date.parse("2026-11-23T23:59:59+08:00"))).toBeNull();
    const midnight = Date.parse("2026-11-24T00:00:00+08:00");
    expect(forcedAgain(spent, midnight)).toEqual({ on: "2026-11-24", count: 1, at: midnight });
  });
});
