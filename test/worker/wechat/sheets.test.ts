/** 交接单: what the API cannot do, as people read it and tick it off. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Question } from "../../../src/channels/wechat/questions.ts";
import { accountBooks } from "../../../src/wechat/books/books.ts";
import { openCorrectionSheet, openSheet } from "../../../src/wechat/sheets/sheet-openings.ts";
import { api, auditOf, expectProblem, expectStatus, expectUnwritten, makeToken, type Page } from "../helpers/api.ts";
import { World } from "../helpers/world.ts";
import { AccountAt } from "./account.ts";

const world = new World();
const account = new AccountAt(world);

interface Sheet {
  id: string;
  kind: string;
  state: string;
  titles: string[];
  overdue: boolean;
  done_by: string | null;
}
interface Detail extends Sheet {
  articles: {
    position: number;
    state: string | null;
    url: string | null;
    recalled: boolean;
    lines: { name: string; copy: string | null; todo: string }[];
    changes: { where: string; old: string; new: string }[];
    warnings: string[];
  }[];
}

const list = async (query = "") =>
  expectStatus(await api<Page<Sheet>>("GET", `/channels/gzh/sheets${query}`), 200).items;
const read = async (id: string) => expectStatus(await api<Detail>("GET", `/channels/gzh/sheets/${id}`), 200);
const done = (id: string, body: object, token?: string) =>
  api<Detail>("POST", `/channels/gzh/sheets/${id}/done`, { body, ...(token !== undefined && { token }) });
const reopen = (id: string) => api("POST", `/channels/gzh/sheets/${id}/reopen`, { body: { reason: "勾错了" } });
const link = (name: string) => `https://mp.weixin.qq.com/s/${name}`;
const only = async (): Promise<string> => (await list())[0]!.id;

/** What the office was told of sheets. */
const told = async () =>
  (await world.all<{ title: string }>(`SELECT title FROM alerts WHERE kind = 'wechat.sheet' ORDER BY seq`)).map(
    ({ title }) => title,
  );

beforeEach(async () => {
  await account.open(3);
});

describe("the sheet of a draft", () => {
  it("lists what to copy and what only a person can set, for each article", async () => {
    await account.handOver([1, 2, 3]);
    expect(await list("?state=open")).toMatchObject([
      { kind: "send", state: "open", titles: ["稿件 1", "稿件 2", "稿件 3"] },
    ]);
    const { articles } = await read(await only());
    expect(articles.map(({ position, state }) => [position, state])).toEqual([
      [1, "drafted"],
      [2, "drafted"],
      [3, "drafted"],
    ]);
    const lines = Object.fromEntries(articles[0]!.lines.map(({ name, copy, todo }) => [name, copy ?? todo]));
    expect(lines).toMatchObject({
      标题: "稿件 1",
      作者: "化德党建",
      摘要: "摘要 1",
      原创声明: "打开“声明原创”",
      原文链接: expect.stringMatching(/^https:\/\/kanfa\.test\/posts\//),
      封面: expect.stringMatching(/^https:\/\/kanfa\.test\//),
    });
  });

  it("is one, however often its push asks for it", async () => {
    const draft = await account.handOver([1, 2]);
    const sheet = { channelId: account.id, bundle: "gzh_0:1", draft, date: "2026-11-23" };
    await world.db.batch(openSheet(world.db, { ...sheet, articles: [{ postId: 1, idx: 1 }] }, world.wall + 1));
    expect(await list()).toHaveLength(1);
    expect((await read(await only())).articles).toHaveLength(2);
    expect(await told()).toEqual(["公众号草稿已备好：2026-11-23，2 篇"]);
  });

  it("ticked off makes its articles published, with the addresses that were given", async () => {
    await account.handOver([1, 2]);
    const id = await only();
    const answer = expectStatus(await done(id, { links: [link("a"), null] }), 200);
    expect(answer).toMatchObject({ state: "done", done_by: "admin" });
    expect(await account.receipts()).toMatchObject([
      { state: "published", way: "mass", url: link("a"), idx: 1 },
      { state: "published", url: null, idx: 2 },
    ]);
    await expectUnwritten(() => done(id, { links: [link("a")] }));
    expectProblem(await done(id, { links: [link("other")] }), 409);
    expect((await auditOf(`sheet:gzh/${id}`)).map(({ action }) => action)).toEqual(["sheet.done"]);
  });

  it("opened again puts them back", async () => {
    await account.handOver([1, 2]);
    const id = await only();
    await done(id, {});
    expectStatus(await reopen(id), 200);
    expect(await account.states()).toEqual(["drafted", "drafted"]);
    expect(await list("?state=open")).toHaveLength(1);
  });

  it("says what was recalled since, and takes it as left out", async () => {
    await account.handOver([1, 2, 3]);
    await account.recall(2);
    await account.minutes(1);
    const id = await only();
    const { articles } = await read(id);
    expect(articles[1]).toMatchObject({ recalled: true, lines: [], warnings: ["已撤回：撤下第 2 条后再发。"] });
    expectProblem(await done(id, { links: [null, link("b")] }), 422, "links.1");
    expectStatus(await done(id, { links: [link("a"), null, link("c")] }), 200);
    // Its place counts where a message is deleted by places.
    expect((await account.receipts()).map(({ state, idx }) => [state, idx])).toEqual([
      ["published", 1],
      ["deleted", 2],
      ["published", 2],
    ]);
  });

  it("takes only addresses of articles, and no more than it has articles", async () => {
    await account.handOver([1]);
    const id = await only();
    for (const [links, field] of [
      [["https://example.com/s/a"], "links.0"],
      [["https://mp.weixin.qq.com/cgi-bin/home"], "links.0"],
      [[link("a"), link("b")], "links"],
      ["a", "links"],
    ] as const)
      await expectUnwritten(async () => expectProblem(await done(id, { links }), 422, field));
    expectProblem(await done("send-none", {}), 404);
    expectProblem(await api("GET", "/channels/none/sheets"), 404);
    expectProblem(await done(id, {}, await makeToken("reader", ["read"])), 403);
  });
});

describe("the sheet of a correction", () => {
  const correct = async (post: number, fields: object) => {
    const uid = await world.one<string>(
      `SELECT a.uid FROM posts p JOIN articles a ON a.id = p.article_id WHERE p.id = ?`,
      post,
    );
    const { headers } = await api("GET", `/articles/${uid}`);
    const change = { body: fields, headers: { "if-match": headers.get("etag") ?? "" } };
    expectStatus(await api("POST", `/articles/${uid}/correct`, change), 200);
    const sheet = { channelId: account.id, postId: post, note: "更正一处" };
    // The push that asks may be killed and ask again.
    for (const again of [0, 1]) await world.db.batch(openCorrectionSheet(world.db, sheet, world.wall + again));
  };

  it("shows where it is, what differs, and whether the site lets a person change it", async () => {
    await account.publish([1, 2], "mass");
    await correct(1, { markdown: "第 1 篇的**全文。**" });
    const [sheet, ...more] = await list();
    expect([sheet, more]).toMatchObject([{ kind: "correct", state: "open" }, []]);
    expect(await told()).toEqual(["《稿件 1》的更正要由人改到公众号上"]);
    const [article] = (await read(sheet!.id)).articles;
    expect(article).toMatchObject({
      url: link("post-1"),
      changes: [{ where: "text", old: "第 1 篇的正文。", new: "第 1 篇的全文。" }],
    });
    expect(article!.lines.map(({ name }) => name)).toEqual(["文章", "修改"]);

    await correct(2, { title: "另一个标题" });
    const [second] = (await read((await list())[0]!.id)).articles;
    expect(second!.changes).toEqual([{ where: "title", old: "稿件 2", new: "另一个标题" }]);
    expect(second!.lines.map(({ name }) => name)).toEqual(["文章", "删除", "新地址"]);
    expectStatus(await done((await list())[0]!.id, { links: [link("new")] }), 200);
    expect((await account.receipts())[1]).toMatchObject({ state: "published", url: link("new") });
  });

  it("that is still open shows the next correction as well; a recall ends it", async () => {
    await account.publish([1], "mass");
    await correct(1, { markdown: "第 1 篇的全文。" });
    await correct(1, { markdown: "第 1 篇的定稿。" });
    expect(await list()).toHaveLength(1);
    expect((await read(await only())).articles[0]!.changes[0]!.new).toBe("第 1 篇的定稿。");
    await account.recall(1);
    expectProblem(await done(await only(), {}), 409);
    expect(await list("?state=cancelled")).toHaveLength(1);
  });

  it("is not for what nobody has at the account", async () => {
    await correct(1, { markdown: "全文。" });
    expect(await list()).toEqual([]);
  });
});

it("a person's taking down is the end of it", async () => {
  await account.publish([1], "mass");
  await world.db.prepare(`UPDATE wechat_articles SET job = NULL`).run();
  await account.recall(1);
  await account.minutes(1);
  expectProblem(await done(await only(), { links: [link("a")] }), 422, "links");
  expectStatus(await done(await only(), {}), 200);
  expect(await account.states()).toEqual(["deleted"]);
  expect(await account.takedowns()).toMatchObject([{ state: "done" }]);
});

it("an edition shows what became of each pick at each account, for one query more", async () => {
  await account.publish([1, 2], "mass");
  const edition = expectStatus(
    await api<{ picks: { seq: number; wechat: object[] }[] }>("GET", "/editions/daily/2026-11-23"),
    200,
  );
  expect(edition.picks.map(({ wechat }) => wechat)).toEqual([
    [
      {
        channel: "gzh",
        state: "published",
        way: "mass",
        url: link("post-1"),
        why: null,
        at: expect.stringMatching(/\+08:00$/),
      },
    ],
    [expect.objectContaining({ url: link("post-2") })],
    [],
  ]);
});

describe("what a push asks", () => {
  const pushing = () => ({
    channel: account.id,
    uid: account.uid,
    config: { time_zone: "Asia/Shanghai" },
    id: "gzh_0",
    now: world.wall,
  });
  const ask = (question: Question) => accountBooks({ db: world.deps.db, wall: () => world.wall })(pushing(), question);
  const postOf = (id: number) => world.one<string>(`SELECT uid FROM posts WHERE id = ?`, id);

  it("of a draft for a person makes receipts and a sheet, once", async () => {
    const articles = [
      { post: await postOf(2), idx: 1 },
      { post: await postOf(1), idx: 2 },
    ];
    for (let again = 0; again < 2; again++) await ask({ type: "sheet", bundle: "gzh_0:1", draft: "d", articles });
    expect((await account.receipts()).map(({ post, state, idx }) => [post, state, idx])).toEqual([
      [1, "drafted", 2],
      [2, "drafted", 1],
    ]);
    expect((await read(await only())).articles.map(({ position }) => position)).toEqual([1, 2]);
    await done(await only(), {});
    await ask({ type: "sheet", bundle: "gzh_0:1", draft: "d", articles });
    expect(await account.states()).toEqual(["published", "published"]);
  });

  it("of a correction for a person, and of a recall, is done; of a post that nobody knows nothing is", async () => {
    await account.publish([1, 2], "mass");
    await ask({ type: "correct-by-hand", post: await postOf(1), note: "改一字" });
    await ask({ type: "correct-by-hand", post: "none", note: "" });
    expect(await list()).toMatchObject([{ kind: "correct", note: "更正：改一字" }]);
    await ask({ type: "take-down", posts: [await postOf(2), "none"], note: "内容有误" });
    expect(await account.takedowns()).toMatchObject([{ post: 2, state: "open" }]);
  });
});

it("a recall over HTTP asks the account as well", async () => {
  await account.publish([1, 2], "mass");
  const uid = await world.one<string>(
    `SELECT uid FROM articles WHERE id = (SELECT article_id FROM posts WHERE id = 1)`,
  );
  expectStatus(await api("POST", `/articles/${uid}/recall`, { body: { note: "内容有误" } }), 200);
  expect(await account.takedowns()).toMatchObject([{ post: 1, state: "open", tries: 0 }]);
});
