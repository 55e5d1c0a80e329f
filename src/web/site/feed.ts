import { picturesOf } from "../../articles/media.ts";
import type { FeedFile } from "../../formats/feeds/index.ts";
import { feedAt, feedLinks, FEEDS } from "../../formats/feeds/index.ts";
import { feedItemOf } from "../../wire/feed-item.ts";
import type { Shelf } from "../../wire/post-store.ts";
import { listPosts } from "../../wire/post-store.ts";
import type { Ctx } from "../context.ts";
import { shelfName, shelfPath } from "./shelf.ts";

/** How many posts a feed holds: two editions of fifteen. */
const LENGTH = 30;

/** The shelf's feed, its last thirty live posts. One query, another only for an empty publication or column. */
export async function serveFeed(c: Ctx, of: Shelf, file: FeedFile): Promise<Response> {
  const { db, siteUrl } = c.get("deps");
  const posts = await listPosts(db, of, Number.MAX_SAFE_INTEGER, LENGTH, true);
  const name = await shelfName(db, of, posts[0]);
  if (name === null) return c.text("没有这个订阅源。", 404);
  const items = posts.map((post) => feedItemOf({ ...post, pictures: picturesOf(post.pictures) }, siteUrl));
  const feed = feedAt(`${siteUrl}${shelfPath(of)}/${file}`, name, items);
  const { write, type } = FEEDS[file];
  return c.body(write(feed), 200, { "content-type": type, link: feedLinks(feed) });
}
