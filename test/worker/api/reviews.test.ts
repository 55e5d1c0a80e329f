import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Article, Page } from "../helpers/api.ts";
import {
  ADMIN,
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
  readArticle,
} from "../helpers/api.ts";

const ROLES = ["correspondent", "editor", "reviewer", "deputy", "head", "publisher", "admin"] as const;
type Role = (typeof ROLES)[number];

interface Review {
  stage: string;
  decision: string;
  gates: string[];
  note: string;
  reviewer: string;
  at: string;
}

const tokens = new Map<string, string>();
const as = (who: string): string => tokens.get(who)!;

beforeAll(async () => {
  await makePublication("daily", { stages: ["first", "second", "final"] });
  await makePublication("signed", { stages: ["first", "second", "final", "head"] });
  for (const role of ROLES) tokens.set(role, await makeToken(role, ["read", "articles:write", "review"], role));
  tokens.set("editor-two", await makeToken("editor-two", ["read", "articles:write", "review"], "editor"));
});

const submit = (article: Pick<Article, "id">, token = as("correspondent")) =>
  api<Article>("POST", `/articles/${article.id}/submit`, { token });
const review = (article: Pick<Article, "id">, who: string, body: Record<string, unknown> = {}) =>
  api<Article>("POST", `/articles/${article.id}/reviews`, { body: { decision: "approve", ...body }, token: as(who) });
const edit = (article: Pick<Article, "id" | "rev">, body: unknown) =>
  api<Article>("PATCH", `/articles/${article.id}`, {
    body,
    headers: { "if-match": `"${article.rev}"` },
    token: as("correspondent"),
  });

/** An article of the correspondent, in review, past the stages that these people approve. */
async function inReview(approvers: readonly string[] = [], fields: Record<string, unknown> = {}): Promise<Article> {
  let article = await makeArticle(fields, as("correspondent"));
  article = expectStatus(await submit(article), 200);
  for (const who of approvers) article = expectStatus(await review(article, who), 201);
  return article;
}

const reviewsOf = async (article: Pick<Article, "id">): Promise<Review[]> => {
  const list = expectStatus(await api<Page<{ reviews: Review[] }>>("GET", `/articles/${article.id}/revisions`), 200);
  return list.items.toReversed().flatMap((revision) => revision.reviews);
};

describe("三审", () => {
  it("leads through its stages in order to the queue, each decision signed and on record", async () => {
    const article = await inReview();
    expect(article).toMatchObject({ status: "in_review", rev: 2 });
    const gates = ["political", "legal", "policy", "secrecy", "language", "opinion"];
    for (const [who, status] of [
      ["editor", "in_review"],
      ["reviewer", "in_review"],
      ["deputy", "queued"],
    ] as const) {
      const answer = await review(article, who, { gates, note: `${who} 同意`, hash: article.hash });
      expect(expectStatus(answer, 201).status).toBe(status);
      expect(answer.headers.get("etag")).toBe(`"${answer.json.rev}"`);
    }
    expect(await reviewsOf(article)).toEqual(
      [
        ["first", "editor"],
        ["second", "reviewer"],
        ["final", "deputy"],
      ].map(([stage, who]) => ({
        stage,
        decision: "approve",
        gates,
        note: `${who} 同意`,
        reviewer: `person:${who}`,
        at: expect.stringMatching(/Z$/),
      })),
    );
    expect(await auditOf(`article:${article.id}`)).toEqual([
      { actor: "person:correspondent", action: "article.created" },
      { actor: "person:correspondent", action: "article.submitted" },
      { actor: "person:editor", action: "article.approved" },
      { actor: "person:reviewer", action: "article.approved" },
      { actor: "person:deputy", action: "article.approved" },
    ]);
  });

  it("an important article waits for the head's signature", async () => {
    const article = await inReview(["editor", "reviewer"], { publication: "signed", important: true });
    expect(expectStatus(await review(article, "deputy"), 201)).toMatchObject({ status: "in_review", important: true });
    await expectUnwritten(async () => expectProblem(await review(article, "deputy"), 403));
    expect(expectStatus(await review(article, "head"), 201).status).toBe("queued");
    expect((await reviewsOf(article)).map((made) => made.stage)).toEqual(["first", "second", "final", "head"]);
  });

  it("an approved article that is embargoed is held", async () => {
    const article = await inReview(["editor", "reviewer"], { embargo_until: "2999-01-01T00:00:00Z" });
    expect(expectStatus(await review(article, "head"), 201).status).toBe("held");
  });

  const MAY: Record<string, readonly Role[]> = {
    first: ["editor", "reviewer", "publisher"],
    second: ["reviewer", "publisher"],
    final: ["deputy", "head", "publisher"],
    head: ["head", "publisher"],
  };
  it.each([
    ["first", 0],
    ["second", 1],
    ["final", 2],
    ["head", 3],
  ] as const)("the stage %s is decided by its roles only", async (stage, index) => {
    // The author is nobody of the roles: a refusal is for the role, not for the authorship.
    const article = await makeArticle({ publication: "signed" });
    expectStatus(await submit(article, ADMIN), 200);
    const atStage = () =>
      env.DB.prepare(`UPDATE articles SET status = 'in_review', stage = ? WHERE uid = ?`).bind(index, article.id).run();
    await atStage();
    await expectUnwritten(async () => {
      for (const role of ROLES.filter((role) => !MAY[stage]!.includes(role)))
        expectProblem(await review(article, role), 403);
      const body = { decision: "approve" };
      expectProblem(await api("POST", `/articles/${article.id}/reviews`, { body }), 403);
    });
    for (const role of MAY[stage]!) {
      expectStatus(await review(article, role), 201);
      await atStage();
    }
    expect((await reviewsOf(article)).map((made) => [made.stage, made.reviewer])).toEqual(
      MAY[stage]!.map((role) => [stage, `person:${role}`]),
    );
  });

  it("nobody reviews what they wrote, at any stage", async () => {
    const article = await makeArticle({}, as("publisher"));
    expectStatus(await submit(article, as("publisher")), 200);
    await expectUnwritten(async () => expectProblem(await review(article, "publisher"), 403));
    expectStatus(await review(article, "editor"), 201);
    await expectUnwritten(async () => expectProblem(await review(article, "publisher"), 403));
    expectStatus(await review(article, "reviewer"), 201);
    await expectUnwritten(async () => expectProblem(await review(article, "publisher"), 403));
  });

  it("nor through another token of theirs", async () => {
    const second = expectStatus(
      await api<{ token: string }>("POST", "/tokens", { body: { name: "手机", scopes: ["review"], person: "editor" } }),
      201,
    );
    const article = await makeArticle({}, as("editor"));
    expectStatus(await submit(article), 200);
    await expectUnwritten(async () => {
      const answer = await api("POST", `/articles/${article.id}/reviews`, {
        body: { decision: "approve" },
        token: second.token,
      });
      expectProblem(answer, 403);
    });
    expectStatus(await review(article, "editor-two"), 201);
  });

  it("a decision on another text than the current one is 409", async () => {
    const article = await inReview();
    const changed = expectStatus(await edit(article, { markdown: "改过的正文" }), 200);
    await expectUnwritten(async () => {
      expectProblem(await review(article, "editor", { hash: article.hash }), 409);
      expectProblem(await review(article, "editor", { hash: "" }), 409);
    });
    expectStatus(await review(article, "editor", { hash: changed.hash }), 201);
  });

  it("an edit sends it back to the first stage, and what was signed stays with the text it was signed on", async () => {
    const article = await inReview(["editor", "reviewer"]);
    const changed = expectStatus(await edit(article, { title: "换了标题" }), 200);
    expect(changed.status).toBe("in_review");
    await expectUnwritten(async () => expectProblem(await review(article, "deputy"), 403));
    for (const who of ["editor", "reviewer", "deputy"]) expectStatus(await review(article, who), 201);
    expect((await readArticle(article.id)).status).toBe("queued");
    const list = expectStatus(
      await api<Page<{ hash: string; reviews: Review[] }>>("GET", `/articles/${article.id}/revisions`),
      200,
    );
    expect(list.items.map((item) => [item.hash, item.reviews.map((made) => made.stage)])).toEqual([
      [changed.hash, ["first", "second", "final"]],
      [article.hash, ["first", "second"]],
    ]);
  });

  it("going back to a text that was approved before does not bring its approvals back", async () => {
    const article = await inReview(["editor"]);
    const changed = expectStatus(await edit(article, { title: "甲" }), 200);
    const back = expectStatus(await edit(changed, { title: article.title }), 200);
    expect(back.hash).toBe(article.hash);
    await expectUnwritten(async () => expectProblem(await review(article, "deputy"), 403));
    expectStatus(await review(article, "editor-two"), 201);
  });

  it("a change of the handling voids nothing", async () => {
    const article = await inReview(["editor"]);
    expectStatus(await edit(article, { priority: 3 }), 200);
    expect(expectStatus(await review(article, "reviewer"), 201).status).toBe("in_review");
  });

  it("an approved article that is edited has to be reviewed again, from the first stage", async () => {
    const article = await inReview(["editor", "reviewer", "deputy"]);
    expect(article.status).toBe("queued");
    const changed = expectStatus(await edit(article, { markdown: "签发后又改" }), 200);
    expect(changed.status).toBe("in_review");
    await expectUnwritten(async () => {
      expectProblem(await submit(article), 409);
      expectProblem(await review(article, "deputy"), 403);
    });
  });

  it("returned, it goes back to its author and through all stages again", async () => {
    const article = await inReview(["editor"]);
    const returned = expectStatus(await review(article, "reviewer", { decision: "return", note: "请核实数字" }), 201);
    expect(returned.status).toBe("returned");
    await expectUnwritten(async () => expectProblem(await review(article, "reviewer"), 409));
    const changed = expectStatus(await edit(returned, { markdown: "数字已核实" }), 200);
    expect(changed.status).toBe("returned");
    expectStatus(await submit(changed), 200);
    await expectUnwritten(async () => expectProblem(await review(article, "deputy"), 403));
    expectStatus(await review(article, "editor"), 201);
  });

  it("rejected, it is over", async () => {
    const article = await inReview();
    const rejected = expectStatus(await review(article, "editor", { decision: "reject" }), 201);
    expect(rejected.status).toBe("rejected");
    await expectUnwritten(async () => {
      expectProblem(await submit(rejected), 409);
      expectProblem(await edit(rejected, { title: "再来" }), 409);
      expectProblem(await api("POST", `/articles/${article.id}/withdraw`), 409);
      expectProblem(await review(rejected, "editor"), 409);
      expectProblem(
        await api("DELETE", `/articles/${article.id}`, { headers: { "if-match": `"${rejected.rev}"` } }),
        409,
      );
    });
  });

  it("what is not in review is not reviewed", async () => {
    const draft = await makeArticle({}, as("correspondent"));
    const queued = await inReview(["editor", "reviewer", "deputy"]);
    await expectUnwritten(async () => {
      for (const article of [draft, queued])
        for (const decision of ["approve", "return", "reject"])
          expectProblem(await review(article, "publisher", { decision }), 409);
    });
  });

  it("decided by two at once, it is decided once", async () => {
    const article = await inReview();
    const DB = meddled(() => review(article, "editor"));
    const loser = await apiWith({ DB }, "POST", `/articles/${article.id}/reviews`, {
      body: { decision: "reject" },
      token: as("editor-two"),
    });
    expectProblem(loser, 412);
    expect((await reviewsOf(article)).map((made) => made.reviewer)).toEqual(["person:editor"]);
    expect((await readArticle(article.id)).status).toBe("in_review");
  });

  it("edited while someone decides, the decision does not count", async () => {
    const article = await inReview(["editor", "reviewer"]);
    const DB = meddled(() => edit(article, { markdown: "在签发的一刻改了" }));
    const answer = await apiWith({ DB }, "POST", `/articles/${article.id}/reviews`, {
      body: { decision: "approve" },
      token: as("deputy"),
    });
    expectProblem(answer, 412);
    expect((await readArticle(article.id)).status).toBe("in_review");
    expect(await reviewsOf(article)).toHaveLength(2);
  });

  it("when the publication's stages have changed under it, it has to be submitted again", async () => {
    await makePublication("changing", { stages: ["first", "second", "final"] });
    const article = await inReview(["editor", "reviewer"], { publication: "changing" });
    expectStatus(
      await api("PUT", "/publications/changing", { body: { stages: ["first"] }, headers: { "if-match": '"1"' } }),
      200,
    );
    await expectUnwritten(async () => expectProblem(await review(article, "publisher"), 409));
    expectStatus(await api("POST", `/articles/${article.id}/withdraw`), 200);
    expectStatus(await submit(article), 200);
    expect(expectStatus(await review(article, "editor"), 201).status).toBe("queued");
  });

  it.each<[string, Record<string, unknown>]>([
    ["decision", { decision: "maybe" }],
    ["decision", { decision: null }],
    ["decision", { decision: ["approve"] }],
    ["gates", { gates: "political" }],
    ["gates.1", { gates: ["legal", "moral"] }],
    ["note", { note: "字".repeat(2001) }],
    ["note", { note: "a\u0000" }],
    ["note", { note: "\udfff" }],
    ["note", { note: 5 }],
    ["hash", { hash: 5 }],
    ["stage", { stage: "final" }],
    ["reviewer", { reviewer: "person:head" }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    const article = await inReview();
    await expectUnwritten(async () => expectProblem(await review(article, "editor", body), 422, field));
  });

  it("nothing is queued that was not approved by every stage", async () => {
    const sneaked = await env.DB.prepare(
      `SELECT a.uid FROM articles a JOIN publications p ON p.id = a.publication_id AND p.slug = 'daily'
       WHERE a.status IN ('queued', 'held', 'planned', 'published')
         AND (SELECT count(DISTINCT stage) FROM reviews r WHERE r.article_id = a.id AND r.hash = a.hash AND r.decision = 'approve'
                AND r.reviewer <> a.author) < 3`,
    ).all();
    expect(sneaked.results).toEqual([]);
    const queued = await env.DB.prepare(`SELECT count(*) AS n FROM articles WHERE status = 'queued'`).first<number>(
      "n",
    );
    expect(queued).toBeGreaterThan(0);
  });
});
