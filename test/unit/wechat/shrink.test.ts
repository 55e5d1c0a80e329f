import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitting, type Pixels, shrink, Shrinker, upright, WIDEST } from "../../../src/wechat/pictures/shrink.ts";

const extent = (most: number) =>
  fc.record({ width: fc.integer({ min: 1, max: most }), height: fc.integer({ min: 1, max: most }) });

/** A picture and a size that is no larger. */
const shrinking = extent(24).chain((from) =>
  fc.record({
    from: fc.constant(from),
    to: fc.record({
      width: fc.integer({ min: 1, max: from.width }),
      height: fc.integer({ min: 1, max: from.height }),
    }),
    rgba: fc.uint8Array({ minLength: from.width * from.height * 4, maxLength: from.width * from.height * 4 }),
  }),
);

const mean = (data: ArrayLike<number>, channel: number): number => {
  let sum = 0;
  for (let i = channel; i < data.length; i += 4) sum += data[i]!;
  return sum / (data.length / 4);
};

describe("shrinking", () => {
  it("keeps the mean of each colour, as it shows on white", () => {
    fc.assert(
      fc.property(shrinking, ({ from, to, rgba }) => {
        const small = shrink(rgba, from, to);
        expect(small).toMatchObject(to);
        const shown = rgba.map((value, i) => {
          const alpha = rgba[i - (i % 4) + 3]! / 255;
          return Math.round(value * alpha + 255 * (1 - alpha));
        });
        for (const c of [0, 1, 2]) expect(Math.abs(mean(small.data, c) - mean(shown, c))).toBeLessThanOrEqual(1.01);
        expect(mean(small.data, 3)).toBe(255);
      }),
    );
  });

  it("leaves an opaque picture of the right size as it is", () => {
    fc.assert(
      fc.property(shrinking, ({ from, rgba }) => {
        const opaque = rgba.map((value, i) => (i % 4 === 3 ? 255 : value));
        expect([...shrink(opaque, from, from).data]).toEqual([...opaque]);
      }),
    );
  });

  it("halves by taking the mean of each four", () => {
    const grey = (v: number) => [v, v, v, 255];
    const rgba = Uint8Array.from([10, 20, 200, 220, 30, 40, 240, 100].flatMap(grey));
    const small = shrink(rgba, { width: 4, height: 2 }, { width: 2, height: 1 });
    expect([...small.data]).toEqual([...grey(25), ...grey(190)]);
  });

  it("gives no picture of which rows are missing", () => {
    const shrinker = new Shrinker({ width: 1, height: 2 }, { width: 1, height: 1 });
    shrinker.row(new Uint8Array(4));
    expect(() => shrinker.done()).toThrow("1 rows of 2");
  });
});

it("what is to fit keeps its proportions, is never enlarged, and has at least a pixel", () => {
  fc.assert(
    fc.property(extent(20_000), (size) => {
      const fitted = fitting(size);
      expect(fitted.width).toBeLessThanOrEqual(Math.min(size.width, WIDEST));
      expect(fitted.width * fitted.height).toBeLessThanOrEqual(6_000_000);
      expect(Math.min(fitted.width, fitted.height)).toBeGreaterThanOrEqual(1);
      // Off by less than a pixel in either direction.
      const off = fitted.width * size.height - fitted.height * size.width;
      expect(Math.abs(off)).toBeLessThanOrEqual(Math.max(size.width, size.height));
      if (size.width <= WIDEST && size.width * size.height <= 6_000_000) expect(fitted).toEqual(size);
    }),
  );
});

/** Exif 2.32, 4.6.4: where the stored row 0 and column 0 are seen. What is stored of the picture `abc/def`, seen upright. */
it.each([
  [1, "abc/def"],
  [2, "cba/fed"],
  [3, "fed/cba"],
  [4, "def/abc"],
  [5, "ad/be/cf"],
  [6, "cf/be/ad"],
  [7, "fc/eb/da"],
  [8, "da/eb/fc"],
])("orientation %i is undone", (orientation, stored) => {
  const pixels = (text: string): Pixels => {
    const rows = text.split("/");
    const data = new Uint8ClampedArray(rows.flatMap((row) => [...row].flatMap((ch) => [ch.charCodeAt(0), 0, 0, 255])));
    return { data, width: rows[0]!.length, height: rows.length };
  };
  expect(upright(pixels(stored), orientation)).toEqual(pixels("abc/def"));
});
