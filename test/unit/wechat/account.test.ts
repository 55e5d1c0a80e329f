/** Menus, followers and figures of the simulated platform. */
import { describe, expect, it } from "vitest";
import { encrypt, signature } from "../../outside/wechat/envelope.ts";
import { openid } from "../../outside/wechat/events.ts";
import { APP, platform } from "./at.ts";

const AES = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const callback = (aes_key: string | null) => ({ url: "https://kanfa.test/callback?x=1", token: "atoken", aes_key });

describe("menus", () => {
  const button = { type: "click", name: "今日要闻", key: "TODAY" };
  const subs = (count: number) => ({ name: "更多", sub_button: Array.from({ length: count }, () => button) });
  it.each<[string, unknown, number]>([
    ["a button", [button], 0],
    ["three of five", [subs(5), subs(5), subs(5)], 0],
    ["none", [], 40016],
    ["four", [button, button, button, button], 40016],
    ["six below one", [subs(6)], 40023],
    ["no name", [{ ...button, name: "" }], 40018],
    ["a long name", [{ ...button, name: "今日的要闻啊" }], 40018],
    ["a type of its own", [{ ...button, type: "x" }], 40017],
    ["no key", [{ ...button, key: "" }], 40019],
    ["an address that is none", [{ type: "view", name: "站", url: "ftp://a.cn" }], 40020],
    ["one of those below", [{ name: "站", sub_button: [{ type: "view", name: "站", url: "" }] }], 40027],
    ["an article that is not", [{ type: "article_id", name: "文", article_id: "x" }], 53600],
  ])("of %s", async (_, given, errcode) =>
    expect((await platform().call("menu/create", { button: given })).errcode).toBe(errcode),
  );
  it("are kept, and taken away", async () => {
    const { call } = platform();
    expect((await call("menu/get", null)).errcode).toBe(46003);
    await call("menu/create", { button: [button] });
    expect(await call("menu/get", null)).toEqual({ menu: { button: [button] } });
    await call("menu/delete", null);
    expect((await call("menu/get", null)).errcode).toBe(46003);
  });
});

describe("figures", () => {
  const days = (begin_date: string, end_date = begin_date) => ({ begin_date, end_date });
  it.each<[string, object, number]>([
    ["getusersummary", days("2026-03-02"), 61501],
    ["getusersummary", days("2026-02-22", "2026-03-01"), 61501],
    ["getbizsummary", days("2026-01-30", "2026-03-01"), 61501],
    ["getarticletotaldetail", days("2026-02-28", "2026-03-01"), 61501],
    ["getuserread", days("2026-03-01"), 47009],
    ["getusercumulate", days("2026-03-01", "2026-02-28"), 61501],
    ["getusercumulate", days("yesterday"), 61500],
  ])("%s of %j are not to be had", async (what, body, errcode) => {
    const { send, stable } = platform();
    const token = String((await stable())["access_token"]);
    const answer = await send(`/datacube/${what}?access_token=${token}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(answer.errcode).toBe(errcode);
  });

  it("are of days that are over", async () => {
    const numbers = { "2026-03-01": { new_user: 5, cancel_user: 2 } };
    const { wechat, account, send, stable, draft, pass } = platform({ followers: 42, numbers });
    wechat.sendByHand(account.app_id, await draft(2));
    await pass(86_400_000);
    wechat.world.pages[1]!.reads = 7;
    const ask = async (what: string, body: object) => {
      const token = String((await stable())["access_token"]);
      return (await send(`/datacube/${what}?access_token=${token}`, { method: "POST", body: JSON.stringify(body) }))[
        "list"
      ];
    };
    const range = days("2026-03-01", "2026-03-02");
    expect(await ask("getusersummary", range)).toEqual([
      { ref_date: "2026-03-01", user_source: 0, new_user: 5, cancel_user: 2 },
      { ref_date: "2026-03-02", user_source: 0, new_user: 0, cancel_user: 0 },
    ]);
    expect(await ask("getusercumulate", days("2026-03-02"))).toMatchObject([{ cumulate_user: 42 }]);
    expect(await ask("getbizsummary", range)).toMatchObject([
      { detail: { read_user: 0 } },
      { detail: { read_user: 7 } },
    ]);
    expect(await ask("getarticletotaldetail", days("2026-03-02"))).toMatchObject([
      { title: "题", publish_type: 0, detail_list: [{}, { read_user: 0 }] },
      { title: "题", publish_type: 0, detail_list: [{}, { stat_date: "2026-03-02", read_user: 7 }] },
    ]);
  });
});

describe("followers", () => {
  it("are listed, and answered while they listen", async () => {
    const post = async () => new Response("success");
    const { wechat, call, pass } = platform({ followers: 2, callback: callback(null) }, { post });
    expect(await call("user/get", null)).toMatchObject({ total: 2, data: { openid: [openid("1"), openid("2")] } });
    const tell = async (touser: string) =>
      (await call("message/custom/send", { touser, msgtype: "text", text: { content: "好" } })).errcode;
    expect(await tell("x")).toBe(40003);
    expect(await tell(openid("1"))).toBe(45015);
    expect(await wechat.say(APP.app_id, { from: "1", MsgType: "text", Content: "在吗" })).toBe("");
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) codes.push(await tell(openid("1")));
    expect(codes).toEqual([0, 0, 0, 0, 0, 45047]);
    await wechat.say(APP.app_id, { from: "1", MsgType: "event", Event: "CLICK", EventKey: "TODAY" });
    expect(await tell(openid("1"))).toBe(0);
    await pass(49 * 3_600_000);
    expect(await tell(openid("1"))).toBe(45015);
  });

  it("get encrypted answers only if they are signed, and the account's", async () => {
    let app_id = APP.app_id;
    let token = "atoken";
    const post = async (_: string, body: string) => {
      const secret = await encrypt(AES, app_id, `<xml>${body.length > 100}</xml>`);
      const sign = await signature(token, "1", "2", secret);
      return new Response(
        `<xml><Encrypt><![CDATA[${secret}]]></Encrypt><MsgSignature><![CDATA[${sign}]]></MsgSignature>` +
          `<TimeStamp>1</TimeStamp><Nonce><![CDATA[2]]></Nonce></xml>`,
      );
    };
    const { wechat } = platform({ callback: callback(AES) }, { post });
    const ask = () => wechat.say(APP.app_id, { from: "1", MsgType: "text", Content: "在吗" });
    expect(await ask()).toBe("<xml>true</xml>");
    app_id = "wx1";
    await expect(ask()).rejects.toThrow("another account");
    token = "x";
    await expect(ask()).rejects.toThrow("signature");
  });

  it("are reached through a callback that echoes", async () => {
    const { wechat } = platform({ callback: callback(null) });
    const echo = async (url: string) => {
      const { searchParams } = new URL(url);
      const [signed, timestamp, nonce, echostr] = ["signature", "timestamp", "nonce", "echostr"].map((name) =>
        searchParams.get(name)!,
      );
      expect(searchParams.get("x")).toBe("1");
      expect(await signature("atoken", timestamp!, nonce!)).toBe(signed);
      return new Response(echostr);
    };
    expect(await wechat.echoes(APP.app_id, echo)).toBe(true);
    expect(await wechat.echoes(APP.app_id, async () => new Response("success"))).toBe(false);
  });
});
