/** A draft that a person sends on the platform's site: its event closes the sheet, and nothing else does. */
import { beforeEach, describe, expect, it } from "vitest";
import { insertFinish } from "../../../src/wechat/callback/callback-store.ts";
import type { Finish } from "../../../src/wechat/callback/finish.ts";
import { handFinished } from "../../../src/wechat/sheets/sent-by-hand.ts";
import { lookAtSheets } from "../../../src/wechat/sheets/sheet-looks.ts";
import { openSheet } from "../../../src/wechat/sheets/sheet-openings.ts";
import { api, expectProblem } from "../helpers/api.ts";
import { Office } from "../helpers/wechat.ts";
import { at, World } from "../helpers/world.ts";
import { AccountAt } from "./account.ts";

const world = new World();
const account = new AccountAt(world);
const APP = "wx0123456789abcdef";
const ALWAYS = { sql: "1", args: [] };
const link = (name: string) => `https://mp.weixin.qq.com/s/${name}`;

beforeEach(async () => {
  await account.open(3);
});

describe("a message that a person sent", () => {
  /** What the callback notes of it. */
  const tell = async (finish: Finish) => {
    await world.db.batch([
      insertFinish(world.db, account.id, finish, world.wall, ALWAYS),
      ...lookAtSheets(world.db, account.id, finish, ALWAYS, world.wall),
    ]);
  };
  const finishOf = (
    msgId: string | number,
    count: number,
    status = "send success",
  ): Extract<Finish, { type: "mass" }> => ({
    type: "mass",
    job: `mass:${msgId}`,
    msgId: String(msgId),
    status,
    counts: { total: 1, filtered: 1, sent: 1, failed: 0 },
    copyright: { state: null, articles: [] },
    articles: Array.from({ length: count }, (_, i) => ({
      index: i + 1,
      url: `http://mp.weixin.qq.com/s/hand-${i + 1}`,
    })),
  });
  const sent = async (draft: string): Promise<number> => {
    const msgId = account.wechat.sendByHand(APP, draft);
    world.wall += 10_000;
    await account.wechat.run();
    return msgId;
  };

  it("closes the sheet whose draft it was, the oldest that fits and is gone", async () => {
    await account.handOver([1], "gzh_0:1");
    const draft = await account.handOver([2, 3], "gzh_0:2");
    const msgId = await sent(draft);
    await tell(finishOf(msgId, 2));
    await account.minutes(1);
    expect(await account.sheets()).toMatchObject([{ state: "open" }, { state: "done", done_by: "wechat" }]);
    expect(await account.receipts()).toMatchObject([
      { state: "drafted" },
      { state: "published", way: "mass", job: String(msgId), url: link("hand-1") },
      { state: "published", way: "mass", url: link("hand-2") },
    ]);
    const uid = (await account.sheets())[1]!.uid;
    const reopened = await api("POST", `/channels/gzh/sheets/${uid}/reopen`, { body: { reason: "勾错了" } });
    expectProblem(reopened, 409);
  });

  it("told of twice, made up, failed or nobody's changes nothing", async () => {
    const draft = await account.handOver([1, 2]);
    for (const made of [finishOf(7, 2), finishOf(8, 1), finishOf(9, 2, "err(10001)")]) {
      await tell(made);
      await account.minutes(1);
    }
    expect(await account.sheets()).toMatchObject([{ state: "open" }]);
    expect(await account.states()).toEqual(["drafted", "drafted"]);

    const msgId = await sent(draft);
    await tell(finishOf(msgId, 2));
    await account.minutes(1);
    const before = await account.receipts();
    await account.handOver([3], "gzh_0:2");
    await tell(finishOf(msgId, 2));
    await account.minutes(3);
    expect((await account.receipts()).slice(0, 2)).toEqual(before);
    expect((await account.sheets()).map(({ state }) => state)).toEqual(["done", "open"]);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'sheet.done'`)).toBe(1);
  });

  it("with an article that was recalled is found, and the article taken down", async () => {
    const draft = await account.handOver([1, 2]);
    await account.recall(2);
    await account.minutes(1);
    await tell(finishOf(await sent(draft), 2));
    await account.minutes(3);
    expect(account.live()).toEqual([true, false]);
    expect(await account.states()).toEqual(["published", "deleted"]);
  });

  it("is looked for again when the platform did not answer", async () => {
    const draft = await account.handOver([1]);
    const event = finishOf(await sent(draft), 1);
    account.wechat.script.push({ path: "/cgi-bin/draft/get", answer: "timeout" });
    await tell(event);
    await account.minutes(1);
    expect(await account.sheets()).toMatchObject([{ state: "open" }]);
    await account.minutes(4);
    expect(await account.sheets()).toMatchObject([{ state: "done" }]);
    const gzh = { id: account.id, uid: account.uid, config: {} };
    expect(await handFinished(world.deps, gzh, event, world.wall)).toEqual({ type: "nobody" });
  });
});

it("the event as the platform posts it goes all the way: noted, looked into, the sheet done", async () => {
  const office = new Office();
  const { world } = office;
  await office.begin();
  const daily = await world.publication({ quota: 1, releaseTimes: ["30 8 * * *"] });
  await office.account();
  await world.articles(daily, 1);
  await world.tick(at("08:30"));
  const channelId = await world.one<number>(`SELECT id FROM channels`);
  const sheet = { channelId, bundle: "b:1", draft: "draft-1", date: "2026-11-23", articles: [{ postId: 1, idx: 1 }] };
  await world.db.batch(openSheet(world.db, sheet, world.wall));
  world.deps.wechat = async (_, { path }) => ({
    type: "response",
    status: 200,
    headers: {},
    body: JSON.stringify(path === "/cgi-bin/draft/get" ? { errcode: 40007, errmsg: "invalid media_id" } : {}),
  });
  const item = "<item><ArticleIdx>1</ArticleIdx><ArticleUrl>http://mp.weixin.qq.com/s/abc</ArticleUrl></item>";
  await office.says("event", {
    Event: "MASSSENDJOBFINISH",
    MsgID: "3147483650",
    Status: "send success",
    ArticleUrlResult: `<Count>1</Count><ResultList>${item}</ResultList>`,
  });
  world.wall += 60_000;
  await world.tick(world.wall);
  await world.drain();
  expect(await world.all(`SELECT state, done_by FROM wechat_sheets`)).toEqual([{ state: "done", done_by: "wechat" }]);
  expect(await world.all(`SELECT state, way, job, url FROM wechat_articles`)).toEqual([
    { state: "published", way: "mass", job: "3147483650", url: link("abc") },
  ]);
});
