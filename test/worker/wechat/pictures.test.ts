/** What becomes of pictures on the way to the Official Account. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { keepMedia, mediaPath, sniff } from "../../../src/articles/media.ts";
import { WECHAT_LIMITS } from "../../../src/formats/index.ts";
import { sha256 } from "../../../src/platform/crypto.ts";
import { type PictureDeps, pictureLoader } from "../../../src/wechat/pictures/pictures.ts";
import { decodePng } from "../../../src/wechat/pictures/png.ts";
import { BROKEN, fitPicture } from "../../../src/wechat/pictures/fit.ts";
import {
  BLUE,
  CLEAR,
  halves,
  jpeg,
  movingGif,
  movingWebp,
  noise,
  png,
  type PngKind,
  pngOf,
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
async function converted(bytes: Uint8Array<ArrayBuffer>, limit = WECHAT_LIMITS.picture) {
  const fitted = await fitPicture(bytes, limit);
  if (fitted.type === "missing") expect.fail(fitted.why);
  expect(fitted.mime).toBe("image/jpeg");
  expect(sniff(fitted.bytes)).toBe("image/jpeg");
  expect(fitted.bytes.length).toBeLessThan(limit);
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
  it("a PNG of over 1 MB", async () => {
    const bytes = await png(noise(700, 500));
    expect(bytes.length).toBeGreaterThan(WECHAT_LIMITS.picture);
    expect(await converted(bytes)).toMatchObject({ width: 700, height: 500 });
  });

  it("in pixels too, when quality alone does not do it", async () => {
    const { width, height } = await converted(await png(noise(200, 150)), 5000);
    expect(width).toBeLessThan(200);
    expect(width / height).toBeCloseTo(200 / 150, 1);
  });

  it.each([{ progressive: false }, { progressive: true }])(
    "a JPEG that its camera turned, upright: %o",
    async (how) => {
      // Orientation 6, a quarter turn clockwise, has its top at the left of what is stored.
      const bytes = await turnedJpeg(halves(200, 100, RED, BLUE), 6, { quality: 100, ...how });
      const shown = await converted(bytes, bytes.length);
      expect(shown).toMatchObject({ width: 100, height: 200 });
      expect(near(shown.top, RED), JSON.stringify(shown)).toBe(true);
    },
  );

  it("to 1600 pixels in width", async () => {
    expect(await converted(await webp(halves(2000, 40, RED, BLUE)))).toMatchObject({ width: 1600, height: 32 });
  });
});

/** What is read of a PNG of these rows. */
async function pixelsOf(size: { width: number; height: number }, rows: Uint8Array<ArrayBuffer>, kind: PngKind) {
  const { data, width, height } = await decodePng(await pngOf(size, rows, kind), (size) => size);
  expect({ width, height }).toEqual(size);
  return (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
}

describe("every kind of PNG is read", () => {
  const RGB_KEY: PngKind["extra"] = [["tRNS", new Uint8Array([0, 0, 0, 0, 0, 255])]];
  const PALETTE: PngKind["extra"] = [
    ["PLTE", new Uint8Array([0, 0, 255, 255, 0, 0])],
    ["tRNS", new Uint8Array([0])],
  ];
  // 16 by 8 pixels, the left half the first colour, the right half the second; a row is a filter byte and its samples.
  it.each<[string, PngKind, number[], readonly number[], readonly number[]]>([
    ["grey, 1 bit", { depth: 1, colour: 0 }, [0x00, 0xff], [0, 0, 0], WHITE],
    ["grey, 4 bits", { depth: 4, colour: 0 }, [0, 0, 0, 0, 0x88, 0x88, 0x88, 0x88], [0, 0, 0], [136, 136, 136]],
    ["grey, 16 bits", { depth: 16, colour: 0 }, twice(16, [0, 0], [0x80, 0x12]), [0, 0, 0], [128, 128, 128]],
    ["RGB", { colour: 2 }, twice(16, [255, 0, 0], [0, 0, 255]), RED, BLUE],
    ["RGB with a transparent colour", { colour: 2, extra: RGB_KEY }, twice(16, [255, 0, 0], [0, 0, 255]), RED, WHITE],
    ["RGB, 16 bits", { depth: 16, colour: 2 }, twice(16, [255, 9, 0, 9, 0, 9], [0, 9, 0, 9, 255, 9]), RED, BLUE],
    ["palette, 8 bits, transparent", { colour: 3, extra: PALETTE }, twice(16, [1], [0]), RED, WHITE],
    ["palette, 2 bits", { depth: 2, colour: 3, extra: PALETTE }, [0x55, 0x55, 0, 0], RED, WHITE],
    ["grey and opacity", { colour: 4 }, twice(16, [0, 255], [0, 0]), [0, 0, 0], WHITE],
    ["RGBA, 16 bits", { depth: 16 }, twice(16, [255, 0, 0, 0, 0, 0, 255, 255], [0, 0, 0, 0, 0, 0, 0, 0]), RED, WHITE],
  ])("%s", async (_, kind, samples, left, right) => {
    const rows = Array.from({ length: 8 }, () => [0, ...samples]).flat();
    const at = await pixelsOf({ width: 16, height: 8 }, Uint8Array.from(rows), kind);
    expect([at(0, 0), at(7, 7), at(8, 0), at(15, 7)]).toEqual([left, left, right, right].map((c) => c.slice(0, 3)));
  });

  it("interlaced", async () => {
    // Grey, 8 by 8: the seven passes' rows, each pixel's value telling its row.
    const starts = [
      [0, 0, 8, 8],
      [4, 0, 8, 8],
      [0, 4, 4, 8],
      [2, 0, 4, 4],
      [0, 2, 2, 4],
      [1, 0, 2, 2],
      [0, 1, 1, 2],
    ];
    const rows: number[] = [];
    for (const [left, top, across, down] of starts as [number, number, number, number][])
      for (let y = top; y < 8; y += down) {
        rows.push(0);
        for (let x = left; x < 8; x += across) rows.push(y * 30);
      }
    const size = { width: 8, height: 8 };
    const at = await pixelsOf(size, Uint8Array.from(rows), { colour: 0, interlaced: true });
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) expect(at(x, y), `${x},${y}`).toEqual([y * 30, y * 30, y * 30]);
  });
});

/** A row of so many pixels: half of them of these bytes, half of those. */
function twice(count: number, left: readonly number[], right: readonly number[]): number[] {
  return [left, right].flatMap((bytes) => Array.from({ length: count / 2 }, () => bytes).flat());
}

describe("what cannot be read is missing, with words", () => {
  const cut = async (bytes: Promise<Uint8Array<ArrayBuffer>>, share: number) => {
    const whole = await bytes;
    return whole.slice(0, Math.floor(whole.length * share));
  };
  it.each<[string, () => Promise<Uint8Array<ArrayBuffer>>, string]>([
    ["nothing", async () => new Uint8Array(0), "不是"],
    ["text", async () => new Uint8Array(new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>")), "不是"],
    ["half a JPEG", () => cut(jpeg(halves(400, 400, RED, BLUE)), 0.5), BROKEN],
    ["half a PNG", () => cut(png(halves(400, 400, RED, BLUE)), 0.5), BROKEN],
    ["half a WebP", () => cut(webp(noise(400, 400)), 0.5), BROKEN],
    [
      "half a moving WebP",
      async () => {
        const frame = await webp(noise(100, 100));
        return cut(Promise.resolve(movingWebp({ width: 100, height: 100 }, [frame])), 0.5);
      },
      BROKEN,
    ],
    ["half a GIF", () => cut(Promise.resolve(movingGif(300, 300, [0xff0000, 0xff])), 0.2), BROKEN],
    ["a signature alone", async () => new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), BROKEN],
  ])("%s", async (_, make, why) => {
    expect(await fitPicture(await make())).toEqual({ type: "missing", why: expect.stringContaining(why) });
  });

  it.each([
    ["WebP", () => webp(noise(60, 40))],
    ["GIF", async () => movingGif(60, 40, [0xff0000])],
    ["PNG", () => png(noise(60, 40))],
    ["JPEG", () => jpeg(noise(60, 40))],
  ])("a %s with any byte broken gives a picture or words", async (_, make) => {
    const bytes = await make();
    // A limit that a JPEG or PNG does not meet as it is.
    const limit = Math.max(1000, bytes.length);
    for (let i = 0; i < 60; i++) {
      const broken = bytes.slice();
      broken[Math.floor((i * bytes.length) / 60)]! ^= 1 << (i % 8);
      expect((await fitPicture(broken, limit)).type).toMatch(/^(picture|missing)$/);
    }
  });

  it("more pixels than fit into memory, before any is decoded", async () => {
    const bytes = await webp(halves(20, 20, RED, BLUE), { lossless: 1 });
    // 16,384 by 16,384: each of 14 bits.
    bytes.set([0xff, 0xff, 0xff, 0xff], 21);
    const fitted = await fitPicture(bytes);
    expect(fitted).toEqual({ type: "missing", why: expect.stringContaining("16384×16384 像素，太大") });
  });
});

describe("where pictures are found", () => {
  const deps: PictureDeps = {
    media: env.MEDIA,
    assets: env.ASSETS,
    fetch: (url, init) => fetch(url, init),
    resolve: async () => ["93.184.216.34"],
    siteUrl: "https://kanfa.test",
    allowPrivate: true,
  };
  const load = (src: string, change: Partial<PictureDeps> = {}) =>
    pictureLoader({ ...deps, ...change })({ src, use: "body" });
  const at = (status: number, more: Record<string, string> = {}) =>
    `${env.OUTSIDE}/answer?${new URLSearchParams({ status: String(status), ...more })}`;

  it("in the library, by hash; the hash given is of what is kept, not of what was made of it", async () => {
    const bytes = await webp(halves(32, 32, RED, BLUE));
    const { hash, type } = await keepMedia({ db: env.DB, media: env.MEDIA }, bytes, { name: "测试" } as never, 0);
    for (const src of [mediaPath(hash, type), `https://kanfa.test${mediaPath(hash, type)}`])
      expect(await load(src)).toMatchObject({ type: "picture", mime: "image/jpeg", hash });
    expect(await load(mediaPath("0".repeat(64), type))).toEqual({
      type: "missing",
      why: "图片在素材库里找不到。请重新上传后换上新地址。",
    });
  });

  it("among the prebuilt covers", async () => {
    const cover = await load("/covers/plain-wide.jpg");
    if (cover.type === "missing") expect.fail(cover.why);
    expect(cover).toMatchObject({ mime: "image/jpeg", hash: await sha256(cover.bytes) });
    for (const src of ["/covers/none.jpg", "/covers/../site.css", "/elsewhere.jpg", "//"])
      expect((await load(src)).type, src).toBe("missing");
  });

  it("on another site", async () => {
    const bytes = await jpeg(halves(32, 32, RED, BLUE));
    const served = await load("https://pictures.example.net/a.jpg?x=1", {
      fetch: async (url, init) => {
        expect([url, init.redirect]).toEqual(["https://pictures.example.net/a.jpg?x=1", "manual"]);
        return new Response(bytes, { headers: { "content-type": "text/plain" } });
      },
    });
    expect(served).toEqual({ type: "picture", bytes, mime: "image/jpeg", hash: await sha256(bytes) });
  });

  it.each<[string, string, string]>([
    ["an error", at(404), "HTTP 404"],
    ["a page instead", at(200, { body: "<html>" }), "不是 JPEG"],
    ["a redirect", at(302, { location: "https://elsewhere.example.net/" }), "转到了别处"],
    ["more than 10 MB", "/endless", "超过 10 MB"],
    ["a small answer that inflates", "/bomb", "超过 10 MB"],
    ["a drip", "/drip", "秒内没有给完"],
    ["silence", "/hang", "秒内没有给完"],
    ["a broken connection", "/half", "连接不上"],
    ["what is not HTTP", "/garbage", "连接不上"],
  ])("on a site that gives %s: missing", async (_, path, why) => {
    const deadline = path === "/drip" || path === "/hang" ? 300 : 30_000;
    const address = path.startsWith("/") ? env.OUTSIDE + path : path;
    expect(await load(address, { deadline })).toEqual({ type: "missing", why: expect.stringContaining(why) });
  });

  it.each<[string, readonly string[] | null, string]>([
    ["https://10.0.0.1/a.jpg", [], "不是公网"],
    ["http://pictures.example.net/a.jpg", [], "不是公网"],
    ["data:image/png;base64,AAAA", [], "不是公网"],
    ["", [], "不是公网"],
    ["https://inward.example.net/a.jpg", ["10.0.0.1"], "不是公网"],
    ["https://kanfa.test:8443/a.jpg", ["93.184.216.34"], "不是公网"],
    ["https://broken.example.net/a.jpg", null, "查不到"],
  ])("%s is never asked", async (src, addresses, why) => {
    const found = await load(src, {
      allowPrivate: false,
      fetch: () => expect.fail("asked"),
      resolve: async () => addresses ?? Promise.reject(new Error("silence")),
    });
    expect(found).toEqual({ type: "missing", why: expect.stringContaining(why) });
  });

  it("a store that is away costs the picture, not the post", async () => {
    const media = { get: () => Promise.reject(new Error("away")) } as unknown as R2Bucket;
    expect((await load(mediaPath("0".repeat(64), "image/png"), { media })).type).toBe("missing");
  });
});
