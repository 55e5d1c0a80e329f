/** 预检 over HTTP: findings with a submit, what blocks until it is accepted, and word lists. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Article, Page } from "../helpers/api.ts";
import {
  api,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  makeToken,
  readArticle,
} from "../helpers/api.ts";

interface Finding {
  rule: string;
  severity: string;
  place: { field: string; from?: number; excerpt?: string };
  message: string;
  fix?: string;
  blocking?: boolean;
}
interface Looked {
  findings: Finding[];
  meter: { characters: number; of: number } | null;
}
interface Term {
  id: string;
  rev: number;
  text: string;
  kind: string;
  write_as: string | null;
  severity: string;
  note: string;
}

// Made up, with a right checksum.
const ID = "110101190001010014";
const submit = (id: string, body?: unknown) =>
  api<Article & { preflight: Looked }>("POST", `/articles/${id}/submit`, { ...(body !== undefined && { body }) });
const rules = ({ findings }: Looked) => findings.map(({ rule }) => rule);

beforeAll(async () => {
  await makePublication("daily");
  await makePublication("reviewed", { stages: ["first"] });
});

describe("findings", () => {
  it("come with a submit, and at any time before", async () => {
    const { id } = await makeArticle({
      markdown: "会议强调,要抓落实。\n\n![图](/media/none.png)\n\n办结194/218件，办结率91%。",
    });
    const looked = expectStatus(await api<Looked>("GET", `/articles/${id}/preflight`), 200);
    expect(rules(looked).sort()).toEqual(["picture-missing", "punctuation", "share"]);
    expect(looked.findings.find(({ rule }) => rule === "punctuation")).toMatchObject({ fix: "，", place: { from: 4 } });
    expect(looked.meter).toMatchObject({ of: 20_000 });
    const submitted = expectStatus(await submit(id), 200);
    expect(submitted.preflight).toEqual(looked);
    expect(submitted.status).toBe("queued");
  });

  it("know the pictures that there are", async () => {
    const bytes = new Uint8Array([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 2, 3]);
    const { url } = expectStatus(await api<{ url: string }>("POST", "/media", { body: bytes }), 201);
    const { id } = await makeArticle({ markdown: `![秋收](${url})`, cover: url });
    expect(rules(expectStatus(await api<Looked>("GET", `/articles/${id}/preflight`), 200))).toEqual([
      "picture-type",
      "picture-type",
    ]);
  });

  it("are for those who may read", async () => {
    const { id } = await makeArticle();
    const writer = await makeToken("writes", ["articles:write"]);
    expectProblem(await api("GET", `/articles/${id}/preflight`, { token: writer }), 403);
    expectProblem(await api("GET", `/articles/none/preflight`), 404);
  });
});

describe("what must not go out", () => {
  it("is refused, without a digit of it, until a person accepts it; that is on record", async () => {
    const { id, hash } = await makeArticle({ markdown: `名单：${ID}。` });
    const problem = await expectUnwritten(async () => expectProblem(await submit(id), 422, "markdown"));
    expect(problem.detail).toContain('{"acknowledge": ["id-card"]}');
    expect(JSON.stringify(problem)).not.toContain(ID.slice(3, 16));
    await expectUnwritten(async () => expectProblem(await submit(id, { acknowledge: ["bank-card"] }), 422, "markdown"));
    await expectUnwritten(async () =>
      expectProblem(await submit(id, { acknowledge: ["share"] }), 422, "acknowledge.0"),
    );
    expect(expectStatus(await submit(id, { acknowledge: ["id-card"] }), 200).status).toBe("queued");
    expect((await auditOf(`article:${id}`)).map(({ action }) => action)).toEqual([
      "article.created",
      "article.submitted",
      "article.acknowledged",
    ]);
    const detail = await env.DB.prepare(
      `SELECT detail FROM audit WHERE action = 'article.acknowledged' AND subject = ?`,
    )
      .bind(`article:${id}`)
      .first<{ detail: string }>();
    expect(JSON.parse(detail!.detail)).toEqual({ hash, findings: ["id-card"] });
  });

  it("stays accepted in the same text, and in no other", async () => {
    const { id } = await makeArticle({ markdown: `名单：${ID}。` });
    expectStatus(await submit(id, { acknowledge: ["id-card"] }), 200);
    expectStatus(await api("POST", `/articles/${id}/withdraw`), 200);
    expectStatus(await submit(id), 200);
    const { rev } = await readArticle(id);
    const change = (body: object) => api("PATCH", `/articles/${id}`, { body, headers: { "if-match": `"${rev}"` } });
    await expectUnwritten(async () => expectProblem(await change({ markdown: `新名单：${ID}。` }), 422, "markdown"));
    await expectUnwritten(async () => expectProblem(await change({ title: `名单${ID}` }), 422, "title"));
    expectStatus(await change({ priority: 2 }), 200);
    expect((await readArticle(id)).status).toBe("queued");
  });

  it("is refused in a changed text that nobody submits again, and in a correction; a draft may hold anything", async () => {
    const draft = await makeArticle({ publication: "reviewed" });
    const patch = (article: Article, body: object) =>
      api<Article>("PATCH", `/articles/${article.id}`, { body, headers: { "if-match": `"${article.rev}"` } });
    const changed = expectStatus(await patch(draft, { markdown: `名单：${ID}。` }), 200);
    expectProblem(await submit(draft.id), 422, "markdown");
    expect((await readArticle(draft.id)).status).toBe("draft");
    const clean = expectStatus(await patch(changed, { markdown: "名单从略。" }), 200);
    const reviewing = expectStatus(await submit(clean.id), 200);
    await expectUnwritten(async () => expectProblem(await patch(reviewing, { digest: ID }), 422, "digest"));
    const accepted = expectStatus(await patch(reviewing, { digest: ID, acknowledge: ["id-card"] }), 200);
    expect(accepted.digest).toBe(ID);

    const { id } = await makeArticle({ must_run_on: "2026-11-23" });
    await env.DB.prepare(`UPDATE articles SET status = 'published' WHERE uid = ?`).bind(id).run();
    const correct = (body: object) => api("POST", `/articles/${id}/correct`, { body });
    await expectUnwritten(async () =>
      expectProblem(await correct({ credits: [{ role: "记者", name: ID }] }), 422, "credits"),
    );
  });
});

describe("word lists", () => {
  const make = (body: object) => api<Term>("POST", "/terms", { body });

  it("are kept with revisions, audited, and each text once", async () => {
    const made = expectStatus(await make({ text: " 村官 ", kind: "forbidden" }), 201);
    expect(made).toMatchObject({ rev: 1, text: "村官", write_as: null, severity: "error", note: "" });
    await expectUnwritten(async () => expectProblem(await make({ text: "村官", kind: "forbidden" }), 409, "text"));
    expect(expectStatus(await api<Page<Term>>("GET", "/terms"), 200)).toEqual({ items: [made], next: null });
    const path = `/terms/${made.id}`;
    expect(expectStatus(await api("GET", path), 200)).toEqual(made);
    expectProblem(await api("PATCH", path, { body: {} }), 428, "If-Match");
    const match = { "if-match": '"1"' };
    const body = { write_as: "大学生到村任职", note: "规范表述" };
    const changed = expectStatus(await api<Term>("PATCH", path, { body, headers: match }), 200);
    expect(changed).toEqual({ ...made, ...body, rev: 2 });
    await expectUnwritten(async () => expectProblem(await api("PATCH", path, { body, headers: match }), 412));
    await expectUnwritten(async () => expectProblem(await api("DELETE", path, { headers: match }), 412));
    expectStatus(await api("DELETE", path, { headers: { "if-match": '"2"' } }), 204);
    expectProblem(await api("GET", path), 404);
    expect((await auditOf(`term:${made.id}`)).map(({ action }) => action)).toEqual([
      "term.created",
      "term.changed",
      "term.deleted",
    ]);
  });

  it.each([
    ["text", { kind: "forbidden" }],
    ["text", { text: "", kind: "forbidden" }],
    ["text", { text: "词".repeat(61), kind: "forbidden" }],
    ["kind", { text: "词", kind: "maybe" }],
    ["write_as", { text: "词", kind: "preferred" }],
    ["write_as", { text: "词", kind: "preferred", write_as: "词" }],
    ["severity", { text: "词", kind: "forbidden", severity: "hint" }],
    ["colour", { text: "词", kind: "forbidden", colour: "red" }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    await expectUnwritten(async () => expectProblem(await make(body), 422, field));
  });

  it("takes words from the admin only, and makes one under an Idempotency-Key", async () => {
    const reader = await makeToken("reads-terms", ["read"]);
    await expectUnwritten(async () =>
      expectProblem(await api("POST", "/terms", { body: { text: "词", kind: "forbidden" }, token: reader }), 403),
    );
    const once = { body: { text: "只此一次", kind: "forbidden" }, headers: { "idempotency-key": "term-1" } };
    const first = expectStatus(await api<Term>("POST", "/terms", once), 201);
    expect(expectStatus(await api<Term>("POST", "/terms", once), 201)).toEqual(first);
  });

  it("an error blocks, a warning does not, the right form is a fix", async () => {
    expectStatus(await make({ text: "禁用词甲", kind: "forbidden" }), 201);
    expectStatus(await make({ text: "慎用词乙", kind: "forbidden", severity: "warning" }), 201);
    expectStatus(await make({ text: "发改委", kind: "preferred", write_as: "发展改革委" }), 201);
    const { id } = await makeArticle({ title: "含禁用词甲的标题", markdown: "慎用词乙和发改委。" });
    expectProblem(await submit(id), 422, "title");
    const { preflight } = expectStatus(await submit(id, { acknowledge: ["forbidden-term"] }), 200);
    expect(preflight.findings.map(({ rule, severity, fix, blocking }) => [rule, severity, fix, blocking])).toEqual([
      ["forbidden-term", "error", undefined, true],
      ["forbidden-term", "warning", undefined, undefined],
      ["preferred-term", "warning", "发展改革委", undefined],
    ]);
  });
});

describe("a dry run", () => {
  it("carries the findings of each pick that waits", async () => {
    await makePublication("dry", { quota: 2 });
    for (const markdown of ["会议（扩大召开。", "平安无事。"])
      expectStatus(await submit((await makeArticle({ publication: "dry", markdown })).id), 200);
    const plan = (body: object) =>
      api<{ picks: { findings: Finding[] }[]; ahead?: { picks: { findings: Finding[] }[] }[] }>(
        "POST",
        "/editions/dry/2027-03-01/plan",
        { body: { dry_run: true, ...body } },
      );
    const { picks } = expectStatus(await plan({}), 200);
    expect(picks.map(({ findings }) => findings.map(({ rule }) => rule))).toEqual([["pairs"], []]);
    const { ahead } = expectStatus(await plan({ days: 2 }), 200);
    expect(ahead![0]!.picks.map(({ findings }) => findings.length)).toEqual([1, 0]);
  });
});
