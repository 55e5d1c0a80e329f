import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Manifest, Picture } from "../../../src/formats/cover.ts";
import { coverOf, cropOf } from "../../../src/formats/cover.ts";

const prebuilt = (name: string) => ({
  wide: { path: `/covers/${name}-wide.jpg`, width: 900, height: 383, bytes: 1 },
  square: { path: `/covers/${name}-square.jpg`, width: 500, height: 500, bytes: 1 },
});
const manifest: Manifest = {
  plain: prebuilt("plain"),
  publications: { daily: prebuilt("daily") },
  columns: { dangke: prebuilt("dangke") },
};
const picture = (name: string, change: Partial<Picture> = {}): Picture => ({
  src: `/media/${name}.jpg`,
  type: "image/jpeg",
  width: 1200,
  height: 800,
  ...change,
});
const article = (change: Partial<Parameters<typeof coverOf>[0]> = {}) => ({
  cover: null,
  column: "dangke",
  publication: "daily",
  ...change,
});

describe("the cover of an article", () => {
  it.each<[string, Parameters<typeof article>[0], Picture[], string, string]>([
    ["its own, whatever the text shows", { cover: "/media/b.jpg" }, [picture("a")], "article", "/media/b.jpg"],
    ["its own of another host", { cover: "https://x.example/b.jpg" }, [], "article", "https://x.example/b.jpg"],
    ["the first picture of the text", {}, [picture("a"), picture("b")], "text", "/media/a.jpg"],
    ["a PNG", {}, [picture("a", { type: "image/png" })], "text", "/media/a.jpg"],
    ["one of unknown size", {}, [picture("a", { width: null, height: null })], "text", "/media/a.jpg"],
    [
      "past what WeChat takes for no cover",
      {},
      [picture("a", { type: "image/gif" }), picture("b")],
      "text",
      "/media/b.jpg",
    ],
    ["past an icon", {}, [picture("a", { height: 64 }), picture("b")], "text", "/media/b.jpg"],
    ["its column's", {}, [], "column", "/covers/dangke-wide.jpg"],
    [
      "its column's, if no picture will do",
      {},
      [picture("a", { type: "image/webp" })],
      "column",
      "/covers/dangke-wide.jpg",
    ],
    ["its publication's, of a column without one", { column: "new" }, [], "publication", "/covers/daily-wide.jpg"],
    ["its publication's, without a column", { column: null }, [], "publication", "/covers/daily-wide.jpg"],
    ["the plain one", { column: null, publication: "new" }, [], "plain", "/covers/plain-wide.jpg"],
    ["no member that every object has", { column: "constructor" }, [], "publication", "/covers/daily-wide.jpg"],
    [
      "no address that readers must not follow",
      { cover: "javascript:alert(1)" },
      [],
      "column",
      "/covers/dangke-wide.jpg",
    ],
  ])("is %s", (_, given, pictures, from, wide) => {
    expect(coverOf(article(given), pictures, manifest)).toMatchObject({ from, wide });
  });

  it("has crops where its size is known, also of an own cover", () => {
    expect(coverOf(article({ cover: "/media/b.jpg" }), [picture("a"), picture("b")], manifest)).toEqual({
      from: "article",
      wide: "/media/b.jpg",
      square: "/media/b.jpg",
      size: { width: 1200, height: 800 },
      crops: { pic_crop_235_1: "0_0.180851_1_0.819149", pic_crop_1_1: "0.166667_0_0.833333_1" },
    });
    expect(coverOf(article({ cover: "/media/c.jpg" }), [picture("a")], manifest)).toMatchObject({
      size: null,
      crops: null,
    });
  });

  it("is whole in WeChat's wide shape if prebuilt, and its middle in the square one", () => {
    expect(coverOf(article(), [], manifest)).toMatchObject({
      square: "/covers/dangke-square.jpg",
      crops: { pic_crop_235_1: "0_0_1_1", pic_crop_1_1: "0.287222_0_0.712778_1" },
    });
  });
});

describe("a crop", () => {
  it.each([
    ["a landscape to a square: its middle", 1600, 900, 1, [0.21875, 0, 0.78125, 1]],
    ["a landscape to 2.35:1: its middle", 1600, 1000, 2.35, [0, 0.159574, 1, 0.840426]],
    ["a panorama to 2.35:1", 4700, 1000, 2.35, [0.25, 0, 0.75, 1]],
    ["a portrait to a square: around its upper third", 900, 1600, 1, [0, 0.052083, 1, 0.614583]],
    ["a portrait that is almost square: from the top", 900, 1000, 1, [0, 0, 1, 0.9]],
    ["a square to a square: all of it", 800, 800, 1, [0, 0, 1, 1]],
    ["one pixel", 1, 1, 2.35, [0, 0, 1, 1]],
  ])("%s", (_, width, height, ratio, expected) => expect(cropOf(width, height, ratio)).toEqual(expected));

  it("lies within the picture, has the ratio to a pixel, and is as large as can be", () => {
    const side = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(1, 2.35, 16 / 9), (width, height, ratio) => {
        const [x1, y1, x2, y2] = cropOf(width, height, ratio);
        expect(x1).toBeGreaterThanOrEqual(0);
        expect(y1).toBeGreaterThanOrEqual(0);
        expect(x2).toBeLessThanOrEqual(1);
        expect(y2).toBeLessThanOrEqual(1);
        const [w, h] = [(x2 - x1) * width, (y2 - y1) * height];
        // A pixel of the shorter side, and what six decimals of either lose.
        const off = 1.01 + 2e-6 * (width + height) * ratio;
        expect(Math.min(Math.abs(w - h * ratio), Math.abs(h - w / ratio))).toBeLessThanOrEqual(off);
        expect(x1 === 0 && x2 === 1 ? true : y1 === 0 && y2 === 1).toBe(true);
        for (const part of [x1, y1, x2, y2]) expect(String(part)).toMatch(/^(0|1|0\.\d{1,6})$/);
      }),
    );
  });
});
