/** A post as feeds carry it: those that the site serves, and those that the hub sends. */
import { escapeHtml, renderFeed } from "../formats/index.ts";
import type { FeedItem } from "../formats/feeds/index.ts";
import { absolute } from "../platform/address.ts";
import type { Readable, Reading } from "./reading.ts";
import { readingOf } from "./reading.ts";

/** What of a post a feed tells. */
interface FeedPost extends Readable {
  uid: string;
  title: string;
  digest: string;
  releasedAt: number;
  correctedAt: number | null;
  publicationName: string;
  columnName: string | null;
  unitName: string | null;
}

/** The post's feed item; `siteUrl` is where readers reach the site, without a trailing slash. */
export function feedItemOf(post: FeedPost, siteUrl: string): FeedItem {
  const reading = readingOf(post);
  return {
    url: `${siteUrl}/posts/${post.uid}`,
    title: post.title,
    digest: post.digest,
    html: htmlOf(reading, siteUrl),
    author: post.unitName ?? post.publicationName,
    tags: post.columnName === null ? [] : [post.columnName],
    image: absolute(reading.cover.wide, siteUrl),
    published: new Date(post.releasedAt),
    // The tick may run ahead of the clock that a correction reads.
    updated: new Date(Math.max(post.correctedAt ?? 0, post.releasedAt)),
  };
}

function htmlOf({ doc, credits, shown, source }: Reading, siteUrl: string): string {
  const name = source && escapeHtml(source.name);
  return [
    shown !== null && `<p><img src="${escapeHtml(absolute(shown, siteUrl))}" alt=""/></p>`,
    renderFeed(doc, siteUrl),
    credits.length > 0 &&
      `<p>${credits.map(({ role, names }) => `<span>${escapeHtml(`${role} ${names.join(" ")}`)}</span>`).join("")}</p>`,
    source && `<p>来源：${source.url === null ? name : `<a href="${escapeHtml(source.url)}">${name}</a>`}</p>`,
  ]
    .filter(Boolean)
    .join("\n");
}
