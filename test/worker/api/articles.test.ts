import { beforeAll, describe, expect, it } from "vitest";
import type { Article, Page } from "../helpers/api.ts";
import {
  api,
  apiWith,
  ARTICLE,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  meddled,
  readArticle,
  walk,
} from "../helpers/api.ts";
import { act, newOffice, patch } from "../helpers/articles.ts";

beforeAll(newOffice);

describe("POST /articles", () => {
  it("makes a draft with everything that a manuscript has", async () => {
    const sent = {
      publication: "daily",
      kind: "reprint",
      title: "中国式现代化的县域实践",
      digest: "一句话摘要",
      markdown: "# 标题\n\n正文**加粗**。\n",
      credits: [{ role: "文字", name: "李娜" }],
      cover: "https://pic.example.org/1.jpg",
      source: { name: "新华社", url: "https://www.news.cn/a?b=1", published_at: "2026-11-20T08:00:00+08:00" },
      column: "leitai",
      unit: "changshun",
      important: true,
      priority: 3,
      must_run_on: "2026-11-24",
      evergreen: true,
    };
    const answer = await api<Article>("POST", "/articles", {
      body: {
        ...sent,
        event_at: "2026-11-20T08:00:00+08:00",
        embargo_until: "2026-11-24T00:00:00+08:00",
        expires_at: "2026-11-25T00:00:00.500Z",
      },
    });
    const made = expectStatus(answer, 201);
    expect(made).toEqual({
      ...sent,
      file: null,
      captions: null,
      // Of a picture elsewhere nobody knows the size.
      cover_image: {
        from: "article",
        wide: sent.cover,
        square: sent.cover,
        width: null,
        height: null,
        pic_crop_235_1: null,
        pic_crop_1_1: null,
      },
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      rev: 1,
      status: "draft",
      event_at: "2026-11-20T00:00:00Z",
      embargo_until: "2026-11-23T16:00:00Z",
      expires_at: "2026-11-25T00:00:00.500Z",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      created_at: expect.stringMatching(/Z$/),
      updated_at: made.created_at,
    });
    expect(answer.headers.get("location")).toBe(`/api/articles/${made.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(await readArticle(made.id)).toEqual(made);
    expect(await auditOf(`article:${made.id}`)).toEqual([{ actor: "admin", action: "article.created" }]);
  });

  it("needs three fields, and knows what the others are", async () => {
    expect(await makeArticle()).toMatchObject({
      ...ARTICLE,
      kind: "original",
      digest: "各村支部书记登台述职。",
      credits: [],
      cover: null,
      source: null,
      column: null,
      unit: null,
      important: false,
      priority: 0,
      event_at: null,
      embargo_until: null,
      expires_at: null,
      must_run_on: null,
      evergreen: false,
    });
  });

  it("cleans text once: NFC, LF, no controls, a title on one line", async () => {
    const made = await makeArticle({
      title: "  Cafe\u0301\t长顺镇\r\n　擂台\u0007比武\ufeff ",
      markdown: "一\r\n二\r三\u2028四\u0000".replace("\u0000", "") + "\u0008e\u0301\u202e\n",
      credits: [{ role: " 文字 ", name: "李\n娜" }],
    });
    expect(made.title).toBe("Café 长顺镇 擂台比武");
    expect(made.markdown).toBe("一\n二\n三\n四é\n");
    expect(made.credits).toEqual([{ role: "文字", name: "李 娜" }]);
    expect(await readArticle(made.id)).toEqual(made);
  });

  it("keeps what is not plain: emoji, rare characters, Mongolian, quotes, markup", async () => {
    const text = "𠮷野家 👨‍👩‍👧 ᠮᠣᠩᠭᠣᠯ <script>alert(1)</script> '; DROP TABLE articles; -- “引号” \\ %s ${x}";
    const made = await makeArticle({ title: text.slice(0, 40), markdown: text, unit: "changshun" });
    expect(made.title).toBe(text.slice(0, 40));
    expect((await readArticle(made.id)).markdown).toBe(text);
  });

  it("takes a title of 64 characters, counted as people count them", async () => {
    expect((await makeArticle({ title: "𠮷".repeat(64) })).title).toBe("𠮷".repeat(64));
    expect((await makeArticle({ title: `${" ".repeat(100)}${"刊".repeat(64)}` })).title).toBe("刊".repeat(64));
  });

  it("takes a text of one mebibyte", async () => {
    const markdown = `${"党".repeat(349_525)}x`;
    expect((await makeArticle({ markdown })).markdown).toBe(markdown);
  });

  it("names articles by content: the same text has the same hash, another another", async () => {
    const [a, b, c] = [
      await makeArticle(),
      await makeArticle(),
      await makeArticle({ credits: [{ role: "图", name: "王" }] }),
    ];
    expect(a.hash).toBe(b.hash);
    expect(a.id).not.toBe(b.id);
    expect(c.hash).not.toBe(a.hash);
  });

  it("reads a body with a byte order mark, and one that says nothing of its type", async () => {
    const body = new TextEncoder().encode(`\ufeff${JSON.stringify(ARTICLE)}`);
    expectStatus(await api("POST", "/articles", { body, headers: { "content-type": "text/plain" } }), 201);
  });
});

describe("GET /articles", () => {
  const made: Article[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 13; n++)
      made.push(
        await makeArticle({
          publication: n % 3 === 0 ? "reviewed" : "daily",
          title: n % 2 === 0 ? `乡村振兴 ${n}` : `Village_100% ${n}`,
          column: n % 2 === 0 ? "leitai" : "touyan",
          unit: n < 5 ? "chaoyang" : null,
        }),
      );
    for (const article of made.filter((_, n) => n % 4 === 0)) expectStatus(await act(article, "submit"), 200);
  });

  const idsOf = (pick: (n: number) => boolean) =>
    made
      .filter((_, n) => pick(n))
      .map((article) => article.id)
      .toReversed();
  const within = async (query: string) => {
    const known = new Set(made.map((article) => article.id));
    const read = await walk<Article>(`/articles?${query}`, 4);
    return read.items.map((article) => article.id).filter((id) => known.has(id));
  };

  it.each<[string, (n: number) => boolean]>([
    ["publication=reviewed", (n) => n % 3 === 0],
    ["publication=daily&column=touyan", (n) => n % 3 !== 0 && n % 2 === 1],
    ["column=leitai", (n) => n % 2 === 0],
    ["unit=chaoyang", (n) => n < 5],
    ["status=draft&unit=chaoyang", (n) => n < 5 && n % 4 !== 0],
    ["status=in_review", (n) => n % 12 === 0],
    ["status=queued", (n) => n % 4 === 0 && n % 3 !== 0],
    [`q=${encodeURIComponent("乡村振兴")}`, (n) => n % 2 === 0],
    [`q=${encodeURIComponent("_100%")}`, (n) => n % 2 === 1],
    [
      `q=${encodeURIComponent("乡村振兴")}&status=draft&publication=daily`,
      (n) => n % 2 === 0 && n % 3 !== 0 && n % 4 !== 0,
    ],
  ])("narrows by %s, newest first", async (query, pick) => {
    expect(idsOf(pick).length).toBeGreaterThan(0);
    expect(await within(query)).toEqual(idsOf(pick));
  });

  it.each(["column=none", "unit=none", "status=recalled", "q=%25%25", "q=villagE"])(
    "finds nothing by %s",
    async (query) => {
      expect(expectStatus(await api<Page<Article>>("GET", `/articles?${query}`), 200)).toEqual({
        items: [],
        next: null,
      });
    },
  );

  it("is read page by page without a gap or a repeat, whatever the limit", async () => {
    const all = expectStatus(await api<Page<Article>>("GET", "/articles?limit=100"), 200).items.map((item) => item.id);
    expect(all.length).toBeGreaterThan(20);
    expect(new Set(all).size).toBe(all.length);
    for (const limit of [1, 7, all.length])
      expect((await walk<Article>("/articles", limit)).items.map((item) => item.id)).toEqual(all);
  });

  it("shows in a list what the article itself shows, but for the text", async () => {
    const { items } = expectStatus(await api<Page<Article>>("GET", "/articles?limit=1"), 200);
    expect(await readArticle(items[0]!.id)).toMatchObject(items[0]!);
    expect(items[0]).toHaveProperty("hash");
    expect(items[0]).not.toHaveProperty("markdown");
  });
});

describe("PATCH /articles/{id}", () => {
  it("changes what was sent and nothing else, and raises the revision", async () => {
    const before = await makeArticle({ column: "leitai", priority: 2, digest: "旧摘要" });
    const answer = await patch(before, { title: "新标题", column: null, unit: "chaoyang" });
    const after = expectStatus(answer, 200);
    expect(answer.headers.get("etag")).toBe('"2"');
    expect(after).toEqual({
      ...before,
      rev: 2,
      title: "新标题",
      column: null,
      cover_image: after.cover_image,
      unit: "chaoyang",
      hash: after.hash,
      updated_at: after.updated_at,
    });
    expect(after.hash).not.toBe(before.hash);
    expect(await readArticle(before.id)).toEqual(after);
  });

  it("of the handling makes no new revision", async () => {
    const before = await makeArticle();
    const after = expectStatus(await patch(before, { priority: 1, important: true, must_run_on: "2026-12-01" }), 200);
    expect(after).toMatchObject({ rev: 2, hash: before.hash, priority: 1, important: true, must_run_on: "2026-12-01" });
    const { items } = expectStatus(await api<Page<{ hash: string }>>("GET", `/articles/${before.id}/revisions`), 200);
    expect(items).toHaveLength(1);
  });

  it("asks for If-Match, and refuses a stale or meaningless one", async () => {
    const before = await makeArticle();
    const current = expectStatus(await patch(before, { title: "二" }), 200);
    await expectUnwritten(async () => {
      expectProblem(await api("PATCH", `/articles/${before.id}`, { body: { title: "三" } }), 428, "If-Match");
      const stale = await patch(before, { title: "三" });
      expectProblem(stale, 412);
      expect(stale.headers.get("etag")).toBe('"2"');
      for (const header of ["*", '"x"', '"2" "3"', '"99999999999999999999"', "0x2"])
        expectProblem(
          await api("PATCH", `/articles/${before.id}`, { body: { title: "三" }, headers: { "if-match": header } }),
          412,
        );
    });
    expectStatus(await patch(current, { title: "三" }), 200);
  });

  it("by another in between is 412, with no trace of the loser", async () => {
    const before = await makeArticle();
    const DB = meddled(() => patch(before, { title: "先到" }));
    const loser = await apiWith({ DB }, "PATCH", `/articles/${before.id}`, {
      body: { title: "后到" },
      headers: { "if-match": '"1"' },
    });
    expectProblem(loser, 412);
    expect(await readArticle(before.id)).toMatchObject({ rev: 2, title: "先到" });
    expect(await auditOf(`article:${before.id}`)).toHaveLength(2);
    const { items } = expectStatus(await api<Page<unknown>>("GET", `/articles/${before.id}/revisions`), 200);
    expect(items).toHaveLength(2);
  });

  it("looks at what the article becomes, not only at what was sent", async () => {
    const held = await makeArticle({ embargo_until: "2026-12-01T00:00:00Z" });
    const reprint = await makeArticle({ kind: "reprint", source: { name: "新华社", url: "https://www.news.cn/1" } });
    const plain = await makeArticle();
    await expectUnwritten(async () => {
      expectProblem(await patch(held, { expires_at: "2026-11-30T00:00:00Z" }), 422, "expires_at");
      expectProblem(await patch(reprint, { source: null }), 422, "source");
      expectProblem(await patch(plain, { kind: "reprint" }), 422, "source");
      expectProblem(await patch(plain, { kind: "video" }), 422, "kind");
    });
  });

  it("keeps articles in their publication and hides what only the house writes", async () => {
    const article = await makeArticle();
    await expectUnwritten(async () => {
      for (const [field, value] of Object.entries({
        publication: "reviewed",
        status: "published",
        id: "mine",
        rev: 7,
        hash: "0".repeat(64),
        author: "person:x",
        url: "https://x.cn",
        created_at: "2026-01-01T00:00:00Z",
      }))
        expectProblem(await patch(article, { [field]: value }), 422, field);
    });
  });

  it("knows no article of a made-up id", async () => {
    await expectUnwritten(async () => expectProblem(await patch({ id: "none", rev: 1 }, { title: "x" }), 404));
  });
});

describe("a digest taken from the text", () => {
  it("follows the text, until a person writes one", async () => {
    await makePublication("digests");
    const made = await makeArticle({ publication: "digests", markdown: "第一句话。第二句话。" });
    expect(made).toMatchObject({ digest: "第一句话。第二句话。" });
    const patch = async (body: Record<string, unknown>, rev: number) =>
      expectStatus(
        await api<{ digest: string }>("PATCH", `/articles/${made.id}`, { body, headers: { "if-match": `"${rev}"` } }),
        200,
      );
    expect(await patch({ markdown: "改过的一句话。" }, 1)).toMatchObject({ digest: "改过的一句话。" });
    expect(await patch({ digest: "自拟摘要" }, 2)).toMatchObject({ digest: "自拟摘要" });
    expect(await patch({ markdown: "又改了。" }, 3)).toMatchObject({ digest: "自拟摘要" });
  });
});
