/** How an account is and what was counted of its readers, over HTTP, with the simulated platform outside. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { noteTrouble } from "../../../src/wechat/health/trouble-store.ts";
import { putFigures } from "../../../src/wechat/numbers/store.ts";
import { WechatSimulator } from "../../outside/wechat/simulator.ts";
import type { Account } from "../../outside/wechat/state.ts";
import { apiWith, auditOf, expectProblem, expectStatus, expectUnwritten, makeToken } from "../helpers/api.ts";

const APP = { app_id: "wx0123456789abcdef", secret: "0123456789abcdef0123456789abcdef" };
const wechat = new WechatSimulator({ now: () => Date.now() });
let platform: Account;
let channel = "";
let id = 0;
let inbox = "";

interface Health {
  status: string;
  why: string[];
  [member: string]: unknown;
}
const api = <Body = Record<string, unknown>>(method: string, path: string, options = {}) =>
  apiWith<Body>({}, method, path, options);
const health = async () => expectStatus(await api<Health>("GET", `/channels/${channel}/health`), 200);
const check = async () =>
  expectStatus(await api<Health>("POST", `/channels/${channel}/health/check`, { body: {} }), 200);
const calls = () => wechat.world.log.map(({ path }) => path);

beforeAll(async () => {
  vi.spyOn(globalThis, "fetch").mockImplementation((url, init) => wechat.handle(new Request(url as string, init)));
  const config = { app_id: APP.app_id, app_secret: APP.secret, mode: "certified", publication: "daily" };
  expectStatus(await api("PUT", "/publications/daily", { body: { name: "日报" } }), 201);
  channel = expectStatus(
    await api<{ id: string }>("POST", "/channels", { body: { kind: "wechat", name: "县报", config } }),
    201,
  ).id;
  inbox = expectStatus(await api<{ id: string }>("POST", "/channels", { body: { kind: "inbox" } }), 201).id;
  id = (await env.DB.prepare(`SELECT id FROM channels WHERE uid = ?`).bind(channel).first<{ id: number }>())!.id;
});
afterAll(() => void vi.restoreAllMocks());

beforeEach(async () => {
  platform = wechat.register({ ...APP, callback: { url: "https://kanfa.test/", token: "t", aes_key: null } });
  wechat.world.log.length = 0;
  await env.DB.batch(
    ["wechat_health", "wechat_told", "wechat_tokens", "wechat_numbers"].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  );
});

describe("GET /channels/{id}/health", () => {
  it("asks the platform nothing", async () => {
    expect(await health()).toMatchObject({
      status: "ok",
      why: [],
      quota: null,
      callback: null,
      token: null,
      whitelist: null,
      mass_sends: { today: 0, per_day: 1, month: 0, per_month: 31 },
      last_published: null,
      last_error: null,
    });
    expect(calls()).toEqual([]);
  });

  it("says what keeps the account, and /api/health says it too", async () => {
    const words = "调用的 IP 203.0.113.9 不在公众号的 IP 白名单里";
    await env.DB.batch(noteTrouble(env.DB, id, { code: "40164", words, next: "请加入" }, Date.now()));
    const why = [`${words}。请加入`];
    expect(await health()).toMatchObject({
      status: "degraded",
      why,
      whitelist: { refused_ip: "203.0.113.9", code: "40164", still_refused: true },
      last_error: { code: "40164", class: "account", stands: true },
    });
    const office = expectStatus(await api<Health>("GET", "/health"), 200);
    expect(office).toMatchObject({ status: "degraded", wechat: [{ channel, name: "县报", status: "degraded", why }] });
    expect(expectStatus(await api("GET", "/health", { token: null }), 200)).toEqual({ status: "degraded" });
  });
});

describe("POST /channels/{id}/health/check", () => {
  it("asks for allowances and the way to the callback, and not again at once", async () => {
    const path = "/cgi-bin/message/mass/sendall";
    platform.limits = { [path]: { day: 7, minute: 7 } };
    expect(await check()).toMatchObject({
      status: "ok",
      quota: { [path]: { limit: 7, used: 0, left: 7 } },
      callback: { ok: true },
      token: { origin: "fetched", forced_refreshes_left: 20 },
      checked_at: expect.stringMatching(/^2/),
    });
    const asked = calls().length;
    await check();
    expect(calls()).toHaveLength(asked);
    expect(calls().filter((each) => each.endsWith("quota/get"))).toHaveLength(5);
  });

  it("says which address has to be allowed", async () => {
    platform.whitelist = ["198.51.100.1"];
    expect(await check()).toMatchObject({
      status: "degraded",
      whitelist: { refused_ip: "203.0.113.7", still_refused: true },
      quota: null,
      check_error: { code: "40164" },
    });
    platform.whitelist = null;
    expect(await check()).toMatchObject({ status: "ok", check_error: null, whitelist: { still_refused: false } });
  });

  it("blames nobody when the platform does not answer", async () => {
    wechat.script.push({ path: "/cgi-bin/openapi/quota/get", answer: "http-502" });
    expect(await check()).toMatchObject({
      status: "ok",
      last_error: null,
      checked_at: null,
      check_error: { next: expect.stringMatching(/./) },
    });
  });

  it("finds no fault with an account that has no callback", async () => {
    platform.callback = null;
    expect(await check()).toMatchObject({ status: "ok", callback: { ok: true, words: "没有使用回调" } });
  });
});

describe("POST /channels/{id}/quota/clear", () => {
  const clear = () => api("POST", `/channels/${channel}/quota/clear`, { body: {} });

  it("clears ten times a month, and says why it does not any more", async () => {
    for (let n = 0; n < 10; n++) expectStatus(await clear(), 204);
    expect(
      (await auditOf(`channel:${channel}`)).filter(({ action }) => action === "channel.quota_cleared"),
    ).toHaveLength(10);
    await expectUnwritten(async () => expect(expectProblem(await clear(), 409).detail).toContain("清零"));
  });
});

describe("GET /channels/{id}/numbers", () => {
  const numbers = (query: string) => api<{ days: unknown[] }>("GET", `/channels/${channel}/numbers${query}`);

  it("lists the days of the range with what the callback counted", async () => {
    const none = { followers: null, came: null, went: null, reads: null, shares: null };
    await putFigures(env.DB, id, [
      { ...none, date: "2026-03-01", followers: 9 },
      { ...none, date: "2026-03-02", came: 4, reads: 70 },
    ]).run();
    await env.DB.prepare(`INSERT INTO wechat_days VALUES (?, '2026-03-03', 3, 1)`).bind(id).run();
    expect(expectStatus(await numbers("?from=2026-03-02&to=2026-03-31"), 200)).toMatchObject({
      days: [
        { date: "2026-03-02", followers: null, came: 4, reads: 70, callback: null },
        { date: "2026-03-03", came: null, callback: { came: 3, went: 1 } },
      ],
      posts: [],
      complete_at: null,
      error: null,
    });
    expectStatus(await numbers(""), 200);
  });

  it.each([
    ["from", "?from=2026-02-30"],
    ["to", "?to=heute"],
    ["from", "?from=2026-03-02&to=2026-03-01"],
    ["from", "?from=2025-03-01&to=2026-03-02"],
    ["day", "?day=2026-03-01"],
  ])("names %s of %s", async (field, query) => {
    expectProblem(await numbers(query), 422, field);
  });
});

describe("GET /publications/{id}/record", () => {
  const record = async (of: string) =>
    expectStatus(
      await api<{ days: { date: string; wechat?: unknown }[] }>("GET", `/publications/${of}/record?month=2026-03`),
      200,
    ).days;

  it("has the figures of the publication's account beside each of its days", async () => {
    expectStatus(await api("PUT", "/publications/other", { body: { name: "别的" } }), 201);
    await env.DB.prepare(
      `INSERT INTO editions (publication_id, date, quota, shortfall, provisional, plan_rev, planned_at, closed_at)
       SELECT publications.id, day.value, 1, 0, 0, 1, 0, 1 FROM publications, json_each('["2026-03-02","2026-03-03"]') day`,
    ).run();
    const figures = { date: "2026-03-02", followers: 900, came: 4, went: 1, reads: 70, shares: 7 };
    await putFigures(env.DB, id, [figures]).run();
    expect(await record("daily")).toMatchObject([
      { date: "2026-03-02", wechat: { followers: 900, came: 4, went: 1, reads: 70 } },
      { date: "2026-03-03", wechat: null },
    ]);
    expect((await record("other")).map((day) => "wechat" in day)).toEqual([false, false]);
  });
});

it.each(["GET /health", "GET /numbers", "POST /health/check", "POST /quota/clear"])(
  "%s is for accounts, and for whoever looks after channels",
  async (act) => {
    const [method, path] = act.split(" ") as [string, string];
    const ask = (of: string, token?: string) =>
      api(method, `/channels/${of}${path}`, { ...(method === "POST" && { body: {} }), ...(token && { token }) });
    expectProblem(await ask("nobody"), 404);
    expectProblem(await ask(inbox), 409);
    expectProblem(await ask(channel, await makeToken(`reader of ${act}`, ["read"])), 403);
    expect(calls()).toEqual([]);
  },
);
