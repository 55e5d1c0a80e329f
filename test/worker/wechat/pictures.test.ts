/** What becomes of pictures on the way to the Official Account. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { keepMedia, mediaPath, sniff } from "../../../src/articles/media.ts";
import { sha256 } from "../../../src/platform/crypto.ts";
import { pictureLoader, type PictureDeps } from "../../../src/wechat/pictures.ts";
import { BROKEN, fitPicture, PICTURE_LIMIT } from "../../../src/wechat/pictures/fit.ts";
import {
  BLUE,
  CLEAR,
  halves,
  jpeg,
  movingGif,
  movingWebp,
  noise,
  png,
  pngOf,
  type Raw,
  RED,
  seen,
  turnedJpeg,
  webp,
} from "./make-pictures.ts";

const WHITE = [255, 255, 255];
/** Colours after a lossy codec are nearly what they were. */
const near = (colour: readonly number[], wanted: readonly number[]) =>
  colour.every((value, c) => Math.abs(value - wanted[c]!) <= 24);

/** The JPEG that came of it, looked at in the middle of its left and right halves. */
async function converted(bytes: Uint8Array<ArrayBuffer>) {
  const fitted = await fitPicture(bytes);
  if (fitted.type === "missing") expect.fail(fitted.why);
  expect(fitted.mime).toBe("image/jpeg");
  expect(sniff(fitted.bytes)).toBe("image/jpeg");
  expect(fitted.bytes.length).toBeLessThan(PICTURE_LIMIT);
  const { width, height, at } = await seen(fitted.bytes);
  const y = height >> 1;
  return { width, height, left: at(width >> 2, y), right: at((width * 3) >> 2, y), top: at(width >> 1, height >> 2) };
}

describe("what is already fine", () => {
  it.each([
    ["a JPEG", () => jpeg(halves(40, 20, RED, BLUE)), "image/jpeg"],
    ["a PNG, transparent or not", () => png(halves(40, 20, RED, CLEAR)), "image/png"],
  ])("%s passes byte for byte", async (_, make, mime) => {
    const bytes = await make();
    expect(await fitPicture(bytes)).toEqual({ type: "picture", bytes, mime });
  });
});

describe("what WeChat does not take becomes a JPEG", () => {
  it.each([
    ["lossy WebP", () => webp(halves(320, 200, RED, BLUE))],
    ["lossless WebP", () => webp(halves(320, 200, RED, BLUE), { lossless: 1 })],
    [
      "the first frame of a moving WebP",
      async () => {
        const [first, second] = [await webp(halves(320, 200, RED, BLUE)), await webp(halves(320, 200, BLUE, BLUE))];
        return movingWebp({ width: 320, height: 200 }, [first, second]);
      },
    ],
  ])("%s", async (_, make) => {
    const shown = await converted(await make());
    expect(shown).toMatchObject({ width: 320, height: 200 });
    expect(near(shown.left, RED) && near(shown.right, BLUE), JSON.stringify(shown)).toBe(true);
  });

  it("a transparent WebP lies on white", async () => {
    const shown = await converted(await webp(halves(64, 64, RED, CLEAR), { lossless: 1 }));
    expect(near(shown.left, RED) && near(shown.right, WHITE), JSON.stringify(shown)).toBe(true);
  });

  it("of a moving GIF the first frame", async () => {
    const shown = await converted(movingGif(48, 32, [0xff0000, 0x0000ff, 0x00ff00]));
    expect(shown).toMatchObject({ width: 48, height: 32 });
    expect(near(shown.left, RED) && near(shown.right, RED), JSON.stringify(shown)).toBe(true);
  });
});

describe("what is too large shrinks", () => {
  it("a PNG of noise, over 1 MB even as a JPEG of its size", async () => {
    const bytes = await png(noise(1500, 1400));
    expect(bytes.length).toBeGreaterThan(6_000_000);
    const { width, height } = await converted(bytes);
    expect(width).toBeLessThanOrEqual(1500);
    expect(width / height).toBeCloseTo(1500 / 1400, 1);
  });

  it("a JPEG that its camera turned, upright", async () => {
    const raw = noise(2400, 1200);
    // Red where orientation 6, a quarter turn clockwise, has its top: at the left of what is stored.
    for (let y = 0; y < 1200; y++) for (let x = 0; x < 1200; x++) raw.data.set(RED, (y * 2400 + x) * 4);
    const bytes = await turnedJpeg(raw, 6);
    expect(bytes.length).toBeGreaterThan(PICTURE_LIMIT);
    const shown = await converted(bytes);
    expect(shown.height / shown.width).toBeCloseTo(2, 1);
    expect(near(shown.top, RED), JSON.stringify(shown)).toBe(true);
  });
});
