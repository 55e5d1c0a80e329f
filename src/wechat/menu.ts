/** An account's settings as a person changes them, and its menu as the platform gets it. */
import type { Reply } from "../channels/kind.ts";
import type { Account, WechatClient } from "../channels/wechat/call.ts";
import { audit } from "../newsroom/store.ts";
import type { Actor } from "../newsroom/types.ts";
import { newStamp } from "../platform/ids.ts";
import { Problem, stale } from "../platform/problem.ts";
import { MENU_CODES } from "./menu-codes.ts";
import { type AccountSettings, type Button, menuBody, refuseMenu } from "./settings.ts";
import { notePush, readSettings, settingsStamped, type StoredSettings, writeSettings } from "./settings-store.ts";

const sameMenu = (a: readonly Button[], b: readonly Button[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Saves an account's settings, then hands the platform the menu, unless it has that. What the platform thinks of it is
 * noted with the settings: they stand, whatever it says. Without a client the menu is saved only.
 * Throws 412 when `rev` is not their revision any more, 422 for a menu that the platform would refuse.
 */
export async function saveSettings(
  { db, wechat }: { db: D1Database; wechat?: WechatClient | undefined },
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
  if (wechat && !menuStands && !never) {
    const error = await pushMenu(wechat, account, settings.menu);
    await notePush(db, account.id, rev + 1, error, now).run();
  }
  return readSettings(db, account.id);
}

/** Hands the platform a menu, or takes the menu away. Null when it took it, else why not, in words for people. */
async function pushMenu(wechat: WechatClient, account: Account, menu: readonly Button[]): Promise<string | null> {
  return refusalOf(
    menu.length === 0
      ? await wechat(account, { path: "/cgi-bin/menu/delete", body: {} })
      : await wechat(account, { path: "/cgi-bin/menu/create", body: menuBody(menu) }),
  );
}

/** What a reply about a menu means for whoever saved it; null: it is there. */
export function refusalOf(reply: Reply): string | null {
  if (reply.type !== "response") return "微信平台没有应答，菜单可能没有更新。请稍后再保存一次。";
  let answer: { errcode?: unknown; errmsg?: unknown };
  try {
    answer = Object(JSON.parse(reply.body)) as typeof answer;
  } catch {
    answer = {};
  }
  if (answer.errcode === 0) return null;
  if (typeof answer.errcode !== "number") return "微信平台的应答无法识别，菜单可能没有更新。请稍后再保存一次。";
  const said = MENU_CODES[answer.errcode] ?? "微信平台没有接受这个菜单。";
  return `${said}（${answer.errcode} ${String(answer.errmsg ?? "").slice(0, 200)}）`;
}
