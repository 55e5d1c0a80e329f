import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { removeArticle, requireArticle } from "../../../src/articles/desk.ts";
import { depsOf } from "../../../src/deps.ts";
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
  makeToken,
  meddled,
  readArticle,
  walk,
} from "../helpers/api.ts";

beforeAll(async () => {
  await makePublication("daily");
  await makePublication("reviewed", { stages: ["first"] });
  await makePublication("video", { medium: "video" });
  for (const id of ["leitai", "touyan"])
    expectStatus(await api("POST", "/columns", { body: { id, name: `专栏 ${id}` } }), 201);
  for (const id of ["changshun", "chaoyang"])
    expectStatus(await api("POST", "/units", { body: { id, name: `单位 ${id}`, kind: "committee" } }), 201);
});

const patch = (article: Pick<Article, "id" | "rev">, body: unknown) =>
  api<Article>("PATCH", `/articles/${article.id}`, { body, headers: { "if-match": `"${article.rev}"` } });
const act = (article: Pick<Article, "id">, what: string, body?: unknown) =>
  api<Article>("POST", `/articles/${article.id}/${what}`, { body });

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

describe("DELETE /articles/{id}", () => {
  const remove = (article: Pick<Article, "id" | "rev">) =>
    api("DELETE", `/articles/${article.id}`, { headers: { "if-match": `"${article.rev}"` } });

  it("removes a draft with its texts, audited", async () => {
    const article = await makeArticle();
    const answer = await remove(article);
    expectStatus(answer, 204);
    expect(answer.text).toBe("");
    expectProblem(await api("GET", `/articles/${article.id}`), 404);
    expectProblem(await remove(article), 404);
    const orphans = await env.DB.prepare(
      `SELECT count(*) AS n FROM revisions WHERE article_id NOT IN (SELECT id FROM articles)`,
    ).first("n");
    expect(orphans).toBe(0);
    expect((await auditOf(`article:${article.id}`)).map((row) => row.action)).toEqual([
      "article.created",
      "article.deleted",
    ]);
  });

  it("asks for If-Match, and refuses a stale one", async () => {
    const article = await makeArticle();
    await expectUnwritten(async () => {
      expectProblem(await api("DELETE", `/articles/${article.id}`), 428, "If-Match");
      expectProblem(await remove({ id: article.id, rev: 2 }), 412);
    });
  });

  it("keeps what has been submitted on record", async () => {
    const article = expectStatus(await act(await makeArticle(), "submit"), 200);
    await expectUnwritten(async () => expectProblem(await remove(article), 409));
  });

  it("of an article that was changed in between is 412, and the article stays", async () => {
    const article = await makeArticle();
    const DB = meddled(() => patch(article, { title: "改过了" }));
    const loser = await apiWith({ DB }, "DELETE", `/articles/${article.id}`, { headers: { "if-match": '"1"' } });
    expectProblem(loser, 412);
    expect(await readArticle(article.id)).toMatchObject({ title: "改过了" });
    expect((await auditOf(`article:${article.id}`)).map((row) => row.action)).not.toContain("article.deleted");
  });

  it("by someone slow does not reach the article that came into its place", async () => {
    const headers = { "if-match": '"1"' };
    for (const [method, options] of [
      ["DELETE", { headers }],
      ["PATCH", { headers, body: { title: "别人的稿" } }],
    ] as const) {
      const article = await makeArticle();
      let next: Article | undefined;
      const DB = meddled(async () => {
        expectStatus(await remove(article), 204);
        next = await makeArticle({ title: "新稿" });
      });
      expectProblem(await apiWith({ DB }, method, `/articles/${article.id}`, options), 404);
      expect(await readArticle(next!.id)).toEqual(next);
    }
  });

  it("twice at once removes it once", async () => {
    const article = await makeArticle();
    const { desk } = depsOf(env);
    const read = await requireArticle(env.DB, article.id);
    const actor = { name: "admin", role: null, scopes: [] };
    await removeArticle(desk, read, 1, actor, 0);
    await expect(removeArticle(desk, read, 1, actor, 0)).rejects.toMatchObject({ status: 404 });
    expect((await auditOf(`article:${article.id}`)).filter((row) => row.action === "article.deleted")).toHaveLength(1);
  });
});

describe("GET /articles/{id}/revisions", () => {
  interface Revision {
    hash: string;
    current: boolean;
    title: string;
    markdown: string;
  }

  it("keeps every text once, newest first, and tells which is current", async () => {
    const first = await makeArticle({ markdown: "一" });
    const second = expectStatus(await patch(first, { markdown: "二" }), 200);
    const third = expectStatus(await patch(second, { markdown: "一" }), 200);
    expect(third.hash).toBe(first.hash);
    const list = expectStatus(await api<Page<Revision>>("GET", `/articles/${first.id}/revisions`), 200);
    expect(list.next).toBeNull();
    expect(list.items).toEqual([
      expect.objectContaining({ hash: second.hash, current: false, markdown: "二" }),
      {
        hash: first.hash,
        current: true,
        title: first.title,
        digest: first.digest,
        markdown: "一",
        saved_by: "admin",
        saved_at: expect.stringMatching(/Z$/),
        reviews: [],
      },
    ]);
  });

  it("is read page by page without a gap or a repeat, and without other articles' texts", async () => {
    let article = await makeArticle({ title: "版本 0" });
    for (let n = 1; n <= 4; n++) {
      await makeArticle({ title: `别的 ${n}` });
      article = expectStatus(await patch(article, { title: `版本 ${n}` }), 200);
    }
    for (const [limit, pages] of [
      [2, 3],
      [5, 1],
    ] as const) {
      const read = await walk<Revision>(`/articles/${article.id}/revisions`, limit);
      expect(read.items.map((item) => item.title)).toEqual(["版本 4", "版本 3", "版本 2", "版本 1", "版本 0"]);
      expect(read.pages).toBe(pages);
    }
  });
});

describe("submit and withdraw", () => {
  it("without review stages an article queues at once, and comes back out", async () => {
    const queued = expectStatus(await act(await makeArticle(), "submit"), 200);
    expect(queued).toMatchObject({ status: "queued", rev: 2 });
    const out = expectStatus(await act(queued, "withdraw"), 200);
    expect(out).toMatchObject({ status: "withdrawn", rev: 3 });
    expect(expectStatus(await act(out, "submit"), 200).status).toBe("queued");
    expect((await auditOf(`article:${queued.id}`)).map((row) => row.action)).toEqual([
      "article.created",
      "article.submitted",
      "article.withdrawn",
      "article.submitted",
    ]);
  });

  it("an embargoed article is held", async () => {
    const article = await makeArticle({ embargo_until: "2999-01-01T00:00:00Z" });
    expect(expectStatus(await act(article, "submit"), 200).status).toBe("held");
  });

  it("what waits cannot be submitted again, what is withdrawn not withdrawn again", async () => {
    const queued = expectStatus(await act(await makeArticle(), "submit"), 200);
    await expectUnwritten(async () => expectProblem(await act(queued, "submit"), 409));
    const out = expectStatus(await act(queued, "withdraw"), 200);
    await expectUnwritten(async () => expectProblem(await act(out, "withdraw"), 409));
  });

  it("submitted by another in between is 409 or 412, once on record", async () => {
    const article = await makeArticle();
    const DB = meddled(() => act(article, "submit"));
    expectProblem(await apiWith({ DB }, "POST", `/articles/${article.id}/submit`), [409, 412]);
    expect((await auditOf(`article:${article.id}`)).map((row) => row.action)).toEqual([
      "article.created",
      "article.submitted",
    ]);
  });

  it.each(["submit", "withdraw", "correct", "recall", "reviews"])(
    "%s refuses members it does not know",
    async (what) => {
      const article = await makeArticle();
      await expectUnwritten(async () => expectProblem(await act(article, what, { surprise: 1 }), 422, "surprise"));
    },
  );

  it.each(["correct", "recall"])("%s is for what is published", async (what) => {
    const draft = await makeArticle();
    const queued = expectStatus(await act(await makeArticle(), "submit"), 200);
    await expectUnwritten(async () => {
      for (const article of [draft, queued])
        expectProblem(await act(article, what, what === "correct" ? { title: "改" } : {}), 409);
      expectProblem(await act({ id: "none" }, what, {}), 404);
    });
  });
});

describe("GET /articles/{id}/preview", () => {
  let article: Article;

  beforeAll(async () => {
    article = await makeArticle({
      markdown:
        "坚持**“项目为王”**理念 <script>alert(1)</script>\n\n[坏](javascript:alert(1)) ![图](/media/" +
        `${"a".repeat(64)}.png)\n`,
    });
  });
  const preview = (query: string) => api("GET", `/articles/${article.id}/preview${query}`);

  it.each([
    ["", "text/html; charset=utf-8"],
    ["?format=web", "text/html; charset=utf-8"],
    ["?format=wechat", "text/html; charset=utf-8"],
    ["?format=feed", "text/html; charset=utf-8"],
    ["?format=email", "text/html; charset=utf-8"],
  ])("%s is the page itself, without script and without rights", async (query, type) => {
    const answer = await preview(query);
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
    expect(answer.text).toMatch(/<strong[^>]*>“项目为王”<\/strong>/);
    expect(answer.text).not.toMatch(/<script|href="javascript/i);
    expect(answer.text).toContain(`https://kanfa.test/media/${"a".repeat(64)}.png`);
  });

  it("web and wechat are two renderings", async () => {
    const [web, wechat] = [await preview("?format=web"), await preview("?format=wechat")];
    expect(wechat.text).toContain("style=");
    expect(web.text).not.toBe(wechat.text);
  });

  it("email is a whole letter", async () => {
    const { text } = await preview("?format=email");
    expect(text).toMatch(/^<!doctype html>/);
    for (const part of [article.title, "在网页中阅读"]) expect(text).toContain(part);
    expect(text).not.toContain("退订");
  });

  it("text is plain", async () => {
    const answer = await preview("?format=text");
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(answer.text).toContain("坚持“项目为王”理念");
    expect(answer.text).not.toContain("**");
  });

  it.each(["wecom", "dingtalk"])("%s is the Markdown that its robot is sent", async (format) => {
    const answer = await preview(`?format=${format}`);
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(answer.text).toContain("坚持“**项目为王**”理念 ＜script>alert(1)＜/script>");
    expect(answer.text).toContain("坏 ［图：图］\n\n[查看原文](https://kanfa.test/)");
  });

  it.each(["telegram", "feishu", "slack", "discord"])("%s is the JSON that its robot is sent", async (format) => {
    const answer = await preview(`?format=${format}`);
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toMatch(/sandbox/);
    const words = JSON.stringify(JSON.parse(answer.text));
    expect(words).toContain("项目为王");
    expect(words).toContain("https://kanfa.test/");
    expect(words).not.toContain("javascript:");
  });

  it("knows its formats", async () => {
    expectProblem(await preview("?format=pdf"), 422, "format");
    expectProblem(await preview("?format="), 422, "format");
    expectProblem(await preview("?theme=red"), 422, "theme");
    expectProblem(await api("GET", "/articles/none/preview"), 404);
  });

  it("is not for strangers", async () => {
    expectProblem(await api("GET", `/articles/${article.id}/preview`, { token: null }), 401);
    const token = await makeToken("poster", ["articles:write"]);
    expectProblem(await api("GET", `/articles/${article.id}/preview`, { token }), 403);
  });
});

describe("an id that is none", () => {
  it.each([
    "none",
    "%00",
    "%ff",
    "%ED%A0%80",
    "a%2Fb",
    "%27%20OR%201%3D1",
    "%E7%A8%BF",
    "-1",
    "1",
    "x".repeat(3000),
    "%zz",
  ])("%s is 404 everywhere", async (id) => {
    await expectUnwritten(async () => {
      for (const path of ["", "/revisions", "/preview"]) expectProblem(await api("GET", `/articles/${id}${path}`), 404);
      for (const what of ["submit", "withdraw", "recall"]) expectProblem(await act({ id }, what, {}), 404);
      expectProblem(await act({ id }, "reviews", { decision: "approve" }), 404);
      expectProblem(await patch({ id, rev: 1 }, {}), 404);
      expectProblem(await api("DELETE", `/articles/${id}`, { headers: { "if-match": '"1"' } }), 404);
      expectProblem(await api("GET", `/channels/${id}`), 404);
      expectProblem(await api("GET", `/channels/${id}/deliveries`), 404);
      expectProblem(await api("POST", `/channels/${id}/pause`), 404);
      expectProblem(await api("DELETE", `/channels/${id}`), 404);
      expectProblem(await api("GET", `/deliveries/${id}`), 404);
      expectProblem(await api("GET", `/deliveries/${id}_1`), 404);
      expectProblem(await api("GET", `/posts/${id}`), 404);
      expectProblem(await api("GET", `/editions/${id}/2026-11-23`), 404);
    });
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
