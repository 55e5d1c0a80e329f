/**
 * The end of a key's rotation for readers' channels. An office's channel is sealed anew by a person's change of it; readers'
 * are too many, and no person's, so the hourly chores do it while a previous key is set.
 */
import type { SecretKeys } from "../platform/crypto.ts";
import { keyId } from "../platform/crypto.ts";
import { logFault } from "../platform/log.ts";
import { kindOf } from "../channels/index.ts";
import { listSealedOtherwise, updateConfigs } from "./channel-store.ts";
import { credentialOf } from "./identity.ts";
import { openConfig, sealConfig } from "./secrets.ts";

/** How many channels one call seals anew at most: two hashes and two ciphers each. */
const AT_ONCE = 200;

/** Seals readers' channels under the current key that are still under the previous one. One query while there are none. */
export async function resealReaders(db: D1Database, keys: SecretKeys): Promise<void> {
  if (keys.previous === undefined) return;
  const found = await listSealedOtherwise(db, await keyId(keys), AT_ONCE);
  const sealed: Parameters<typeof updateConfigs>[1][number][] = [];
  for (const channel of found) {
    const kind = kindOf(channel.kind);
    if (!kind) continue;
    try {
      const { config } = await openConfig(kind, channel, keys);
      sealed.push({
        id: channel.id,
        was: channel.config,
        config: await sealConfig(kind, channel.uid, config, keys),
        credential: await credentialOf(kind, config, keys),
      });
    } catch (error) {
      // Under a key that is lost: its next push says so to a person.
      logFault(`channel ${channel.uid}`, error);
    }
  }
  if (sealed.length > 0) await updateConfigs(db, sealed).run();
}
