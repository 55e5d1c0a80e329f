import type { Feed, FeedItem } from "./feed.ts";

/** JSON Feed 1.1 (jsonfeed.org/version/1.1). */
export function jsonFeed(feed: Feed): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    home_page_url: feed.home,
    feed_url: feed.self,
    description: feed.description,
    language: "zh-CN",
    hubs: [{ type: "WebSub", url: feed.hub }],
    items: feed.items.map(item),
  });
}

function item(post: FeedItem) {
  return {
    id: post.url,
    url: post.url,
    title: post.title,
    content_html: post.html,
    ...(post.digest && { summary: post.digest }),
    image: post.image,
    date_published: post.published.toISOString(),
    date_modified: post.updated.toISOString(),
    authors: [{ name: post.author }],
    ...(post.tags.length > 0 && { tags: post.tags }),
  };
}
