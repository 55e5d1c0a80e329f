import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pictureSize } from "../../../src/articles/picture-size.ts";

/** Bytes of numbers, lists of numbers and ASCII texts. */
const bytes = (...parts: (number | string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...part].map((ch) => ch.charCodeAt(0)) : part)));
const be16 = (n: number) => [n >> 8, n & 0xff];
const le16 = (n: number) => be16(n).toReversed();
const be32 = (n: number) => [...be16(n >>> 16), ...be16(n & 0xffff)];
const le32 = (n: number) => be32(n).toReversed();
const segment = (marker: number, body: Uint8Array) => [0xff, marker, ...be16(body.length + 2), ...body];
const frame = (marker: number, width: number, height: number) =>
  segment(
    marker,
    bytes(
      8,
      be16(height),
      be16(width),
      3,
      Array.from({ length: 9 }, () => 0),
    ),
  );

/** An Exif block with its directory at 8, of one entry before the orientation. */
const exif = (orientation: number, order: "II" | "MM") => {
  const [n16, n32] = order === "II" ? [le16, le32] : [be16, be32];
  const entry = (tag: number, value: number) => [...n16(tag), ...n16(3), ...n32(1), ...n16(value), 0, 0];
  return segment(
    0xe1,
    bytes("Exif\0\0", order, n16(42), n32(8), n16(2), entry(271, 7), entry(274, orientation), n32(0)),
  );
};
const JFIF = segment(0xe0, bytes("JFIF\0", 1, 1, 0, 0, 1, 0, 1, 0, 0));
const jpeg = (...segments: number[][]) => bytes(0xff, 0xd8, ...segments);
const png = (width: number, height: number) =>
  bytes(0x89, "PNG\r\n", 0x1a, "\n", be32(13), "IHDR", be32(width), be32(height), 8, 2, 0, 0, 0);
const riff = (...parts: (number | string | number[])[]) => bytes("RIFF", le32(22), "WEBP", ...parts);

const GOOD: [string, string, Uint8Array, [number, number]][] = [
  ["a baseline JPEG", "image/jpeg", jpeg(JFIF, frame(0xc0, 900, 383)), [900, 383]],
  ["a progressive JPEG", "image/jpeg", jpeg(JFIF, frame(0xc2, 65_535, 1)), [65_535, 1]],
  ["an arithmetic-coded JPEG", "image/jpeg", jpeg(frame(0xc9, 3, 4)), [3, 4]],
  [
    "a JPEG with tables before its frame",
    "image/jpeg",
    jpeg(segment(0xc4, bytes([0, 9, 9, 9])), frame(0xc0, 5, 6)),
    [5, 6],
  ],
  ["a JPEG with fill bytes", "image/jpeg", jpeg([0xff, 0xff], frame(0xc0, 5, 6)), [5, 6]],
  ["a JPEG that stands upright", "image/jpeg", jpeg(exif(1, "II"), frame(0xc0, 40, 30)), [40, 30]],
  ["a JPEG on its head", "image/jpeg", jpeg(exif(3, "MM"), frame(0xc0, 40, 30)), [40, 30]],
  ["a JPEG turned right", "image/jpeg", jpeg(exif(6, "II"), frame(0xc0, 40, 30)), [30, 40]],
  ["a JPEG turned left", "image/jpeg", jpeg(exif(8, "MM"), frame(0xc0, 40, 30)), [30, 40]],
  ["a PNG", "image/png", png(1920, 1080), [1920, 1080]],
  ["a GIF", "image/gif", bytes("GIF89a", le16(320), le16(200), 0, 0, 0), [320, 200]],
  [
    "a lossy WebP",
    "image/webp",
    riff("VP8 ", le32(10), [0, 0, 0, 0x9d, 0x01, 0x2a], le16(640), le16(0x4000 | 480)),
    [640, 480],
  ],
  [
    "a lossless WebP",
    "image/webp",
    riff("VP8L", le32(9), 0x2f, le32(((480 - 1) << 14) | (640 - 1)), [0, 0, 0, 0, 0]),
    [640, 480],
  ],
  [
    "an extended WebP",
    "image/webp",
    riff("VP8X", le32(10), [0, 0, 0, 0], [0xff, 0xff, 0], [0, 0, 1]),
    [65_536, 65_537],
  ],
];

describe("the size of a picture", () => {
  it.each(GOOD)("is read from %s", (_, type, data, [width, height]) => {
    expect(pictureSize(data, type)).toEqual({ width, height });
  });

  it("is read in the middle of a larger buffer", () => {
    const whole = bytes([9, 9, 9], [...png(7, 8)], [9]);
    expect(pictureSize(whole.subarray(3, -1), "image/png")).toEqual({ width: 7, height: 8 });
  });

  it.each<[string, string, Uint8Array]>([
    ["a JPEG without a frame", "image/jpeg", jpeg(JFIF)],
    ["a JPEG without height", "image/jpeg", jpeg(frame(0xc0, 900, 0))],
    ["a segment of no length", "image/jpeg", jpeg([0xff, 0xe0, 0, 0], frame(0xc0, 5, 6))],
    ["a frame that is too short", "image/jpeg", jpeg([0xff, 0xc0, 0, 4, 0, 1])],
    [
      "a PNG that begins with another chunk",
      "image/png",
      bytes([0x89], "PNG\r\n", [0x1a], "\n", be32(13), "IDAT", be32(1), be32(1)),
    ],
    [
      "an unknown kind of WebP",
      "image/webp",
      riff(
        "ALPH",
        Array.from({ length: 20 }, () => 1),
      ),
    ],
    ["a video", "video/mp4", bytes([0, 0, 0, 32], "ftypisom")],
    ["nothing", "image/gif", bytes()],
  ])("is unknown of %s", (_, type, data) => expect(pictureSize(data, type)).toBeNull());

  it.each(GOOD)("is unknown, or the same, of %s cut off anywhere", (_, type, data, [width, height]) => {
    for (let length = 0; length < data.length; length++)
      expect([null, { width, height }, { width: height, height: width }]).toContainEqual(
        pictureSize(data.subarray(0, length), type),
      );
  });

  it("never throws, whatever the bytes, and is positive if anything", () => {
    const damaged = fc
      .tuple(
        fc.constantFrom(...GOOD),
        fc.array(fc.tuple(fc.nat(80), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      )
      .map(([[, type, data], changes]) => {
        const copy = Uint8Array.from(data);
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        return { type, data: copy };
      });
    const random = fc.record({
      type: fc.constantFrom("image/jpeg", "image/png", "image/gif", "image/webp"),
      data: fc.uint8Array({ maxLength: 64 }),
    });
    fc.assert(
      fc.property(fc.oneof(damaged, random), ({ type, data }) => {
        const size = pictureSize(data, type);
        if (size !== null) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it("takes no time over ten megabytes of markers", () => {
    const data = new Uint8Array(10 * 1024 * 1024).fill(0xff);
    data[1] = 0xd8;
    expect(pictureSize(data, "image/jpeg")).toBeNull();
  });
});
