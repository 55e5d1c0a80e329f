/** When something of ours is broken, the answer says so and nothing else. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  ADMIN,
  api,
  apiWith,
  ARTICLE,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  wrapped,
} from "../helpers/api.ts";
import type { Answer } from "../helpers/api.ts";

const SECRET_PATH = "hook-5f1e-not-for-anyone";

/** Words that only we should see: SQL, tables, stacks, the runtime, keys. */
const INWARD =
  /SELECT|INSERT|UPDATE |no such|D1_|SQLITE|constraint|\.ts\b|node_modules| at \w+ \(|Error:|TypeError|undefined|stack|KANFA_/i;

function expectMute(answer: Answer<unknown>): void {
  const text = answer.text + JSON.stringify([...answer.headers]);
  expect(text).not.toMatch(INWARD);
  for (const secret of [ADMIN, env.KANFA_SECRET!, SECRET_PATH]) expect(text).not.toContain(secret);
}

let article = "";

beforeAll(async () => {
  await makePublication("daily");
  article = (await makeArticle()).id;
});

describe("a busy or broken database", () => {
  const failing = (message: string) => wrapped(env.DB, () => Promise.reject(new Error(message)));

  it.each([
    "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
    "D1_ERROR: D1 DB is overloaded. Too many requests queued.",
    "D1_ERROR: Network connection lost.",
    "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
    "D1_ERROR: internal error; reference = abc",
  ])("%s is 503 with a time to wait", async (message) => {
    await expectUnwritten(async () => {
      const answer = await apiWith({ DB: failing(message) }, "POST", "/articles", { body: ARTICLE });
      expectProblem(answer, 503);
      expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
      expectMute(answer);
    });
  });

  it.each([
    `D1_ERROR: near "SELECT": syntax error at offset 7: SQLITE_ERROR`,
    "D1_ERROR: UNIQUE constraint failed: articles.uid: SQLITE_CONSTRAINT",
    "D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'",
    `TypeError: Cannot read properties of undefined\n    at createArticle (/srv/kanfa/src/articles/desk.ts:66:9)`,
  ])("%s is a bare 500", async (message) => {
    await expectUnwritten(async () => {
      const answer = await apiWith({ DB: failing(message) }, "POST", "/articles", { body: ARTICLE });
      expectProblem(answer, 500);
      expectMute(answer);
    });
  });

  it("a request that met it may be repeated under its key, with the same body", async () => {
    const options = { body: ARTICLE, headers: { "idempotency-key": "after-the-fault" } };
    for (const message of ["D1_ERROR: Network connection lost.", "D1_ERROR: a bug"])
      expect((await apiWith({ DB: failing(message) }, "POST", "/articles", options)).status).toBeGreaterThanOrEqual(
        500,
      );
    const first = await api("POST", "/articles", options);
    expectStatus(first, 201);
    expect((await api("POST", "/articles", options)).text).toBe(first.text);
  });
});

describe("a Worker that was set up wrong", () => {
  it("without its key it answers nothing and says no more", async () => {
    const answer = await apiWith({ KANFA_SECRET: "" }, "GET", "/articles");
    expectStatus(answer, 500);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expectMute(answer);
  });

  it("with another key it opens no address of a channel, and shows none of the old one's secrets", async () => {
    const config = { url: `https://news.county-partner.cn/${SECRET_PATH}` };
    const made = expectStatus(
      await api<{ id: string }>("POST", "/channels", { body: { kind: "webhook", name: "合作方", config } }),
      201,
    );
    const KANFA_SECRET = "another secret for tests only, 32 bytes or more";
    for (const path of ["/channels", `/channels/${made.id}`]) {
      const answer = await apiWith({ KANFA_SECRET }, "GET", path);
      // Whether it is shown without its address or not at all.
      expect([200, 500]).toContain(answer.status);
      expect(answer.text).not.toContain("county-partner");
      expectMute(answer);
    }
    const kept = { KANFA_SECRET, KANFA_SECRET_PREVIOUS: env.KANFA_SECRET! };
    expectStatus(await apiWith(kept, "GET", `/channels/${made.id}`), 200);
  });

  it("without an admin token nobody is admin", async () => {
    const answer = await apiWith({ KANFA_ADMIN_TOKEN: "" }, "GET", "/articles", {
      headers: { "cf-connecting-ip": "203.0.113.7" },
    });
    expectProblem(answer, 401);
    const empty = await apiWith({ KANFA_ADMIN_TOKEN: "" }, "GET", "/articles", {
      token: null,
      headers: { authorization: "Bearer ", "cf-connecting-ip": "203.0.113.8" },
    });
    expectProblem(empty, 401);
  });
});

describe("a table that is gone", () => {
  beforeAll(async () => {
    await env.DB.batch(
      ["PRAGMA defer_foreign_keys = on", "DROP TABLE revisions", "DROP TABLE reviews", "DROP TABLE channels"].map(
        (sql) => env.DB.prepare(sql),
      ),
    );
  });

  it.each([
    ["GET", "/articles", undefined],
    ["GET", "/articles/ID", undefined],
    ["GET", "/articles/ID/revisions", undefined],
    ["POST", "/articles", ARTICLE],
    ["POST", "/articles/ID/submit", {}],
    ["GET", "/channels", undefined],
    [
      "POST",
      "/channels",
      { kind: "webhook", name: "x", config: { url: `https://news.county-partner.cn/${SECRET_PATH}` } },
    ],
    ["GET", "/health", undefined],
  ] as const)("%s %s is a problem that tells nothing", async (method, path, body) => {
    const answer = await api(method, path.replace("ID", article), { body });
    expectProblem(answer, 500);
    expectMute(answer);
  });

  it("the rest goes on", async () => {
    expectStatus(await api("GET", "/publications"), 200);
    expectProblem(await api("POST", "/columns", { body: { id: "x" } }), 422, "name");
  });

  it("under a key, it does not stay a 500 for ever", async () => {
    const options = { body: ARTICLE, headers: { "idempotency-key": "broken" } };
    expectProblem(await api("POST", "/articles", options), 500);
    const kept = await env.DB.prepare(`SELECT status, answer FROM requests WHERE key = 'broken'`).first();
    expect(kept === null || kept.answer === null).toBe(true);
  });
});
