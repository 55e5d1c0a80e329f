/** A message to all followers that a person sent on the site: the platform's event closes the hand-over sheet. */
import type { Account } from "../../channels/wechat/call.ts";
import { explainMass, judgeAnswer } from "../../channels/wechat/codes.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Statement } from "../../platform/d1.ts";
import { newStamp } from "../../platform/ids.ts";
import type { Finish } from "../callback/finish.ts";
import type { AccountDeps } from "../deps.ts";
import { openAccount } from "../open-account.ts";
import type { Sent } from "./sheet-posts.ts";
import type { OpenSend } from "./sheet-looks.ts";
import { beginLook, endLook, knowsJob, listOpenSends, listStrange } from "./sheet-looks.ts";
import { BY_PLATFORM, sheetStamped, tickOffSheet } from "./sheet-store.ts";
import { articleUrl, sentStatements } from "./sheets.ts";

/** MASSSENDJOBFINISH as far as it is used here. */
type MassFinish = Pick<Extract<Finish, { type: "mass" }>, "msgId" | "status" | "articles">;

/** How many open sheets an event is held against, and how many events one look: each pair may cost a call. */
const SHEETS = 5;
const EVENTS = 3;

/** The platform's word for a draft that is not there: a draft is gone once it was sent. */
const NO_SUCH_DRAFT = 40007;

/**
 * What of a draft was sent, if articles with these addresses were: all of it, or all but what is recalled; behind either
 * may stand the list of the day's other posts. Null if nothing fits.
 */
export function fit(posts: OpenSend["posts"], urls: readonly (string | null)[]): Sent[] | null {
  const live = posts.filter(({ recalled }) => !recalled);
  const counts = [urls.length, urls.length - 1];
  const sent = counts.map((count) => [posts, live].find((each) => each.length === count && count > 0)).find(Boolean);
  return sent?.map(({ postId }, i) => ({ postId, place: i + 1, url: urls[i] ?? null })) ?? null;
}

/** Whose a message was: a sheet's (its public id), nobody's here, or not to be known now: the platform did not answer. */
type Whose = { type: "sheet"; uid: string } | { type: "nobody" } | { type: "unsure" };

/**
 * Closes the sheet whose draft was sent by hand. Only a draft that the platform itself says is gone is taken for sent, so
 * an event that was made up, or came twice, changes nothing.
 */
export async function handFinished(
  deps: Pick<AccountDeps, "db" | "wechat">,
  account: Account,
  event: MassFinish,
  now: number,
): Promise<Whose> {
  const { db, wechat } = deps;
  if (event.articles.length === 0 || explainMass(event.status) !== null) return { type: "nobody" };
  if (await knowsJob(db, account.id, event.msgId)) return { type: "nobody" };
  const urls = event.articles.toSorted((a, b) => a.index - b.index).map(({ url }) => articleUrl(url));
  for (const sheet of await listOpenSends(db, account.id, SHEETS)) {
    const sent = fit(sheet.posts, urls);
    if (sent === null) continue;
    const call = { path: "/cgi-bin/draft/get", body: { media_id: sheet.draft } };
    const found = judgeAnswer(await wechat(account, call), now);
    if (found.ok) continue;
    if (found.errcode !== NO_SUCH_DRAFT) return { type: "unsure" };
    await db.batch(closing(db, account, sheet, sent, event.msgId, now));
    return { type: "sheet", uid: sheet.uid };
  }
  return { type: "nobody" };
}

function closing(
  db: D1Database,
  account: Account,
  sheet: OpenSend,
  sent: readonly Sent[],
  msgId: string,
  now: number,
): Statement[] {
  const stamp = newStamp();
  const guard = sheetStamped(sheet.id, stamp);
  const subject = `sheet:${account.uid}/${sheet.uid}`;
  const detail = { msg_id: msgId, articles: sent.length };
  return [
    tickOffSheet(db, { id: sheet.id, by: BY_PLATFORM, note: sheet.note, stamp }, now),
    ...sentStatements(db, sheet, sent, msgId, guard, now),
    audit(db, { at: now, actor: BY_PLATFORM, action: "sheet.done", subject, detail }, guard),
  ];
}

/** Looks whose the messages are that the platform told of and nobody here sent, if it told of some since the last look. */
export async function lookForSent(deps: AccountDeps, channelId: number, now: number): Promise<void> {
  const { db } = deps;
  const look = await beginLook(db, channelId, now);
  if (look === null) return;
  const events = await listStrange(db, channelId, look.since, EVENTS);
  const account = events.length === 0 ? null : await openAccount(deps, channelId);
  if (account !== null)
    for (const event of events) if ((await handFinished(deps, account, event, now)).type === "unsure") return;
  await endLook(db, channelId, look).run();
}
