/** Articles as the API shows them: snake_case names, public ids only, times as ISO 8601 with zone. So do all views. */
import type { ReviewRow, RevisionRow } from "../../articles/record-store.ts";
import type { Article } from "../../articles/types.ts";
import type { Cover } from "../../formats/index.ts";
import { coverOf } from "../../formats/index.ts";
import { iso, isoOrNull } from "../../platform/time.ts";

/** The picture that stands for an article, and its crops as WeChat's `draft/add` takes them. */
export function coverView({ from, wide, square, size, crops }: Cover) {
  return {
    from,
    wide,
    square,
    width: size?.width ?? null,
    height: size?.height ?? null,
    pic_crop_235_1: crops?.pic_crop_235_1 ?? null,
    pic_crop_1_1: crops?.pic_crop_1_1 ?? null,
  };
}

/** An article in a list: everything but its text. */
export function articleSummary(a: Omit<Article, "markdown">) {
  return {
    id: a.uid,
    rev: a.rev,
    status: a.status,
    publication: a.publication,
    kind: a.kind,
    title: a.title,
    digest: a.digest,
    column: a.column,
    unit: a.unit,
    credits: a.credits,
    cover: a.cover,
    cover_image: coverView(coverOf(a, a.pictures)),
    source: a.source,
    file: a.file ?? null,
    important: a.important,
    priority: a.priority,
    event_at: isoOrNull(a.eventAt),
    embargo_until: isoOrNull(a.embargoUntil),
    expires_at: isoOrNull(a.expiresAt),
    must_run_on: a.mustRunOn,
    evergreen: a.evergreen,
    hash: a.hash,
    created_at: iso(a.createdAt),
    updated_at: iso(a.updatedAt),
  };
}

/** An article as editors see it; `url` once it is published. */
export function articleView(a: Article, url: string | null = null) {
  return { ...articleSummary(a), markdown: a.markdown, captions: a.captions ?? null, ...(url !== null && { url }) };
}

/** One text of an article with the decisions that were signed on it. */
export function revisionView(revision: RevisionRow, reviews: readonly ReviewRow[], current: string) {
  return {
    hash: revision.hash,
    current: revision.hash === current,
    title: revision.title,
    digest: revision.digest,
    markdown: revision.markdown,
    saved_by: revision.saved_by,
    saved_at: iso(revision.saved_at),
    reviews: reviews
      .filter((review) => review.hash === revision.hash)
      .map(({ stage, decision, gates, note, reviewer, at }) => ({
        stage,
        decision,
        gates: JSON.parse(gates) as string[],
        note,
        reviewer,
        at: iso(at),
      })),
  };
}
