import type { Shelf } from "../../../wire/store.ts";
import { listPosts } from "../../../wire/store.ts";
import type { Ctx } from "../../context.ts";
import { SITE_NAME, shelfName, shelfPath } from "../shelf.ts";
import { atom } from "./atom.ts";
import type { Feed } from "./feed.tsx";
import { itemOf } from "./feed.tsx";
import { jsonFeed } from "./json.ts";
import { rss } from "./rss.ts";

/** How many posts a feed holds: two editions of fifteen. */
const LENGTH = 30;

/** A feed's file name, how it is written, and its media type. */
export const FORMATS = {
  "feed.xml": { write: rss, type: "application/rss+xml; charset=utf-8" },
  "atom.xml": { write: atom, type: "application/atom+xml; charset=utf-8" },
  "feed.json": { write: jsonFeed, type: "application/feed+json; charset=utf-8" },
} as const;
export type FeedFile = keyof typeof FORMATS;

/** The shelf's feed, its last thirty live posts. One query, another only for an empty publication or column. */
export async function serveFeed(c: Ctx, of: Shelf, file: FeedFile): Promise<Response> {
  const { db, siteUrl } = c.get("deps");
  const posts = await listPosts(db, of, Number.MAX_SAFE_INTEGER, LENGTH, true);
  const name = await shelfName(db, of, posts[0]);
  if (name === null) return c.text("没有这个订阅源。", 404);
  const path = shelfPath(of);
  const items = posts.map((post) => itemOf(post, siteUrl));
  const feed: Feed = {
    title: of.of === "all" ? SITE_NAME : `${name} - ${SITE_NAME}`,
    description: of.of === "all" ? "各刊的最新推文。" : `${name}的最新推文。`,
    home: `${siteUrl}${path || "/"}`,
    self: `${siteUrl}${path}/${file}`,
    updated: new Date(Math.max(0, ...items.map((item) => item.updated.getTime()))),
    items,
  };
  const { write, type } = FORMATS[file];
  return c.body(write(feed), 200, { "content-type": type });
}
