import { createHmac } from "node:crypto";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { describe, expect, it } from "vitest";
import type { Item } from "../../../src/channels/kind.ts";
import { filterOf, websub } from "../../../src/channels/websub.ts";
import { item } from "./items.ts";

const SITE = "https://kanfa.test";
const topicOf = (file: string) => `${SITE}/columns/dangke/${file}`;
const settings = (file: string, secret?: string) => ({
  callback: "https://reader.example.com/in?key=1",
  topic: topicOf(file),
  name: "党课",
  ...(secret !== undefined && { secret }),
});
const compose = (file: string, items: readonly Item[]) => websub.compose(items, settings(file));
const second = item({ seq: 13, feed: () => ({ ...item().feed(), url: `${SITE}/posts/2`, title: "第二篇 ]]> & <b>" }) });

describe("what is sent", () => {
  it("is a feed of the topic's format with the new entries alone", () => {
    const rss = parseRssFeed(compose("feed.xml", [item(), second]));
    expect(rss).toMatchObject({ title: "党课 - 刊发", link: `${SITE}/columns/dangke` });
    expect(rss.items!.map(({ title }) => title)).toEqual([item().post.title, "第二篇 ]]> & <b>"]);
    const atom = parseAtomFeed(compose("atom.xml", [item(), second]));
    expect(atom.entries!.map(({ id }) => id)).toEqual([item().post.url, `${SITE}/posts/2`]);
    const json = JSON.parse(compose("feed.json", [item(), second])) as object;
    expect(json).toMatchObject({ hubs: [{ type: "WebSub", url: `${SITE}/websub` }], feed_url: topicOf("feed.json") });
    expect(parseJsonFeed(json).items!.map(({ id }) => id)).toEqual([item().post.url, `${SITE}/posts/2`]);
  });

  it("is, of recalls, a tombstone each, and Atom's alone: the others are never given one", () => {
    const recalled = item({
      kind: "recalled",
      at: "2026-11-23T10:00:00+08:00",
      feed: () => expect.fail("a text that was recalled"),
    });
    const xml = compose("atom.xml", [recalled]);
    expect(xml).toContain(`<at:deleted-entry ref="${item().post.url}" when="2026-11-23T02:00:00.000Z"/>`);
    expect(xml).toContain(`<updated>2026-11-23T02:00:00.000Z</updated>`);
    expect(filterOf(topicOf("atom.xml"))).toEqual({ columns: ["dangke"] });
    for (const file of ["feed.xml", "feed.json"])
      expect(filterOf(topicOf(file))).toEqual({ columns: ["dangke"], kinds: ["published", "corrected"] });
    expect(filterOf(`${SITE}/publications/huade/atom.xml`)).toEqual({ publications: ["huade"] });
    expect(filterOf(`${SITE}/atom.xml`)).toEqual({});
  });

  it.each([
    ["feed.xml", "application/rss+xml"],
    ["atom.xml", "application/atom+xml"],
    ["feed.json", "application/feed+json"],
  ])("bears the type of %s and both links, and is signed with the subscriber's secret", async (file, type) => {
    const body = compose(file, [item()]);
    const context = { id: "c_1", now: 0, wall: 0 };
    const plain = await websub.request(body, settings(file), context);
    expect(plain).toMatchObject({ url: "https://reader.example.com/in?key=1", body, transport: "http" });
    expect(plain.headers).toEqual({
      "content-type": `${type}; charset=utf-8`,
      link: `<${SITE}/websub>; rel="hub", <${topicOf(file)}>; rel="self"`,
    });
    const signed = await websub.request(body, settings(file, "秘密"), context);
    const mac = createHmac("sha256", "秘密").update(body).digest("hex");
    expect(signed.headers["x-hub-signature"]).toBe(`sha256=${mac}`);
  });
});

it.each([
  [200, "accepted"],
  [202, "accepted"],
  [204, "accepted"],
  [301, "retry"],
  [400, "retry"],
  [404, "retry"],
  [410, "gone"],
  [429, "retry"],
  [500, "retry"],
])("%i is %s, whatever the body says", (status, type) => {
  for (const body of ["", "error", "410 gone"])
    expect(websub.judge({ type: "response", status, headers: { "retry-after": "7" }, body })).toMatchObject({ type });
});

it("shares a payload among the subscribers of one topic, and with nobody else", () => {
  expect(websub.variant(settings("feed.xml", "a"))).toBe(websub.variant(settings("feed.xml", "b")));
  expect(websub.variant(settings("feed.xml"))).not.toBe(websub.variant(settings("atom.xml")));
});
