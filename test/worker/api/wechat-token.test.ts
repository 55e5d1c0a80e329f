/** An access token from outside, over HTTP. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { findToken } from "../../../src/wechat/client/client-store.ts";
import { api, auditOf, expectProblem, expectStatus, expectUnwritten, makeToken } from "../helpers/api.ts";

const APP = "wx0123456789abcdef";
const TOKEN = `99_${"Ab-_".repeat(40)}`;
const GIVEN = { access_token: TOKEN, expires_in: 7000 };

let account = "";
let inbox = "";
const put = (id: string, body: unknown, token?: string) =>
  api("PUT", `/channels/${id}/token`, { body, ...(token && { token }) });

const make = async (kind: string, config: object = {}): Promise<string> =>
  expectStatus(await api<{ id: string }>("POST", "/channels", { body: { kind, config } }), 201).id;

beforeAll(async () => {
  [account, inbox] = [await make("wechat", { app_id: APP, mode: "certified" }), await make("inbox")];
});

describe("PUT /channels/{id}/token", () => {
  it("keeps the token sealed, with its end, and says so in the audit", async () => {
    expectStatus(await put(account, GIVEN), 204);
    const { id } = (await env.DB.prepare(`SELECT id FROM channels WHERE uid = ?`)
      .bind(account)
      .first<{ id: number }>())!;
    const found = await findToken(env.DB, { id, uid: account, appId: APP }, { current: env.KANFA_SECRET! });
    const audited = await env.DB.prepare(
      `SELECT at, detail FROM audit WHERE action = 'channel.token_handed_in'`,
    ).first<{
      at: number;
    }>();
    expect(found?.token).toEqual({ text: TOKEN, expiresAt: audited!.at + 7_000_000 });
    expect((await auditOf(`channel:${account}`)).map(({ action }) => action)).toContain("channel.token_handed_in");
    const row = await env.DB.prepare(`SELECT * FROM wechat_tokens`).first();
    expect(JSON.stringify([row, audited])).not.toContain(TOKEN);
  });

  it("lets go on what waits for it", async () => {
    const far = 9_000_000_000_000;
    const due = () =>
      env.DB.prepare(
        `SELECT c.due_at < ?2 AS channel, s.due_at < ?2 AS shard FROM channels c JOIN shards s ON s.id = c.shard WHERE c.uid = ?1`,
      )
        .bind(account, far)
        .first();
    await env.DB.prepare(`UPDATE channels SET due_at = ?`).bind(far).run();
    await env.DB.prepare(`UPDATE shards SET due_at = ?`).bind(far).run();
    expect(await due()).toEqual({ channel: 0, shard: 0 });
    expectStatus(await put(account, GIVEN), 204);
    expect(await due()).toEqual({ channel: 1, shard: 1 });
  });

  it("takes the next in its place", async () => {
    expectStatus(await put(account, GIVEN), 204);
    expectStatus(await put(account, { ...GIVEN, access_token: `${TOKEN}x` }), 204);
    expect(await env.DB.prepare(`SELECT count(*) AS n FROM wechat_tokens`).first()).toEqual({ n: 1 });
  });

  it.each([
    ["access_token", { expires_in: 7000 }],
    ["access_token", { ...GIVEN, access_token: "" }],
    ["access_token", { ...GIVEN, access_token: "short" }],
    ["access_token", { ...GIVEN, access_token: `${TOKEN}\n` }],
    ["access_token", { ...GIVEN, access_token: "x".repeat(2049) }],
    ["access_token", { ...GIVEN, access_token: 5 }],
    ["expires_in", { access_token: TOKEN }],
    ["expires_in", { ...GIVEN, expires_in: 0 }],
    ["expires_in", { ...GIVEN, expires_in: 7201 }],
    ["expires_in", { ...GIVEN, expires_in: "7000" }],
    ["extra", { ...GIVEN, extra: 1 }],
  ])("names %s", async (field, body) => {
    await expectUnwritten(async () => expectProblem(await put(account, body), 422, field));
  });

  it("is for a WeChat account, and for whoever looks after channels", async () => {
    await expectUnwritten(async () => {
      expectProblem(await put(inbox, GIVEN), 409);
      expectProblem(await put("nobody", GIVEN), 404);
    });
    const reader = await makeToken("reader", ["read"]);
    await expectUnwritten(async () => expectProblem(await put(account, GIVEN, reader), 403));
  });

  it("goes with its channel", async () => {
    expectStatus(await put(account, GIVEN), 204);
    await env.DB.prepare(`DELETE FROM channels WHERE uid = ?`).bind(account).run();
    expect(await env.DB.prepare(`SELECT count(*) AS n FROM wechat_tokens`).first()).toEqual({ n: 0 });
  });
});
