/** The client's tables: tokens, sealed to their channel, and what the platform answered to uploads. */
import type { Picture } from "../../channels/wechat/call.ts";
import type { SecretKeys } from "../../platform/crypto.ts";
import { open, seal } from "../../platform/crypto.ts";
import type { Statement } from "../../platform/d1.ts";
import { row } from "../../platform/d1.ts";
import type { Forced, Token } from "./token.ts";

/** Whose token: a channel, and the AppID that it is configured with. */
export interface Holder {
  /** The channel's internal id. */
  id: number;
  uid: string;
  appId: string;
}

const placeOf = ({ uid, appId }: Holder): string => `wechat_tokens:${uid}:${appId}`;

/** An account's token and its forced refreshes; null without one. A token that no key opens is one to get anew. */
export async function findToken(
  db: D1Database,
  holder: Holder,
  keys: SecretKeys,
): Promise<{ token: Token | null; forced: Forced } | null> {
  const found = await row<{ sealed: string; expiresAt: number } & Forced>(
    db
      .prepare(
        `SELECT sealed, expires_at AS expiresAt, forced_on AS "on", forced AS count, forced_at AS at FROM wechat_tokens
         WHERE channel_id = ? AND app_id = ?`,
      )
      .bind(holder.id, holder.appId),
  );
  if (!found) return null;
  const { sealed, expiresAt, on, count, at } = found;
  const text = await open(sealed, placeOf(holder), keys).catch(() => null);
  return { token: text === null ? null : { text, expiresAt }, forced: { on, count, at } };
}

/** Keeps a token in the place of the one before. */
export async function putToken(
  db: D1Database,
  holder: Holder,
  token: Token,
  origin: "given" | "fetched",
  keys: SecretKeys,
): Promise<Statement> {
  return db
    .prepare(
      `INSERT INTO wechat_tokens (channel_id, app_id, sealed, expires_at, origin) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (channel_id, app_id) DO UPDATE SET
         sealed = excluded.sealed, expires_at = excluded.expires_at, origin = excluded.origin`,
    )
    .bind(holder.id, holder.appId, await seal(token.text, placeOf(holder), keys), token.expiresAt, origin);
}

/** Counts a forced refresh before it is made; false when another was counted meanwhile. */
export async function claimForced(db: D1Database, holder: Holder, was: Forced, next: Forced): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE wechat_tokens SET forced_on = ?, forced = ?, forced_at = ?
       WHERE channel_id = ? AND app_id = ? AND forced_on = ? AND forced = ? AND forced_at = ?`,
    )
    .bind(next.on, next.count, next.at, holder.id, holder.appId, was.on, was.count, was.at)
    .run();
  return meta.changes > 0;
}

/** What the platform has of a picture. */
export interface Upload {
  url: string;
  /** Of a cover. */
  media_id?: string;
}

/** The bytes of a picture, by hash, as an account uses them. */
export interface UploadKey {
  appId: string;
  use: Picture["use"];
  hash: string;
}

export async function findUpload(db: D1Database, { appId, use, hash }: UploadKey): Promise<Upload | null> {
  const found = await row<{ url: string; media_id: string | null }>(
    db
      .prepare(`SELECT url, media_id FROM wechat_uploads WHERE app_id = ? AND use = ? AND hash = ?`)
      .bind(appId, use, hash),
  );
  return found && { url: found.url, ...(found.media_id !== null && { media_id: found.media_id }) };
}

/** Of two that uploaded the same picture at the same time, the first one's answer stays. */
export function insertUpload(db: D1Database, key: UploadKey, upload: Upload, at: number): Statement {
  return db
    .prepare(
      `INSERT INTO wechat_uploads (app_id, use, hash, url, media_id, at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (app_id, use, hash) DO NOTHING`,
    )
    .bind(key.appId, key.use, key.hash, upload.url, upload.media_id ?? null, at);
}

/** Forgets covers that the platform no longer has, so that they are uploaded anew. */
export function deleteUploads(db: D1Database, appId: string, mediaIds: readonly string[]): Statement {
  return db
    .prepare(
      `DELETE FROM wechat_uploads WHERE app_id = ?1 AND use = 'cover' AND media_id IN (SELECT value FROM json_each(?2))`,
    )
    .bind(appId, JSON.stringify(mediaIds));
}
