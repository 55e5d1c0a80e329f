/** Hand-overs as the API shows them. */
import type { Content } from "../../articles/types.ts";
import { OUTLET_RULES } from "../../handover/outlets.ts";
import { packOf } from "../../handover/pack.ts";
import type { Handover, HandoverDetail } from "../../handover/store.ts";
import { listProgressOf } from "../../handover/store.ts";
import type { Publication } from "../../newsroom/types.ts";
import { iso, isoOrNull } from "../../platform/time.ts";

/** A task in a list: without its pack. `now` tells whether it is overdue. */
export function handoverSummary(h: Handover, siteUrl: string, now: number) {
  return {
    id: h.uid,
    kind: h.kind,
    outlet: h.outlet,
    outlet_name: OUTLET_RULES[h.outlet].name,
    state: h.state,
    overdue: h.state === "open" && h.dueAt <= now,
    publication: h.publication,
    article_id: h.articleUid,
    post: {
      id: h.postUid,
      seq: h.seq,
      title: h.title,
      url: `${siteUrl}/posts/${h.postUid}`,
      column: h.column,
      unit: h.unit,
      released_at: iso(h.releasedAt, h.timeZone),
    },
    link: h.link,
    due_at: iso(h.dueAt, h.timeZone),
    done_by: h.doneBy,
    done_at: isoOrNull(h.doneAt, h.timeZone),
    note: h.note,
    created_at: iso(h.createdAt, h.timeZone),
  };
}

type Meta = Pick<Content, "credits" | "cover" | "source" | "file" | "captions">;

/** A task with its pack; a recalled post has none: nothing of it may go up any more. */
export function handoverView(h: HandoverDetail, siteUrl: string, now: number) {
  const summary = handoverSummary(h, siteUrl, now);
  if (h.recalledAt !== null) return { ...summary, pack: null };
  const { credits, cover, source, file = null, captions = null } = JSON.parse(h.meta) as Meta;
  const topics = h.columnName === null ? [] : [h.columnName];
  const pack = packOf(
    h.outlet,
    { title: h.title, digest: h.digest, credits, cover, source, file, captions, topics },
    siteUrl,
  );
  const stopped = h.stoppedAt === null ? [] : ["本刊已紧急停发：先不要发布。"];
  return { ...summary, pack: { ...pack, hash: h.hash, warnings: [...stopped, ...pack.warnings] } };
}

/** An edition's view with how far each of its videos is handed over; others as they are. One query for a video publication. */
export async function withHandovers<View extends { picks: { seq: number | null }[] }>(
  db: D1Database,
  publication: Publication,
  view: View,
) {
  if (publication.medium !== "video") return view;
  const seqs = view.picks.flatMap((pick) => pick.seq ?? []);
  const progress = seqs.length === 0 ? [] : await listProgressOf(db, seqs);
  return {
    ...view,
    /** Outlets that have the video, over all picks: a take-down or an update still to be done does not count as one. */
    handed_over: progress.filter(({ kind, state }) => kind !== "takedown" && state === "done").length,
    picks: view.picks.map((pick) => ({
      ...pick,
      handovers: progress
        .filter((one) => one.seq === pick.seq)
        .map(({ outlet, kind, state, link }) => ({ outlet, kind, state, link })),
    })),
  };
}

/** A publication's open tasks out of `countOpen`'s rows. */
export function handoverCounts(rows: readonly { publicationId: number; open: number; overdue: number }[], id: number) {
  const found = rows.find((row) => row.publicationId === id);
  return { open: found?.open ?? 0, overdue: found?.overdue ?? 0 };
}
