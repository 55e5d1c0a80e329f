import { env } from "cloudflare:workers";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { requireArticle } from "../../src/articles/desk.ts";
import { keepMedia } from "../../src/articles/media.ts";
import type { Content } from "../../src/articles/types.ts";
import { insertInbox } from "../../src/delivery/ledger-store.ts";
import { depsOf } from "../../src/deps.ts";
import { cdata, element } from "../../src/formats/feeds/xml.ts";
import { PREBUILT } from "../../src/formats/index.ts";
import { bumpOffice } from "../../src/newsroom/office-store.ts";
import type { Actor } from "../../src/newsroom/types.ts";
import type { App } from "../../src/web/context.ts";
import { site } from "../../src/web/site/index.tsx";
import { correctArticle, recallArticle } from "../../src/wire/amend.ts";
import { at, Line, watched } from "./helpers/world.ts";

const URL_ = "https://kanfa.test";
const EDITOR: Actor = { name: "person:editor", role: "editor", scopes: ["read"] };
const TABLES =
  "inbox post_media wire posts picks slots editions revisions articles media columns units publications audit";

const line = new Line();
const deps = { ...depsOf(env), db: watched(env.DB, line) };
let actor: Actor | null = null;

const app = new Hono<App>();
app.use(async (c, next) => {
  c.set("deps", deps);
  c.set("now", at("20:00"));
  c.set("actor", actor);
  await next();
});
app.route("/", site);

/** What a reader gets, and how many queries it cost. */
async function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  line.resetCounts();
  const response = await app.request(path, { headers, method });
  // Not text(): workerd warns about pictures.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status: response.status, text, headers: response.headers, queries: line.queries };
}

/** A post as the release makes it, with everything it refers to. Gives its public id, which is its article's too. */
async function publish(
  post: Partial<Content> & {
    publication?: string;
    column?: string;
    unit?: string;
    date?: string;
    position?: number;
    time?: string;
    media?: string[];
  } = {},
): Promise<string> {
  const { publication = "daily", column = null, unit = null, date = "2026-11-23", media = [] } = post;
  const { kind = "original", title = "标题", digest = "摘要", markdown = "正文。" } = post;
  const meta = JSON.stringify({ credits: post.credits ?? [], cover: post.cover ?? null, source: post.source ?? null });
  const { results } = await env.DB.prepare(`SELECT coalesce(max(seq), 0) + 1 AS seq FROM wire`).all<{ seq: number }>();
  const { seq } = results[0]!;
  const uid = `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`;
  const released = at(post.time ?? "08:30", date);
  const place = [publication, column, unit];
  const ids = `(SELECT id FROM publications WHERE slug = ?1), (SELECT id FROM columns WHERE slug = ?2), (SELECT id FROM units WHERE slug = ?3)`;
  const run = (sql: string, ...args: unknown[]) => env.DB.prepare(sql).bind(...args);
  await env.DB.batch([
    run(
      `INSERT INTO publications (slug, name, medium, time_zone, quota, plan_at, release_times, stages, due_at, rev, created_at, updated_at)
       VALUES (?, '刊名-' || ?1, 'article', 'Asia/Shanghai', 15, '07:00', '[]', '[]', 0, 1, 0, 0) ON CONFLICT DO NOTHING`,
      publication,
    ),
    run(
      `INSERT INTO columns (slug, name, created_at) SELECT ?1, '专栏-' || ?1, 0 WHERE ?1 IS NOT NULL ON CONFLICT DO NOTHING`,
      column,
    ),
    run(
      `INSERT INTO units (slug, name, kind, created_at) SELECT ?1, '单位-' || ?1, 'section', 0 WHERE ?1 IS NOT NULL ON CONFLICT DO NOTHING`,
      unit,
    ),
    run(
      `INSERT INTO editions (publication_id, date, quota, shortfall, provisional, plan_rev, planned_at)
       SELECT id, ?2, 15, 0, 0, 1, 0 FROM publications WHERE slug = ?1 ON CONFLICT DO NOTHING`,
      publication,
      date,
    ),
    run(
      `INSERT INTO articles (id, uid, publication_id, column_id, unit_id, author, kind, status, hash, title, digest, important, priority, evergreen,
         rev, created_at, updated_at)
       SELECT ?4, ?5, ${ids}, 'x', ?6, 'published', 'h', ?7, ?8, 0, 0, 0, 1, 0, 0`,
      ...place,
      seq,
      uid,
      kind,
      title,
      digest,
    ),
    run(
      `INSERT INTO revisions (article_id, hash, title, digest, markdown, meta, media, saved_by, saved_at) VALUES (?, 'h', ?, ?, ?, ?, ?, 'x', 0)`,
      seq,
      title,
      digest,
      markdown,
      meta,
      JSON.stringify(media),
    ),
    run(
      `INSERT INTO posts (id, uid, article_id, publication_id, column_id, unit_id, edition_id, position, hash, kind, title, digest, released_at)
       SELECT ?4, ?5, ?4, ${ids}, (SELECT e.id FROM editions e JOIN publications p ON p.id = e.publication_id WHERE p.slug = ?1 AND e.date = ?6),
         ?7, 'h', ?8, ?9, ?10, ?11`,
      ...place,
      seq,
      uid,
      date,
      post.position ?? seq,
      kind,
      title,
      digest,
      released,
    ),
    run(`INSERT INTO wire (seq, kind, at, post_id) VALUES (?1, 'published', ?2, ?1)`, seq, released),
    run(`INSERT INTO post_media (hash, post_id) SELECT value, ?2 FROM json_each(?1)`, JSON.stringify(media), seq),
  ]);
  return uid;
}

async function recall(uid: string): Promise<void> {
  await recallArticle(deps.desk, await requireArticle(env.DB, uid), "内容有误", EDITOR, at("16:00"));
}

async function correct(uid: string, change: Partial<Content>): Promise<void> {
  const article = await requireArticle(env.DB, uid);
  await correctArticle(deps.desk, article, { ...article, ...change }, "数字有误", EDITOR, at("16:00"));
}

/** Throws unless the text is one well-formed XML element: every tag closed, every `&` a reference, every character legal. */
function assertWellFormed(xml: string): void {
  expect(xml).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
  expect(xml.isWellFormed()).toBe(true);
  const open: string[] = [];
  const token =
    /<\?xml [^?]*\?>|<!\[CDATA\[(?:(?!\]\]>)[^])*\]\]>|<\/(?<close>[\w:]+)>|<(?<open>[\w:]+)(?: [\w:]+="(?:[^"<&]|&(?:amp|lt|gt|quot);)*")*(?<empty>\/?)>|(?:(?!\]\]>)[^<&]|&(?:amp|lt|gt|quot);)+/y;
  while (token.lastIndex < xml.length) {
    const from = token.lastIndex;
    const found = token.exec(xml)?.groups;
    if (!found) throw new Error(`not well-formed at ${xml.slice(from, from + 80)}`);
    if (found.open && !found.empty) open.push(found.open);
    if (found.close && open.pop() !== found.close) throw new Error(`</${found.close}> closes nothing`);
  }
  expect(open).toEqual([]);
}

const HOSTILE = {
  title: `<script>alert(1)</script> & "引号" ]]> \u0001\u000B结束`,
  digest: `<img src=x onerror=alert(2)> ]]>`,
  markdown: [
    "<script>alert(3)</script>",
    '<img src="x" onerror="alert(4)"> [点我](javascript:alert(5)) ![图](data:text/html,x)',
    "数组 `a[b[0]]>1`，]]> 和 \u0008 控制字符",
  ].join("\n\n"),
  credits: [{ role: "记者", name: "<b>甲</b>" }],
  source: { name: "<i>源</i>", url: "javascript:alert(6)" },
};

beforeEach(async () => {
  actor = null;
  await env.DB.batch(TABLES.split(" ").map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

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
    expect(text).toContain(`<link rel="canonical" href="${URL_}/"/>`);
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
    expect(text).toContain(`<link rel="canonical" href="${URL_}/posts/${uid}"/>`);
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
      expect(text).toContain(`<link rel="canonical" href="${URL_}${path}"/>`);
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

describe("caching", () => {
  it.each([
    "/",
    "/columns",
    "/columns/touyan",
    "/publications/daily",
    "/feed.xml",
    "/atom.xml",
    "/columns/touyan/feed.json",
  ])("%s answers whoever has it already with one query and no body", async (path) => {
    await publish({ column: "touyan" });
    const first = await get(path);
    expect(first.headers.get("cache-control")).toBe("public, max-age=60");
    const etag = first.headers.get("etag")!;
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const { status, text, queries, headers } = await get(path, { "if-none-match": tag });
      expect([status, text, queries]).toEqual([304, "", 1]);
      expect(headers.get("etag")).toBe(etag);
      expect(headers.get("cache-control")).toBe("public, max-age=60");
    }
    expect((await get(path)).headers.get("etag")).toBe(etag);
    expect((await get(path, { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("ends with the next entry of the wire, and with a new name", async () => {
    const uid = await publish();
    const tags = new Set<string>();
    const note = async () => tags.add((await get(`/posts/${uid}`)).headers.get("etag")!);
    await note();
    await publish();
    await note();
    await correct(uid, { markdown: "另一段正文。" });
    await note();
    await bumpOffice(env.DB).run();
    await note();
    expect(tags.size).toBe(4);
    const [, , , current] = [...tags];
    await recall(uid);
    expect((await get(`/posts/${uid}`, { "if-none-match": current! })).status).toBe(410);
  });

  it("of feeds honours If-Modified-Since alone, and If-None-Match before it", async () => {
    await publish();
    const { headers } = await get("/feed.xml");
    const lastModified = headers.get("last-modified")!;
    expect(lastModified).toBe(new Date(at("08:30")).toUTCString());
    const alone = await get("/feed.xml", { "if-modified-since": lastModified });
    expect([alone.status, alone.text, alone.queries]).toEqual([304, "", 1]);
    expect(alone.headers.get("last-modified")).toBe(lastModified);
    const other = await get("/feed.xml", { "if-modified-since": lastModified, "if-none-match": '"other"' });
    expect(other.status).toBe(200);
    // Business time may step back; what comes then is news all the same.
    await publish({ time: "07:00" });
    expect((await get("/feed.xml", { "if-modified-since": lastModified })).status).toBe(200);
  });

  it("works for HEAD", async () => {
    await publish();
    const whole = await get("/");
    const head = await get("/", {}, "HEAD");
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", whole.headers.get("etag")]);
  });
});

describe("feeds", () => {
  const XML = ["/feed.xml", "/atom.xml"];

  it("are well-formed and inert whatever the posts hold", async () => {
    await publish({ ...HOSTILE, column: "touyan" });
    for (const path of [...XML, ...XML.map((file) => `/columns/touyan${file}`)]) {
      const { text } = await get(path);
      assertWellFormed(text);
      expect(text, path).not.toMatch(/<script|<img|href="javascript|src="data/);
    }
    const item = parseRssFeed((await get("/feed.xml")).text).items![0]!;
    expect(item.title).toBe('<script>alert(1)</script> & "引号" ]]> 结束');
    expect(item.description).toBe("&lt;img src=x onerror=alert(2)&gt; ]]&gt;");
    expect(item.content!.encoded).toContain("a[b[0]]&gt;1");
  });

  it("can carry any markup in a CDATA section", () => {
    const value = "<p>]]></p>]]]]>>\u0000\uD800";
    const { xml } = element("x", {}, cdata(value));
    assertWellFormed(xml);
    const parts = [...xml.matchAll(/<!\[CDATA\[([^]*?)\]\]>/g)].map(([, part]) => part);
    expect(parts.join("")).toBe("<p>]]></p>]]]]>>\uFFFD");
  });

  it("give the last thirty live posts, newest first, with absolute links and right dates", async () => {
    for (let i = 1; i <= 32; i++) await publish({ title: `第${i}号` });
    const uid = await publish({
      title: "最新",
      digest: "最新的摘要",
      column: "touyan",
      unit: "qihao",
      cover: "/media/cover.jpg",
      markdown: '![图](/media/x.jpg)\n\n[另一篇](/posts/1)、[下文](#b)、`<a href="/`',
    });
    const url = `${URL_}/posts/${uid}`;

    const { text, headers, queries } = await get("/feed.xml");
    assertWellFormed(text);
    expect(queries).toBe(2);
    expect(headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
    const feed = parseRssFeed(text);
    expect(feed.items!.map((item) => item.title)).toEqual([
      "最新",
      ...Array.from({ length: 29 }, (_, i) => `第${32 - i}号`),
    ]);
    expect(feed.link).toBe(`${URL_}/`);
    expect(feed.language).toBe("zh-CN");
    expect(text).toContain(`<atom:link href="${URL_}/feed.xml" rel="self" type="application/rss+xml"/>`);
    expect(text).toContain(`<atom:link href="${URL_}/websub" rel="hub"/>`);
    expect(headers.get("link")).toBe(`<${URL_}/websub>; rel="hub", <${URL_}/feed.xml>; rel="self"`);
    const item = feed.items![0]!;
    expect(item.guid).toEqual({ value: url, isPermaLink: true });
    expect(item.link).toBe(url);
    expect(item.pubDate).toBe("Mon, 23 Nov 2026 00:30:00 GMT");
    expect(item.description).toBe("最新的摘要");
    const html = item.content!.encoded!;
    for (const part of [
      `src="${URL_}/media/cover.jpg"`,
      `src="${URL_}/media/x.jpg"`,
      `href="${URL_}/posts/1"`,
      "、下文、",
      "<code>&lt;a href=&quot;/</code>",
    ])
      expect(html).toContain(part);

    const atom = parseAtomFeed((await get("/atom.xml")).text);
    expect(atom.links).toContainEqual({ rel: "self", type: "application/atom+xml", href: `${URL_}/atom.xml` });
    expect(atom.links).toContainEqual({ rel: "hub", href: `${URL_}/websub` });
    expect(atom.entries!.length).toBe(30);
    expect(atom.entries![0]).toMatchObject({
      id: url,
      published: "2026-11-23T00:30:00.000Z",
      updated: "2026-11-23T00:30:00.000Z",
      authors: [{ name: "单位-qihao" }],
      content: { type: "html", value: html },
    });
  });

  it("give a valid JSON Feed 1.1", async () => {
    const uid = await publish({ ...HOSTILE, column: "touyan" });
    await correct(uid, { markdown: "更正后的**正文**。" });
    const { text, headers } = await get("/columns/touyan/feed.json");
    expect(headers.get("content-type")).toBe("application/feed+json; charset=utf-8");
    const feed = JSON.parse(text) as Record<string, unknown> & { items: Record<string, unknown>[] };
    expect(parseJsonFeed(feed).items!.length).toBe(1);
    expect(feed).toMatchObject({
      version: "https://jsonfeed.org/version/1.1",
      title: "专栏-touyan - 刊发",
      home_page_url: `${URL_}/columns/touyan`,
      feed_url: `${URL_}/columns/touyan/feed.json`,
      hubs: [{ type: "WebSub", url: `${URL_}/websub` }],
    });
    expect(feed.items[0]).toMatchObject({
      id: `${URL_}/posts/${uid}`,
      url: `${URL_}/posts/${uid}`,
      date_published: "2026-11-23T00:30:00.000Z",
      date_modified: "2026-11-23T08:00:00.000Z",
      tags: ["专栏-touyan"],
    });
    expect(feed.items[0]!.content_html).toMatch(/^<p>更正后的<strong>正文<\/strong>。<\/p>/);
  });

  it("hold only what their shelf holds", async () => {
    await publish({ title: "报上的", column: "touyan" });
    await publish({ title: "视频", publication: "video" });
    for (const file of ["feed.xml", "atom.xml", "feed.json"]) {
      const { text } = await get(`/publications/video/${file}`);
      expect(text).toContain("视频");
      expect(text).not.toContain("报上的");
      expect(text).toContain(`${URL_}/publications/video/${file}`);
    }
  });

  it("are valid while empty", async () => {
    for (const path of XML) assertWellFormed((await get(path)).text);
    expect((JSON.parse((await get("/feed.json")).text) as { items: unknown }).items).toEqual([]);
  });
});

describe("pictures", () => {
  const GIF = Uint8Array.from(new TextEncoder().encode("GIF89a and the rest"));

  it("are private until a live post shows them, and again after its recall", async () => {
    const { hash } = await keepMedia(deps, GIF, EDITOR, 0);
    const path = `/media/${hash}.gif`;
    expect((await get(path)).status).toBe(404);

    actor = EDITOR;
    const preview = await get(path);
    expect([preview.status, preview.text]).toEqual([200, "GIF89a and the rest"]);
    expect(preview.headers.get("cache-control")).toBe("private, no-store");
    actor = null;

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
