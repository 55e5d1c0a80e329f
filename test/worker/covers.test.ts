/** The picture that stands for an article wherever it is listed: its own, its text's first, or its column's. */
import { env, exports } from "cloudflare:workers";
import { parseJsonFeed, parseRssFeed } from "feedsmith";
import { beforeAll, describe, expect, it } from "vitest";
import { insertMedia } from "../../src/articles/record-store.ts";
import { depsOf } from "../../src/deps.ts";
import { PREBUILT } from "../../src/formats/index.ts";
import { tick } from "../../src/tick.ts";
import type { Article, Page } from "./helpers/api.ts";
import { api, expectStatus, makeArticle, makePublication, ORIGIN, readArticle } from "./helpers/api.ts";

// Whichever column has a cover: an office may have made its own.
const [COLUMN, prebuilt] = Object.entries(PREBUILT.columns)[0]!;

/** The headers of a PNG of that extent. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const upload = async (data: Uint8Array) =>
  expectStatus(await api<{ url: string; hash: string }>("POST", "/media", { body: data }), 201);
const sizeOf = (hash: string) =>
  env.DB.prepare(`SELECT width, height FROM media WHERE hash = ?`).bind(hash).first<{ width: number | null }>();
const site = async (path: string) => (await exports.default.fetch(new Request(`${ORIGIN}${path}`))).text();

/** Out on a day of its own, so that it leads the front page. */
async function publish(fields: Record<string, unknown>, date: string): Promise<{ article: Article; path: string }> {
  const { id } = await makeArticle({ column: COLUMN, ...fields });
  expectStatus(await api("POST", `/articles/${id}/submit`), 200);
  await tick(depsOf(env), Date.parse(`${date}T08:30:00+08:00`));
  const article = await readArticle(id);
  return { article, path: article.url!.slice(ORIGIN.length) };
}

/** What each place shows for the newest post. */
async function shown(path: string) {
  const rss = parseRssFeed(await site("/feed.xml")).items![0]!;
  const { items } = expectStatus(await api<Page<{ post: { cover?: string } }>>("GET", "/wire?limit=100"), 200);
  return {
    lead: /class="lead"><img src="([^"]*)"/.exec(await site("/"))![1],
    og: /property="og:image" content="([^"]*)"/.exec(await site(path))![1],
    rss: rss.media?.contents?.[0]?.url,
    atom: /<media:content url="([^"]*)" medium="image"\/>/.exec(await site("/atom.xml"))![1],
    json: parseJsonFeed(await site("/feed.json")).items![0]!.image,
    wire: items.at(-1)!.post.cover,
    post: expectStatus(await api<{ cover: string }>("GET", path), 200).cover,
  };
}
const everywhere = (src: string) => {
  const address = `${ORIGIN}${src}`;
  return { lead: src, og: address, rss: address, atom: address, json: address, wire: address, post: address };
};

beforeAll(async () => {
  await makePublication("daily", { quota: 1, plan_at: "07:00", release_times: ["30 8 * * *"] });
  expectStatus(await api("POST", "/columns", { body: { id: COLUMN, name: "专栏" } }), 201);
});

describe("a post shows everywhere", () => {
  it("its column's cover when it has no picture", async () => {
    const { article, path } = await publish({}, "2026-11-23");
    expect(await shown(path)).toEqual(everywhere(prebuilt.wide.path));
    expect(article.cover_image).toMatchObject({ from: "column", square: prebuilt.square.path });
    expect(article.cover).toBeNull();
  });

  it("the first large picture of its text, in reading order", async () => {
    const [icon, first, second] = [
      await upload(png(32, 32)),
      await upload(png(1200, 900)),
      await upload(png(900, 900)),
    ];
    const { article, path } = await publish(
      { markdown: `![](${icon.url})\n\n![](${first.url})\n\n![](${second.url})` },
      "2026-11-24",
    );
    expect(await shown(path)).toEqual(everywhere(first.url));
    expect(article.cover_image).toEqual({
      from: "text",
      wide: first.url,
      square: first.url,
      width: 1200,
      height: 900,
      pic_crop_235_1: "0_0.216312_1_0.783688",
      pic_crop_1_1: "0.125_0_0.875_1",
    });
    const page = await site(path);
    expect(page).toContain(
      '<meta property="og:image:width" content="1200"/><meta property="og:image:height" content="900"/>',
    );
  });

  it("its own, with its crops", async () => {
    const own = await upload(png(600, 1200));
    const other = await upload(png(1000, 1000));
    const { article, path } = await publish({ cover: own.url, markdown: `![](${other.url})` }, "2026-11-25");
    expect(await shown(path)).toEqual(everywhere(own.url));
    expect(article.cover_image).toMatchObject({ from: "article", pic_crop_1_1: "0_0.083333_1_0.583333" });
  });

  it("nothing any more once it is recalled", async () => {
    const { items } = expectStatus(await api<Page<Article>>("GET", "/articles?limit=1"), 200);
    const { url } = await readArticle(items[0]!.id);
    expectStatus(await api("POST", `/articles/${items[0]!.id}/recall`, { body: {} }), 200);
    const { items: entries } = expectStatus(await api<Page<{ post: { cover?: string } }>>("GET", "/wire?after=2"), 200);
    expect(entries.map((entry) => entry.post.cover)).toEqual([undefined, undefined]);
    const post = expectStatus(await api("GET", url!.slice(ORIGIN.length)), 200);
    expect(post).not.toHaveProperty("cover");
    expect(post).not.toHaveProperty("cover_image");
  });
});

it("a picture from before sizes were read gets its own by being uploaded again, once", async () => {
  const { url, hash } = await upload(png(640, 480));
  await env.DB.prepare(`UPDATE media SET width = NULL, height = NULL WHERE hash = ?`).bind(hash).run();
  const { cover_image: cover } = await makeArticle({ markdown: `![](${url})` });
  expect(cover).toMatchObject({ from: "text", wide: url, width: null, pic_crop_1_1: null });
  await upload(png(640, 480));
  expect(await sizeOf(hash)).toEqual({ width: 640, height: 480 });
  const { meta } = await insertMedia(env.DB, { hash, type: "image/png", size: 33, width: 1, height: 1 }, "x", 0).run();
  expect(meta.changes).toBe(0);
});
