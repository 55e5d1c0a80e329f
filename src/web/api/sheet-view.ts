/** Hand-over sheets 交接单 of a WeChat account as the API shows them, and receipts beside an edition's picks. */
import { iso, isoOrNull } from "../../platform/time.ts";
import { taskOf } from "../../wechat/sheets/checklist.ts";
import { listReceipts } from "../../wechat/books/receipt-store.ts";
import type { SheetDetail } from "../../wechat/sheets/sheets.ts";
import type { Sheet, SheetKind, SheetLine } from "../../wechat/sheets/sheet-store.ts";

const NAMES: Readonly<Record<SheetKind, string>> = { send: "发表草稿", correct: "更正文章", takedown: "删除文章" };

function summary(sheet: Sheet, channel: string, titles: readonly string[], now: number) {
  return {
    id: sheet.uid,
    channel,
    kind: sheet.kind,
    kind_name: NAMES[sheet.kind],
    state: sheet.state,
    overdue: sheet.state === "open" && sheet.dueAt <= now,
    date: sheet.date,
    titles,
    note: sheet.note,
    due_at: iso(sheet.dueAt),
    done_by: sheet.doneBy,
    done_at: isoOrNull(sheet.doneAt),
    created_at: iso(sheet.createdAt),
  };
}

/** A task in a list: without its checklists. `now` tells whether it is overdue. */
export const sheetSummary = (sheet: SheetLine, channel: string, now: number) =>
  summary(sheet, channel, JSON.parse(sheet.titles) as string[], now);

/** A task with what is to be done and copied for each of its articles. */
export function sheetView(sheet: SheetDetail, channel: string, siteUrl: string, now: number) {
  return {
    ...summary(
      sheet,
      channel,
      sheet.posts.map(({ title }) => title),
      now,
    ),
    draft: sheet.draft,
    articles: sheet.posts.map((post) => ({
      position: post.idx,
      article_id: post.articleUid,
      post: { id: post.postUid, title: post.title, url: `${siteUrl}/posts/${post.postUid}` },
      recalled: post.recalledAt !== null,
      state: post.state,
      url: post.url,
      ...taskOf(sheet.kind, post, siteUrl, sheet.createdAt),
    })),
  };
}

/** An edition's view, its released picks with what became of them at WeChat accounts. One query once something is released. */
export async function withReceipts<View extends { picks: { seq: number | null }[] }>(
  db: D1Database,
  zone: string,
  view: View,
) {
  const seqs = view.picks.flatMap((pick) => pick.seq ?? []);
  if (seqs.length === 0) return view;
  const receipts = await listReceipts(db, seqs);
  const of = (seq: number) =>
    receipts
      .filter((one) => one.seq === seq)
      .map(({ channel, state, way, url, why, at }) => ({ channel, state, way, url, why, at: iso(at, zone) }));
  return {
    ...view,
    picks: view.picks.map((pick) => (pick.seq === null ? pick : { ...pick, wechat: of(pick.seq) })),
  };
}
