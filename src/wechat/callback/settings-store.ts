/** The rows of accounts' settings. */
import type { Statement } from "../../platform/d1.ts";
import { row } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { type AccountSettings, DEFAULT_SETTINGS } from "./settings.ts";

/** Settings as they are stored; `rev` 0 are the defaults of an account that has none. */
export interface StoredSettings {
  settings: AccountSettings;
  rev: number;
  /** When the platform took this menu, ms; null while it has another. */
  pushedAt: number | null;
  pushError: string | null;
}

/** The settings of an account. One query, one row. */
export async function readSettings(db: D1Database, channelId: number): Promise<StoredSettings> {
  const found = await row<Omit<StoredSettings, "settings"> & { settings: string }>(
    db
      .prepare(
        `SELECT settings, rev, pushed_at AS pushedAt, push_error AS pushError FROM wechat_settings WHERE channel_id = ?`,
      )
      .bind(channelId),
  );
  if (!found) return { settings: DEFAULT_SETTINGS, rev: 0, pushedAt: null, pushError: null };
  return { ...found, settings: JSON.parse(found.settings) as AccountSettings };
}

/**
 * Writes settings if they are still at `rev`, 0 for an account that has none. `menuStands`: their menu is the one before,
 * so what the platform said of that holds on.
 */
export function writeSettings(
  db: D1Database,
  change: { channelId: number; rev: number; settings: AccountSettings; stamp: string; menuStands: boolean },
  now: number,
): Statement {
  const { channelId, rev, settings, stamp, menuStands } = change;
  if (rev === 0)
    return db
      .prepare(
        `INSERT INTO wechat_settings (channel_id, settings, rev, stamp, updated_at) VALUES (?, ?, 1, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .bind(channelId, JSON.stringify(settings), stamp, now);
  return db
    .prepare(
      `UPDATE wechat_settings SET settings = ?3, stamp = ?4, updated_at = ?5, rev = rev + 1,
         pushed_at = iif(?6, pushed_at, NULL), push_error = iif(?6, push_error, NULL) WHERE channel_id = ?1 AND rev = ?2`,
    )
    .bind(channelId, rev, JSON.stringify(settings), stamp, now, menuStands ? 1 : 0);
}

/** Holds if the account's settings bear `stamp`. */
export function settingsStamped(channelId: number, stamp: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM wechat_settings WHERE channel_id = ? AND stamp = ?)`, args: [channelId, stamp] };
}

/** What the platform said of the menu of revision `rev`: nothing amiss, or why it did not take it. */
export function notePush(db: D1Database, channelId: number, rev: number, error: string | null, now: number): Statement {
  return db
    .prepare(
      `UPDATE wechat_settings SET pushed_at = iif(?3 IS NULL, ?4, NULL), push_error = ?3 WHERE channel_id = ?1 AND rev = ?2`,
    )
    .bind(channelId, rev, error, now);
}
