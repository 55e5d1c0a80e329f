/** A channel's signing secrets as they change. */
import { audit } from "../newsroom/audit-store.ts";
import type { Actor } from "../newsroom/types.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { conflict } from "../platform/problem.ts";
import { rotateSecret, unchanged } from "./channel-store.ts";
import type { Channel, SubscriptionDeps } from "./open-channel.ts";
import { requireChannel, requireKind } from "./open-channel.ts";
import type { Signing } from "./secrets.ts";
import { openSigning, sealSigning } from "./secrets.ts";
import { newSigningSecret, schemeOf } from "./signing.ts";

/** What of a new signing secret goes out: all of a shared one, nothing of a private key, whose public half every view shows. */
export const shownOnce = (secret: string): string | null => (schemeOf(secret) === "v1" ? secret : null);

/** An old signing secret goes on signing beside the new one for as long as is asked; of more than these the oldest ends. */
const OLD_SECRETS = 9;

/**
 * A new signing secret for a channel; the present one signs beside it for `overlap` ms, so that the receiver can change
 * over without losing a message. `secret` is shown this once. Throws 409 for a kind that signs nothing.
 */
export async function rotateSigningSecret(
  deps: SubscriptionDeps,
  channel: Channel,
  overlap: number,
  actor: Actor,
  now: number,
): Promise<{ channel: Channel; secret: string | null }> {
  const { db, keys } = deps;
  const kind = requireKind(deps, channel.kind);
  if (!kind.signs || channel.secret === null)
    throw conflict(`A channel of kind “${channel.kind}” has no signing secret; change its config instead.`);
  const secret = await newSigningSecret(kind.signs(channel.config));
  const old = [{ secret: channel.secret, until: now + overlap }, ...channel.oldSecrets];
  const [, rotated] = await db.batch([
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: "channel.secret_rotated",
        subject: `channel:${channel.uid}`,
        detail: { overlap },
      },
      unchanged(channel),
    ),
    rotateSecret(
      db,
      {
        ...channel,
        secret: await sealSigning(channel.uid, secret, keys),
        oldSecrets: old.filter(({ until }) => until > now).slice(0, OLD_SECRETS),
      },
      now,
    ),
  ]);
  const after = await requireChannel(deps, channel.uid);
  if (rotated!.meta.changes === 0) throw conflict("The channel was changed at the same moment; read it and try again.");
  return { channel: after, secret: shownOnce(secret) };
}

/** The signing secrets under the current key; one that no key opens stays as it is. A change is what ends a key's rotation. */
export async function resealed({ uid, secret, oldSecrets }: Channel, keys: SecretKeys): Promise<Signing> {
  const again = async (sealed: string): Promise<string> => {
    const opened = await openSigning(uid, sealed, keys).catch(() => null);
    return opened === null ? sealed : sealSigning(uid, opened, keys);
  };
  return {
    secret: secret === null ? null : await again(secret),
    oldSecrets: await Promise.all(oldSecrets.map(async (old) => ({ ...old, secret: await again(old.secret) }))),
  };
}
