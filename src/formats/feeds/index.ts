/** Feeds: what the site serves and what the hub sends. */
import { atom } from "./atom.ts";
import type { FeedAddress } from "./feed.ts";
import { jsonFeed } from "./json.ts";
import { rss } from "./rss.ts";

export { feedAt, type FeedItem, hubOf, readFeedAddress, SITE_NAME } from "./feed.ts";

/** A feed's file name, how it is written, and its media type. */
export const FEEDS = {
  "feed.xml": { write: rss, type: "application/rss+xml; charset=utf-8" },
  "atom.xml": { write: atom, type: "application/atom+xml; charset=utf-8" },
  "feed.json": { write: jsonFeed, type: "application/feed+json; charset=utf-8" },
} as const satisfies Record<FeedAddress["file"], unknown>;
export type FeedFile = keyof typeof FEEDS;

/** The header that leads from a feed, or from what the hub sends of it, to both addresses (RFC 8288). */
export const feedLinks = ({ hub, self }: { hub: string; self: string }): string =>
  `<${hub}>; rel="hub", <${self}>; rel="self"`;
