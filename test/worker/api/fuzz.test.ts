/** Whatever is sent, it is never our fault: no answer of 500 and up, and what is taken comes back as it was meant. */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Article } from "../helpers/api.ts";
import { ADMIN, api, ARTICLE, expectProblem, expectStatus, makeArticle, makePublication } from "../helpers/api.ts";

let article = "";
let channel = "";

beforeAll(async () => {
  await makePublication("daily", { stages: ["first"] });
  article = (await makeArticle()).id;
  const made = await api<{ id: string }>("POST", "/channels", {
    body: { kind: "webhook", name: "合作方", config: { url: "https://news.county-partner.cn/in" } },
  });
  channel = expectStatus(made, 201).id;
});

// Texts that break things: halves of characters, controls, other scripts, quotes, markup, SQL, paths, huge numbers.
const wild = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.constantFrom(
    "",
    " ",
    "\0",
    "\ud800",
    "\udfff\ud800",
    "𠮷",
    "e\u0301",
    "'; DROP TABLE articles; --",
    "%s",
    "../..",
    "__proto__",
  ),
  fc.constantFrom(
    "daily",
    "none",
    "2026-11-23",
    "2026-02-30",
    "2026-11-23T08:00:00+08:00",
    "https://a.cn/",
    "javascript:x",
  ),
  fc.constantFrom(
    "Asia/Shanghai",
    "+08:00",
    "Mars/Base",
    "30 8 * * *",
    "* * * * *",
    "0 0 31 2 *",
    "0 8 L * *",
    "07:00",
    "24:00",
  ),
  fc.constantFrom(
    "original",
    "reprint",
    "approve",
    "first",
    "webhook",
    "inbox",
    "published",
    "read",
    "editor",
    "committee",
  ),
);
const value = fc.oneof(
  { weight: 4, arbitrary: wild },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53, -(2 ** 31), 1e308, 5e-324, [], {}),
  fc.array(wild, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("name", "role", "url", "payload", "columns", "kinds", "__proto__"), wild, {
    maxKeys: 3,
  }),
);
const MEMBERS = [
  "publication",
  "kind",
  "title",
  "markdown",
  "digest",
  "credits",
  "cover",
  "source",
  "column",
  "unit",
  "important",
  "priority",
  "event_at",
  "embargo_until",
  "expires_at",
  "must_run_on",
  "evergreen",
  "decision",
  "gates",
  "note",
  "hash",
  "name",
  "medium",
  "time_zone",
  "quota",
  "plan_at",
  "release_times",
  "stages",
  "reason",
  "dry_run",
  "config",
  "filter",
  "expires_after_hours",
  "id",
  "role",
  "scopes",
  "person",
  "__proto__",
  "constructor",
];
const members = fc.dictionary(fc.constantFrom(...MEMBERS), value, { maxKeys: 6 });
/** What is sent: the right thing with a few members spoilt or added, or something else altogether. */
const body = (right: object) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(JSON.stringify(right)) },
    {
      weight: 4,
      arbitrary: fc
        .dictionary(fc.constantFrom(...Object.keys(right), "note"), value, { maxKeys: 2 })
        .map((spoilt) => JSON.stringify({ ...right, ...spoilt })),
    },
    { weight: 4, arbitrary: members.map((more) => JSON.stringify({ ...right, ...more })) },
    { weight: 2, arbitrary: members.map((only) => JSON.stringify(only)) },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  );

// A header holds Latin-1 without line ends; a client cannot send anything else.
const headerText = fc.oneof(
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, "")),
  fc.constantFrom(
    '"1"',
    "*",
    'W/"1"',
    '"99999999999999999999"',
    "1",
    "-1",
    "NaN",
    "application/json",
    "text/html",
    "gzip",
    "a".repeat(3000),
  ),
);
const headers = fc
  .dictionary(
    fc.constantFrom(
      "if-match",
      "idempotency-key",
      "content-type",
      "accept",
      "content-encoding",
      "origin",
      "cookie",
      "range",
    ),
    headerText,
    { maxKeys: 4 },
  )
  .map((sent) => ({ "if-match": '"1"', ...sent }));

const id = fc.oneof(
  fc.constant("KNOWN"),
  fc.constant("KNOWN"),
  wild.filter((text) => text.isWellFormed()).map((text) => encodeURIComponent(text)),
);
let made = 0;
const WRITES: readonly (readonly [string, string, () => object])[] = [
  ["POST", "/articles", () => ({ ...ARTICLE, credits: [{ role: "文字", name: "李娜" }], priority: 1 })],
  [
    "POST",
    "/articles",
    () => ({ ...ARTICLE, kind: "reprint", source: { name: "新华社", url: "https://www.news.cn/" } }),
  ],
  [
    "POST",
    "/articles",
    () => ({ ...ARTICLE, embargo_until: "2026-11-23T08:00:00Z", expires_at: "2026-11-24T08:00:00Z" }),
  ],
  ["PATCH", "/articles/ID", () => ({ title: "改", column: null, must_run_on: "2026-11-23" })],
  ["POST", "/articles/ID/submit", () => ({})],
  ["POST", "/articles/ID/reviews", () => ({ decision: "approve", gates: ["legal"], note: "" })],
  ["POST", "/articles/ID/withdraw", () => ({})],
  ["POST", "/articles/ID/correct", () => ({ title: "改", note: "更正" })],
  ["POST", "/articles/ID/recall", () => ({ note: "撤回" })],
  [
    "PUT",
    "/publications/ID",
    () => ({ name: "刊", quota: 3, time_zone: "Asia/Shanghai", release_times: ["30 8 * * *"] }),
  ],
  ["POST", "/publications/ID/stop", () => ({ reason: "停" })],
  ["POST", "/publications/ID/start", () => ({})],
  ["POST", "/editions/ID/2099-06-03/plan", () => ({ dry_run: false })],
  ["POST", "/editions/ID/2099-06-03/picks", () => ({ op: "pin", article_id: article, position: 1, reason: "调整" })],
  ["PUT", "/calendar/2099", () => ({ overrides: [{ date: "2099-06-03", working: false, note: "停" }] })],
  [
    "POST",
    "/channels",
    () => ({ kind: "webhook", name: "名", config: { url: "https://news.county-partner.cn/" }, filter: {} }),
  ],
  ["PATCH", "/channels/ID", () => ({ name: "名", config: { payload: "full" }, expires_after_hours: 1 })],
  ["POST", "/channels/ID/pause", () => ({})],
  ["POST", "/channels/ID/resume", () => ({})],
  ["POST", "/columns", () => ({ id: `fuzz-${++made}`, name: "专栏" })],
  ["POST", "/units", () => ({ id: `fuzz-${++made}`, name: "单位", kind: "committee" })],
  ["POST", "/people", () => ({ id: `fuzz-${++made}`, name: "人", role: "editor", unit: null })],
  ["POST", "/tokens", () => ({ name: "令牌", scopes: ["read"], person: null })],
  ["POST", "/media", () => ({})],
];
/** A request: an endpoint, what it names, what is sent to it. */
const write = fc
  .constantFrom(...WRITES)
  .chain(([method, path, right]) => fc.tuple(fc.constant(method), fc.constant(path), id, body(right()), headers));
const known = (path: string): string =>
  path.startsWith("/articles") ? article : path.startsWith("/channels") ? channel : "daily";
const place = (path: string, named: string): string => path.replace("ID", named === "KNOWN" ? known(path) : named);

/** Runs a property and tells how often each status was answered: a fuzz that only ever hears 401 proves nothing. */
async function heard(run: (note: (status: number) => void) => Promise<void>): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  await run((status) => void statuses.set(status, (statuses.get(status) ?? 0) + 1));
  return statuses;
}

describe("never a 500", () => {
  it("for any body on any endpoint that takes one", { timeout: 60_000 }, async () => {
    const statuses = await heard((note) =>
      fc.assert(
        fc.asyncProperty(write, async ([method, path, named, sent, more]) => {
          const answer = await api(method, place(path, named), { body: sent, headers: more });
          note(answer.status);
          if (answer.status >= 400) expectProblem(answer, answer.status);
          expect(answer.status).toBeLessThan(500);
        }),
        { numRuns: 500 },
      ),
    );
    for (const status of [200, 201, 400, 404, 412, 415, 422])
      expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });

  it("for any query on any list", { timeout: 60_000 }, async () => {
    const names = ["cursor", "limit", "status", "publication", "column", "unit", "q", "after", "format", "__proto__"];
    const paths = ["/articles", "/columns", "/people", "/tokens", "/channels", "/wire", "/publications"];
    const query = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(wild, fc.integer().map(String), fc.constantFrom("c1", "czz")),
      {
        maxKeys: 3,
      },
    );
    const statuses = await heard((note) =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(
            ...paths,
            `/articles/KNOWN/preview`,
            `/articles/KNOWN/revisions`,
            "/channels/KNOWN/deliveries",
          ),
          query,
          async (path, sent) => {
            const search = Object.entries(sent).map(
              ([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`,
            );
            const answer = await api("GET", `${path.replace("KNOWN", known(path))}?${search.join("&")}`);
            note(answer.status);
            expect(answer.status).toBeLessThan(500);
          },
        ),
        { numRuns: 300 },
      ),
    );
    for (const status of [200, 422]) expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });

  it("for any path and any date", { timeout: 60_000 }, async () => {
    const date = fc.oneof(
      fc
        .date({ noInvalidDate: true, min: new Date("0000-01-01"), max: new Date("9999-12-31") })
        .map((day) => day.toISOString().slice(0, 10)),
      wild.filter((text) => text.isWellFormed()).map((text) => encodeURIComponent(text)),
    );
    const path = fc.oneof(
      fc.tuple(id, date).map(([named, day]) => place(`/editions/ID/${day}`, named)),
      fc
        .tuple(fc.constantFrom("articles", "channels", "posts", "deliveries", "publications", "nothing"), id)
        .map(([room, named]) => place(`/${room}/ID`, named)),
    );
    await fc.assert(
      fc.asyncProperty(path, async (path) => {
        expect((await api("GET", path)).status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it("for any Authorization", { timeout: 60_000 }, async () => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          headerText,
          headerText.map((text) => `Bearer ${text}`),
        ),
        async (authorization) => {
          fc.pre(authorization.trim() !== `Bearer ${ADMIN}`);
          const more = { authorization, "cf-connecting-ip": `fuzz-${++n}` };
          expect((await api("GET", "/articles", { token: null, headers: more })).status).toBe(401);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("what is taken comes back as it was meant", () => {
  it("any moment with a zone is the same moment, or is refused", { timeout: 60_000 }, async () => {
    const offset = fc.constantFrom("Z", "+08:00", "-12:00", "+14:00", "+05:45", "+23:59", "-23:59");
    const moment = fc
      .tuple(fc.date({ noInvalidDate: true, min: new Date("0000-01-01"), max: new Date("9999-12-31") }), offset)
      .map(([day, zone]) => day.toISOString().replace("Z", zone));
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(moment, async (event_at) => {
        const answer = await api<Article>("POST", "/articles", { body: { ...ARTICLE, event_at } });
        if (answer.status === 422) return void expectProblem(answer, 422, "event_at");
        expectStatus(answer, 201);
        taken += 1;
        expect(answer.json.event_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
        expect(Date.parse(answer.json.event_at!)).toBe(Date.parse(event_at));
      }),
      { numRuns: 60 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it("any text is stored as it was answered, and cleaning it again changes nothing", { timeout: 60_000 }, async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(wild, wild, async (title, markdown) => {
        const sent = { ...ARTICLE, title: title.slice(0, 40), markdown };
        const answer = await api<Article>("POST", "/articles", { body: sent });
        if (answer.status === 422) return void expectProblem(answer, 422);
        const made = expectStatus(answer, 201);
        taken += 1;
        const read = expectStatus(await api<Article>("GET", `/articles/${made.id}`), 200);
        expect(read).toEqual(made);
        const again = expectStatus(
          await api<Article>("POST", "/articles", { body: { ...ARTICLE, title: read.title, markdown: read.markdown } }),
          201,
        );
        expect([again.title, again.markdown, again.hash]).toEqual([read.title, read.markdown, read.hash]);
      }),
      { numRuns: 60 },
    );
    expect(taken).toBeGreaterThan(5);
  });
});
