import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Article } from "../helpers/api.ts";
import {
  api,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  makeToken,
} from "../helpers/api.ts";

interface Channel {
  id: string;
  rev: number;
  purpose: string;
  filter: Record<string, unknown>;
}

beforeAll(async () => {
  await makePublication("daily", { quota: 2 });
});

const submit = (article: Article) => api<Article>("POST", `/articles/${article.id}/submit`, { body: {} });

describe("GET /publications/{id}/forecast", () => {
  it("gives five working days, what they lack and the words for it", async () => {
    expectStatus(await submit(await makeArticle()), 200);
    const found = expectStatus(await api("GET", "/publications/daily/forecast"), 200);
    expect(found).toMatchObject({
      publication: "daily",
      reserve_available: 0,
      reserves: [],
      usual_arrivals: 0,
      days_since_last_post: null,
      units_owing: [],
      warning: { title: expect.stringContaining("预计缺") as string, body: expect.stringContaining("篇") as string },
    });
    const days = found.days as Record<string, unknown>[];
    expect(days).toHaveLength(5);
    expect(days.at(-1)).toEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      quota: 2,
      planned: 0,
      expected: 0,
      short: 2,
      from_queue: 0,
      from_arrivals: 0,
      reserve: 0,
    });
    expect(days.map(({ date }) => date)).toEqual(days.map(({ date }) => date as string).sort());
    expect(days.every(({ date }) => (date as string) > (found.date as string))).toBe(true);
  });

  it("is for readers of the office, of a publication that there is", async () => {
    const outsider = await makeToken("outsider", ["channels"]);
    expectProblem(await api("GET", "/publications/daily/forecast", { token: outsider }), 403);
    expectProblem(await api("GET", "/publications/daily/forecast", { token: null }), 401);
    expectProblem(await api("GET", "/publications/none/forecast"), 404);
  });

  it("is described", async () => {
    const { paths } = expectStatus(await api<{ paths: Record<string, unknown> }>("GET", "/openapi.json"), 200);
    expect(Object.keys(paths)).toContain("/api/publications/{id}/forecast");
  });
});

describe("arrivals", () => {
  const arrived = async (slug: string) =>
    (await env.DB.prepare(
      `SELECT coalesce(sum(approved), 0) AS n FROM arrivals a JOIN publications p ON p.id = a.publication_id WHERE p.slug = ?`,
    )
      .bind(slug)
      .first<{ n: number }>())!.n;

  it("are counted when the last review approves, once, and not when an act fails", async () => {
    await makePublication("reviewed", { stages: ["first"] });
    const reviewer = await makeToken("reviewer", ["read", "review"], "reviewer");
    const article = await makeArticle({ publication: "reviewed" });
    expectStatus(await submit(article), 200);
    expect(await arrived("reviewed")).toBe(0);
    const approve = () =>
      api("POST", `/articles/${article.id}/reviews`, { body: { decision: "approve" }, token: reviewer });
    expectStatus(await approve(), 201);
    expectProblem(await approve(), 409);
    expect(await arrived("reviewed")).toBe(1);
  });

  it("without stages are counted when an article is submitted, and an edit is no arrival", async () => {
    await makePublication("plain");
    const article = await makeArticle({ publication: "plain" });
    const queued = expectStatus(await submit(article), 200);
    expectProblem(await submit(queued), 409);
    expectStatus(
      await api("PATCH", `/articles/${article.id}`, {
        body: { markdown: "另一段正文。" },
        headers: { "if-match": `"${queued.rev}"` },
      }),
      200,
    );
    expect(await arrived("plain")).toBe(1);
  });
});

describe("a channel's purpose", () => {
  const body = { kind: "webhook", name: "办公室", config: { url: "https://office.example.com/in" } };
  const make = (more: Record<string, unknown>) => api<Channel>("POST", "/channels", { body: { ...body, ...more } });

  it("is news unless it says otherwise, and is shown", async () => {
    expect(expectStatus(await make({}), 201).purpose).toBe("news");
    const alert = expectStatus(await make({ purpose: "alert" }), 201);
    expect(alert.purpose).toBe("alert");
    expect(expectStatus(await api<Channel>("GET", `/channels/${alert.id}`), 200).purpose).toBe("alert");
  });

  it("is one of two", async () => {
    await expectUnwritten(async () => expectProblem(await make({ purpose: "gossip" }), 422, "purpose"));
  });

  it("alert takes no filter, then or later", async () => {
    await expectUnwritten(async () =>
      expectProblem(await make({ purpose: "alert", filter: { units: ["a"] } }), 422, "filter"),
    );
    const alert = expectStatus(await make({ purpose: "alert", filter: {} }), 201);
    const change = (sent: Record<string, unknown>) =>
      api("PATCH", `/channels/${alert.id}`, { body: sent, headers: { "if-match": `"${alert.rev}"` } });
    await expectUnwritten(async () => expectProblem(await change({ filter: { kinds: ["recalled"] } }), 422, "filter"));
    expectProblem(await change({ purpose: "news" }), 422);
    expectStatus(await change({ name: "值班室" }), 200);
  });
});

describe("warn_at", () => {
  const put = (warn_at: unknown) => api("PUT", "/publications/warned", { body: { name: "刊", warn_at } });

  it.each([
    [["25:00"], "warn_at.0"],
    [["16:00", "16:00"], "warn_at"],
    ["16:00", "warn_at"],
  ])("refuses %j", async (sent, field) => {
    await expectUnwritten(async () => expectProblem(await put(sent), 422, field));
  });

  it("may be several times, or none, and stays when it is not sent", async () => {
    expect(expectStatus(await put(["09:00", "16:30"]), 201).warn_at).toEqual(["09:00", "16:30"]);
    const change = (body: Record<string, unknown>, rev: number) =>
      api("PUT", "/publications/warned", { body, headers: { "if-match": `"${rev}"` } });
    expect(expectStatus(await change({ quota: 3 }, 1), 200).warn_at).toEqual(["09:00", "16:30"]);
    expect(expectStatus(await change({ warn_at: [] }, 2), 200).warn_at).toEqual([]);
  });
});

describe("GET /health", () => {
  it("warns in the same words, and says since when nothing was posted", async () => {
    const { title } = expectStatus(
      await api<{ warning: { title: string } }>("GET", "/publications/daily/forecast"),
      200,
    ).warning;
    const health = expectStatus(
      await api<{ warnings: string[]; editions: { publication: string; days_since_last_post: number | null }[] }>(
        "GET",
        "/health",
      ),
      200,
    );
    expect(health.warnings.some((words) => words.startsWith(`${title}。`))).toBe(true);
    expect(health.editions[0]).toMatchObject({ publication: "daily", days_since_last_post: null });
    expect(expectStatus(await api("GET", "/health", { token: null }), 200)).not.toHaveProperty("warnings");
  });
});
