/** The daily look at an account, by the tick, with the simulated platform behind the real client. */
import { beforeEach, describe, expect, it } from "vitest";
import { createChannel } from "../../../src/delivery/subscriptions.ts";
import { wechatClient } from "../../../src/wechat/client.ts";
import { dueAccounts } from "../../../src/wechat/health/store.ts";
import { noteGood, noteTrouble } from "../../../src/wechat/health/trouble-store.ts";
import { lookAtAccounts } from "../../../src/wechat/numbers/collect.ts";
import { listDays, listMonth, listReads } from "../../../src/wechat/numbers/store.ts";
import { NoAnswer } from "../../outside/wechat/faults.ts";
import { WechatSimulator } from "../../outside/wechat/simulator.ts";
import type { Account, Setup } from "../../outside/wechat/state.ts";
import { at, DATE, World } from "../helpers/world.ts";

const world = new World();
const loadPicture = async () => ({ type: "missing", why: "no picture in this world" }) as const;
world.deps.wechat = wechatClient({ ...world.deps, loadPicture });
const APP = { app_id: "wx0123456789abcdef", secret: "0123456789abcdef0123456789abcdef" };
const HOUR = 3_600_000;
const ACTOR = { name: "test", role: null, scopes: [] };

let wechat: WechatSimulator;
let platform: Account;
let channel = 0;

async function open(config: object = {}, setup: Partial<Setup> = {}, uid = "account"): Promise<number> {
  platform = wechat.register({ ...APP, followers: 900, ...setup });
  const { app_id, secret: app_secret } = { ...APP, ...setup };
  const whole = { app_id, app_secret, mode: "certified", ...config };
  await createChannel(
    { ...world.deps, db: world.db },
    { uid, kind: "wechat", name: "县报", config: whole, filter: {}, expiresAfter: 72 * HOUR },
    ACTOR,
    0,
  );
  const [row] = await world.all<{ id: number }>(`SELECT id FROM channels WHERE uid = ?`, uid);
  return row!.id;
}

/** Posts that were published at the account as one bundle, with their receipts; gives their public ids. */
async function published(when: number, titles: readonly string[], reads: readonly number[]): Promise<string[]> {
  const publication =
    (await world.all<{ id: number }>(`SELECT id FROM publications`))[0]?.id ?? (await world.publication());
  await world.db
    .prepare(
      `INSERT INTO editions (publication_id, date, quota, shortfall, provisional, plan_rev, planned_at, closed_at) VALUES (?, ?, 0, 0, 0, 1, 0, 1)`,
    )
    .bind(publication, new Date(when).toISOString().slice(0, 10))
    .run();
  const pages = titles.map((title, n) => ({
    id: `page-${when}-${n}`,
    app_id: APP.app_id,
    kind: "publish" as const,
    listed: false,
    article: { title } as never,
    at: when,
    gone: null,
    reads: reads[n]!,
  }));
  platform.publications.push({
    publish_id: `${when}`,
    msg_data_id: when / 1000,
    media_id: "m",
    article_id: "a",
    status: 0,
    fail_idx: [],
    pages,
    update_time: 0,
  });
  const uids: string[] = [];
  for (const [n, title] of titles.entries()) {
    const article = await world.article(publication, when / 1000 + n);
    const uid = `post-${when}-${n}`;
    uids.push(uid);
    await world.db
      .prepare(
        `INSERT INTO posts (id, uid, article_id, publication_id, edition_id, position, hash, kind, title, digest, released_at)
         SELECT (SELECT coalesce(max(id), 0) + 1 FROM posts), ?1, id, publication_id, (SELECT max(id) FROM editions), 1, hash, 'original', ?2, '', ?3
         FROM articles WHERE uid = ?4`,
      )
      .bind(uid, title, when, article)
      .run();
    await world.db
      .prepare(
        `INSERT INTO wechat_articles (channel_id, post_id, state, way, bundle, idx, url, at)
         SELECT ?1, id, 'published', 'publish', ?2, ?3, ?4, ?5 FROM posts WHERE uid = ?6`,
      )
      .bind(channel, `${when}`, n + 1, n === 0 ? `https://mp.weixin.qq.com/s/${pages[n]!.id}` : null, when, uid)
      .run();
  }
  await world.db.prepare(`UPDATE articles SET status = 'published', queue_key = NULL, wake_at = NULL`).run();
  return uids;
}

const tickAt = async (business: number): Promise<void> => {
  world.wall = business;
  await world.tick(business);
};
const calls = (): string[] => wechat.world.log.map(({ path }) => path).filter((path) => !path.endsWith("stable_token"));
const asked = (path: string): number => calls().filter((each) => each.includes(path)).length;
const health = async () => (await world.all<Record<string, unknown>>(`SELECT * FROM wechat_health`))[0]!;
const alerts = () =>
  world.all<{ title: string; body: string; subject: string }>(
    `SELECT title, body, subject FROM alerts WHERE kind = 'wechat.account' ORDER BY seq`,
  );

beforeEach(async () => {
  await world.wipe();
  wechat = new WechatSimulator({ now: () => world.wall });
  world.endpoint = async ({ url, headers, body }) => {
    try {
      return await wechat.handle(new Request(url, { method: "POST", headers, body }));
    } catch (error) {
      if (error instanceof NoAnswer) throw new TypeError("connection reset", { cause: error });
      throw error;
    }
  };
});

describe("the morning's figures", () => {
  it("are kept by day and by post, with the week before", async () => {
    const numbers = {
      "2026-11-22": { new_user: 12, cancel_user: 2 },
      "2026-11-16": { new_user: 1, cancel_user: 0 },
      "2026-11-15": { new_user: 99, cancel_user: 0 },
    };
    channel = await open({}, { numbers });
    const posts = await published(at("17:30", "2026-11-22"), ["春耕开始了", "第二篇"], [70, 30]);
    await tickAt(at("08:10"));
    const days = await listDays(world.db, channel, "2026-11-01", "2026-11-30");
    expect(days).toHaveLength(7);
    expect(days[0]).toMatchObject({ date: "2026-11-16", came: 1, went: 0, followers: 900, reads: 0 });
    expect(days.at(-1)).toMatchObject({
      date: "2026-11-22",
      came: 12,
      went: 2,
      reads: 100,
      shares: 10,
      subscribed: null,
    });
    expect(await listReads(world.db, channel, "2026-11-22", "2026-11-22")).toMatchObject([
      { post: posts[0], title: "春耕开始了", reads: 70, shares: 7, until: "2026-11-22" },
      { post: posts[1], reads: 30 },
    ]);
    expect(await health()).toMatchObject({
      next_at: at("08:05", "2026-11-24"),
      numbers_at: at("08:10"),
      numbers_error: null,
    });
  });

  it("are asked for once a day, of days with articles only", async () => {
    channel = await open();
    await published(at("17:30", "2026-11-20"), ["一"], [1]);
    for (const time of ["08:10", "09:11", "12:12", "22:13"]) await tickAt(at(time));
    expect([asked("getusersummary"), asked("getarticletotaldetail"), asked("quota/get")]).toEqual([1, 1, 5]);
    await tickAt(at("09:00", "2026-11-24"));
    expect(asked("getusersummary")).toBe(2);
  });

  it("that a day missed are made up for", async () => {
    const numbers = { [DATE]: { new_user: 4, cancel_user: 0 } };
    channel = await open({}, { numbers });
    await tickAt(at("09:00"));
    await tickAt(at("09:00", "2026-11-29"));
    const days = await listDays(world.db, channel, DATE, "2026-11-30");
    expect(days.map(({ date }) => date)).toEqual([
      "2026-11-23",
      "2026-11-24",
      "2026-11-25",
      "2026-11-26",
      "2026-11-27",
      "2026-11-28",
    ]);
    expect(days[0]).toMatchObject({ came: 4 });
  });

  it("are asked for again in an hour where the platform did not answer, and nothing else meanwhile", async () => {
    channel = await open();
    wechat.script.push({ path: "/datacube/getusersummary", answer: "reset" });
    await tickAt(at("08:10"));
    expect(calls()).toEqual(["/datacube/getusersummary"]);
    expect(await health()).toMatchObject({ next_at: at("09:10"), numbers_at: null });
    await tickAt(at("09:11"));
    expect(await health()).toMatchObject({ numbers_at: at("09:11"), numbers_error: null });
    expect(await alerts()).toEqual([]);
  });

  it("stay as they were where the platform says less later", async () => {
    channel = await open({}, { numbers: { "2026-11-22": { new_user: 12, cancel_user: 2 } } });
    await tickAt(at("08:10"));
    wechat.script.push({ path: "/datacube/getusersummary", answer: { errcode: 61501 } });
    await tickAt(at("08:10", "2026-11-24"));
    expect((await listDays(world.db, channel, "2026-11-22", "2026-11-22"))[0]).toMatchObject({
      came: 12,
      followers: 900,
    });
    expect(String((await health())["numbers_error"])).toContain("61501");
    expect(await health()).toMatchObject({ next_at: at("08:05", "2026-11-25") });
  });

  it("are not asked for day after day where the account has no right to them", async () => {
    channel = await open({ mode: "drafts" }, { type: "uncertified" });
    for (const day of ["23", "24", "25"]) await tickAt(at("08:10", `2026-11-${day}`));
    expect(asked("getusersummary")).toBe(1);
    expect(String((await health())["numbers_error"])).toContain("认证");
    expect(await alerts()).toEqual([]);
    await tickAt(at("08:10", "2026-12-01"));
    expect(asked("getusersummary")).toBe(2);
  });

  it("of two accounts come with two ticks", async () => {
    await open({}, {}, "one");
    const other = { app_id: "wx0123456789abcde0", secret: "f".repeat(32) };
    await open({}, other, "two");
    await tickAt(at("08:10"));
    expect(await world.all(`SELECT DISTINCT channel_id FROM wechat_numbers`)).toHaveLength(1);
    await tickAt(at("08:11"));
    expect(await world.all(`SELECT DISTINCT channel_id FROM wechat_numbers`)).toHaveLength(2);
  });

  it("stand beside what the callback counted", async () => {
    channel = await open();
    await world.db.prepare(`INSERT INTO wechat_days VALUES (?, '2026-11-23', 3, 1)`).bind(channel).run();
    expect(await listDays(world.db, channel, DATE, DATE)).toEqual([
      {
        date: DATE,
        followers: null,
        came: null,
        went: null,
        reads: null,
        shares: null,
        subscribed: 3,
        unsubscribed: 1,
      },
    ]);
    expect(await listMonth(world.db, "2026-11")).toMatchObject([{ id: channel, date: null }]);
  });
});

describe("the office is told once", () => {
  it("the address that has to be allowed, and it is over when a call is answered", async () => {
    channel = await open({}, { whitelist: [] });
    for (const time of ["08:10", "09:11", "10:12"]) await tickAt(at(time));
    expect(await alerts()).toMatchObject([
      {
        title: expect.stringMatching(/^公众号“县报”：.*203\.0\.113\.7.*（40164）$/),
        body: expect.stringContaining("203.0.113.7"),
        subject: "channel:account",
      },
    ]);
    expect(await health()).toMatchObject({ ip: "203.0.113.7", ip_code: "40164", error_code: "40164", reached_at: 0 });
    platform.whitelist = null;
    await tickAt(at("11:13"));
    expect(await health()).toMatchObject({ reached_at: at("11:13"), numbers_at: at("11:13") });
    platform.whitelist = [];
    platform.stable = null;
    await world.db.prepare(`DELETE FROM wechat_tokens`).run();
    await tickAt(at("08:10", "2026-11-24"));
    expect(await alerts()).toHaveLength(2);
  });

  it("30 and 7 days before the certification ends, and on the day", async () => {
    channel = await open({ certified_until: "2026-12-24" });
    const days = [
      "2026-11-23",
      "2026-11-24",
      "2026-11-25",
      "2026-12-16",
      "2026-12-17",
      "2026-12-18",
      "2026-12-24",
      "2026-12-25",
    ];
    const told: number[] = [];
    for (const day of days) {
      await tickAt(at("08:10", day));
      told.push((await alerts()).length);
    }
    expect(told).toEqual([0, 1, 1, 1, 2, 2, 3, 3]);
    expect((await alerts()).map(({ title }) => title)).toEqual([
      "公众号“县报”的认证还有 30 天到期",
      "公众号“县报”的认证还有 7 天到期",
      "公众号“县报”的认证今天到期",
    ]);
  });

  it("that the platform gives fewer sends than the settings count on", async () => {
    channel = await open({ mass_per_day: 3 }, { limits: { "/cgi-bin/message/mass/sendall": { day: 1, minute: 1 } } });
    for (const day of ["23", "24"]) await tickAt(at("08:10", `2026-11-${day}`));
    expect(await alerts()).toMatchObject([{ title: "公众号“县报”每天只能群发 1 次，渠道设置是 3 次" }]);
  });

  it("of each code on each day, of a trouble that a push met", async () => {
    channel = await open();
    const trouble = (code: string, now: number) =>
      world.db.batch(noteTrouble(world.db, channel, { code, words: "群发次数不对", next: "请改" }, now));
    await trouble("48001", at("10:00"));
    await trouble("48001", at("11:00"));
    await trouble("50007", at("11:30"));
    await trouble("48001", at("00:10", "2026-11-24"));
    expect(await alerts()).toHaveLength(3);
    expect(await health()).toMatchObject({
      error_code: "48001",
      error_class: "account",
      error_at: at("00:10", "2026-11-24"),
    });
    await noteGood(world.db, channel, at("12:00", "2026-11-24")).run();
    expect(await health()).toMatchObject({ good_at: at("12:00", "2026-11-24") });
  });
});

describe("cost", () => {
  it("a look takes one query for each call's token, and fifteen others at most", async () => {
    channel = await open();
    for (const [day, count] of [
      ["16", 1],
      ["17", 1],
      ["18", 1],
      ["19", 1],
      ["20", 15],
    ] as const)
      await published(
        at("17:30", `2026-11-${day}`),
        Array.from({ length: count }, (_, n) => `第${n}篇`),
        Array.from({ length: count }, () => 9),
      );
    world.wall = at("09:05");
    await lookAtAccounts(world.deps, at("09:05"));
    expect(calls()).toHaveLength(3 + 5 + 5);
    world.wall = at("09:05", "2026-11-24");
    world.line.resetCounts();
    await lookAtAccounts(world.deps, world.wall);
    const { queries, rowsRead, rowsWritten } = world.line;
    expect(queries).toBeLessThanOrEqual(13 + 15);
    expect(rowsRead).toBeLessThanOrEqual(150);
    expect(rowsWritten).toBeLessThanOrEqual(60);
  });

  it("an office without an account pays one query an hour, which reads next to nothing", async () => {
    await tickAt(at("08:00"));
    world.line.resetCounts();
    expect(await dueAccounts(world.deps.db, at("09:00"), 2)).toEqual([]);
    expect({ queries: world.line.queries, read: world.line.rowsRead }).toEqual({ queries: 1, read: 1 });
  });
});
