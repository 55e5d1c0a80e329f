import type { Feed, FeedItem } from "./feed.ts";
import { cdata, element, MEDIA_RSS, xmlDocument } from "./xml.ts";

/** Namespace of entries that were taken back (RFC 6721). */
const TOMBSTONES = "http://purl.org/atompub/tombstones/1.0";

/** Atom (RFC 4287), with tombstones of what was taken back. */
export function atom(feed: Feed): string {
  return xmlDocument(
    element(
      "feed",
      {
        xmlns: "http://www.w3.org/2005/Atom",
        "xmlns:media": MEDIA_RSS,
        ...(feed.withdrawn.length > 0 && { "xmlns:at": TOMBSTONES }),
        "xml:lang": "zh-CN",
      },
      element("id", {}, feed.self),
      element("title", {}, feed.title),
      element("subtitle", {}, feed.description),
      element("updated", {}, feed.updated.toISOString()),
      element("link", { rel: "self", type: "application/atom+xml", href: feed.self }),
      element("link", { rel: "hub", href: feed.hub }),
      element("link", { rel: "alternate", type: "text/html", href: feed.home }),
      feed.items.map(entry),
      feed.withdrawn.map(({ url, at }) => element("at:deleted-entry", { ref: url, when: at.toISOString() })),
    ),
  );
}

function entry(post: FeedItem) {
  return element(
    "entry",
    {},
    element("id", {}, post.url),
    element("title", {}, post.title),
    element("published", {}, post.published.toISOString()),
    element("updated", {}, post.updated.toISOString()),
    element("link", { rel: "alternate", type: "text/html", href: post.url }),
    element("author", {}, element("name", {}, post.author)),
    post.tags.map((tag) => element("category", { term: tag })),
    element("media:content", { url: post.image, medium: "image" }),
    post.digest ? element("summary", {}, post.digest) : null,
    element("content", { type: "html" }, cdata(post.html)),
  );
}
