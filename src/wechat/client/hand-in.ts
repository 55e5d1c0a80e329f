/** A token from outside: from a relay or another system that holds the account's AppSecret in the office's stead. */
import { endWait, exists, findChannel } from "../../delivery/channel-store.ts";
import { wakeShard } from "../../delivery/store.ts";
import { audit } from "../../newsroom/audit-store.ts";
import type { Actor } from "../../newsroom/types.ts";
import type { SecretKeys } from "../../platform/crypto.ts";
import { conflict, notFound } from "../../platform/problem.ts";
import { SECOND } from "../../platform/time.ts";
import { putToken } from "./client-store.ts";

const KIND = "wechat";

/**
 * Keeps a token that lives for `life` seconds from `now` on, in the place of the one before; what waits for it goes on.
 * Throws 404, and 409 for a channel of another kind.
 */
export async function handInToken(
  deps: { db: D1Database; keys: SecretKeys },
  uid: string,
  token: { text: string; life: number },
  actor: Actor,
  now: number,
): Promise<void> {
  const channel = await findChannel(deps.db, uid);
  if (!channel) throw notFound("channel", uid);
  if (channel.kind !== KIND) throw conflict(`A channel of kind “${channel.kind}” takes no access token.`);
  const { app_id: appId } = JSON.parse(channel.config) as { app_id: string };
  const known = { text: token.text, expiresAt: now + token.life * SECOND };
  await deps.db.batch([
    audit(
      deps.db,
      {
        at: now,
        actor: actor.name,
        action: "channel.token_handed_in",
        subject: `channel:${uid}`,
        detail: { expires_in: token.life },
      },
      exists(channel.id),
    ),
    await putToken(deps.db, { id: channel.id, uid, appId }, known, "given", deps.keys),
    endWait(deps.db, channel.id, now),
    wakeShard(deps.db, channel.shard, now),
  ]);
}
