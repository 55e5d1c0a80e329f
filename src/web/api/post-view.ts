/** The wire and its posts as the API shows them. */
import { picturesOf } from "../../articles/media.ts";
import type { Content } from "../../articles/types.ts";
import { coverOf } from "../../formats/index.ts";
import { absolute } from "../../platform/address.ts";
import { iso, isoOrNull } from "../../platform/time.ts";
import type { Entry } from "../../wire/entry-store.ts";
import type { PostDetail } from "../../wire/post-store.ts";
import { coverView } from "./article-view.ts";

/** A wire entry. */
export function entryView(e: Entry, siteUrl: string) {
  return {
    seq: e.seq,
    kind: e.kind,
    at: iso(e.at, e.timeZone),
    ...(e.note && { note: e.note }),
    post: {
      id: e.uid,
      title: e.title,
      digest: e.digest,
      url: `${siteUrl}/posts/${e.uid}`,
      column: e.column,
      unit: e.unit,
      publication: e.publication,
      ...(!e.recalled && { cover: absolute(coverOf(e, e.pictures).wide, siteUrl) }),
    },
  };
}

function postCover(p: PostDetail, siteUrl: string) {
  const { cover } = JSON.parse(p.meta) as Pick<Content, "cover">;
  const picked = coverOf({ ...p, cover }, picturesOf(p.pictures));
  return { cover: absolute(picked.wide, siteUrl), cover_image: coverView(picked) };
}

/** A post as anyone with a token reads it; without its text once it is recalled. */
export function postView(p: PostDetail, siteUrl: string) {
  return {
    id: p.uid,
    article_id: p.articleUid,
    seq: p.id,
    kind: p.kind,
    title: p.title,
    digest: p.digest,
    url: `${siteUrl}/posts/${p.uid}`,
    publication: p.publication,
    column: p.column,
    unit: p.unit,
    edition: p.editionDate,
    position: p.position,
    released_at: iso(p.releasedAt, p.timeZone),
    corrected_at: isoOrNull(p.correctedAt, p.timeZone),
    recalled_at: isoOrNull(p.recalledAt, p.timeZone),
    ...(p.recalledAt === null && { ...postCover(p, siteUrl), markdown: p.markdown }),
  };
}
