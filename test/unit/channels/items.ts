import type { AlertItem, Item } from "../../../src/channels/kind.ts";

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
    publicationName: "化德党建",
    text: () => ({ markdown: "# 正文", html: "<h2>正文</h2>" }),
    feed: () => ({
      url: "https://kanfa.test/posts/0193b0c2-7f3a-7000-8000-000000000001",
      title: "七号镇：“板凳课堂”开到田间地头",
      digest: "摘要",
      html: "<h2>正文</h2>",
      author: "七号镇",
      tags: ["党课"],
      image: "https://kanfa.test/covers/plain-wide.png",
      published: new Date("2026-11-23T08:30:00+08:00"),
      updated: new Date("2026-11-23T08:30:00+08:00"),
    }),
    manuscript: () => ({
      markdown: "# 正文",
      credits: [],
      cover: {
        from: "plain",
        wide: "/covers/plain-wide.png",
        square: "/covers/plain-square.png",
        size: { width: 900, height: 383 },
        crops: null,
      },
      column: "党课",
      unit: "七号镇",
      theme: { base: "red" },
    }),
    ...more,
  };
}

const TITLES = [
  "七号镇：“板凳课堂”开到田间地头",
  "长顺镇15名村书记登台“亮晒比”",
  "公腊胡洞乡6800亩燕麦颗粒归仓",
  "白音特拉乡：一张清单管到底",
  "德包图乡党员突击队抢修水毁路段",
  "朝阳镇把调解室搬进集市",
  "土城子乡“红色管家”上门办事",
  "六乡镇同台亮晒：三季度比擂台结果公布",
];

/** As many different posts as asked for, up to eight told apart by their titles. */
export const items = (count: number, more: Partial<Item> = {}): Item[] =>
  Array.from({ length: count }, (_, index) => {
    const { post, ...entry } = item({ seq: 12 + index, ...more });
    const id = `0193b0c2-7f3a-7000-8000-0000000000${String(index + 1).padStart(2, "0")}`;
    const about = { id, title: TITLES[index % TITLES.length]!, digest: `这是第 ${index + 1} 篇的摘要。` };
    const cover = more.kind === "recalled" ? {} : { cover: `https://kanfa.test/covers/${index + 1}.jpg` };
    return { ...entry, post: { ...post, ...about, url: `https://kanfa.test/posts/${id}`, ...cover } };
  });

/** An alert as a channel composes it. */
export const alert = (more: Partial<AlertItem> = {}): AlertItem => ({
  seq: 4,
  at: "2026-11-24T08:00:00.000Z",
  kind: "edition.short",
  title: "化德党建：今日缺 3 篇",
  body: "今日应发 15 篇，已排 12 篇，缺 3 篇。\n没有可用的备用稿。",
  subject: "edition:huade-dangjian/2026-11-24",
  ...more,
});
