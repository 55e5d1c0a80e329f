/** What is out: the wire, posts, corrections and recalls. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { depsOf } from "../../../src/deps.ts";
import { tick } from "../../../src/tick.ts";
import type { Article, Page } from "../helpers/api.ts";
import {
  api,
  apiWith,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  makeToken,
  meddled,
  ORIGIN,
  readArticle,
} from "../helpers/api.ts";

interface Entry {
  seq: number;
  kind: string;
  at: string;
  note?: string;
  post: Record<string, unknown> & { id: string };
}

interface Edition {
  shortfall: number;
  slots: { at: string; released_at: string | null; late: boolean }[];
  picks: { position: number; article_id: string; seq: number | null }[];
  releases: { at: string; slot: string; posts: number }[];
  deliveries: unknown[];
}

const articles: Article[] = [];
const wire = async (query = "") => expectStatus(await api<Page<Entry>>("GET", `/wire${query}`), 200);
const correct = (article: Pick<Article, "id">, body: unknown) =>
  api<Article>("POST", `/articles/${article.id}/correct`, { body });
const recall = (article: Pick<Article, "id">, body: unknown = {}) =>
  api<Article>("POST", `/articles/${article.id}/recall`, { body });
const postOf = async (article: Pick<Article, "id">): Promise<string> =>
  (await readArticle(article.id)).url!.slice(`${ORIGIN}/posts/`.length);

beforeAll(async () => {
  await makePublication("daily", { quota: 6, plan_at: "07:00", release_times: ["30 8 * * *"] });
  expectStatus(await api("POST", "/columns", { body: { id: "leitai", name: "擂台" } }), 201);
  expectStatus(await api("POST", "/units", { body: { id: "changshun", name: "长顺镇党委", kind: "committee" } }), 201);
  for (let n = 1; n <= 6; n++) {
    const article = await makeArticle({ title: `第 ${n} 条`, column: "leitai", unit: "changshun" });
    expectStatus(await api("POST", `/articles/${article.id}/submit`), 200);
    articles.push(article);
  }
  // Monday's real tick, at the time of its one slot.
  await tick(depsOf(env), Date.parse("2026-11-23T08:30:00+08:00"));
});

/** A prebuilt one: these articles have no picture. */
const COVER = /^https:\/\/kanfa\.test\/covers\/.+-wide\.jpg$/;

describe("after a release", () => {
  it("the wire numbers what happened from 1, and names each post", async () => {
    const { items, next } = await wire();
    expect(next).toBeNull();
    expect(items.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(items[0]).toEqual({
      seq: 1,
      kind: "published",
      at: "2026-11-23T08:30:00+08:00",
      post: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        title: "第 1 条",
        digest: articles[0]!.digest,
        url: `${ORIGIN}/posts/${items[0]!.post.id}`,
        column: "leitai",
        unit: "changshun",
        publication: "daily",
        cover: expect.stringMatching(COVER),
      },
    });
  });

  it("the wire is read on from any entry", async () => {
    expect((await wire("?after=4")).items.map((entry) => entry.seq)).toEqual([5, 6]);
    expect(await wire("?after=6")).toEqual({ items: [], next: null });
    const first = await wire("?limit=4");
    expect(first.items).toHaveLength(4);
    const rest = await wire(`?limit=4&after=${first.next}`);
    expect(rest.items.map((entry) => entry.seq)).toEqual([5, 6]);
    expect(rest.next).toBeNull();
    expect((await wire("?limit=6")).next).toBeNull();
  });

  it.each(["after=-1", "after=x", "after=1.5", "after=1e400"])("the wire refuses %s", async (query) => {
    expectProblem(await api("GET", `/wire?${query}`), 422, "after");
  });

  it("an article is published and knows its address", async () => {
    const article = await readArticle(articles[0]!.id);
    expect(article.status).toBe("published");
    expect(article.url).toBe(`${ORIGIN}/posts/${(await wire()).items[0]!.post.id}`);
  });

  it("a post tells where it stood", async () => {
    const id = await postOf(articles[1]!);
    expect(expectStatus(await api("GET", `/posts/${id}`), 200)).toEqual({
      id,
      article_id: articles[1]!.id,
      seq: 2,
      kind: "original",
      title: "第 2 条",
      digest: articles[1]!.digest,
      url: `${ORIGIN}/posts/${id}`,
      publication: "daily",
      column: "leitai",
      unit: "changshun",
      edition: "2026-11-23",
      position: 2,
      released_at: "2026-11-23T08:30:00+08:00",
      corrected_at: null,
      recalled_at: null,
      cover: expect.stringMatching(COVER),
      cover_image: articles[1]!.cover_image,
      markdown: articles[1]!.markdown,
    });
  });

  it("the edition shows its picks with their numbers, and its releases", async () => {
    const edition = expectStatus(await api<Edition>("GET", "/editions/daily/2026-11-23"), 200);
    expect(edition.shortfall).toBe(0);
    expect(edition.picks.map((pick) => [pick.position, pick.article_id, pick.seq])).toEqual(
      articles.map((article, i) => [i + 1, article.id, i + 1]),
    );
    const at = "2026-11-23T08:30:00+08:00";
    expect(edition.slots).toEqual([{ at, released_at: at, late: false }]);
    expect(edition.releases).toEqual([{ at, slot: at, posts: 6 }]);
    expect(edition.deliveries).toEqual([]);
  });

  it("what is out is not edited, deleted, withdrawn, submitted or reviewed", async () => {
    const article = await readArticle(articles[0]!.id);
    const headers = { "if-match": `"${article.rev}"` };
    const path = `/articles/${article.id}`;
    await expectUnwritten(async () => {
      expectProblem(await api("PATCH", path, { body: { title: "偷改" }, headers }), 409);
      expectProblem(await api("PATCH", path, { body: { priority: 3 }, headers }), 409);
      expectProblem(await api("DELETE", path, { headers }), 409);
      expectProblem(await api("POST", `${path}/withdraw`), 409);
      expectProblem(await api("POST", `${path}/submit`), 409);
      expectProblem(await api("POST", `${path}/reviews`, { body: { decision: "approve" } }), 409);
    });
  });
});

describe("更正", () => {
  it("changes the post in place and tells the wire, with a note", async () => {
    const article = await readArticle(articles[2]!.id);
    const answer = await correct(article, { title: "第 3 条（更正）", note: "数字有误" });
    expect(expectStatus(answer, 200)).toMatchObject({
      status: "published",
      title: "第 3 条（更正）",
      rev: article.rev + 1,
      url: article.url,
    });
    const [entry] = (await wire("?after=6")).items;
    expect(entry).toMatchObject({
      seq: 7,
      kind: "corrected",
      note: "数字有误",
      post: { id: await postOf(article), title: "第 3 条（更正）" },
    });
    expect((await api("GET", `/posts/${await postOf(article)}`)).json).toMatchObject({
      seq: 3,
      title: "第 3 条（更正）",
      corrected_at: expect.stringMatching(/\+08:00$/),
    });
    expect((await auditOf(`article:${article.id}`)).at(-1)).toEqual({ actor: "admin", action: "article.corrected" });
  });

  it("that changes nothing is 409", async () => {
    const article = await readArticle(articles[3]!.id);
    await expectUnwritten(async () => {
      expectProblem(await correct(article, {}), 409);
      expectProblem(await correct(article, { title: ` ${article.title}\n`, note: "x" }), 409);
    });
  });

  it("is checked like any text", async () => {
    await expectUnwritten(async () => {
      for (const [field, body] of [
        ["title", { title: " " }],
        ["title", { title: "a\u0000" }],
        ["markdown", { markdown: "\ud800" }],
        ["note", { title: "x", note: "字".repeat(201) }],
        ["note", { title: "x", note: "\udc00" }],
        ["kind", { kind: "video" }],
        ["priority", { priority: 3 }],
      ] as const)
        expectProblem(await correct(articles[3]!, body), 422, field);
    });
  });

  it("by two at once is made by one of them", async () => {
    const article = articles[3]!;
    const DB = meddled(() => correct(article, { title: "先到的更正" }));
    expectProblem(
      await apiWith({ DB }, "POST", `/articles/${article.id}/correct`, { body: { title: "后到的更正" } }),
      412,
    );
    expect((await readArticle(article.id)).title).toBe("先到的更正");
    expect((await wire("?after=7")).items).toMatchObject([
      { seq: 8, kind: "corrected", post: { title: "先到的更正" } },
    ]);
  });
});

describe("撤回", () => {
  it("takes the post from the readers and tells the wire, once", async () => {
    const article = await readArticle(articles[4]!.id);
    const post = await postOf(article);
    expect(expectStatus(await recall(article, { note: "来源有误" }), 200)).toMatchObject({ status: "recalled" });
    const { items } = await wire("?after=8");
    expect(items).toMatchObject([{ seq: 9, kind: "recalled", note: "来源有误", post: { id: post } }]);
    const shown = expectStatus(await api("GET", `/posts/${post}`), 200);
    expect(shown).toMatchObject({ recalled_at: expect.stringMatching(/\+08:00$/) });
    expect(shown).not.toHaveProperty("markdown");
    expect(await readArticle(article.id)).not.toHaveProperty("url");
    expect((await auditOf(`article:${article.id}`)).at(-1)).toEqual({ actor: "admin", action: "article.recalled" });
    await expectUnwritten(async () => {
      expectProblem(await recall(article), 409);
      expectProblem(await correct(article, { title: "再改" }), 409);
      expectProblem(await api("POST", `/articles/${article.id}/submit`), 409);
      const headers = { "if-match": `"${(await readArticle(article.id)).rev}"` };
      expectProblem(await api("PATCH", `/articles/${article.id}`, { body: { title: "再改" }, headers }), 409);
    });
  });

  it("is checked like any text", async () => {
    await expectUnwritten(async () => {
      for (const note of [7, "a\u0000", "\ud800", "字".repeat(201)])
        expectProblem(await recall(articles[5]!, { note }), 422, "note");
    });
  });

  it("corrected in between, nothing is recalled unseen", async () => {
    const article = articles[5]!;
    const DB = meddled(() => correct(article, { title: "改过的" }));
    expectProblem(await apiWith({ DB }, "POST", `/articles/${article.id}/recall`, { body: {} }), 412);
    expect((await readArticle(article.id)).status).toBe("published");
    expect((await wire("?after=9")).items.map((entry) => entry.kind)).toEqual(["corrected"]);
  });

  it("the wire has no gaps after all this", async () => {
    const { items } = await wire("?limit=100");
    expect(items.map((entry) => entry.seq)).toEqual(items.map((_, i) => i + 1));
    expect(items).toHaveLength(10);
  });
});

describe("the wire and posts are for tokens with read", () => {
  it("and for nobody else", async () => {
    const token = await makeToken("outsider", ["channels"]);
    const post = await postOf(articles[0]!);
    for (const path of ["/wire", `/posts/${post}`]) {
      expectProblem(await api("GET", path, { token: null }), 401);
      expectProblem(await api("GET", path, { token }), 403);
    }
  });
});
