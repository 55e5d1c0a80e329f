/** The client against a platform that nobody wrote for it. */
import { describe, expect, it } from "vitest";
import type { WechatCall } from "../../../src/channels/wechat/call.ts";
import { type Judged, judgeAnswer } from "../../../src/channels/wechat/codes.ts";
import { type Button, DEFAULT_SETTINGS, menuBody, refuseMenu } from "../../../src/wechat/callback/settings.ts";
import { wechatClient } from "../../../src/wechat/client/client.ts";
import type { LoadedPicture } from "../../../src/wechat/client/upload.ts";
import type { Setup } from "../../outside/wechat/state.ts";
import { APP, heavy, JPEG, platform, PNG, WEBP } from "./at.ts";
import { account as accountOf, channelAlone } from "./platform.ts";

const image = (bytes: Uint8Array, mime: "image/jpeg" | "image/png" = "image/png"): LoadedPicture => ({
  type: "picture",
  bytes: bytes.slice() as Uint8Array<ArrayBuffer>,
  mime,
  hash: bytes
    .toHex()
    .slice(0, 16)
    .padEnd(64, String(bytes.length % 10)),
});

const ADD = "/cgi-bin/draft/add";
const picture = (use: "body" | "cover"): WechatCall => ({
  path: use === "body" ? "/cgi-bin/media/uploadimg" : "/cgi-bin/material/add_material?type=image",
  picture: { src: "/media/x.png", use },
});

function office(setup: Partial<Setup> = {}) {
  const there = platform(setup);
  const shown = { picture: image(PNG) };
  const sqlite = channelAlone();
  const client = wechatClient({
    db: sqlite.d1(async (_, work) => work()),
    fetch: async (url, init) => there.wechat.handle(new Request(url, init)),
    wall: () => there.clock.now,
    keys: { current: "a secret for tests only" },
    apiBases: {},
    loadPicture: async () => shown.picture,
  });
  const call = async (what: WechatCall): Promise<Judged> =>
    judgeAnswer(await client(accountOf({ app_secret: APP.secret }), what), there.clock.now);
  const draft = async (): Promise<Judged> => {
    const cover = await call(picture("cover"));
    const thumb = cover.ok ? cover.value["media_id"] : "none";
    return call({
      path: ADD,
      body: { articles: [{ title: "坚持“项目为王”", content: "<p>文</p>", thumb_media_id: thumb }] },
    });
  };
  return { ...there, shown, call, draft };
}

describe("an account at the platform", () => {
  it("gets its pictures, each once, and a draft with the words as they are", async () => {
    const { call, draft, wechat } = office();
    expect(await call(picture("body"))).toMatchObject({
      value: { url: expect.stringMatching(/^https:\/\/mmbiz\.qpic\.cn\//) },
    });
    await call(picture("body"));
    const made = await draft();
    expect(made).toMatchObject({ ok: true, value: { media_id: expect.any(String) } });
    expect(wechat.made("upload")).toHaveLength(2);
    expect(wechat.made("token")).toHaveLength(1);
    const read = await call({ path: "/cgi-bin/draft/get", body: { media_id: made.ok && made.value["media_id"] } });
    expect(read).toMatchObject({ value: { news_item: [{ title: "坚持“项目为王”" }] } });
  });

  it("gets its menu as settings word it, by the largest that they allow, and loses it", async () => {
    const { call, account } = office();
    const menu: Button[] = [
      { type: "click", name: "今日要闻要", key: "today" },
      { type: "menu", name: "更多", buttons: [{ type: "view", name: "网".repeat(20), url: "https://kanfa.test/" }] },
    ];
    expect(refuseMenu({ ...DEFAULT_SETTINGS, menu })).toEqual([]);
    expect(await call({ path: "/cgi-bin/menu/create", body: menuBody(menu) })).toMatchObject({ ok: true });
    expect(account.menu).toEqual(menuBody(menu));
    expect(await call({ path: "/cgi-bin/menu/delete", method: "GET" })).toMatchObject({ ok: true });
    expect(account.menu).toBeNull();
  });

  it("is told of the address to allow", async () => {
    const { draft } = office({ whitelist: ["198.51.100.1"] });
    expect(await draft()).toMatchObject({ errcode: 40164, explained: { ip: "203.0.113.7", class: "account" } });
  });

  it("gets a new token when its own runs out, or somebody else forces one", async () => {
    const { draft, stable, clock, wechat } = office();
    await draft();
    clock.now += 7_200_000;
    expect(await draft()).toMatchObject({ ok: true });
    clock.now += 60_000;
    await stable({ force_refresh: true });
    const before = wechat.made("token").length;
    expect(await draft()).toMatchObject({ ok: true });
    expect(wechat.made("token")).toHaveLength(before + 1);
  });

  it("is heard once where it was not heard, and not made twice where it may have been", async () => {
    const { draft, wechat } = office();
    await draft();
    wechat.script.push({ path: ADD, answer: { errcode: 42001 } });
    expect(await draft()).toMatchObject({ ok: true });
    for (const answer of ["timeout", "reset", "http-502", "html"] as const) {
      wechat.script.push({ path: ADD, when: "after", answer });
      expect(await draft()).toMatchObject({ verdict: { type: "unknown" } });
    }
    expect(wechat.made("draft")).toHaveLength(6);
  });

  it.each([
    ["webp", image(WEBP), 40137],
    ["over 1 MB", image(heavy(JPEG, 1_100_000), "image/jpeg"), 40009],
  ])("a picture that the platform refuses is the article's: %s", async (_, refused, errcode) => {
    const { call, shown } = office();
    shown.picture = refused;
    expect(await call(picture("body"))).toMatchObject({ errcode, verdict: { type: "rejected" } });
  });

  it("waits out the platform's limits", async () => {
    const { draft, wechat, clock } = office();
    wechat.script.push({ path: ADD, answer: { errcode: 45009 } });
    const limited = await draft();
    expect(limited).toMatchObject({ verdict: { type: "retry", throttled: true } });
    expect(clock.now + 12 * 3_600_000 + 300_000).toBe(Date.parse("2026-03-03T00:05:00+08:00"));
    expect(limited).toMatchObject({ verdict: { after: 12 * 3_600_000 + 300_000 } });
  });
});
