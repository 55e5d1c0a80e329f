/** What every feed says, whatever its format. */
import { renderFeed } from "../../../formats/index.ts";
import { absolute } from "../../../platform/address.ts";
import type { PostDetail } from "../../../wire/store.ts";
import { Credits } from "../parts.tsx";
import { postPath } from "../paths.ts";
import { readingOf } from "../reading.ts";

export interface Item {
  /** The post's address: also its id, for ever. */
  url: string;
  title: string;
  digest: string;
  /** Whole and on its own: every address in it is absolute. */
  html: string;
  author: string;
  tags: string[];
  image: string;
  published: Date;
  updated: Date;
}

export interface Feed {
  title: string;
  description: string;
  /** The page that the feed is of. */
  home: string;
  /** The feed's own address. */
  self: string;
  /** When anything in it changed last; the epoch while it is empty. */
  updated: Date;
  items: Item[];
}

/** A post as a feed carries it. */
export function itemOf(post: PostDetail, siteUrl: string): Item {
  const reading = readingOf(post);
  const url = `${siteUrl}${postPath(post.uid)}`;
  return {
    url,
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

function htmlOf({ doc, credits, shown, source }: ReturnType<typeof readingOf>, siteUrl: string): string {
  return [
    shown !== null &&
      (
        <p>
          <img src={absolute(shown, siteUrl)} alt="" />
        </p>
      ).toString(),
    renderFeed(doc, siteUrl),
    credits.length > 0 &&
      (
        <p>
          <Credits credits={credits} />
        </p>
      ).toString(),
    source && (<p>来源：{source.url === null ? source.name : <a href={source.url}>{source.name}</a>}</p>).toString(),
  ]
    .filter(Boolean)
    .join("\n");
}
