/** A post prepared for reading: its text as a tree, and what its revision says besides. */
import type { Content, Credit, MediaFacts } from "../articles/types.ts";
import type { Cover, Doc } from "../formats/index.ts";
import { coverOf, imageSources, parseMarkdown, safeUrl } from "../formats/index.ts";

/** What of a post is read. `meta` is its revision's JSON. */
export interface Readable {
  markdown: string;
  meta: string;
  column: string | null;
  publication: string;
  pictures: readonly MediaFacts[];
}

export interface Reading {
  doc: Doc;
  /** By role, in the order given: 通讯员 甲 乙, 摄 丙. */
  credits: { role: string; names: string[] }[];
  /** The post's own cover, above the text. Null also when the text shows the picture itself: nobody wants to see it twice. */
  shown: string | null;
  /** The picture that stands for the post elsewhere. */
  cover: Cover;
  /** `url` is null when a reader may not be sent there. */
  source: { name: string; url: string | null } | null;
}

function byRole(credits: readonly Credit[]): Reading["credits"] {
  const names = new Map<string, string[]>();
  for (const { role, name } of credits) names.set(role, [...(names.get(role) ?? []), name]);
  return [...names].map(([role, names]) => ({ role, names }));
}

/** The post's text and surroundings, every address judged. */
export function readingOf(post: Readable): Reading {
  const { credits, cover, source } = JSON.parse(post.meta) as Pick<Content, "credits" | "cover" | "source">;
  const doc = parseMarkdown(post.markdown);
  const shown = cover !== null && !imageSources(doc).includes(cover) ? safeUrl(cover, "image") : null;
  return {
    doc,
    credits: byRole(credits),
    shown,
    cover: coverOf({ ...post, cover }, post.pictures),
    source: source && { name: source.name, url: safeUrl(source.url, "link") },
  };
}
