import { escapeHtml } from "../html.ts";
import type { Feed, FeedItem } from "./feed.ts";
import { cdata, element, MEDIA_RSS, xmlDocument } from "./xml.ts";

const NAMESPACES = {
  "xmlns:atom": "http://www.w3.org/2005/Atom",
  "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
  "xmlns:dc": "http://purl.org/dc/elements/1.1/",
  "xmlns:media": MEDIA_RSS,
};

/** RSS 2.0 (rssboard.org/rss-specification), full text in `content:encoded`. */
export function rss(feed: Feed): string {
  return xmlDocument(
    element(
      "rss",
      { version: "2.0", ...NAMESPACES },
      element(
        "channel",
        {},
        element("title", {}, feed.title),
        element("link", {}, feed.home),
        element("description", {}, feed.description),
        element("language", {}, "zh-CN"),
        element("lastBuildDate", {}, feed.updated.toUTCString()),
        element("atom:link", { href: feed.self, rel: "self", type: "application/rss+xml" }),
        element("atom:link", { href: feed.hub, rel: "hub" }),
        feed.items.map(item),
      ),
    ),
  );
}

function item(post: FeedItem) {
  return element(
    "item",
    {},
    element("title", {}, post.title),
    element("link", {}, post.url),
    element("guid", { isPermaLink: "true" }, post.url),
    element("pubDate", {}, post.published.toUTCString()),
    element("dc:creator", {}, post.author),
    post.tags.map((tag) => element("category", {}, tag)),
    element("media:content", { url: post.image, medium: "image" }),
    // A description is HTML to its readers, a digest is not.
    element("description", {}, escapeHtml(post.digest)),
    element("content:encoded", {}, cdata(post.html)),
  );
}
