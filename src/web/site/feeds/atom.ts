import type { Feed, Item } from "./feed.tsx";
import { cdata, element, MEDIA_RSS, xmlDocument } from "./xml.ts";

/** Atom (RFC 4287). */
export function atom(feed: Feed): string {
  return xmlDocument(
    element(
      "feed",
      { xmlns: "http://www.w3.org/2005/Atom", "xmlns:media": MEDIA_RSS, "xml:lang": "zh-CN" },
      element("id", {}, feed.self),
      element("title", {}, feed.title),
      element("subtitle", {}, feed.description),
      element("updated", {}, feed.updated.toISOString()),
      element("link", { rel: "self", type: "application/atom+xml", href: feed.self }),
      element("link", { rel: "alternate", type: "text/html", href: feed.home }),
      feed.items.map(entry),
    ),
  );
}

function entry(post: Item) {
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
