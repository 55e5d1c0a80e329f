import { describe, expect, it } from "vitest";
import { contentHash } from "../../../src/articles/intake.ts";
import type { Content } from "../../../src/articles/types.ts";

describe("the hash of a content", () => {
  const content: Content = {
    kind: "video",
    title: "题",
    digest: "",
    markdown: "文",
    credits: [],
    cover: null,
    source: null,
  };

  it("is what it was before there were files", async () => {
    const hash = await contentHash(content);
    expect(hash).toBe("37325e93262c163313d2c4d318650836018c4fe221161d123c9691130fe21355");
    expect(await contentHash({ ...content, file: null, captions: null })).toBe(hash);
  });

  it("changes with the file and with the captions, and tells them apart", async () => {
    const of = (more: Partial<Content>) => contentHash({ ...content, ...more });
    const hashes = await Promise.all([
      of({}),
      of({ file: "x" }),
      of({ captions: "x" }),
      of({ file: "x", captions: "x" }),
    ]);
    expect(new Set(hashes).size).toBe(4);
  });
});
