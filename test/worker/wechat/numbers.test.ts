/** The daily look at an account, by the tick, with the simulated platform behind the real client. */
import { beforeEach, describe, expect, it } from "vitest";
import { createChannel } from "../../../src/delivery/subscriptions.ts";
import { dueAccounts } from "../../../src/wechat/health/store.ts";
import { noteGood, noteTrouble } from "../../../src/wechat/health/trouble-store.ts";
import { lookAtAccounts } from "../../../src/wechat/numbers/collect.ts";
import { listDays, listMonth, listReads } from "../../../src/wechat/numbers/store.ts";
import { NoAnswer } from "../../outside/wechat/faults.ts";
import type { Account, Setup } from "../../outside/wechat/state.ts";
import { AccountWorld, APP } from "../helpers/account.ts";
import { at, DATE } from "../helpers/world.ts";

const world = new AccountWorld();
const NEXT = "2026-11-24";

let platform: Account;
let channel = 0;

async function open(config: object = {}, setup: Partial<Setup> = {}): Promise<void> {
  await world.account(config, { followers: 900, ...setup });
  platform = world.platform.account(APP.app_id);
  const answer = world.endpoint;
  world.endpoint = async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof NoAnswer) throw new TypeError("connection reset", { cause: error });
      throw error;
    }
  };
  channel = (await world.all<{ id: number }>(`SELECT id FROM channels`))[0]!.id;
}

/** An edition of so many posts, sent to all on DATE; each is read by ten more people than the one before it. */
async function edition(posts: number): Promise<void> {
  const daily = await world.publication({ quota: posts });
  await world.articles(daily, posts);
  await world.minutes("08:30", 1);
  await world.minutes("15:00", 1);
  await world.minutes("17:30", 12);
  for (const [n, page] of world.platform.world.pages.entries()) page.reads = 10 * (n + 1);
  world.platform.world.log.length = 0;
}

const tickAt = async (business: number): Promise<void> => {
  world.wall = business;
  await world.tick(business);
};
const asked = (path: string): number => world.platform.world.log.filter((call) => call.path.includes(path)).length;
const health = async () => (await world.all<Record<string, unknown>>(`SELECT * FROM wechat_health`))[0]!;
const alerts = () =>
  world.all<{ title: string; body: string; subject: string }>(
    `SELECT title, body, subject FROM alerts WHERE kind = 'wechat.account' ORDER BY seq`,
  );

beforeEach(() => world.wipe());

describe("the morning's figures", () => {
  it("are kept by day and by post, with the week before", async () => {
    const numbers = {
      [DATE]: { new_user: 12, cancel_user: 2 },
      "2026-11-17": { new_user: 1, cancel_user: 0 },
      "2026-11-16": { new_user: 99, cancel_user: 0 },
    };
    await open({}, { numbers });
    await edition(3);
    // No event has told where they are.
    expect((await world.receipts()).map(({ url }) => url)).toEqual([null, null, null]);
    await tickAt(at("08:10", NEXT));
    const days = await listDays(world.db, channel, "2026-11-17", DATE);
    expect(days).toHaveLength(7);
    expect(days[0]).toMatchObject({ date: "2026-11-17", came: 1, went: 0, followers: 900, reads: 0 });
    expect(days.at(-1)).toMatchObject({ date: DATE, came: 12, went: 2, reads: 60, shares: 6, subscribed: null });
    expect(await listReads(world.db, channel, DATE, DATE)).toMatchObject([
      {
        title: "稿件 3",
        reads: 30,
        shares: 3,
        until: DATE,
        url: expect.stringMatching(/^https:\/\/mp\.weixin\.qq\.com\/s\//),
      },
      { title: "稿件 2", reads: 20 },
      { title: "稿件 1", reads: 10 },
    ]);
    expect(await health()).toMatchObject({ next_at: at("08:05", "2026-11-25"), numbers_at: at("08:10", NEXT) });
  });

  it("are asked for once a day, of days with articles only", async () => {
    await open();
    await edition(2);
    for (const time of ["08:10", "09:11", "12:12", "22:13"]) await tickAt(at(time, NEXT));
    expect([asked("getusersummary"), asked("getarticletotaldetail"), asked("quota/get")]).toEqual([1, 1, 5]);
    await tickAt(at("09:00", "2026-11-25"));
    expect(asked("getusersummary")).toBe(2);
  });

  it("that a day missed are made up for", async () => {
    const numbers = { [DATE]: { new_user: 4, cancel_user: 0 } };
    await open({}, { numbers });
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
    await open();
    world.platform.script.push({ path: "/datacube/getusersummary", answer: "reset" });
    await tickAt(at("08:10"));
    expect([asked("getusersummary"), asked("getusercumulate"), asked("quota/get")]).toEqual([1, 0, 0]);
    expect(await health()).toMatchObject({ next_at: at("09:10"), numbers_at: null });
    await tickAt(at("09:11"));
    expect(await health()).toMatchObject({ numbers_at: at("09:11"), numbers_error: null });
    expect(await alerts()).toEqual([]);
  });

  it("stay as they were where the platform says less later", async () => {
    await open({}, { numbers: { "2026-11-22": { new_user: 12, cancel_user: 2 } } });
    await tickAt(at("08:10"));
    world.platform.script.push({ path: "/datacube/getusersummary", answer: { errcode: 61501 } });
    await tickAt(at("08:10", "2026-11-24"));
    expect((await listDays(world.db, channel, "2026-11-22", "2026-11-22"))[0]).toMatchObject({
      came: 12,
      followers: 900,
    });
    expect(String((await health())["numbers_error"])).toContain("61501");
    expect(await health()).toMatchObject({ next_at: at("08:05", "2026-11-25") });
  });

  it("are not asked for day after day where the account has no right to them", async () => {
    await open({ mode: "drafts" }, { type: "uncertified" });
    for (const day of ["23", "24", "25"]) await tickAt(at("08:10", `2026-11-${day}`));
    expect(asked("getusersummary")).toBe(1);
    expect(String((await health())["numbers_error"])).toContain("认证");
    expect(await alerts()).toEqual([]);
    await tickAt(at("08:10", "2026-12-01"));
    expect(asked("getusersummary")).toBe(2);
  });

  it("of two accounts come with two ticks", async () => {
    await open();
    const other = { app_id: "wx0123456789abcde0", secret: "f".repeat(32) };
    world.platform.register(other);
    const config = { app_id: other.app_id, app_secret: other.secret, mode: "certified" };
    const input = { uid: "other", kind: "wechat", name: "", config, filter: {}, expiresAfter: 3_600_000 };
    await createChannel({ ...world.deps, db: world.db }, input, { name: "test", role: null, scopes: [] }, 0);
    const known = () => world.all(`SELECT DISTINCT channel_id FROM wechat_numbers`);
    await tickAt(at("08:10"));
    expect(await known()).toHaveLength(1);
    await tickAt(at("08:11"));
    expect(await known()).toHaveLength(2);
  });

  it("stand beside what the callback counted", async () => {
    await open();
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
    await open({}, { whitelist: [] });
    for (const time of ["08:10", "09:11", "10:12"]) await tickAt(at(time));
    expect(await alerts()).toMatchObject([
      {
        title: expect.stringMatching(/^公众号“化德党建公众号”：.*203\.0\.113\.7.*（40164）$/),
        body: expect.stringContaining("203.0.113.7"),
        subject: "channel:gzh",
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
    await open({ certified_until: "2026-12-24" });
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
      "公众号“化德党建公众号”的认证还有 30 天到期",
      "公众号“化德党建公众号”的认证还有 7 天到期",
      "公众号“化德党建公众号”的认证今天到期",
    ]);
  });

  it("that the platform gives fewer sends than the settings count on", async () => {
    await open({ mass_per_day: 3 }, { limits: { "/cgi-bin/message/mass/sendall": { day: 1, minute: 1 } } });
    for (const day of ["23", "24"]) await tickAt(at("08:10", `2026-11-${day}`));
    expect(await alerts()).toMatchObject([{ title: "公众号“化德党建公众号”每天只能群发 1 次，渠道设置是 3 次" }]);
  });

  it("of each code on each day, of a trouble that a push met", async () => {
    await open();
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
    await open();
    await edition(15);
    world.wall = at("08:10", NEXT);
    world.line.resetCounts();
    await lookAtAccounts(world.deps, world.wall);
    expect(asked("/datacube/") + asked("/openapi/")).toBe(4 + 5);
    const { queries, rowsRead, rowsWritten } = world.line;
    expect(queries).toBeLessThanOrEqual(9 + 15);
    expect(rowsRead).toBeLessThanOrEqual(200);
    expect(rowsWritten).toBeLessThanOrEqual(60);
  });

  it("an office without an account reads one row an hour, however many channels it has", async () => {
    for (let n = 0; n < 5; n++) await world.webhook(n);
    world.line.resetCounts();
    expect(await dueAccounts(world.deps.db, at("09:00"), 2)).toEqual([]);
    expect({ queries: world.line.queries, read: world.line.rowsRead }).toEqual({ queries: 1, read: 1 });
  });
});
