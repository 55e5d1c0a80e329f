/** The simulated platform refuses what WeChat refuses, and keeps what it keeps. */
import { describe, expect, it } from "vitest";
import { APP, type Answer, GIF, heavy, JPEG, platform, PNG, upload, WEBP } from "./at.ts";

const MIB = 1024 * 1024;

describe("tokens", () => {
  it("are the same for whoever asks, until shortly before they expire", async () => {
    const { stable, clock } = platform();
    const first = await stable();
    expect(first).toMatchObject({ expires_in: 7200 });
    clock.now += 3_600_000;
    expect(await stable()).toEqual({ ...first, expires_in: 3600 });
    clock.now += 3_301_000;
    expect((await stable())["access_token"]).not.toBe(first["access_token"]);
  });

  it("are renewed by force twenty times a day, half a minute apart", async () => {
    const { stable, clock } = platform();
    const force = async () => (await stable({ force_refresh: true }))["access_token"];
    const first = await force();
    expect(await force()).toBe(first);
    const seen = new Set([first]);
    for (let i = 1; i < 25; i++) {
      clock.now += 30_000;
      seen.add(await force());
    }
    expect(seen.size).toBe(20);
    clock.now += 86_400_000;
    expect(seen).not.toContain(await force());
  });

  it("are refused when missing, malformed, superseded or expired; the two kinds know nothing of each other", async () => {
    const { stable, send, clock } = platform();
    const count = (token: unknown) => send(`/cgi-bin/draft/count?access_token=${String(token)}`);
    const plainly = () => send(`/cgi-bin/token?grant_type=client_credential&appid=${APP.app_id}&secret=${APP.secret}`);
    const old = (await stable())["access_token"];
    const plain = (await plainly())["access_token"];
    const fresh = (await stable({ force_refresh: true }))["access_token"];
    expect((await send("/cgi-bin/draft/count")).errcode).toBe(41001);
    expect((await count("x")).errcode).toBe(40014);
    expect((await count(old)).errcode).toBe(40001);
    expect(await count(fresh)).toEqual({ total_count: 0 });
    await plainly();
    expect(await count(plain)).toEqual({ total_count: 0 });
    clock.now += 300_000;
    expect((await count(plain)).errcode).toBe(40001);
    clock.now += 7_200_000;
    expect((await count(fresh)).errcode).toBe(42001);
  });

  it.each<[object, number]>([
    [{ grant_type: "x" }, 40002],
    [{ appid: "" }, 41002],
    [{ secret: "" }, 41004],
    [{ appid: "wx0" }, 40013],
    [{ secret: "x" }, 40125],
  ])("are not given for %j: %i", async (body, errcode) =>
    expect((await platform().stable(body)).errcode).toBe(errcode),
  );

  it("are given to allowed addresses, of which the refusal names the other one", async () => {
    const { stable } = platform({ whitelist: ["198.51.100.1"] });
    expect(await stable({}, "198.51.100.1")).toHaveProperty("access_token");
    const { errcode, errmsg } = await stable({}, "203.0.113.9");
    expect(errcode).toBe(40164);
    expect(errmsg).toContain("invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist");
  });
  it.each([40243, 50004, 50007, 89503, 89506, 89507])("are refused an account in trouble: %i", async (errcode) =>
    expect((await platform({ token_trouble: errcode }).stable()).errcode).toBe(errcode),
  );
});

describe("pictures", () => {
  it.each<[string, FormData, number | undefined]>([
    ["png", upload(PNG), undefined],
    ["a jpeg of another name", upload(JPEG, "a.gif"), undefined],
    ["gif", upload(GIF, "a.png"), 40005],
    ["webp", upload(WEBP, "a.jpg"), 40137],
    ["text", upload(new TextEncoder().encode("<svg/>"), "a.png"), 40005],
    ["nothing", upload(new Uint8Array()), 44001],
    ["no file", upload(PNG, null), 41005],
    ["another part", upload(PNG, "a.png", "file"), 41005],
    ["just under the limit", upload(heavy(PNG, MIB - 1)), undefined],
    ["too much", upload(heavy(PNG, MIB)), 40009],
  ])("of a text: %s", async (_, form, errcode) =>
    expect((await platform().call("media/uploadimg", form)).errcode).toBe(errcode),
  );

  it("of a text are served at their address, and answered for as text", async () => {
    const { wechat, stable } = platform();
    const token = String((await stable())["access_token"]);
    const at = `https://api.weixin.qq.com/cgi-bin/media/uploadimg?access_token=${token}`;
    const response = await wechat.handle(new Request(at, { method: "POST", body: upload(JPEG, "a.jpg") }));
    expect(response.headers.get("content-type")).toBe("text/plain");
    const { url } = JSON.parse(await response.text()) as { url: string };
    expect(url).toMatch(/^http:\/\/mmbiz\.qpic\.cn\//);
    const image = await wechat.handle(new Request(url));
    expect(image.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await image.arrayBuffer())).toEqual(JPEG);
    expect(wechat.made("upload")).toHaveLength(1);
  });

  it.each<[string, string, FormData, number | undefined]>([
    ["gif", "image", upload(GIF, "a.gif"), undefined],
    ["webp", "image", upload(WEBP, "a.webp"), 40137],
    ["10 MB and more", "image", upload(heavy(PNG, 10 * MIB + 1)), 45001],
    ["a png as thumb", "thumb", upload(PNG), 40005],
    ["a heavy thumb", "thumb", upload(heavy(JPEG, 64 * 1024 + 1)), 45001],
    ["another type", "voices", upload(PNG), 40004],
  ])("of the library: %s", async (_, type, form, errcode) =>
    expect((await platform().call(`material/add_material?type=${type}`, form)).errcode).toBe(errcode),
  );
  it("of the library have their number", async () => {
    const { call } = platform({ library: 1 });
    const add = () => call("material/add_material?type=image", upload(PNG));
    expect(await add()).toHaveProperty("media_id");
    expect((await add()).errcode).toBe(45001);
  });
});

describe("drafts", () => {
  const zi = (count: number): string => "字".repeat(count);
  it.each<[string, object, number | undefined]>([
    ["a title of 32", { title: `${zi(31)}𠮷` }, undefined],
    ["a title of 33", { title: zi(33) }, 45003],
    ["an author of 16", { author: zi(16) }, undefined],
    ["an author of 17", { author: zi(17) }, 45110],
    ["a digest of 128", { digest: zi(128) }, undefined],
    ["a digest of 129", { digest: zi(129) }, 45004],
    ["no content", { content: "" }, 44004],
    ["content of 19,999", { content: zi(19_999) }, undefined],
    ["content of 20,000", { content: zi(20_000) }, 45002],
    ["a source of 1 KB", { content_source_url: `https://a.cn/${"a".repeat(1011)}` }, undefined],
    ["a source beyond it", { content_source_url: `https://a.cn/${"a".repeat(1012)}` }, 45005],
    ["a source that is none", { content_source_url: "javascript:x" }, 41039],
    ["no cover", { thumb_media_id: "" }, 40007],
    ["another's cover", { thumb_media_id: "x" }, 40007],
    ["a crop", { pic_crop_235_1: "0.1945_0_1_0.5236" }, undefined],
    ["a crop that is none", { pic_crop_235_1: "0.1945000_0_1_0.5" }, 40035],
    ["a number for a title", { title: 7 }, 47001],
  ])("with %s", async (_, more, errcode) => {
    const { call, article } = platform();
    expect((await call("draft/add", { articles: [await article(more)] })).errcode).toBe(errcode);
  });

  it.each<[string, string | object, number]>([
    ["nothing", "", 44002],
    ["no JSON", "{", 47001],
    ["a list", "[]", 47001],
    ["no articles", {}, 47001],
    ["none of them", { articles: [] }, 44003],
  ])("of %s", async (_, body, errcode) => expect((await platform().call("draft/add", body)).errcode).toBe(errcode));
  it("of eight articles, not of nine", async () => {
    const { call, article } = platform();
    const articles = Array.from({ length: 9 }, () => article());
    const all = await Promise.all(articles);
    expect((await call("draft/add", { articles: all })).errcode).toBe(45008);
    expect(await call("draft/add", { articles: all.slice(1) })).toHaveProperty("media_id");
  });
  it("with comments only by right", async () => {
    const { call, article } = platform({ comments: false });
    const articles = [await article({ need_open_comment: 1 })];
    expect((await call("draft/add", { articles })).errcode).toBe(88000);
  });

  it("whose characters were escaped are counted, and kept, escaped", async () => {
    const { call, article } = platform();
    const body = (title: string) =>
      article({ title }).then((one) =>
        JSON.stringify({ articles: [one] }).replaceAll(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`),
      );
    expect((await call("draft/add", await body(zi(6)))).errcode).toBe(45003);
    const { media_id } = await call("draft/add", await body("字"));
    const { news_item } = (await call("draft/get", { media_id })) as { news_item: Answer[] };
    expect(news_item[0]!["title"]).toBe("\\u5b57");
  });

  it("are given back as they were kept", async () => {
    const { call, draft } = platform();
    const content = '<p id="x" style="color:red">文<a href="https://a.cn">链</a></p><img src="https://a.cn/x.png">';
    const media_id = await draft(1, { content });
    const { news_item } = (await call("draft/get", { media_id })) as { news_item: Answer[] };
    expect(news_item[0]).toMatchObject({ content: '<p style="color:red">文链</p>', digest: "文链", title: "题" });
  });

  it("are changed one article at a time", async () => {
    const { call, draft, article } = platform();
    const media_id = await draft(2);
    const articles = await article({ title: "新" });
    expect((await call("draft/update", { media_id, index: 0, articles: [articles] })).errcode).toBe(47001);
    expect((await call("draft/update", { media_id, index: 2, articles })).errcode).toBe(40114);
    expect((await call("draft/update", { media_id: "x", index: 0, articles })).errcode).toBe(40007);
    expect((await call("draft/update", { media_id, index: 1, articles })).errcode).toBe(0);
    const { news_item } = (await call("draft/get", { media_id })) as { news_item: Answer[] };
    expect(news_item.map(({ title }) => title)).toEqual(["题", "新"]);
    expect((await call("draft/delete", { media_id })).errcode).toBe(0);
    expect((await call("draft/get", { media_id })).errcode).toBe(40007);
  });
});

describe("calls", () => {
  it("have a day's and a minute's number, which can be asked", async () => {
    const { call, clock } = platform({ limits: { "/cgi-bin/draft/count": { day: 3, minute: 2 } } });
    const codes: unknown[] = [];
    for (const wait of [0, 0, 0, 60_000, 60_000]) {
      clock.now += wait;
      codes.push((await call("draft/count", null)).errcode);
    }
    expect(codes).toEqual([undefined, undefined, 45011, undefined, 45009]);
    const asked = await call("openapi/quota/get", { cgi_path: "/cgi-bin/draft/count" });
    expect(asked["quota"]).toEqual({ daily_limit: 3, used: 3, remain: 0 });
    expect((await call("openapi/quota/get", { cgi_path: "/x" })).errcode).toBe(76021);
    expect((await call("clear_quota", { appid: APP.app_id })).errcode).toBe(0);
    expect((await call("draft/count", null)).errcode).toBeUndefined();
  });

  it("are explained by the rid of their refusal, for a week", async () => {
    const { call, pass } = platform();
    const { errmsg } = await call("draft/get", { media_id: "x" });
    const rid = /rid: (\S+)/.exec(errmsg!)![1];
    expect(await call("openapi/rid/get", { rid })).toMatchObject({ request: { request_url: "/cgi-bin/draft/get" } });
    await pass(8 * 86_400_000);
    expect((await call("openapi/rid/get", { rid })).errcode).toBe(76022);
  });

  it("fail as a script says, before or after they had their effect", async () => {
    const { wechat, call, article } = platform();
    const body = { articles: [await article()] };
    const path = "/cgi-bin/draft/add";
    wechat.script.push({ path, answer: { errcode: -1 } }, { path, nth: 2, when: "after", answer: "timeout" });
    expect((await call("draft/add", body)).errcode).toBe(-1);
    expect(wechat.made("draft")).toHaveLength(0);
    await expect(call("draft/add", body)).rejects.toThrow("does not answer");
    expect(wechat.made("draft")).toHaveLength(1);
    expect(await call("draft/add", body)).toHaveProperty("media_id");
  });
});
