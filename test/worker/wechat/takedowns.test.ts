/** 撤回 at a WeChat account: what is recalled goes from there, once, whatever happens on the way. */
import { beforeEach, describe, expect, it } from "vitest";
import { insertTakedowns } from "../../../src/wechat/takedowns/takedown-store.ts";
import { World } from "../helpers/world.ts";
import { AccountAt } from "./account.ts";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const world = new World();
const account = new AccountAt(world);
const DELETE = { publish: "/cgi-bin/freepublish/delete", mass: "/cgi-bin/message/mass/delete" } as const;

beforeEach(async () => {
  await account.open(3);
});

describe.each(["publish", "mass"] as const)("an article that went out by %s", (way) => {
  it("is deleted alone, though its channel rests, and the office's record says so", async () => {
    await account.publish([1, 2, 3], way);
    await account.recall(2);
    await account.minutes(1);
    expect(account.live()).toEqual([true, false, true]);
    expect(await account.states()).toEqual(["published", "deleted", "published"]);
    expect(await account.takedowns()).toMatchObject([{ post: 2, state: "done", tries: 1, next_at: null }]);
    expect(await world.all(`SELECT actor FROM audit WHERE action = 'article.taken_down'`)).toEqual([{ actor: "tick" }]);
    expect(await account.alerts()).toEqual([]);
  });

  it("is done with once, however often its message comes", async () => {
    await account.publish([1, 2, 3], way);
    await account.recall(1);
    world.wall += MINUTE;
    await world.tick(world.wall);
    const [message] = world.queue.splice(0);
    await Promise.all([world.handle(message!.body), world.handle(message!.body)]);
    await account.minutes(3);
    expect(account.wechat.made("delete")).toHaveLength(1);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'article.taken_down'`)).toBe(1);
  });

  it.each(["timeout", "http-502", { errcode: -1 }] as const)("is tried again after %j", async (answer) => {
    await account.publish([1, 2, 3], way);
    account.wechat.script.push({ path: DELETE[way], answer }, { path: DELETE[way], answer, when: "after" });
    await account.recall(3);
    await account.minutes(15);
    expect(account.live()).toEqual([true, true, false]);
    expect(await account.states()).toEqual(["published", "published", "deleted"]);
    expect(await account.alerts()).toEqual([]);
  });
});

it.each(["before", "after"] as const)("articles are gone in the end, killed %s each effect", async (side) => {
  await account.publish([1, 2], "publish");
  await account.recall(1);
  await account.recall(2);
  for (let effect = 0; ; effect++) {
    for (const page of account.wechat.world.pages) page.gone = null;
    await world.db.batch([
      world.db.prepare(`DELETE FROM audit WHERE action = 'article.taken_down'`),
      world.db.prepare(`UPDATE wechat_articles SET state = 'published'`),
      world.db.prepare(`UPDATE wechat_takedowns SET state = 'open', next_at = ?, enqueued_until = 0`).bind(world.wall),
    ]);
    world.queue = [];
    await world.tick(world.wall);
    world.line.crash(effect, side);
    const finished = await world.drain().then(
      () => true,
      () => false,
    );
    const through = finished && world.line.effects.length <= effect;
    world.line.restart();
    for (let later = 0; later < 2; later++) await account.pass(5 * MINUTE);
    expect(account.live(), `${side} effect ${effect}`).toEqual([false, false]);
    expect(await account.states()).toEqual(["deleted", "deleted"]);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'article.taken_down'`)).toBe(2);
    if (through) break;
  }
});

it("a message to all is gone, though the answer that said so was lost", async () => {
  await account.publish([1], "mass");
  account.wechat.script.push({ path: DELETE.mass, answer: "timeout", when: "after" });
  await account.recall(1);
  await account.minutes(5);
  expect(account.live()).toEqual([false]);
  // Asked again the platform refuses, and says by the message's state why.
  expect(await account.takedowns()).toMatchObject([{ state: "done", tries: 2, why: "公众号上已经没有" }]);
});

describe("a take-down", () => {
  it("goes by the ticks when every message is lost", async () => {
    await account.publish([1], "publish");
    await account.recall(1);
    world.losesMessages = true;
    await account.minutes(2);
    expect(account.live()).toEqual([true]);
    world.losesMessages = false;
    await account.minutes(3);
    expect(account.live()).toEqual([false]);
  });

  it("of what the platform does not know any more is done", async () => {
    await account.publish([1], "publish");
    account.wechat.script.push({ path: DELETE.publish, answer: { errcode: 53600 } });
    await account.recall(1);
    await account.minutes(1);
    expect(await account.takedowns()).toMatchObject([{ state: "done", why: "公众号上已经没有" }]);
    expect(await account.states()).toEqual(["deleted"]);
  });

  it("finds out an article's id that nobody wrote down", async () => {
    await account.publish([1, 2], "publish");
    await world.db.prepare(`UPDATE wechat_articles SET article_id = NULL`).run();
    await account.recall(2);
    await account.minutes(1);
    expect(account.live()).toEqual([true, false]);
  });

  it("that a person has to mend is told of once with what to do, and goes on by itself when it is mended", async () => {
    await account.publish([1], "publish");
    const refused = Array.from({ length: 3 }, () => ({ path: DELETE.publish, answer: { errcode: 48001 } }));
    account.wechat.script.push(...refused);
    await account.recall(1);
    await account.minutes(2);
    const [alert, ...more] = await account.alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ kind: "wechat.takedown", title: "《稿件 1》还没有从公众号撤下" });
    expect(alert!.body).toContain("48001");
    expect(alert!.body).toContain("https://mp.weixin.qq.com/s/post-1");
    for (let i = 0; i < 30; i++) await account.pass(10 * MINUTE);
    expect(await account.takedowns()).toMatchObject([{ state: "done", tries: 4 }]);
    expect(await account.alerts()).toHaveLength(1);
  });

  it("that never comes through becomes a person's task", async () => {
    await account.publish([1], "publish");
    await account.recall(1);
    for (let i = 0; i < 40; i++) {
      account.wechat.script.push({ path: DELETE.publish, answer: { errcode: 48001 } });
      await account.pass(3 * HOUR);
    }
    expect(await account.takedowns()).toMatchObject([{ state: "failed", next_at: null }]);
    expect(await account.states()).toEqual(["published"]);
    expect(await account.sheets()).toMatchObject([{ kind: "takedown", state: "open" }]);
    expect((await account.alerts()).at(-1)!.title).toBe("《稿件 1》没有能从公众号删除");
  });

  it("of one that a person sent, whose number nobody knows, is a person's task at once", async () => {
    await account.publish([1], "mass");
    await world.db.prepare(`UPDATE wechat_articles SET job = NULL`).run();
    await account.recall(1);
    await account.minutes(1);
    expect(await account.takedowns()).toMatchObject([{ state: "failed" }]);
    expect(await account.sheets()).toMatchObject([{ kind: "takedown", state: "open" }]);
  });

  it("is asked for by a push for a post that was under way when it was recalled; again is once", async () => {
    await account.recall(1);
    expect(await account.takedowns()).toEqual([]);
    await account.publish([1, 2], "publish");
    const ask = () => insertTakedowns(world.db, account.id, [1], "内容有误", world.wall).run();
    await ask();
    await ask();
    await account.minutes(1);
    await ask();
    await account.minutes(1);
    expect(account.live()).toEqual([false, true]);
    expect(account.wechat.made("delete")).toHaveLength(1);
    expect(await account.takedowns()).toMatchObject([{ state: "done", tries: 1 }]);
  });

  it("costs few queries", async () => {
    await account.publish([1, 2, 3], "publish");
    await account.recall(1);
    world.wall += MINUTE;
    await world.tick(world.wall);
    const message = world.queue.map(({ body }) => body).find((body) => "account" in body)!;
    world.line.resetCounts();
    await world.handle(message);
    // Claim, target, channel, the settling batch (five statements), what is next, whether a sheet is to be looked at.
    expect(world.line.queries).toBeLessThanOrEqual(9);
    expect(world.line.rowsRead).toBeLessThanOrEqual(60);
  });
});

describe("an article in a draft that a person is to send", () => {
  it("takes the draft with it if nothing else is to be sent", async () => {
    const draft = await account.handOver([1, 2]);
    await account.recall(1);
    await account.recall(2);
    await account.minutes(2);
    expect(account.wechat.made("delete")).toEqual([draft]);
    expect(await account.states()).toEqual(["deleted", "deleted"]);
    expect(await account.sheets()).toMatchObject([{ kind: "send", state: "cancelled" }]);
    expect(await account.alerts()).toEqual([]);
  });

  it("stays in a draft with others, and the person is told to leave it out", async () => {
    await account.handOver([1, 2]);
    await account.recall(2);
    await account.minutes(2);
    expect(account.wechat.made("delete")).toEqual([]);
    expect(await account.states()).toEqual(["drafted", "drafted"]);
    const alerts = await account.alerts();
    expect(alerts.map(({ title }) => title)).toEqual(["《稿件 2》已撤回，还在公众号草稿里"]);
    expect(alerts[0]!.body).toContain("第 2 条");
    // The push hears of the recall as well.
    await insertTakedowns(world.db, account.id, [2], "", world.wall).run();
    await account.minutes(2);
    expect(await account.alerts()).toHaveLength(1);
  });

  it("that was sent a moment before is told of: nobody has it in a draft any more", async () => {
    const draft = await account.handOver([1]);
    account.wechat.sendByHand("wx0123456789abcdef", draft);
    world.wall += 10_000;
    await account.wechat.run();
    await account.recall(1);
    await account.minutes(1);
    expect((await account.alerts()).map(({ title }) => title)).toEqual(["《稿件 1》的草稿已经不在草稿箱"]);
    expect(await account.sheets()).toMatchObject([{ kind: "send", state: "open" }]);
  });
});
