/** The client against the simulated platform: what it sends is what the platform reads. */
import { expect, it } from "vitest";
import type { WechatCall } from "../../../src/channels/wechat/call.ts";
import { wechatClient } from "../../../src/wechat/client/client.ts";
import { APP, type Answer, JPEG, platform } from "./at.ts";
import { account, Platform } from "./platform.ts";

function office(setup: Parameters<typeof platform>[0] = {}) {
  const { wechat, clock } = platform(setup);
  const call = wechatClient({
    db: new Platform().sqlite.d1(async (_, work) => work()),
    fetch: (url, init) => wechat.handle(new Request(url, init)),
    wall: () => clock.now,
    keys: { current: "a secret for tests only" },
    apiBases: {},
    loadPicture: async () => ({ type: "picture", bytes: JPEG, mime: "image/jpeg", hash: "cd".repeat(32) }),
  });
  const ask = async (what: WechatCall): Promise<Answer> => {
    const reply = await call(account({ app_id: APP.app_id, app_secret: APP.secret }), what);
    if (reply.type !== "response") throw new Error(reply.type);
    return JSON.parse(reply.body) as Answer;
  };
  return { wechat, clock, ask };
}

it("uploads what the platform takes for a picture, each once, and makes a draft of it", async () => {
  const { wechat, ask } = office();
  const body = { path: "/cgi-bin/media/uploadimg", picture: { src: "/media/a.jpg", use: "body" } } as const;
  const cover = { path: "/cgi-bin/material/add_material?type=image", picture: { src: "/a", use: "cover" } } as const;
  const { url } = await ask(body);
  const { media_id: thumb_media_id } = await ask(cover);
  expect([await ask(body), await ask(cover)]).toMatchObject([{ url }, { media_id: thumb_media_id }]);
  expect(wechat.made("upload")).toHaveLength(2);

  const article = { title: "题", content: `<p>文<img src="${String(url)}" alt=""></p>`, thumb_media_id };
  const { media_id } = await ask({ path: "/cgi-bin/draft/add", body: { articles: [article] } });
  const { news_item } = await ask({ path: "/cgi-bin/draft/get", body: { media_id } });
  expect(news_item).toMatchObject([article]);
});

it("goes on with a new token when the platform has withdrawn, or forgotten, the old one", async () => {
  const { wechat, clock, ask } = office();
  const count = { path: "/cgi-bin/draft/batchget", body: { offset: 0, count: 1 } };
  expect(await ask(count)).toMatchObject({ total_count: 0 });
  wechat.world.tokens.clear();
  wechat.account(APP.app_id).stable = null;
  expect(await ask(count)).toMatchObject({ total_count: 0 });
  clock.now += 8 * 3_600_000;
  expect(await ask(count)).toMatchObject({ total_count: 0 });
  expect(wechat.made("token")).toHaveLength(3);
});

it("says which address the platform does not know", async () => {
  const { ask } = office({ whitelist: [] });
  const { errcode, errmsg } = await ask({ path: "/cgi-bin/draft/batchget", body: { offset: 0, count: 1 } });
  expect(errcode).toBe(40164);
  expect(errmsg).toContain("invalid ip 203.0.113.7");
});
