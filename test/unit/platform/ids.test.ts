import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/platform/ids.ts";
import { HOUR } from "../../../src/platform/time.ts";

const timeOf = (id: string): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
// The generator remembers the furthest time it has seen, so each test begins well past the ones before.
let base = Date.UTC(2030, 0, 1);
const later = (): number => (base += 1000 * HOUR);

describe("newId", () => {
  it("is a UUIDv7 whose time is the given moment", () => {
    const now = later();
    const id = newId(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOf(id)).toBe(now);
  });

  it("rounds a moment down and takes any epoch", () => {
    const now = later();
    expect(timeOf(newId(now + 0.9))).toBe(now);
    expect(timeOf(newId(-5))).toBe(0);
    expect(timeOf(newId(0))).toBe(0);
  });

  it("gives ids that sort as they were made, within one moment and when time steps back less than an hour", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: HOUR - 1 }), { minLength: 2, maxLength: 50 }), (steps) => {
        const start = later();
        const ids = steps.map((step) => newId(start + step));
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it("follows time back further than that, so that a replayed day has its own ids", () => {
    const now = later();
    newId(now);
    expect(timeOf(newId(now - 24 * HOUR))).toBe(now - 24 * HOUR);
  });

  it("never repeats", () => {
    const now = later();
    expect(new Set(Array.from({ length: 5000 }, () => newId(now))).size).toBe(5000);
  });
});
