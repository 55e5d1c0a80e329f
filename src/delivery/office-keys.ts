/**
 * Keys of the office's own that readers hold something of: a browser's subscription is bound to the public half of one, a
 * link to leave in an old letter to the other. So they are not derived from KANFA_SECRET, whose rotation would break both,
 * but made at first use and sealed under it.
 */
import { row } from "../platform/d1.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { keyId, open, randomText, seal } from "../platform/crypto.ts";
import { newPushKey } from "./vapid.ts";

/** `push` signs for push services, `letters` makes the links that a letter carries. */
type OfficeKeyName = "push" | "letters";

/** One of the office's keys, made at the first call. Throws when KANFA_SECRET does not open it. */
export type OfficeKey = (name: OfficeKeyName) => Promise<string>;

const MAKERS: Record<OfficeKeyName, () => Promise<string> | string> = {
  push: newPushKey,
  letters: () => randomText(32),
};

const placeOf = (name: OfficeKeyName): string => `office_keys:${name}:sealed`;

/** The office's keys, each read once however often it is asked for. `wall` notes when one was made. */
export function officeKeys(db: D1Database, keys: SecretKeys, wall: () => number): OfficeKey {
  const known = new Map<OfficeKeyName, Promise<string>>();
  return (name) => {
    let found = known.get(name);
    if (!found) {
      found = readOrMake(db, name, keys, wall);
      known.set(name, found);
      // A database that was away must not be remembered.
      found.catch(() => known.delete(name));
    }
    return found;
  };
}

const read = (db: D1Database, name: OfficeKeyName) =>
  row<{ sealed: string }>(db.prepare(`SELECT sealed FROM office_keys WHERE name = ?`).bind(name));

async function readOrMake(db: D1Database, name: OfficeKeyName, keys: SecretKeys, wall: () => number): Promise<string> {
  const place = placeOf(name);
  let found = await read(db, name);
  if (!found) {
    const made = await seal(await MAKERS[name](), place, keys);
    // Of two that make one at the same time, the first is the office's.
    await db
      .prepare(`INSERT INTO office_keys (name, sealed, made_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`)
      .bind(name, made, wall())
      .run();
    found = (await read(db, name))!;
  }
  const key = await open(found.sealed, place, keys);
  if (!found.sealed.startsWith(`${await keyId(keys)}.`))
    await db
      .prepare(`UPDATE office_keys SET sealed = ?3 WHERE name = ?1 AND sealed = ?2`)
      .bind(name, found.sealed, await seal(key, place, keys))
      .run();
  return key;
}
