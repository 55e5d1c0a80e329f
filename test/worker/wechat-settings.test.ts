/** What an account answers, and its menu, as the office sets it. */
import { beforeEach, describe, expect, it } from "vitest";
import { Office } from "./helpers/wechat.ts";

const office = new Office();
const { world } = office;

const SETTINGS = {
  greeting: "欢迎。",
  greeting_posts: true,
  replies: [{ words: ["投稿"], match: "contains", text: "请发邮箱。" }],
  human: { words: ["人工"], text: "请稍候。" },
  fallback: "",
  menu: [
    { type: "click", name: "今日要闻", key: "today" },
    { type: "menu", name: "更多", buttons: [{ type: "view", name: "网站", url: "https://kanfa.test/" }] },
  ],
};

interface View {
  rev: number;
  greeting: string;
  menu: unknown[];
  menu_state: { pushed_at: string | null; error: string | null };
}
interface Problem {
  errors: { field: string }[];
}

async function put(
  body: unknown,
  rev?: number,
): Promise<{ status: number; etag: string | null; json: View & Problem }> {
  const response = await office.settings("PUT", body, rev);
  return { status: response.status, etag: response.headers.get("etag"), json: await response.json() };
}
const read = async () => (await office.settings("GET")).json<View>();
const refusing = (errcode: number) => {
  office.api = () => ({ type: "response", status: 200, headers: {}, body: JSON.stringify({ errcode, errmsg: "no" }) });
};

beforeEach(async () => {
  await office.begin();
  await world.publication();
  await office.account();
  refusing(0);
});

describe("an account's settings", () => {
  it("are the defaults until they are set, and then what was set", async () => {
    expect(await read()).toMatchObject({ rev: 0, menu: [], menu_state: { pushed_at: null, error: null } });
    expect(await put(SETTINGS, 0)).toMatchObject({ status: 200, etag: '"1"', json: { ...SETTINGS, rev: 1 } });
    expect(await read()).toMatchObject({ ...SETTINGS, rev: 1 });
    expect(await office.says("text", { Content: "我要投稿", MsgId: "1" })).toContain("请发邮箱。");
    expect(await office.says("text", { Content: "人工", MsgId: "2" })).toContain("请稍候。");
    expect(await office.says("text", { Content: "别的", MsgId: "3" })).toBeNull();
    const audit = await world.all(`SELECT action, subject FROM audit WHERE action LIKE '%account%'`);
    expect(audit).toEqual([{ action: "channel.account_changed", subject: "channel:wechat-1" }]);
  });

  it("are changed by whoever read them last", async () => {
    expect((await put(SETTINGS)).status).toBe(428);
    await put(SETTINGS, 0);
    expect(await put({ ...SETTINGS, greeting: "晚了" }, 0)).toMatchObject({ status: 412, etag: '"1"' });
    const both = await Promise.all(["甲", "乙"].map((greeting) => put({ ...SETTINGS, greeting }, 1)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await read()).rev).toBe(2);
  });

  it.each<[string, object, string]>([
    ["a long greeting", { greeting: "长".repeat(683) }, "greeting"],
    ["a word that is only punctuation", { human: { words: ["！"], text: "" } }, "human.words.0"],
    ["a reply without text", { replies: [{ words: ["a"], text: " " }] }, "replies.0.text"],
    ["four buttons", { menu: Array.from({ length: 4 }, () => SETTINGS.menu[0]) }, "menu"],
    ["a menu in a menu", { menu: [{ type: "menu", name: "x", buttons: [SETTINGS.menu[1]] }] }, "menu.0.buttons.0.type"],
    ["a long name", { menu: [{ type: "click", name: "今日要闻要闻", key: "today" }] }, "menu.0.name"],
    ["a key that nobody answers", { menu: [{ type: "click", name: "x", key: "tomorrow" }] }, "menu.0.key"],
    ["what is not known", { colour: "red" }, "colour"],
  ])("with %s are refused at that place, and nothing is kept", async (_, change, field) => {
    const { status, json } = await put({ ...SETTINGS, ...change }, 0);
    expect([status, json.errors.map((error) => error.field)]).toEqual([422, [field]]);
    expect((await read()).rev).toBe(0);
    expect(office.calls).toEqual([]);
  });

  it("are of accounts only, and go with their channel", async () => {
    const webhook = await world.webhook(1);
    expect((await office.settings("GET", undefined, undefined, webhook)).status).toBe(409);
    expect((await office.settings("GET", undefined, undefined, "nobody")).status).toBe(404);
    await put(SETTINGS, 0);
    await office.says("event", { Event: "subscribe" });
    await world.db.prepare(`DELETE FROM channels WHERE uid = 'wechat-1'`).run();
    for (const table of ["wechat_settings", "wechat_seen", "wechat_days"])
      expect(await world.one(`SELECT count(*) FROM ${table}`), table).toBe(0);
  });
});

describe("the menu", () => {
  it("goes to the platform when it changes, and not when other settings do", async () => {
    const { json } = await put(SETTINGS, 0);
    expect(json.menu_state).toEqual({ pushed_at: expect.stringContaining("2026-11-23") as string, error: null });
    expect(office.calls).toMatchObject([{ path: "/cgi-bin/menu/create", body: { button: [{ key: "today" }, {}] } }]);
    expect((await put({ ...SETTINGS, greeting: "新" }, 1)).json.menu_state).toEqual(json.menu_state);
    expect(office.calls).toHaveLength(1);
    await put({ ...SETTINGS, menu: [] }, 2);
    expect(office.calls[1]).toMatchObject({ path: "/cgi-bin/menu/delete" });
  });

  it("that the platform refuses is kept, with what is wrong, and goes again when it is saved again", async () => {
    refusing(40055);
    const { status, json } = await put(SETTINGS, 0);
    expect([status, json.menu]).toEqual([200, SETTINGS.menu]);
    expect(json.menu_state).toEqual({ pushed_at: null, error: expect.stringMatching(/域名.*40055/) as string });
    expect((await read()).menu_state).toEqual(json.menu_state);
    refusing(0);
    expect((await put(SETTINGS, 1)).json.menu_state).toMatchObject({ error: null, pushed_at: expect.any(String) });
    expect(office.calls).toHaveLength(2);
  });

  it("of an account that has none here is left alone", async () => {
    await put({ ...SETTINGS, menu: [] }, 0);
    expect(office.calls).toEqual([]);
  });
});
