import { describe, expect, it } from "vitest";
import { mediaHash, mediaPath } from "../../../src/articles/media.ts";
import { isMp4, videoHash } from "../../../src/articles/video.ts";

const box = (text: string, size = 32) => Uint8Array.from([0, 0, 0, size, ...[...text].map((ch) => ch.charCodeAt(0))]);
const HASH = "0123456789abcdef".repeat(4);

describe("an MP4", () => {
  it.each(["isom", "iso5", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash"])("of brand %s is one", (brand) => {
    expect(isMp4(box(`ftyp${brand}`))).toBe(true);
  });

  it.each([
    ["AVIF", box("ftypavif")],
    ["HEIC", box("ftypheic")],
    ["QuickTime", box("ftypqt  ")],
    ["a box that ends", box("ftypiso")],
    ["ftyp in the wrong place", box("xftypisom")],
    ["another box", box("moovisom")],
    ["HTML", new TextEncoder().encode("<!doctype html>")],
    ["nothing", new Uint8Array()],
  ])("%s is none", (_, bytes) => {
    expect(isMp4(bytes)).toBe(false);
  });

  it("has a path of its own, which is no picture's", () => {
    const path = mediaPath(HASH, "video/mp4");
    expect(path).toBe(`/media/${HASH}.mp4`);
    expect(videoHash(path)).toBe(HASH);
    expect(mediaHash(path)).toBeNull();
    for (const other of [`/media/${HASH}.png`, `${path}?x`, `${path}\n`, `https://kanfa.test${path}`, path.slice(1)])
      expect(videoHash(other)).toBeNull();
  });
});
