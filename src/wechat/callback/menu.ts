/** An account's settings as a person changes them, and its menu as the platform gets it. */
import type { Reply } from "../../channels/kind.ts";
import type { Account, WechatCall, WechatClient } from "../../channels/wechat/call.ts";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Actor } from "../../newsroom/types.ts";
import { newStamp } from "../../platform/ids.ts";
import { Problem, stale } from "../../platform/problem.ts";
import { MENU_CODES } from "./menu-codes.ts";
import { type AccountSettings, type Button, menuBody, refuseMenu } from "./settings.ts";
import { notePush, readSettings, settingsStamped, type StoredSettings, writeSettings } from "./settings-store.ts";

const sameMenu = (a: readonly Button[], b: readonly Button[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Saves an account's settings, then hands the platform the menu, unless it has that. What the platform thinks of it is
 * noted with the settings: they stand, whatever it says.
 * Throws 412 when `rev` is not their revision any more, 422 for a menu that the platform would refuse.
 */
export async function saveSettings(
  { db, wechat }: { db: D1Database; wechat: WechatClient },
  account: Account,
  settings: AccountSettings,
  rev: number,
  actor: Actor,
  now: number,
): Promise<StoredSettings> {
  const faults = refuseMenu(settings);
  if (faults.length > 0)
    throw new Problem(422, "Invalid request", `${faults[0]!.field}: ${faults[0]!.message}`, { errors: faults });
  const before = await readSettings(db, account.id);
  if (before.rev !== rev) throw stale(before.rev);
  const menuStands = before.pushedAt !== null && sameMenu(before.settings.menu, settings.menu);
  const stamp = newStamp();
  const [written] = await db.batch([
    writeSettings(db, { channelId: account.id, rev, settings, stamp, menuStands }, now),
    audit(
      db,
      { at: now, actor: actor.name, action: "channel.account_changed", subject: `channel:${account.uid}` },
      settingsStamped(account.id, stamp),
    ),
  ]);
  if (written!.meta.changes === 0) throw stale((await readSettings(db, account.id)).rev);
  // An account that never had a menu of ours keeps what it has.
  const never = settings.menu.length === 0 && before.settings.menu.length === 0;
  if (!menuStands && !never) {
    const error = await pushMenu(wechat, account, settings.menu, now);
    await notePush(db, account.id, rev + 1, error, now).run();
  }
  return readSettings(db, account.id);
}

/** Hands the platform a menu, or takes the menu away. Null when it took it, else why not, in words for people. */
async function pushMenu(
  wechat: WechatClient,
  account: Account,
  menu: readonly Button[],
  now: number,
): Promise<string | null> {
  const call: WechatCall =
    menu.length === 0
      ? { path: "/cgi-bin/menu/delete", method: "GET" }
      : { path: "/cgi-bin/menu/create", body: menuBody(menu) };
  return refusalOf(await wechat(account, call), now);
}

/** The platform has no menu: what was to be taken away is away. */
const NO_MENU = 46003;

/** What a reply about a menu means for whoever saved it; null: the platform did as it was asked. */
export function refusalOf(reply: Reply, now: number): string | null {
  const judged = judgeAnswer(reply, now);
  if (judged.ok || judged.errcode === NO_MENU) return null;
  const { errcode, explained } = judged;
  // Nobody looks after it by itself: saved again, it goes out again.
  if (errcode === null) return `${explained.words}。菜单可能没有更新，请稍后再保存一次。`;
  return `${MENU_CODES[errcode] ?? `${explained.words}。${explained.next}。`}（${errcode}）`;
}
