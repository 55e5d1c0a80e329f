/** Feeds, and how pages and feeds are cached. */
import { env } from "cloudflare:workers";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { beforeEach, describe, expect, it } from "vitest";
import { cdata, element } from "../../src/formats/feeds/xml.ts";
import { bumpOffice } from "../../src/newsroom/office-store.ts";
import { correct, empty, get, HOSTILE, publish, recall, SITE } from "./helpers/site.ts";
import { at } from "./helpers/world.ts";

beforeEach(empty);

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
    const url = `${SITE}/posts/${uid}`;

    const { text, headers, queries } = await get("/feed.xml");
    assertWellFormed(text);
    expect(queries).toBe(2);
    expect(headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
    const feed = parseRssFeed(text);
    expect(feed.items!.map((item) => item.title)).toEqual([
      "最新",
      ...Array.from({ length: 29 }, (_, i) => `第${32 - i}号`),
    ]);
    expect(feed.link).toBe(`${SITE}/`);
    expect(feed.language).toBe("zh-CN");
    expect(text).toContain(`<atom:link href="${SITE}/feed.xml" rel="self" type="application/rss+xml"/>`);
    expect(text).toContain(`<atom:link href="${SITE}/websub" rel="hub"/>`);
    expect(headers.get("link")).toBe(`<${SITE}/websub>; rel="hub", <${SITE}/feed.xml>; rel="self"`);
    const item = feed.items![0]!;
    expect(item.guid).toEqual({ value: url, isPermaLink: true });
    expect(item.link).toBe(url);
    expect(item.pubDate).toBe("Mon, 23 Nov 2026 00:30:00 GMT");
    expect(item.description).toBe("最新的摘要");
    const html = item.content!.encoded!;
    for (const part of [
      `src="${SITE}/media/cover.jpg"`,
      `src="${SITE}/media/x.jpg"`,
      `href="${SITE}/posts/1"`,
      "、下文、",
      "<code>&lt;a href=&quot;/</code>",
    ])
      expect(html).toContain(part);

    const atom = parseAtomFeed((await get("/atom.xml")).text);
    expect(atom.links).toContainEqual({ rel: "self", type: "application/atom+xml", href: `${SITE}/atom.xml` });
    expect(atom.links).toContainEqual({ rel: "hub", href: `${SITE}/websub` });
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
      home_page_url: `${SITE}/columns/touyan`,
      feed_url: `${SITE}/columns/touyan/feed.json`,
      hubs: [{ type: "WebSub", url: `${SITE}/websub` }],
    });
    expect(feed.items[0]).toMatchObject({
      id: `${SITE}/posts/${uid}`,
      url: `${SITE}/posts/${uid}`,
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
      expect(text).toContain(`${SITE}/publications/video/${file}`);
    }
  });

  it("are valid while empty", async () => {
    for (const path of XML) assertWellFormed((await get(path)).text);
    expect((JSON.parse((await get("/feed.json")).text) as { items: unknown }).items).toEqual([]);
  });
});
