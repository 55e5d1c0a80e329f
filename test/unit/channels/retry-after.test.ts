import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { retryAfter } from "../../../src/channels/retry-after.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const asked = (value: string, date: string | null = DATE) =>
  retryAfter({ "retry-after": value, ...(date !== null && { date }) });

describe("Retry-After", () => {
  it.each([
    ["120", 120_000],
    [" 120 ", 120_000],
    ["0", 0],
    ["007", 7_000],
    ["0.2", 1_000],
    ["1.5", 2_000],
    ["2.0", 2_000],
    ["86400", 86_400_000],
    ["9".repeat(400), Infinity],
  ])("%j seconds", (value, ms) => {
    expect(asked(value)).toBe(ms);
    expect(asked(value, null), "needs no date").toBe(ms);
  });

  it.each([
    ["as everyone writes it", "Sun, 06 Nov 1994 08:50:37 GMT", 60_000],
    ["as RFC 850 did", "Sunday, 06-Nov-94 08:50:37 GMT", 60_000],
    ["as C does", "Sun Nov  6 08:50:37 1994", 60_000],
    ["tomorrow", "Mon, 07 Nov 1994 08:49:37 GMT", 86_400_000],
  ])("a date %s", (_, value, ms) => {
    expect(asked(value)).toBe(ms);
  });

  it.each([
    ["", DATE],
    ["   ", DATE],
    ["-5", DATE],
    ["+5", DATE],
    ["1e3", DATE],
    ["0x10", DATE],
    [".5", DATE],
    ["5.", DATE],
    ["1,5", DATE],
    ["5 seconds", DATE],
    ["１２０", DATE],
    ["NaN", DATE],
    ["Infinity", DATE],
    ["soon", DATE],
    ["Later 2099", DATE],
    ["null", DATE],
    ["2094-11-06T08:50:37Z", DATE],
    // A date that is over, or now.
    ["Sun, 06 Nov 1994 08:49:36 GMT", DATE],
    [DATE, DATE],
    ["Thu, 01 Jan 1970 00:00:00 GMT", DATE],
    // A date that is none.
    ["Sun, 99 Nov 1994 08:49:37 GMT", DATE],
    ["Sun, whenever", DATE],
    // Nothing to read the date against.
    ["Sun, 06 Nov 1994 08:50:37 GMT", null],
    ["Sun, 06 Nov 1994 08:50:37 GMT", "yesterday"],
  ])("%j with Date %j asks for nothing", (value, date) => {
    expect(asked(value, date)).toBeUndefined();
  });

  it("no header asks for nothing", () => expect(retryAfter({ date: DATE })).toBeUndefined());

  it("is never negative, never no number, whatever comes", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.option(fc.string(), { nil: null }), (value, date) => {
        const wait = asked(value, date);
        expect(wait === undefined || wait >= 0).toBe(true);
      }),
    ));

  it("a date asks for what lies between it and the answer", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 }), fc.integer({ min: -100_000, max: 100_000 }), (at, seconds) => {
        const text = (ms: number) => new Date(ms).toUTCString();
        const wait = asked(text(at * 1000 + seconds * 1000), text(at * 1000));
        expect(wait).toBe(seconds > 0 ? seconds * 1000 : undefined);
      }),
    ));

  describe("whatever zone the machine is in", () => {
    afterEach(() => void vi.unstubAllEnvs());
    it.each(["America/Los_Angeles", "Asia/Shanghai"])("%s", (zone) => {
      vi.stubEnv("TZ", zone);
      expect(new Date(0).getTimezoneOffset(), "the zone must have taken effect").not.toBe(0);
      expect(asked("Sun Nov  6 08:50:37 1994")).toBe(60_000);
      expect(asked("Sun, 06 Nov 1994 08:50:37 GMT")).toBe(60_000);
    });
  });
});
