import type { Item } from "../../../src/channels/kind.ts";

/** A wire entry as a channel composes it. */
export function item(more: Partial<Item> = {}): Item {
  return {
    seq: 12,
    kind: "published",
    at: "2026-11-23T08:30:00+08:00",
    note: "",
    post: {
      id: "0193b0c2-7f3a-7000-8000-000000000001",
      title: "七号镇：“板凳课堂”开到田间地头",
      digest: "摘要",
      url: "https://kanfa.test/posts/0193b0c2-7f3a-7000-8000-000000000001",
      column: "dangke",
      unit: null,
      publication: "huade",
    },
    text: () => ({ markdown: "# 正文", html: "<h2>正文</h2>" }),
    ...more,
  };
}
