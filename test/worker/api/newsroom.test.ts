import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Page } from "../helpers/api.ts";
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
  walk,
} from "../helpers/api.ts";

const rooms = [
  { path: "/columns", more: {} },
  { path: "/units", more: { kind: "committee" } },
  { path: "/people", more: { role: "correspondent" } },
] as const;

describe.each(rooms)("$path", ({ path, more }) => {
  const shown = path === "/people" ? { ...more, unit: null } : more;
  const what = { "/columns": "column", "/units": "unit", "/people": "person" }[path];

  it("makes one, audited, and lists it", async () => {
    const made = { id: "first", name: "头雁风采", ...shown };
    expect(
      expectStatus(
        await api("POST", path, { body: { id: "first", name: " 头雁 \n 风采 ".replace(" \n ", ""), ...more } }),
        201,
      ),
    ).toEqual(made);
    expect(expectStatus(await api("GET", path), 200)).toEqual({ items: [made], next: null });
    expect(await auditOf(`${what}:first`)).toEqual([{ actor: "admin", action: `${what}.created` }]);
  });

  it("makes an id once", async () => {
    await expectUnwritten(async () =>
      expectProblem(await api("POST", path, { body: { id: "first", name: "另一个", ...more } }), 409, "id"),
    );
  });

  it("is read page by page without a gap or a repeat, whatever the limit", async () => {
    for (let n = 1; n <= 24; n++)
      expectStatus(await api("POST", path, { body: { id: `n-${n}`, name: `第 ${n}`, ...more } }), 201);
    const ids = ["first", ...Array.from({ length: 24 }, (_, i) => `n-${i + 1}`)];
    for (const [limit, pages] of [
      [1, 25],
      [5, 5],
      [7, 4],
      [25, 1],
      [100, 1],
    ] as const) {
      const read = await walk<{ id: string }>(path, limit);
      expect(read.items.map((item) => item.id)).toEqual(ids);
      expect(read.pages).toBe(pages);
    }
    const usual = expectStatus(await api<Page<{ id: string }>>("GET", path), 200);
    expect(usual.items).toHaveLength(20);
    expect(usual.next).not.toBeNull();
  });

  it("a row that is added while a list is read comes once, at its end", async () => {
    const page = expectStatus(await api<Page<{ id: string }>>("GET", `${path}?limit=24`), 200);
    expectStatus(await api("POST", path, { body: { id: "late", name: "后来", ...more } }), 201);
    const rest = expectStatus(await api<Page<{ id: string }>>("GET", `${path}?limit=24&cursor=${page.next}`), 200);
    expect(rest.items.map((item) => item.id)).toEqual(["n-24", "late"]);
    expect(rest.next).toBeNull();
  });

  it.each([
    ["id", { id: "A", name: "名" }],
    ["id", { id: "", name: "名" }],
    ["id", { id: 7, name: "名" }],
    ["id", { name: "名" }],
    ["name", { id: "x" }],
    ["name", { id: "x", name: "" }],
    ["name", { id: "x", name: " \t　" }],
    ["name", { id: "x", name: "名".repeat(41) }],
    ["name", { id: "x", name: "a\u0000b" }],
    ["name", { id: "x", name: "\ud800" }],
    ["colour", { id: "x", name: "名", colour: "red" }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    await expectUnwritten(async () =>
      expectProblem(await api("POST", path, { body: { ...more, ...body } }), 422, field),
    );
  });
});

describe("people and units", () => {
  it("a person belongs to a unit that there is", async () => {
    const made = expectStatus(
      await api("POST", "/people", { body: { id: "wang", name: "王", role: "editor", unit: "first" } }),
      201,
    );
    expect(made).toEqual({ id: "wang", name: "王", role: "editor", unit: "first" });
    await expectUnwritten(async () => {
      const body = { id: "li", name: "李", role: "editor", unit: "nowhere" };
      expectProblem(await api("POST", "/people", { body }), 422, "unit");
      expectProblem(await api("POST", "/people", { body: { ...body, unit: null, role: "boss" } }), 422, "role");
      expectProblem(await api("POST", "/units", { body: { id: "u", name: "单位", kind: "club" } }), 422, "kind");
    });
  });
});

describe("tokens", () => {
  interface Token {
    id: string;
    name: string;
    person: string | null;
    scopes: string[];
    token?: string;
  }
  const make = (body: unknown) => api<Token>("POST", "/tokens", { body });

  it("is shown once and kept only as a hash", async () => {
    const made = expectStatus(await make({ name: "排版", scopes: ["read"], person: "wang" }), 201);
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: "排版",
      person: "wang",
      scopes: ["read"],
      token: expect.stringMatching(/^kanfa_[\w-]{40,}$/),
    });
    const { token, ...rest } = made;
    const list = await api<Page<Token>>("GET", "/tokens?limit=100");
    expect(expectStatus(list, 200).items).toContainEqual(rest);
    expect(list.text).not.toContain(token!);
    const stored = await env.DB.prepare(`SELECT * FROM tokens WHERE uid = ?`).bind(made.id).first();
    expect(JSON.stringify(stored)).not.toContain(token!);
    expect(JSON.stringify(stored)).not.toContain(token!.slice(6));
    expectStatus(await api("GET", "/columns", { token: token! }), 200);
  });

  it("works until it is revoked, once", async () => {
    const made = expectStatus(await make({ name: "临时", scopes: ["read"] }), 201);
    expectStatus(await api("GET", "/columns", { token: made.token! }), 200);
    expectStatus(await api("DELETE", `/tokens/${made.id}`), 204);
    const headers = { "cf-connecting-ip": "192.0.2.1" };
    expectProblem(await api("GET", "/columns", { token: made.token!, headers }), 401);
    const list = expectStatus(await api<Page<Token>>("GET", "/tokens?limit=100"), 200);
    expect(list.items.map((item) => item.id)).not.toContain(made.id);
    await expectUnwritten(async () => expectProblem(await api("DELETE", `/tokens/${made.id}`), 404));
    expect((await auditOf(`token:${made.id}`)).map((row) => row.action)).toEqual(["token.created", "token.revoked"]);
  });

  it("revoking what is not there is not on record", async () => {
    await expectUnwritten(async () => {
      for (const id of ["none", "%00", "%ff", "a%2Fb"]) expectProblem(await api("DELETE", `/tokens/${id}`), 404);
    });
  });

  it("is read page by page without a gap or a repeat", async () => {
    for (let n = 1; n <= 6; n++) expectStatus(await make({ name: `令牌 ${n}`, scopes: ["read"] }), 201);
    const all = expectStatus(await api<Page<Token>>("GET", "/tokens?limit=100"), 200).items.map((item) => item.id);
    expect(all.length).toBeGreaterThan(6);
    expect((await walk<Token>("/tokens", 3)).items.map((item) => item.id)).toEqual(all);
  });

  it.each([
    ["scopes", { name: "t", scopes: [] }],
    ["scopes", { name: "t" }],
    ["scopes.0", { name: "t", scopes: ["root"] }],
    ["scopes.1", { name: "t", scopes: ["read", 3] }],
    ["name", { scopes: ["read"] }],
    ["name", { name: " ", scopes: ["read"] }],
    ["person", { name: "t", scopes: ["read"], person: "nobody" }],
    ["person", { name: "t", scopes: ["read"], person: "Wang Er" }],
    ["token", { name: "t", scopes: ["read"], token: "kanfa_mine" }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    await expectUnwritten(async () => expectProblem(await make(body), 422, field));
  });
});

describe("who may call what", () => {
  const SCOPES = ["read", "articles:write", "review", "editions", "channels", "admin"] as const;
  const tokens = new Map<string, string>();
  let article = "";

  beforeAll(async () => {
    await makePublication("daily");
    article = (await makeArticle()).id;
    for (const scope of SCOPES) tokens.set(scope, await makeToken(`only-${scope.replace(":", "-")}`, [scope]));
  });

  // What the design says of each endpoint, written down here once more on purpose.
  const ENDPOINTS: readonly (readonly [(typeof SCOPES)[number], string, string])[] = [
    ["read", "GET", "/publications"],
    ["read", "GET", "/publications/daily"],
    ["admin", "PUT", "/publications/daily"],
    ["editions", "POST", "/publications/daily/stop"],
    ["editions", "POST", "/publications/daily/start"],
    ["read", "GET", "/editions/daily/2026-11-23"],
    ["editions", "POST", "/editions/daily/2026-11-23/plan"],
    ["editions", "POST", "/editions/daily/2026-11-23/picks"],
    ["read", "GET", "/calendar/2026"],
    ["admin", "PUT", "/calendar/2026"],
    ["read", "GET", "/themes"],
    ["read", "GET", "/columns"],
    ["admin", "POST", "/columns"],
    ["read", "GET", "/units"],
    ["admin", "POST", "/units"],
    ["read", "GET", "/people"],
    ["admin", "POST", "/people"],
    ["admin", "GET", "/tokens"],
    ["admin", "POST", "/tokens"],
    ["admin", "DELETE", "/tokens/x"],
    ["read", "GET", "/articles"],
    ["articles:write", "POST", "/articles"],
    ["read", "GET", "/articles/ID"],
    ["articles:write", "PATCH", "/articles/ID"],
    ["articles:write", "DELETE", "/articles/ID"],
    ["read", "GET", "/articles/ID/revisions"],
    ["read", "GET", "/articles/ID/preview"],
    ["articles:write", "POST", "/articles/ID/submit"],
    ["articles:write", "POST", "/articles/ID/withdraw"],
    ["review", "POST", "/articles/ID/reviews"],
    ["editions", "POST", "/articles/ID/correct"],
    ["editions", "POST", "/articles/ID/recall"],
    ["articles:write", "POST", "/media"],
    ["channels", "GET", "/channels"],
    ["channels", "POST", "/channels"],
    ["channels", "GET", "/channels/x"],
    ["channels", "PATCH", "/channels/x"],
    ["channels", "DELETE", "/channels/x"],
    ["channels", "POST", "/channels/x/pause"],
    ["channels", "POST", "/channels/x/resume"],
    ["channels", "GET", "/channels/x/deliveries"],
    ["channels", "GET", "/deliveries/x_0"],
    ["read", "GET", "/wire"],
    ["read", "GET", "/posts/x"],
  ];

  // A body that no schema takes: whoever gets past the door is told so, and nothing happens.
  const knock = (method: string, path: string, token: string | null) =>
    api(method, path.replace("ID", article), {
      token,
      ...(method !== "GET" && method !== "DELETE" && { body: { nonsense: true } }),
    });

  it.each(ENDPOINTS)("needs the scope %s for %s %s", async (needed, method, path) => {
    await expectUnwritten(async () => {
      expectProblem(await knock(method, path, null), 401);
      for (const scope of SCOPES) {
        const { status } = await knock(method, path, tokens.get(scope)!);
        if (scope === needed || scope === "admin") expect([401, 403], scope).not.toContain(status);
        else expect(status, scope).toBe(403);
      }
    });
  });

  it("knows the scope of every operation that the API describes", async () => {
    interface Described {
      paths: Record<string, Record<string, { security?: { bearer: string[] }[] }>>;
    }
    const { paths } = expectStatus(await api<Described>("GET", "/openapi.json", { token: null }), 200);
    const guarded = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security ? [[security[0]!.bearer[0]!, method.toUpperCase(), path] as const] : [],
      ),
    );
    expect(guarded.length).toBeGreaterThanOrEqual(ENDPOINTS.length);
    for (const [scope, method, path] of guarded) {
      const real = path.replace(/^\/api/, "").replace(/\{\w+\}/g, "x");
      const seen = `${method} ${path}`;
      const headers = { "if-match": '"1"' };
      expect((await api(method, real, { token: null, headers })).status, seen).toBe(401);
      const other = tokens.get(scope === "read" ? "review" : "read")!;
      expect((await api(method, real, { token: other, headers })).status, seen).toBe(403);
    }
  });

  describe("a token that is none", () => {
    let n = 0;
    // Wrong tokens are counted by address.
    const from = () => ({ "cf-connecting-ip": `198.51.100.${++n}` });

    it("is 401 with a challenge, on every kind of header", async () => {
      await expectUnwritten(async () => {
        for (const authorization of [
          "Bearer wrong",
          `Bearer ${ADMIN}x`,
          `Bearer ${ADMIN.slice(0, -1)}`,
          `Bearer ${ADMIN} ${ADMIN}`,
          `Bearer`,
          ADMIN,
          `Basic ${btoa(`admin:${ADMIN}`)}`,
          `Token ${ADMIN}`,
          "",
          "Bearer ' OR 1=1 --",
        ]) {
          const answer = await api("GET", "/articles", { token: null, headers: { authorization, ...from() } });
          expectProblem(answer, 401);
          expect(answer.headers.get("www-authenticate"), authorization).toMatch(/^Bearer/);
        }
      });
    });

    it("is 401 even where no token is needed", async () => {
      for (const path of ["/health", "/docs", "/openapi.json"])
        expectProblem(await api("GET", path, { token: "wrong", headers: from() }), 401);
    });

    it("is slowed down by its address when it guesses; a right one never is, nor is anyone without", async () => {
      const asked: string[] = [];
      const DENIALS = {
        limit: async ({ key }: { key: string }) => {
          asked.push(key);
          return { success: false };
        },
      };
      const headers = { "cf-connecting-ip": "203.0.113.5" };
      expectStatus(await apiWith({ DENIALS }, "GET", "/articles", { headers }), 200);
      expectStatus(await apiWith({ DENIALS }, "GET", "/health", { headers, token: null }), 200);
      expect(asked).toEqual([]);
      const guess = await apiWith({ DENIALS }, "GET", "/articles", { headers, token: "guess" });
      expectProblem(guess, 429);
      expect(guess.headers.get("retry-after")).toMatch(/^\d+$/);
      expect(asked).toEqual(["203.0.113.5"]);
    });
  });
});
