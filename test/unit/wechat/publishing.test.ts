/** The simulated platform publishes and sends, in its time, and tells of it. */
import { describe, expect, it } from "vitest";
import { decrypt, signature } from "../../outside/wechat/envelope.ts";
import { type Answer, platform } from "./at.ts";

const MINUTE = 60_000;
const CALLBACK = { url: "https://kanfa.test/wechat/callback", token: "atoken", aes_key: null };
const ALL = { filter: { is_to_all: true }, msgtype: "mpnews" };

/** A platform whose events are kept. */
function listening(setup: Parameters<typeof platform>[0] = {}, status = () => 200) {
  const posted: { url: URL; body: string }[] = [];
  const post = async (url: string, body: string) => {
    posted.push({ url: new URL(url), body });
    return new Response("success", { status: status() });
  };
  return { posted, ...platform({ callback: CALLBACK, ...setup }, { post }) };
}
const titlesOf = async ({ wechat }: ReturnType<typeof platform>) => {
  const response = await wechat.handle(new Request("https://mp.weixin.qq.com/public"));
  return ((await response.json()) as Answer[]).map(({ title, kind, listed }) => `${title} ${kind} ${listed}`);
};
const text = (body: string, name: string): string =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]*)`).exec(body)?.[1] ?? "";

describe("publishing", () => {
  it("takes its time, makes pages and takes the draft away", async () => {
    const office = listening();
    const { call, draft, pass, posted, wechat } = office;
    const media_id = await draft(2);
    const { publish_id } = await call("freepublish/submit", { media_id });
    expect(await call("freepublish/get", { publish_id })).toEqual({ publish_id, publish_status: 1, fail_idx: [] });
    expect(await call("draft/get", { media_id })).toHaveProperty("news_item");
    await pass(2_000);
    const done = await call("freepublish/get", { publish_id });
    expect(done).toMatchObject({ publish_status: 0, article_detail: { count: 2 }, fail_idx: [] });
    expect((await call("draft/get", { media_id })).errcode).toBe(40007);
    expect((await call("freepublish/submit", { media_id })).errcode).toBe(40007);
    expect(await titlesOf(office)).toEqual(["题 publish false", "题 publish false"]);

    const { item } = done["article_detail"] as { item: { article_url: string }[] };
    const page = await wechat.handle(new Request(item[0]!.article_url));
    expect(await page.text()).toContain("<h1>题</h1>");
    expect(posted).toHaveLength(1);
    expect(text(posted[0]!.body, "Event")).toBe("PUBLISHJOBFINISH");
    expect(text(posted[0]!.body, "publish_id")).toBe(publish_id);
    expect(text(posted[0]!.body, "article_url")).toBe(item[0]!.article_url);
    expect(await call("freepublish/batchget", { offset: 0, count: 20 })).toMatchObject({ total_count: 1 });
  });

  it("fails as a script says, and leaves the draft", async () => {
    const { wechat, call, draft, pass, posted } = listening();
    wechat.world.faults.outcomes.push({ of: "publish", publish_status: 2, fail_idx: [2], delay: 5_000 });
    const media_id = await draft(2);
    const { publish_id } = await call("freepublish/submit", { media_id });
    await pass(4_999);
    expect(await call("freepublish/get", { publish_id })).toMatchObject({ publish_status: 1 });
    await pass(1);
    expect(await call("freepublish/get", { publish_id })).toEqual({ publish_id, publish_status: 2, fail_idx: [2] });
    expect(text(posted[0]!.body, "fail_idx")).toBe("2");
    expect(await call("draft/get", { media_id })).toHaveProperty("news_item");
  });

  it("is not for an account that is not certified", async () => {
    const { call, draft } = platform({ type: "uncertified" });
    const media_id = await draft();
    expect((await call("freepublish/submit", { media_id })).errcode).toBe(48001);
    expect((await call("message/mass/sendall", { ...ALL, mpnews: { media_id } })).errcode).toBe(48001);
  });

  it("is taken back one by one or as a whole, by call or by hand", async () => {
    const { wechat, call, draft, pass } = listening();
    const published = async (): Promise<Answer> => {
      const { publish_id } = await call("freepublish/submit", { media_id: await draft(2) });
      await pass(2_000);
      return call("freepublish/get", { publish_id });
    };
    const { article_id, publish_id } = await published();
    expect((await call("freepublish/delete", { article_id, index: 3 })).errcode).toBe(40114);
    expect((await call("freepublish/delete", { article_id: "x" })).errcode).toBe(53600);
    expect((await call("freepublish/delete", { article_id, index: 1 })).errcode).toBe(0);
    const left = await call("freepublish/get", { publish_id });
    expect(left).toMatchObject({ publish_status: 0, article_detail: { count: 1, item: [{ idx: 2 }] } });
    await call("freepublish/delete", { article_id });
    expect(await call("freepublish/get", { publish_id })).toMatchObject({ publish_status: 5 });
    const other = await published();
    wechat.remove("wx0123456789abcdef", String(other["article_id"]), "banned");
    expect(await call("freepublish/get", { publish_id: other["publish_id"] })).toMatchObject({ publish_status: 6 });
  });
});

describe("sending", () => {
  it("is once a day, once a clientmsgid, and tells the addresses", async () => {
    const office = listening({ followers: 7 });
    const { call, draft, pass, posted } = office;
    const first = { ...ALL, mpnews: { media_id: await draft(8) }, clientmsgid: "day-1" };
    const { msg_id } = await call("message/mass/sendall", first);
    expect(await call("message/mass/sendall", first)).toMatchObject({ errcode: 45065, msg_id });
    await pass(2_000);
    expect(await call("message/mass/get", { msg_id })).toEqual({ msg_id, msg_status: "SEND_SUCCESS" });
    expect(text(posted[0]!.body, "Status")).toBe("send success");
    expect(text(posted[0]!.body, "SentCount")).toBe("7");
    expect(posted[0]!.body.match(/<ArticleUrl>/g)).toHaveLength(8);
    expect(await titlesOf(office)).toEqual(Array.from({ length: 8 }, () => "题 mass true"));
    expect((await call("draft/get", { media_id: first.mpnews.media_id })).errcode).toBe(40007);
    expect(await call("freepublish/batchget", { offset: 0, count: 20 })).toMatchObject({ total_count: 0 });

    const second = { ...ALL, mpnews: { media_id: await draft() }, clientmsgid: "day-2" };
    expect((await call("message/mass/sendall", second)).errcode).toBe(45028);
    await pass(12 * 60 * MINUTE);
    expect((await call("message/mass/sendall", second)).errcode).toBe(0);
  });

  it.each<[string, boolean | null, string]>([
    ["confirms", true, "send success"],
    ["refuses", false, "err(40001)"],
    ["is silent", null, "err(40002)"],
  ])("waits for the administrator, who %s", async (_, says, status) => {
    const { wechat, account, call, draft, pass, posted } = listening({ protected: true });
    await call("message/mass/sendall", { ...ALL, mpnews: { media_id: await draft() } });
    await pass(29 * MINUTE);
    expect(posted).toEqual([]);
    if (says !== null) wechat.decide(account.app_id, says);
    await pass(MINUTE);
    expect(posted.map(({ body }) => text(body, "Status"))).toEqual([status]);
    const sent = { ...ALL, mpnews: { media_id: await draft() } };
    expect((await call("message/mass/sendall", sent)).errcode).toBe(says ? 45028 : 0);
  });

  it("stops at a reprint unless it may go on", async () => {
    const { wechat, call, draft, pass, posted } = listening();
    for (const send_ignore_reprint of [0, 1]) {
      wechat.world.faults.outcomes.push({ of: "mass", reprint: true });
      await call("message/mass/sendall", { ...ALL, mpnews: { media_id: await draft() }, send_ignore_reprint });
      await pass(2_000);
    }
    expect(posted.map(({ body }) => text(body, "Status"))).toEqual(["err(30003)", "send success"]);
  });

  it("by hand is told as well, and uses up the day", async () => {
    const { wechat, account, call, draft, pass, posted } = listening();
    const msg_id = wechat.sendByHand(account.app_id, await draft(2));
    await pass(2_000);
    expect(text(posted[0]!.body, "MsgID")).toBe(String(msg_id));
    expect(posted[0]!.body.match(/<ArticleUrl>/g)).toHaveLength(2);
    expect((await call("message/mass/sendall", { ...ALL, mpnews: { media_id: await draft() } })).errcode).toBe(45028);
    expect(wechat.made("mass")).toEqual([]);
    expect((await call("message/mass/delete", { msg_id, article_idx: 2 })).errcode).toBe(0);
    expect(wechat.world.pages.map(({ gone }) => gone)).toEqual([null, "deleted"]);
  });

  it.each<[string, object, number]>([
    ["nobody", { filter: {} }, 40035],
    ["no draft", { mpnews: { media_id: "x" } }, 40007],
    ["another type", { msgtype: "text" }, 40008],
    ["a clientmsgid of 65", { clientmsgid: "x".repeat(65) }, 40035],
  ])("to %s is refused", async (_, more, errcode) => {
    const { call, draft } = platform();
    const body = { ...ALL, mpnews: { media_id: await draft() }, ...more };
    expect((await call("message/mass/sendall", body)).errcode).toBe(errcode);
  });
});

describe("events", () => {
  it("are signed, and in safe mode encrypted", async () => {
    const aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const { account, wechat, draft, pass, posted } = listening({ callback: { ...CALLBACK, aes_key } });
    wechat.sendByHand(account.app_id, await draft());
    await pass(2_000);
    const [{ url, body }] = posted as [(typeof posted)[number]];
    const [timestamp, nonce, signed, secret] = ["timestamp", "nonce", "msg_signature", "encrypt_type"].map((name) =>
      url.searchParams.get(name)!,
    );
    expect(secret).toBe("aes");
    const encrypted = text(body, "Encrypt");
    expect(signed).toBe(await signature(CALLBACK.token, timestamp!, nonce!, encrypted));
    const opened = await decrypt(aes_key, encrypted);
    expect(opened.app_id).toBe(account.app_id);
    expect(opened.message).toMatch(/^<xml><ToUserName>.*<Event><!\[CDATA\[MASSSENDJOBFINISH\]\]><\/Event>.*<\/xml>$/);
  });

  it("are lost, doubled, late or out of order as a script says, and posted three times to who does not take them", async () => {
    const { wechat, account, draft, pass, posted } = listening({ mass: { day: 9, month: 9 } });
    const ids: string[] = [];
    for (const how of ["lose", "double", { delay: 10_000 }, "last", null] as const) {
      if (how !== null) wechat.world.faults.events.push({ event: "MASSSENDJOBFINISH", do: how });
      ids.push(String(wechat.sendByHand(account.app_id, await draft())));
    }
    await pass(2_000);
    const seen = () => posted.map(({ body }) => ids.indexOf(text(body, "MsgID")));
    expect(seen()).toEqual([1, 1, 4, 3]);
    await pass(10_000);
    expect(seen()).toEqual([1, 1, 4, 3, 2]);

    const down = listening({}, () => 503);
    down.wechat.sendByHand(account.app_id, await down.draft());
    await down.pass(2_000);
    expect(down.posted).toHaveLength(3);
  });
});
