import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/channels/kind.ts";
import { NO_PICTURE, type WechatCall } from "../../../src/channels/wechat/call.ts";
import { judgeAnswer } from "../../../src/channels/wechat/codes.ts";
import { putToken } from "../../../src/wechat/client/client-store.ts";
import { account, APP, PICTURE, Platform, SECRET } from "./platform.ts";

const DRAFT: WechatCall = { path: "/cgi-bin/draft/add", body: { articles: [{ title: "坚持“项目为王”\ud83d" }] } };
const BODY_PICTURE: WechatCall = { path: "/cgi-bin/media/uploadimg", picture: { src: "/media/x.jpg", use: "body" } };
const COVER: WechatCall = {
  path: "/cgi-bin/material/add_material?type=image",
  picture: { src: "/media/x.jpg", use: "cover" },
};

const codeOf = (reply: Reply): unknown => {
  expect(reply.type).toBe("response");
  return reply.type === "response" && (JSON.parse(reply.body) as { errcode?: number }).errcode;
};

/** An account whose token was handed in; the answer hands another in. */
const handIn = async (platform: Platform, text: string): Promise<void> => {
  const db = platform.sqlite.d1(async (_, work) => work());
  const holder = { id: 1, uid: "gzh", appId: APP };
  const token = { text, expiresAt: platform.now + 3_600_000 };
  await (await putToken(db, holder, token, "given", { current: "a secret for tests only" })).run();
};

describe("a call", () => {
  it("gets a token once and adds it; Chinese goes as it is", async () => {
    const platform = new Platform();
    expect(codeOf(await platform.call(account(), DRAFT))).toBe(0);
    await platform.call(account(), DRAFT);
    expect(platform.calls).toEqual(["fetch", "add token-1", "add token-1"]);
    expect(JSON.parse(platform.heard[0]!.body)).toEqual({
      grant_type: "client_credential",
      appid: APP,
      secret: SECRET,
      force_refresh: false,
    });
    expect(platform.heard[1]).toMatchObject({
      type: "application/json; charset=utf-8",
      body: '{"articles":[{"title":"坚持“项目为王”\ufffd"}]}',
    });
    expect(platform.heard[1]!.url.origin).toBe("https://api.weixin.qq.com");
  });

  it("goes to a relay, the token call to another", async () => {
    const platform = new Platform();
    platform.bases = { wechat: "https://relay.example.cn/wx/", wechat_token: "https://fixed.example.cn" };
    await platform.call(account(), COVER);
    expect(platform.heard.map(({ url }) => url.origin + url.pathname)).toEqual([
      "https://fixed.example.cn/cgi-bin/stable_token",
      "https://relay.example.cn/wx/cgi-bin/material/add_material",
    ]);
    expect(platform.heard[1]!.url.searchParams.get("type")).toBe("image");
    platform.heard = [];
    platform.bases = { wechat: "https://relay.example.cn/wx" };
    platform.now += 7_200_000;
    await platform.call(account(), DRAFT);
    expect(platform.heard[0]!.url.href).toBe("https://relay.example.cn/wx/cgi-bin/stable_token");
  });

  it("takes its token to no other host", async () => {
    const platform = new Platform();
    expect(await platform.call(account(), { path: "//evil.example.cn/x", body: {} })).toMatchObject({
      type: "refused",
    });
    expect(platform.calls).toEqual(["fetch"]);
  });

  it("reads a draft that is longer than other answers", async () => {
    const platform = new Platform();
    const content = "长".repeat(300_000);
    platform.onCall = () => ({ news_item: [{ content }] });
    const judged = judgeAnswer(await platform.call(account(), { path: "/cgi-bin/draft/get", body: {} }), platform.now);
    expect(judged).toEqual({ ok: true, value: { news_item: [{ content }] } });
  });

  it("keeps its token sealed, and out of what it answers", async () => {
    const platform = new Platform();
    platform.valid = "secret-token-of-the-platform";
    platform.onCall = ({ url }) => ({ errcode: 48001, errmsg: `unauthorized ${url.search}` });
    const reply = await platform.call(account(), DRAFT);
    expect(codeOf(reply)).toBe(48001);
    expect(JSON.stringify(reply)).not.toContain(platform.valid);
    const kept = JSON.stringify(platform.sqlite.query("SELECT * FROM wechat_tokens"));
    expect(kept).not.toContain(platform.valid);
    platform.onCall = () =>
      new Response("", { status: 302, headers: { location: `https://x.cn/?t=${platform.valid}` } });
    expect(JSON.stringify(await platform.call(account(), DRAFT))).not.toContain(platform.valid);
  });

  it("never throws", async () => {
    const platform = new Platform();
    platform.databaseFails = true;
    expect(await platform.call(account(), DRAFT)).toMatchObject({ type: "network" });
    platform.databaseFails = false;
    platform.onCall = () => {
      throw new Error("connection reset");
    };
    expect(await platform.call(account(), DRAFT)).toEqual({ type: "network", why: "connection reset" });
  });
});

describe("a token", () => {
  it("is renewed before it expires", async () => {
    const platform = new Platform();
    await platform.call(account(), DRAFT);
    platform.now += 6_899_000;
    await platform.call(account(), DRAFT);
    platform.now += 2_000;
    platform.valid = "token-2";
    await platform.call(account(), DRAFT);
    expect(platform.calls).toEqual(["fetch", "add token-1", "add token-1", "fetch", "add token-2"]);
  });

  it.each([40001, 40014, 41001, 42001])(
    "refused with %i is fetched anew, and the call made once more",
    async (errcode) => {
      const platform = new Platform();
      await platform.call(account(), DRAFT);
      platform.heard = [];
      platform.onCall = ({ url }) =>
        url.search.includes("token-1") ? { errcode, errmsg: "token" } : { media_id: "m" };
      platform.onToken = () => {
        platform.valid = "token-2";
        return null;
      };
      expect(judgeAnswer(await platform.call(account(), DRAFT), 0)).toEqual({ ok: true, value: { media_id: "m" } });
      expect(platform.calls).toEqual(["add token-1", "fetch", "add token-2"]);
    },
  );

  it("that another call fetched meanwhile is used", async () => {
    const platform = new Platform();
    await platform.call(account(), DRAFT);
    platform.heard = [];
    platform.valid = "token-2";
    platform.onCall = () => ({ media_id: "m" });
    const replies = await Promise.all([1, 2, 3].map(() => platform.call(account(), DRAFT)));
    for (const reply of replies) expect(judgeAnswer(reply, 0)).toMatchObject({ ok: true });
    expect(platform.forced).toBe(0);
    expect(platform.calls.filter((call) => call === "add token-2")).toHaveLength(3);
  });

  it("that comes back and is still refused is forced, twenty times a day at most and half a minute apart", async () => {
    const platform = new Platform();
    platform.onCall = () => ({ media_id: "m" });
    const jam = () => {
      platform.gives ??= platform.valid;
      platform.valid = "nobody knows";
    };
    await platform.call(account(), DRAFT);
    platform.heard = [];
    jam();
    expect(judgeAnswer(await platform.call(account(), DRAFT), 0)).toMatchObject({ ok: true });
    expect(platform.calls).toEqual(["add token-1", "fetch", "add token-1", "force", "add forced-1"]);
    platform.now += 29_000;
    jam();
    expect(codeOf(await platform.call(account(), DRAFT))).toBe(40001);
    for (let n = 2; n <= 25; n++) {
      platform.now += 30_000;
      jam();
      await platform.call(account(), DRAFT);
    }
    expect(platform.forced).toBe(20);
    platform.now = Date.parse("2026-11-24T00:00:01+08:00");
    jam();
    expect(judgeAnswer(await platform.call(account(), DRAFT), 0)).toMatchObject({ ok: true });
    expect(platform.forced).toBe(21);
  });

  it("that is new and refused is not forced: somebody else may be at it", async () => {
    const platform = new Platform();
    await platform.call(account(), DRAFT);
    platform.heard = [];
    platform.valid = "nobody knows";
    platform.gives = "token-2";
    expect(codeOf(await platform.call(account(), DRAFT))).toBe(40001);
    expect(platform.calls).toEqual(["add token-1", "fetch", "add token-2"]);
  });

  it("that is refused to the office is the call's answer, with the address to allow", async () => {
    const platform = new Platform();
    platform.onToken = () => ({
      errcode: 40164,
      errmsg: "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
    });
    const judged = judgeAnswer(await platform.call(account(), DRAFT), 0);
    expect(judged).toMatchObject({ errcode: 40164, explained: { class: "account", ip: "203.0.113.9" } });
    expect(platform.calls).toEqual(["fetch"]);
  });

  it.each([
    ["does not answer", () => new Response("<html></html>", { status: 502 })],
    ["gives none", () => ({ expires_in: 7200 })],
  ])("call that %s leaves the call unmade", async (_, onToken) => {
    const platform = new Platform();
    platform.onToken = onToken;
    expect(await platform.call(account(), DRAFT)).toMatchObject({
      type: "refused",
      why: expect.stringContaining("没有发出"),
    });
    expect(platform.calls).toEqual(["fetch"]);
  });

  it("of another AppID is none of this account's", async () => {
    const platform = new Platform();
    await platform.call(account(), DRAFT);
    platform.valid = "other";
    await platform.call(account({ app_id: "wxfedcba9876543210" }), DRAFT);
    expect(platform.calls.slice(2)).toEqual(["fetch", "add other"]);
  });
});

describe("a token from outside", () => {
  it("is used, and never fetched for without an AppSecret", async () => {
    const platform = new Platform();
    platform.valid = "given-1";
    const outside = account({ app_secret: undefined });
    const without = judgeAnswer(await platform.call(outside, DRAFT), 0);
    expect(without).toMatchObject({ errcode: 41001, explained: { next: expect.stringContaining("重新交入") } });
    await handIn(platform, "given-1");
    expect(codeOf(await platform.call(outside, DRAFT))).toBe(0);
    platform.valid = "given-2";
    const refused = judgeAnswer(await platform.call(outside, DRAFT), 0);
    expect(refused).toMatchObject({ errcode: 40001, explained: { next: expect.stringContaining("重新交入") } });
    await handIn(platform, "given-2");
    expect(codeOf(await platform.call(outside, DRAFT))).toBe(0);
    expect(platform.calls).toEqual(["add given-1", "add given-1", "add given-2"]);
  });

  it("gives way to a fetched one where there is an AppSecret", async () => {
    const platform = new Platform();
    await handIn(platform, "given-1");
    expect(codeOf(await platform.call(account(), DRAFT))).toBe(0);
    expect(platform.calls).toEqual(["add given-1", "fetch", "add token-1"]);
  });
});

describe("a picture", () => {
  it("is uploaded once, by its bytes, and its address made https", async () => {
    const platform = new Platform();
    platform.onCall = () => ({ url: "http://mmbiz.qpic.cn/a/0?wx_fmt=jpeg" });
    const first = await platform.call(account(), BODY_PICTURE);
    expect(judgeAnswer(first, 0)).toEqual({ ok: true, value: { url: "https://mmbiz.qpic.cn/a/0?wx_fmt=jpeg" } });
    expect(
      await platform.call(account(), { ...BODY_PICTURE, picture: { src: "/media/same.png", use: "body" } }),
    ).toEqual(first);
    expect(platform.calls).toEqual(["fetch", "uploadimg token-1"]);
  });

  it("is sent as the form that the platform reads", async () => {
    const platform = new Platform();
    await platform.call(account(), BODY_PICTURE);
    const { type, bytes } = platform.heard[1]!;
    const form = await new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: { "content-type": type! },
    }).formData();
    const file = form.get("media") as File;
    expect([file.name, file.type]).toEqual(["abababababababab.jpg", "image/jpeg"]);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(PICTURE.type === "picture" && PICTURE.bytes);
  });

  it("is material of its own as a cover, and uploaded anew when the platform has lost it", async () => {
    const platform = new Platform();
    let n = 0;
    platform.onCall = ({ url }) =>
      url.pathname.endsWith("add_material")
        ? { media_id: `cover-${++n}`, url: "http://mmbiz.qpic.cn/c" }
        : { errcode: 40007, errmsg: "invalid media_id" };
    await platform.call(account(), BODY_PICTURE);
    const cover = judgeAnswer(await platform.call(account(), COVER), 0);
    expect(cover).toEqual({ ok: true, value: { url: "https://mmbiz.qpic.cn/c", media_id: "cover-1" } });
    await platform.call(account(), COVER);
    expect(n).toBe(1);
    await platform.call(account(), { path: "/cgi-bin/draft/add", body: { articles: [{ thumb_media_id: "cover-1" }] } });
    expect(judgeAnswer(await platform.call(account(), COVER), 0)).toMatchObject({ value: { media_id: "cover-2" } });
  });

  it("that is refused is not remembered, and one that is missing not sent", async () => {
    const platform = new Platform();
    platform.onCall = () => ({ errcode: 40137, errmsg: "invalid image format" });
    expect(codeOf(await platform.call(account(), BODY_PICTURE))).toBe(40137);
    expect(platform.sqlite.query("SELECT * FROM wechat_uploads")).toEqual([]);
    platform.picture = { type: "missing", why: "图片已不在" };
    platform.heard = [];
    expect(await platform.call(account(), BODY_PICTURE)).toEqual({
      type: "refused",
      why: `${NO_PICTURE}图片已不在`,
    });
    expect(platform.calls).toEqual([]);
  });

  it("two uploads at the same time leave one answer", async () => {
    const platform = new Platform();
    let n = 0;
    platform.onCall = () => ({ url: `http://mmbiz.qpic.cn/${++n}` });
    await Promise.all([1, 2].map(() => platform.call(account(), BODY_PICTURE)));
    expect(platform.sqlite.query("SELECT url FROM wechat_uploads")).toHaveLength(1);
  });
});

it("a call gives up in its time, however slow the platform is", async () => {
  const platform = new Platform();
  platform.onToken = () => {
    platform.now += 46_000;
    return null;
  };
  expect(await platform.call(account(), DRAFT)).toMatchObject({ type: "refused" });
  expect(platform.calls).toEqual(["fetch"]);
});
