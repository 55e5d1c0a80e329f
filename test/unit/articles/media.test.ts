import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepMedia, MEDIA_LIMIT, mediaHash, mediaPath, sniff } from "../../../src/articles/media.ts";
import type { Actor } from "../../../src/newsroom/types.ts";

/** Bytes of numbers and ASCII texts. */
const bytes = (...parts: (number | string)[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "number" ? [part] : [...part].map((ch) => ch.charCodeAt(0)))),
  );
const PNG = [0x89, "PNG\r\n", 0x1a, "\n"] as const;

describe("sniff", () => {
  it.each([
    ["JPEG, JFIF", bytes(0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF"), "image/jpeg"],
    ["JPEG, Exif", bytes(0xff, 0xd8, 0xff, 0xe1, 0, 16, "Exif"), "image/jpeg"],
    ["PNG", bytes(...PNG, 0, 0, 0, 13, "IHDR"), "image/png"],
    ["GIF87a", bytes("GIF87a", 1, 0, 1, 0), "image/gif"],
    ["GIF89a", bytes("GIF89a", 1, 0, 1, 0), "image/gif"],
    ["WebP", bytes("RIFF", 24, 0, 0, 0, "WEBPVP8 "), "image/webp"],
    // What it is called or claims further on does not count: the first bytes do.
    ["PNG with markup behind", bytes(...PNG, "<script>alert(1)</script>"), "image/png"],
    ["GIF with a script in its comment", bytes("GIF89a", "/*<svg onload=alert(1)>*/"), "image/gif"],
  ])("%s", (_, picture, type) => {
    expect(sniff(picture)).toBe(type);
  });

  it.each([
    ["nothing", bytes()],
    ["SVG", bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ["SVG with a prolog", bytes('<?xml version="1.0"?><svg/>')],
    ["SVG with a byte order mark", bytes(0xef, 0xbb, 0xbf, "<svg/>")],
    ["HTML", bytes("<!doctype html><script>alert(1)</script>")],
    ["HTML before a PNG", bytes("<!--", ...PNG, "-->")],
    ["a space before a PNG", bytes(" ", ...PNG)],
    ["a newline before a GIF", bytes("\nGIF89a")],
    ["a byte order mark before a GIF", bytes(0xef, 0xbb, 0xbf, "GIF89a")],
    ["a NUL before a JPEG", bytes(0, 0xff, 0xd8, 0xff)],
    ["half of a PNG's signature", bytes(0x89, "PNG")],
    ["a PNG whose newlines were converted", bytes(0x89, "PNG\n", 0x1a, "\n")],
    ["two bytes of a JPEG", bytes(0xff, 0xd8)],
    ["another GIF", bytes("GIF88a")],
    ["gif in small letters", bytes("gif89a")],
    ["RIFF that is a sound", bytes("RIFF", 24, 0, 0, 0, "WAVEfmt ")],
    ["RIFF that ends", bytes("RIFF", 24, 0, 0, 0)],
    ["WEBP without RIFF", bytes(0, 0, 0, 0, 0, 0, 0, 0, "WEBP")],
    ["PDF", bytes("%PDF-1.7")],
    ["ZIP, so docx", bytes("PK", 3, 4)],
    ["BMP", bytes("BM", 0, 0)],
    ["TIFF", bytes("II*", 0)],
    ["AVIF", bytes(0, 0, 0, 32, "ftypavif")],
    ["MP4", bytes(0, 0, 0, 32, "ftypisom")],
    ["an icon", bytes(0, 0, 1, 0)],
    ["JSON", bytes('{"type":"image/png"}')],
  ])("refuses %s", (_, other) => {
    expect(sniff(other)).toBeNull();
  });

  it("takes nothing that a browser could read as markup or script", () =>
    fc.assert(
      fc.property(
        fc.constantFrom("<", "<!", "<?", " <", "\n<", "\ufeff<", "//", "/*", "#!", "{", "%", "\0<"),
        fc.string(),
        (start, rest) => {
          expect(sniff(new TextEncoder().encode(`${start}${rest}`))).toBeNull();
        },
      ),
    ));
});

describe("paths of pictures", () => {
  const HASH = "0123456789abcdef".repeat(4);

  it.each([
    ["image/jpeg", "jpg"],
    ["image/png", "png"],
    ["image/gif", "gif"],
    ["image/webp", "webp"],
  ])("%s ends in .%s, and leads back to its hash", (type, ending) => {
    expect(mediaPath(HASH, type)).toBe(`/media/${HASH}.${ending}`);
    expect(mediaHash(mediaPath(HASH, type))).toBe(HASH);
  });

  it("an unknown type has a path that is none of a picture", () => {
    expect(mediaHash(mediaPath(HASH, "image/svg+xml"))).toBeNull();
  });

  it.each([
    "",
    "/media/",
    `/media/${HASH}`,
    `/media/${HASH}.svg`,
    `/media/${HASH}.jpeg`,
    `/media/${HASH}.PNG`,
    `/media/${HASH}.png.html`,
    `/media/${HASH}.png?x=1`,
    `/media/${HASH}.png#x`,
    `/media/${HASH}.png\n`,
    `/media/${HASH}.png/`,
    `\n/media/${HASH}.png`,
    ` /media/${HASH}.png`,
    `media/${HASH}.png`,
    `//media/${HASH}.png`,
    `/x/media/${HASH}.png`,
    `/media/../media/${HASH}.png`,
    `/Media/${HASH}.png`,
    `/media/${HASH.toUpperCase()}.png`,
    `/media/${HASH.slice(1)}.png`,
    `/media/${HASH}0.png`,
    `/media/${HASH.replace("0", "g")}.png`,
    `https://kanfa.test/media/${HASH}.png`,
    `https://evil.example/media/${HASH}.png`,
    `/media/${HASH}%2epng`,
  ])("%j names none", (src) => {
    expect(mediaHash(src)).toBeNull();
  });
});

describe("keepMedia", () => {
  const untouchable = new Proxy({}, { get: () => expect.unreachable("nothing may be stored") });
  const deps = { db: untouchable as D1Database, media: untouchable as R2Bucket };
  const actor: Actor = { name: "admin", role: null, scopes: [] };

  it("refuses a byte too much, before it looks at anything", async () => {
    const large = new Uint8Array(MEDIA_LIMIT + 1);
    large.set(bytes(...PNG));
    await expect(keepMedia(deps, large, actor, 0)).rejects.toMatchObject({
      name: "Problem",
      status: 413,
      errors: [{ field: "(body)" }],
    });
  });

  it.each([
    ["SVG", bytes("<svg/>")],
    ["an empty body", bytes()],
  ])("refuses %s", async (_, body) => {
    await expect(keepMedia(deps, body, actor, 0)).rejects.toMatchObject({
      name: "Problem",
      status: 415,
      errors: [{ field: "(body)" }],
    });
  });
});
