/** What a person does to a hand-over sheet. Each act is one batch: the guarded change, the receipts, the audit row. */
import type { Channel } from "../../delivery/open-channel.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Actor } from "../../newsroom/types.ts";
import type { Statement } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { newStamp } from "../../platform/ids.ts";
import { conflict, invalid, notFound } from "../../platform/problem.ts";
import type { Sent, SheetPost } from "./sheet-posts.ts";
import { endBySheet, listSheetPosts, moveBySheet, publishBySheet, undoSheet } from "./sheet-posts.ts";
import type { Sheet } from "./sheet-store.ts";
import { BY_PLATFORM, findSheet, reopenSheet, sheetStamped, tickOffSheet } from "./sheet-store.ts";
import { endTakedowns, insertTakedownsOfRecalled } from "../takedowns/takedown-store.ts";

/** A task with the posts that it is about. */
export interface SheetDetail extends Sheet {
  posts: SheetPost[];
}

type Owner = Pick<Channel, "id" | "uid">;

/** The account's task with this public id. Throws a 404 problem. */
export async function requireSheet(db: D1Database, channel: Owner, uid: string): Promise<SheetDetail> {
  const found = await findSheet(db, channel.id, uid);
  if (!found) throw notFound("sheet", uid);
  return { ...found, posts: await listSheetPosts(db, found.id) };
}

/** An address of an article at WeChat, https; null for any other. */
export function articleUrl(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  const plain = url.username === "" && url.password === "" && url.port === "";
  if (url.hostname !== "mp.weixin.qq.com" || !plain || !/^https?:$/.test(url.protocol) || !/^\/s\b/.test(url.pathname))
    return null;
  url.protocol = "https:";
  return url.href;
}

/** The addresses that a person gave, by place in the sheet. Throws a 422 problem that names the one at fault. */
function linksOf(sheet: SheetDetail, links: readonly (string | null)[]): (string | null)[] {
  if (links.length > sheet.posts.length)
    throw invalid("links", `has ${links.length} addresses for ${sheet.posts.length} articles`);
  if (sheet.kind === "takedown" && links.some((link) => link !== null))
    throw invalid("links", "is not for a take-down: nothing is left to link to");
  return links.map((link, i) => {
    if (link === null) return null;
    const url = articleUrl(link);
    if (url === null) throw invalid(`links.${i}`, "must be the address of an article: https://mp.weixin.qq.com/s/…");
    if (sheet.kind === "send" && sheet.posts[i]!.recalledAt !== null)
      throw invalid(`links.${i}`, "is of an article that was recalled: take it down instead");
    return url;
  });
}

/** What readers get of a draft that was sent as the sheet says: all but what is recalled, in order. */
function sentOf(sheet: SheetDetail, links: readonly (string | null)[]): Sent[] {
  return sheet.posts
    .map((post, i) => ({ post, url: links[i] ?? null }))
    .filter(({ post }) => post.recalledAt === null)
    .map(({ post, url }, i) => ({ postId: post.postId, place: i + 1, url }));
}

/**
 * The statements behind a sheet's ticking off. `sent`: which of its articles went out, of a draft; what did not is gone
 * with it. What a recall has missed is taken down at once.
 */
export function sentStatements(
  db: D1Database,
  sheet: Pick<Sheet, "id" | "channelId">,
  sent: readonly Sent[],
  job: string | null,
  guard: Guard,
  now: number,
): Statement[] {
  return [
    publishBySheet(db, sheet.id, sent, job, guard, now),
    endBySheet(db, sheet.id, "drafted", "发出前由人从草稿里撤下", guard, now),
    insertTakedownsOfRecalled(
      db,
      sheet.channelId,
      sent.map(({ postId }) => postId),
      guard,
      now,
    ),
  ];
}

function effects(
  db: D1Database,
  sheet: SheetDetail,
  links: readonly (string | null)[],
  guard: Guard,
  now: number,
): Statement[] {
  switch (sheet.kind) {
    case "send":
      return sentStatements(db, sheet, sentOf(sheet, links), null, guard, now);
    case "correct":
      return links[0] ? [moveBySheet(db, sheet.id, links[0], guard)] : [];
    case "takedown":
      return [
        endBySheet(db, sheet.id, "published", "由人在公众平台删除", guard, now),
        endTakedowns(db, sheet.id, "由人在公众平台删除", guard),
      ];
  }
}

/**
 * 交接完成: ticks the task off; the same again changes nothing. `links`: addresses in the sheet's order, null where there
 * is none. Throws 422 for an address that is none of an article, 409 for a task that was cancelled, or done with others.
 */
export async function completeSheet(
  db: D1Database,
  channel: Owner,
  uid: string,
  said: { links: readonly (string | null)[]; note: string },
  actor: Actor,
  now: number,
): Promise<SheetDetail> {
  const sheet = await requireSheet(db, channel, uid);
  const links = linksOf(sheet, said.links);
  if (sheet.state === "open") {
    const stamp = newStamp();
    const guard = sheetStamped(sheet.id, stamp);
    const detail = { kind: sheet.kind, links, note: said.note };
    await db.batch([
      tickOffSheet(db, { id: sheet.id, by: actor.name, note: said.note || sheet.note, stamp }, now),
      ...effects(db, sheet, links, guard, now),
      audit(
        db,
        { at: now, actor: actor.name, action: "sheet.done", subject: `sheet:${channel.uid}/${uid}`, detail },
        guard,
      ),
    ]);
  }
  const after = await requireSheet(db, channel, uid);
  if (after.state === "cancelled") throw conflict("What it asks for was recalled, so this task was cancelled.");
  if (links.some((link, i) => link !== null && link !== after.posts[i]!.url))
    throw conflict("It was ticked off with other addresses. Reopen it to change them.");
  return after;
}

/**
 * Opens a done task again: it was ticked off by mistake. An open one stays as it is. Throws 409 for a cancelled task, and
 * for one that the platform ticked off: what was sent was sent.
 */
export async function openSheetAgain(
  db: D1Database,
  channel: Owner,
  uid: string,
  reason: string,
  actor: Actor,
  now: number,
): Promise<SheetDetail> {
  const sheet = await requireSheet(db, channel, uid);
  if (sheet.state === "done" && sheet.doneBy !== BY_PLATFORM) {
    const stamp = newStamp();
    const guard = sheetStamped(sheet.id, stamp);
    const { id, kind } = sheet;
    await db.batch([
      reopenSheet(db, { id, kind, note: reason, stamp }, now),
      ...(kind === "correct" ? [] : [undoSheet(db, { id, kind }, guard, now)]),
      audit(
        db,
        {
          at: now,
          actor: actor.name,
          action: "sheet.reopened",
          subject: `sheet:${channel.uid}/${uid}`,
          detail: { reason },
        },
        guard,
      ),
    ]);
  }
  const after = await requireSheet(db, channel, uid);
  if (after.state === "open") return after;
  throw conflict(
    after.state === "cancelled"
      ? "A cancelled task cannot be reopened."
      : "WeChat told that it was sent: it cannot be unsent. Recall what has to go.",
  );
}
