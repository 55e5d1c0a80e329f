import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { keepMedia } from "../../src/articles/media.ts";
import { insertInbox } from "../../src/delivery/ledger-store.ts";
import { PREBUILT } from "../../src/formats/index.ts";
import { correct, deps, EDITOR, empty, get, HOSTILE, line, publish, recall, SITE, visitor } from "./helpers/site.ts";
import { at } from "./helpers/world.ts";

beforeEach(empty);

describe("the front page", () => {
  it("says plainly that there is nothing yet", async () => {
    const { status, text, queries } = await get("/");
    expect(status).toBe(200);
    expect(text).toContain("还没有推文");
    expect(queries).toBeLessThanOrEqual(3);
  });

  it("shows every publication's newest edition in order of positions, and older posts below", async () => {
    await publish({ title: "昨天的", date: "2026-11-20" });
    await publish({ title: "第二条", position: 2, time: "08:30" });
    await publish({ title: "第一条", position: 1, time: "11:30" });
    await publish({ title: "一支视频", publication: "video", kind: "video", position: 1 });
    const { text, queries } = await get("/");
    const order = ["刊名-daily", "第一条", "第二条", "往期", "昨天的", "刊名-video", "一支视频"];
    expect(order.map((word) => text.indexOf(`>${word}`)).every((at, i, all) => at > (all[i - 1] ?? 0))).toBe(true);
    expect(text).toContain("2026年11月23日 星期一");
    expect(text).toContain("共 2 条");
    // None has a picture or a column: one leads each publication, one is in the list.
    expect(text.split(`src="${PREBUILT.plain.wide.path}"`)).toHaveLength(3);
    expect(text.split(`src="${PREBUILT.plain.square.path}"`)).toHaveLength(2);
    expect(queries).toBeLessThanOrEqual(3);
  });

  it("costs no more when the archive grows", async () => {
    for (let i = 0; i < 45; i++) await publish({ date: "2026-11-20" });
    await get("/");
    const before = line.rowsRead;
    for (let i = 0; i < 60; i++) await publish();
    await get("/");
    expect(line.rowsRead).toBeLessThanOrEqual(before);
    expect(before).toBeLessThan(400);
  });

  it("carries what a reader's browser needs, and one script of ours, in a file of its own", async () => {
    await publish();
    const { text, headers } = await get("/");
    expect(text).toMatch(/^<!doctype html><html lang="zh-CN">/);
    expect(text).toContain("<title>刊发</title>");
    expect(text).toContain(`<link rel="canonical" href="${SITE}/"/>`);
    for (const feed of ["/feed.xml", "/atom.xml", "/feed.json"]) expect(text).toContain(`href="${feed}"`);
    expect(text).toContain('href="#main"');
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/push.js">']);
    expect(text).not.toMatch(/<style| style=| on\w+=/);
    const policy = headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'; .*frame-ancestors 'none';/);
    expect(policy).toMatch(/; script-src 'self'; connect-src 'self'; worker-src 'self'$/);
    // No other page has one.
    const column = (await get("/columns")).headers.get("content-security-policy");
    expect(column).toMatch(/^default-src 'none'; style-src 'self'; .*frame-ancestors 'none'$/);
    expect((await get("/columns")).text).not.toContain("<script");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });
});

describe("an article", () => {
  it("is shown with everything that belongs to it, in two queries", async () => {
    const uid = await publish({
      kind: "reprint",
      title: "马铃薯入窖",
      digest: "三千吨马铃薯入窖。",
      markdown: "## 先对账\n\n坚持**“项目为王”**理念。",
      column: "jiceng",
      unit: "qihao",
      credits: [
        { role: "记者", name: "甲" },
        { role: "记者", name: "乙" },
        { role: "摄", name: "丙" },
      ],
      cover: "https://pictures.example/cover.jpg",
      source: { name: "草原网", url: "https://caoyuan.example/1?a=1&b=2" },
    });
    const { status, text, queries } = await get(`/posts/${uid}`);
    expect(status).toBe(200);
    expect(queries).toBeLessThanOrEqual(2);
    expect(text).toContain("<title>马铃薯入窖 - 刊发</title>");
    expect(text).toContain('<meta name="description" content="三千吨马铃薯入窖。"/>');
    expect(text).toContain(`<link rel="canonical" href="${SITE}/posts/${uid}"/>`);
    expect(text).toContain("<h1>马铃薯入窖</h1>");
    expect(text).toContain("<strong>“项目为王”</strong>");
    expect(text).toContain('<a href="/publications/daily">刊名-daily</a>');
    expect(text).toContain('<a href="/columns/jiceng">专栏-jiceng</a>');
    for (const part of ["单位-qihao", "记者 甲 乙", "摄 丙", "转载"]) expect(text).toContain(`>${part}<`);
    expect(text).toContain('<time datetime="2026-11-23T08:30:00+08:00">2026年11月23日 08:30</time>');
    expect(text).toContain('来源：<a href="https://caoyuan.example/1?a=1&amp;b=2" rel="noopener">草原网</a>');
    expect(text).toContain('<img class="cover" src="https://pictures.example/cover.jpg" alt=""/>');
    expect(text).not.toContain("更正于");
  });

  it("does not show its cover twice when the text has it", async () => {
    const cover = "https://pictures.example/cover.jpg";
    const uid = await publish({ cover, markdown: `![图说](${cover})` });
    expect((await get(`/posts/${uid}`)).text.split(`src="${cover}"`).length - 1).toBe(1);
  });

  it("tells of its correction", async () => {
    const uid = await publish({ markdown: "共 940 亩。" });
    await correct(uid, { markdown: "共 904 亩。" });
    const { text } = await get(`/posts/${uid}`);
    expect(text).toContain("904");
    expect(text).not.toContain("940");
    expect(text).toMatch(/更正于 <time [^>]*>2026年11月23日 16:00</);
  });

  it("shows hostile text as text", async () => {
    const { text } = await get(`/posts/${await publish({ ...HOSTILE, cover: "javascript:alert(7)" })}`);
    expect(text).not.toMatch(/<script|<img|href="javascript|src="javascript|src="data|<b>甲|<i>源/);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).toContain("&lt;script&gt;alert(3)&lt;/script&gt;");
  });

  it("answers 410 without its words once recalled", async () => {
    const uid = await publish({ title: "泄密的标题", digest: "泄密的摘要", markdown: "泄密的正文" });
    await recall(uid);
    const { status, text, queries } = await get(`/posts/${uid}`);
    expect(status).toBe(410);
    expect(text).toContain("这条推文已撤回");
    expect(text).not.toContain("泄密");
    expect(queries).toBeLessThanOrEqual(2);
    for (const path of ["/", "/publications/daily", "/feed.xml", "/atom.xml", "/feed.json"])
      expect((await get(path)).text, path).not.toContain("泄密");
  });
});

describe("what does not exist", () => {
  it.each([
    "/posts/none",
    "/columns/none",
    "/publications/none",
    "/columns/none/feed.xml",
    "/publications/none/feed.json",
  ])("%s is a 404", async (path) => {
    const { status, text, headers } = await get(path);
    expect(status).toBe(404);
    expect(text).toContain("没有这");
    expect(headers.get("etag")).toBeNull();
    expect(headers.get("content-security-policy")).not.toBeNull();
  });

  it("other paths are left to whoever mounted the site", async () => {
    const { status, headers } = await get("/nowhere");
    expect(status).toBe(404);
    expect(headers.get("content-security-policy")).toBeNull();
  });
});

describe("shelves", () => {
  it("list the columns with their newest post", async () => {
    await publish({ column: "touyan", title: "旧的" });
    await publish({ column: "touyan", title: "新的" });
    await recall(await publish({ column: "dangke", title: "撤回的" }));
    const { text, queries } = await get("/columns");
    expect(text).toContain('<a href="/columns/touyan">专栏-touyan</a>');
    expect(text).toContain("新的");
    expect(text).toContain("还没有推文");
    expect(text).not.toMatch(/旧的|撤回的/);
    expect(queries).toBe(2);
  });

  it("page a column back to its first post, each post once", async () => {
    for (let i = 1; i <= 65; i++) await publish({ column: "touyan", title: `第${i}号` });
    await publish({ title: "别的专栏" });
    const seen: string[] = [];
    let path: string | undefined = "/columns/touyan";
    for (let pages = 0; path; pages++) {
      expect(pages).toBeLessThan(4);
      const { text, queries } = await get(path);
      expect(queries).toBe(2);
      expect(text).toContain(`<link rel="canonical" href="${SITE}${path}"/>`);
      seen.push(...[...text.matchAll(/>(第\d+号)</g)].map(([, title]) => title!));
      path = /<a href="([^"]*)" rel="next">更早/.exec(text)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 65 }, (_, i) => `第${65 - i}号`));
  });

  it("page a publication by whole editions", async () => {
    const dates = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"];
    for (const date of dates)
      for (let position = 1; position <= 17; position++)
        await publish({ date, position, title: `${date}的${position}号` });
    const { text, queries } = await get("/publications/daily");
    expect(queries).toBe(2);
    const days = (page: string) => [...page.matchAll(/id="d([\d-]+)"/g)].map(([, date]) => date);
    expect(days(text)).toEqual(dates.slice(2).toReversed());
    expect(text.indexOf("2026-11-20的1号")).toBeLessThan(text.indexOf("2026-11-20的2号"));
    const older = /<a href="([^"]*)" rel="next">更早/.exec(text)![1]!;
    const last = await get(older);
    expect(days(last.text)).toEqual([dates[1], dates[0]]);
    expect((text + last.text).match(/的\d+号</g)!.length).toBe(5 * 17);
    expect(last.text).not.toContain("更早</a>");
  });

  it("split an edition that no page can hold, and lose none of it", async () => {
    for (let position = 1; position <= 70; position++) await publish({ position, title: `第${position}号` });
    const first = await get("/publications/daily");
    const second = await get(/<a href="([^"]*)" rel="next">更早/.exec(first.text)![1]!);
    const titles = [...(first.text + second.text).matchAll(/>(第\d+号)</g)].map(([, title]) => title);
    expect(new Set(titles).size).toBe(70);
  });

  it("say so when a publication is empty or has nothing older", async () => {
    const uid = await publish({ column: "touyan" });
    expect((await get("/columns/touyan?before=1")).text).toContain("没有更早的推文了");
    await recall(uid);
    const { status, text } = await get("/publications/daily");
    expect(status).toBe(200);
    expect(text).toContain("还没有推文");
  });

  it.each(["x", "-1", "0", "1.5", "1e3", "9999999999999999", ""])("refuse ?before=%s", async (before) => {
    await publish();
    expect((await get(`/publications/daily?before=${before}`)).status).toBe(404);
  });
});

describe("pictures", () => {
  const GIF = Uint8Array.from(new TextEncoder().encode("GIF89a and the rest"));

  it("are private until a live post shows them, and again after its recall", async () => {
    const { hash } = await keepMedia(deps, GIF, EDITOR, 0);
    const path = `/media/${hash}.gif`;
    expect((await get(path)).status).toBe(404);

    visitor.actor = EDITOR;
    const preview = await get(path);
    expect([preview.status, preview.text]).toEqual([200, "GIF89a and the rest"]);
    expect(preview.headers.get("cache-control")).toBe("private, no-store");
    visitor.actor = null;

    const uid = await publish({ media: [hash] });
    const shown = await get(path);
    expect([shown.status, shown.text, shown.queries]).toEqual([200, "GIF89a and the rest", 1]);
    expect(shown.headers.get("content-type")).toBe("image/gif");
    expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
    expect(shown.headers.get("cache-control")).toMatch(/^public, .*immutable$/);
    const again = await get(path, { "if-none-match": shown.headers.get("etag")! });
    expect([again.status, again.text]).toEqual([304, ""]);

    await recall(uid);
    const gone = await get(path, { "if-none-match": shown.headers.get("etag")! });
    expect(gone.status).toBe(404);
    expect(gone.headers.get("cache-control")).toBe("no-store");
  });

  it("have one address", async () => {
    const { hash } = await keepMedia(deps, GIF, EDITOR, 0);
    await publish({ media: [hash] });
    for (const file of [
      `${hash}.png`,
      `${hash}.html`,
      hash,
      `${hash.toUpperCase()}.gif`,
      `${"0".repeat(64)}.gif`,
      "..%2Fx.gif",
    ])
      expect((await get(`/media/${file}`)).status, file).toBe(404);
  });

  it("that were lost from the store are a 404, not an error", async () => {
    const hash = "a".repeat(64);
    await publish({ media: [hash] });
    expect((await get(`/media/${hash}.jpg`)).status).toBe(404);
  });
});

describe("the demo inbox", () => {
  const push = (uid: string, kind = "published", note = "") => ({
    seq: 1,
    kind,
    at: "2026-11-23T08:30:00+08:00",
    note,
    post: {
      id: uid,
      title: `推文<${uid.slice(-1)}>`,
      digest: "",
      url: "",
      column: null,
      unit: null,
      publication: "daily",
    },
  });
  const receive = (delivery: string, entries: unknown, time: string) =>
    insertInbox(env.DB, { delivery, channel: "c", body: JSON.stringify(entries) }, at(time)).run();

  it("says when nothing has come", async () => {
    expect((await get("/inbox")).text).toContain("还没有收到推送");
  });

  it("shows pushes newest first, their posts, and how often each came", async () => {
    const [one, two] = [await publish({ position: 4 }), await publish({ position: 5 })];
    await receive("first", [push(one), push(two)], "08:30");
    await receive("first", [push(one), push(two)], "08:31");
    await receive("second", [push(one, "corrected", "数字有误")], "16:00");
    const { text, headers, queries } = await get("/inbox");
    expect(queries).toBe(2);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text.replaceAll(/<\/?strong>/g, "")).toContain("2 条不同的推文，分 2 次推送");
    expect(text.indexOf("收到 1 次")).toBeLessThan(text.indexOf("收到 2 次"));
    expect(text).toContain(`<a href="/posts/${one}">推文&lt;1&gt;</a>`);
    expect(text).toContain("刊名-daily第 4 条");
    expect(text).toContain("更正");
    expect(text).toContain("（数字有误）");
  });

  it("does not repeat the title of a recalled post", async () => {
    const uid = await publish();
    await receive("first", [push(uid)], "08:30");
    await recall(uid);
    const { text } = await get("/inbox");
    expect(text).toContain("此条已撤回");
    expect(text).not.toContain("推文&lt;");
  });

  it("survives a body that it does not know", async () => {
    await env.DB.prepare(
      `INSERT INTO inbox (delivery, channel, received_at, times, body) VALUES ('x', 'c', 0, 1, 'not json')`,
    ).run();
    await receive("y", { test: true }, "08:30");
    const { status, text } = await get("/inbox");
    expect(status).toBe(200);
    expect(text).toContain("收到 1 次");
  });
});
