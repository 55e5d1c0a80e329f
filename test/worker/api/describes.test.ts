/** What the API says of itself: its description, its page, its health. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app } from "../../../src/web/app.tsx";
import { api, expectProblem, expectStatus, makeArticle, makePublication, makeToken } from "../helpers/api.ts";

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  [key: string]: unknown;
}

interface Operation {
  summary: string;
  tags: string[];
  security?: { bearer: string[] }[];
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

interface Description {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

const description = async () => expectStatus(await api<Description>("GET", "/openapi.json", { token: null }), 200);
const operations = async () =>
  Object.entries((await description()).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );

describe("/api/openapi.json", () => {
  it("is OpenAPI 3.1 for anyone who asks", async () => {
    const api31 = await description();
    expect(api31.openapi).toBe("3.1.0");
    expect(api31.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(api31.components.securitySchemes).toHaveProperty("bearer", { type: "http", scheme: "bearer" });
  });

  it("describes every route that is for programs, and nothing that is not there", async () => {
    // The description and its page speak for themselves.
    const routes = app.routes
      .filter((route) => route.method !== "ALL" && /^\/(?:api|push|wechat)\//.test(route.path))
      .map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}`)
      .filter((route) => route !== "GET /api/openapi.json" && route !== "GET /api/docs");
    const described = (await operations()).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(new Set(routes).size).toBeGreaterThan(35);
    expect(described.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  it("is complete enough to make a client from", async () => {
    for (const { path, method, ...operation } of await operations()) {
      const seen = `${method} ${path}`;
      expect(operation.summary, seen).toMatch(/./);
      expect(operation.tags, seen).toHaveLength(1);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(inPath.map((parameter) => parameter.name).toSorted(), seen).toEqual(named.toSorted());
      for (const parameter of inPath) expect(parameter.required, seen).toBe(true);
      expect(
        Object.keys(operation.responses).filter((status) => status.startsWith("2")),
        seen,
      ).toHaveLength(1);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(response.description, seen).toMatch(/./);
        if (!status.startsWith("2"))
          expect(Object.keys(response.content ?? {}), seen).toEqual(["application/problem+json"]);
      }
      if (operation.security)
        expect(Object.keys(operation.responses), seen).toEqual(expect.arrayContaining(["401", "403"]));
      if (method === "patch") {
        expect(operation.parameters, seen).toContainEqual(
          expect.objectContaining({ name: "If-Match", in: "header", required: true }),
        );
        expect(Object.keys(operation.responses), seen).toEqual(expect.arrayContaining(["412", "422", "428"]));
      }
      if (method === "put" || method === "patch") expect(operation.requestBody?.required, seen).toBe(true);
    }
  });

  it("has schemas that say what a request may be, without leftovers", async () => {
    const said = await description();
    const text = JSON.stringify(said);
    expect(text).not.toContain("$schema");
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(said.components.schemas).toHaveProperty(name!);
    const create = said.paths["/api/articles"]!.post!.requestBody!.content["application/json"]!.schema;
    expect(create.required?.toSorted()).toEqual(["markdown", "publication", "title"]);
    expect(create.properties).toHaveProperty("embargo_until");
    expect(create.additionalProperties).toBe(false);
    const media = said.paths["/api/media"]!.post!;
    expect(Object.keys(media.requestBody!.content)).toEqual(["*/*"]);
    expect(Object.keys(media.responses)).toContain("201");
  });
});

describe("/api/docs", () => {
  it("is a page that reads without script and names every operation", async () => {
    const answer = await api("GET", "/docs", { token: null });
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.text).not.toMatch(/<script/i);
    for (const { path, method } of await operations()) {
      expect(answer.text).toContain(`<code>${path}</code>`);
      expect(answer.text).toContain(`>${method.toUpperCase()}</code>`);
    }
  });
});

describe("/api/health", () => {
  interface Health {
    status: string;
    tick: { last_at: string | null; late: number | null };
    editions: Record<string, unknown>[];
    deliveries: Record<string, number>;
    queue: Record<string, unknown>;
  }

  it("tells strangers the status and no more", async () => {
    const answer = await api("GET", "/health", { token: null });
    expect(expectStatus(answer, 200)).toEqual({ status: expect.stringMatching(/^(ok|degraded)$/) });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("without a single tick nothing is published, and it says so", async () => {
    const health = expectStatus(await api<Health>("GET", "/health"), 200);
    expect(health).toMatchObject({ status: "degraded", tick: { last_at: null, late: null } });
  });

  it("tells the office what waits", async () => {
    await makePublication("daily");
    const article = await makeArticle();
    expectStatus(await api("POST", `/articles/${article.id}/submit`), 200);
    const health = expectStatus(await api<Health>("GET", "/health"), 200);
    expect(health.queue).toEqual({ queued: 1, held: 0, in_review: 0, more: false });
    expect(health.deliveries).toEqual({ due: 0, retrying: 0, held: 0 });
    expect(health.editions).toEqual([
      {
        publication: "daily",
        date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        working_day: expect.any(Boolean),
        provisional: expect.any(Boolean),
        days_since_last_post: null,
        quota: expect.any(Number),
        picked: 0,
        released: 0,
        shortfall: null,
        stopped: false,
        overdue: expect.any(Boolean),
      },
    ]);
  });

  it("knows when the last tick was, and how late it is by the wall clock", async () => {
    await env.DB.prepare(`UPDATE office SET last_tick_at = ?, last_tick_wall = 0`)
      .bind(Date.UTC(2026, 10, 23))
      .run();
    const { tick } = expectStatus(await api<Health>("GET", "/health"), 200);
    expect(tick.last_at).toBe("2026-11-23T00:00:00Z");
    expect(tick.late).toBeGreaterThan(5 * 60_000);
  });

  it("is degraded while a publication is stopped or a channel is held", async () => {
    const healthy = async () => (await api<Health>("GET", "/health", { token: null })).json.status;
    // A tick that no clock can find late, and no edition that could be.
    await env.DB.prepare(`UPDATE office SET last_tick_wall = ?`)
      .bind(Date.UTC(2999, 0, 1))
      .run();
    await env.DB.prepare(`UPDATE publications SET plan_at = '23:59'`).run();
    expect(await healthy()).toBe("ok");
    expectStatus(await api("POST", "/publications/daily/stop", { body: { reason: "停" } }), 200);
    expect(await healthy()).toBe("degraded");
    expectStatus(await api("POST", "/publications/daily/start"), 200);
    expect(await healthy()).toBe("ok");
    const made = await api<{ id: string }>("POST", "/channels", { body: { kind: "inbox", name: "收件箱" } });
    await env.DB.prepare(`UPDATE channels SET status = 'held' WHERE uid = ?`).bind(made.json.id).run();
    expect(await healthy()).toBe("degraded");
  });

  it("tells the details to whoever may read, an admin's token among them", async () => {
    for (const scope of ["read", "admin"]) {
      const token = await makeToken(`health-${scope}`, [scope]);
      expect(expectStatus(await api("GET", "/health", { token }), 200), scope).toHaveProperty("editions");
    }
    const token = await makeToken("health-channels", ["channels"]);
    expect(Object.keys(expectStatus(await api("GET", "/health", { token }), 200))).toEqual(["status"]);
  });
});

describe("what is not there", () => {
  it.each([
    ["GET", "/nothing"],
    ["GET", "/"],
    ["GET", "/articles/"],
    ["POST", "/wire"],
    ["PATCH", "/articles"],
    ["DELETE", "/publications/daily"],
    ["PUT", "/articles/x"],
    ["GET", "/articles/x/submit"],
    ["OPTIONS", "/articles"],
  ])("%s %s is 404", async (method, path) => {
    expectProblem(await api(method, path), 404);
    expectProblem(await api(method, path, { token: null }), 404);
  });
});
