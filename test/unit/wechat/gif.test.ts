import fc from "fast-check";
import { GifWriter } from "omggif";
import { describe, expect, it } from "vitest";
import { decodeGif } from "../../../src/wechat/pictures/gif.ts";

const PALETTE = Array.from({ length: 256 }, (_, i) => (i << 16) | ((255 - i) << 8) | (i ^ 0x55));
/** The reds of what is decoded: of this palette each tells its entry. */
const indices = (bytes: Uint8Array, size: { width: number; height: number }): number[] =>
  [...decodeGif(bytes, size, (all) => all).data].filter((_, i) => i % 4 === 0);

/** Few and many colours: short and long codes, full tables, and the code that is only being made. */
const frame = fc
  .record({
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
    colours: fc.constantFrom(1, 2, 5, 256),
    seed: fc.nat(),
  })
  .map(({ width, height, colours, seed }) => {
    let state = seed;
    const pixels = Array.from({ length: width * height }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) % colours;
    });
    return { width, height, pixels };
  });

function gifOf({ width, height, pixels }: { width: number; height: number; pixels: number[] }, transparent?: number) {
  const bytes = new Uint8Array(width * height * 3 + 2000);
  const gif = new GifWriter(bytes, width, height, { palette: PALETTE });
  gif.addFrame(0, 0, width, height, pixels, { transparent });
  return bytes.slice(0, gif.end());
}

describe("the first frame of a GIF", () => {
  it("is what was written", () => {
    const written = fc.property(frame, (made) => {
      expect(indices(gifOf(made), made)).toEqual(made.pixels);
    });
    fc.assert(written, { numRuns: 60 });
  });

  it("is white where it is transparent, and where it does not reach", () => {
    const made = { width: 2, height: 1, pixels: [7, 9] };
    expect(indices(gifOf(made, 9), made)).toEqual([7, 255]);
    const bytes = gifOf(made);
    expect(indices(bytes, { width: 3, height: 2 })).toEqual([7, 9, 255, 255, 255, 255]);
  });

  it("ends when bytes are broken or missing, with a picture or a throw", () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(), (made, at, value, cut) => {
        const bytes = gifOf(made);
        bytes[at % bytes.length] = value;
        try {
          const { width, height } = decodeGif(bytes.subarray(0, bytes.length - (cut % 3) * 5), made, (all) => all);
          expect({ width, height }).toEqual({ width: made.width, height: made.height });
        } catch (error) {
          expect(error).toEqual(new Error("a damaged GIF"));
        }
      }),
    );
  });
});
