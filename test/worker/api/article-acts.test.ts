import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { removeArticle, requireArticle } from "../../../src/articles/desk.ts";
import { depsOf } from "../../../src/deps.ts";
import type { Article, Page } from "../helpers/api.ts";
import {
  api,
  apiWith,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  meddled,
  readArticle,
  walk,
} from "../helpers/api.ts";
import { act, newOffice, patch } from "../helpers/articles.ts";

beforeAll(newOffice);

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
