/** Channels as people manage them: make, change, pause, resume, remove. */
import type { AnyKind } from "../channels/kind.ts";
import { OFFERED_KINDS } from "../channels/index.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Actor } from "../newsroom/types.ts";
import { conflict, invalid, stale } from "../platform/problem.ts";
import { HOUR } from "../platform/time.ts";
import { checkConfig, checkPurpose } from "./channel-checks.ts";
import {
  deleteChannel,
  differs,
  exists,
  findChannel,
  insertChannel,
  setChannelStatus,
  unchanged,
  updateChannel,
} from "./channel-store.ts";
import type { Filter } from "./filter.ts";
import { credentialOf, hostOf } from "./identity.ts";
import type { Channel, SubscriptionDeps } from "./open-channel.ts";
import { requireChannel, requireKind, requireOurs } from "./open-channel.ts";
import { resealed, shownOnce } from "./rotation.ts";
import { sealConfig, sealSigning } from "./secrets.ts";
import { newSigningSecret } from "./signing.ts";
import { wakeShard } from "./store.ts";
import type { Origin, Purpose } from "./types.ts";

/** News is news for three days unless the channel says otherwise: as long as the retry schedule lasts. */
export const DEFAULT_EXPIRY = 72 * HOUR;

/**
 * A new channel, at the head of its log: it gets what is released, or what there is to tell, from now on. `secret` is shown this once. With the
 * same `uid` again (a repeated request) it gives the channel that is there, without its secret.
 */
export async function createChannel(
  deps: SubscriptionDeps,
  input: {
    uid: string;
    kind: string;
    name: string;
    config: unknown;
    filter: Filter;
    expiresAfter: number;
    purpose?: Purpose;
    origin?: Origin;
  },
  actor: Actor,
  now: number,
): Promise<{ channel: Channel; secret: string | null }> {
  const { db, keys } = deps;
  const kind = requireKind(deps, input.kind);
  if (kind.selfService) throw invalid("kind", `is not one of ${OFFERED_KINDS.join(", ")}`);
  const { purpose = "news", origin = "office" } = input;
  checkPurpose(purpose, kind, input.filter);
  const config = await checkConfig(deps, kind, input.config);
  if (await findChannel(db, input.uid)) return { channel: await requireChannel(deps, input.uid), secret: null };
  const secret = kind.signs ? await newSigningSecret(kind.signs(config)) : null;
  await db.batch([
    ...insertChannel(
      db,
      {
        ...input,
        purpose,
        origin,
        config: await sealConfig(kind, input.uid, config, keys),
        secret: secret === null ? null : await sealSigning(input.uid, secret, keys),
        host: hostOf(kind, config),
        credential: await credentialOf(kind, config, keys),
        endsAt: null,
      },
      now,
    ),
    audit(db, {
      at: now,
      actor: actor.name,
      action: "channel.created",
      subject: `channel:${input.uid}`,
      detail: { kind: input.kind, name: input.name, purpose },
    }),
  ]);
  return { channel: await requireChannel(deps, input.uid), secret: secret === null ? null : shownOnce(secret) };
}

/** Changes a channel; a masked secret sent back as it was shown stays. Nothing is sent again by it. Throws 412 when `rev` is stale. */
export async function changeChannel(
  deps: SubscriptionDeps,
  channel: Channel,
  change: {
    name?: string | undefined;
    config?: unknown;
    filter?: Filter | undefined;
    expiresAfter?: number | undefined;
  },
  rev: number,
  actor: Actor,
  now: number,
): Promise<Channel> {
  const { db, keys } = deps;
  requireOurs(deps, channel);
  if (rev !== channel.rev) throw stale(channel.rev);
  const kind = requireKind(deps, channel.kind);
  checkPurpose(channel.purpose, kind, change.filter ?? {});
  // A member that no key opens has to come with the change, or the channel could not be written back whole.
  const config =
    change.config === undefined && channel.locked.length === 0
      ? channel.config
      : await checkConfig(deps, kind, {
          ...channel.config,
          ...withoutMasks(kind, channel, (change.config ?? {}) as object),
        });
  if (kind.signs && (kind.signs(config) ?? "v1") !== (kind.signs(channel.config) ?? "v1"))
    throw invalid("config.signature", "cannot be changed: make a new channel");
  const [, updated] = await db.batch([
    audit(
      db,
      { at: now, actor: actor.name, action: "channel.changed", subject: `channel:${channel.uid}` },
      unchanged(channel),
    ),
    updateChannel(
      db,
      {
        id: channel.id,
        rev,
        name: change.name ?? channel.name,
        config: await sealConfig(kind, channel.uid, config, keys),
        ...(await resealed(channel, keys)),
        filter: change.filter ?? channel.filter,
        expiresAfter: change.expiresAfter ?? channel.expiresAfter,
        host: hostOf(kind, config),
        credential: await credentialOf(kind, config, keys),
      },
      now,
    ),
    ...(change.filter ? [wakeShard(db, channel.shard, now)] : []),
  ]);
  const after = await requireChannel(deps, channel.uid);
  if (updated!.meta.changes === 0) throw stale(after.rev);
  return after;
}

/** The members of a change that are not merely a secret's mask, sent back by a caller who only read it. */
function withoutMasks(kind: AnyKind, { masked }: Channel, change: object): object {
  return Object.fromEntries(
    Object.entries(change).filter(([member, value]) => !kind.secrets.includes(member) || value !== masked[member]),
  );
}

/** Pauses or resumes a channel; harmless twice. Throws 409 for a channel whose endpoint is gone. */
export async function pauseOrResume(
  deps: SubscriptionDeps,
  channel: Channel,
  status: "active" | "paused",
  actor: Actor,
  now: number,
): Promise<Channel> {
  if (channel.status === "gone") throw conflict("The endpoint closed this channel for good; make a new one.");
  await deps.db.batch([
    audit(
      deps.db,
      {
        at: now,
        actor: actor.name,
        action: status === "active" ? "channel.resumed" : "channel.paused",
        subject: `channel:${channel.uid}`,
      },
      differs(channel.id, status),
    ),
    setChannelStatus(deps.db, channel.id, status, now),
    wakeShard(deps.db, channel.shard, now),
  ]);
  return requireChannel(deps, channel.uid);
}

/** Removes a channel and its ledger. */
export async function removeChannel(
  deps: SubscriptionDeps,
  channel: Channel,
  actor: Actor,
  now: number,
): Promise<void> {
  await deps.db.batch([
    audit(
      deps.db,
      { at: now, actor: actor.name, action: "channel.removed", subject: `channel:${channel.uid}` },
      exists(channel.id),
    ),
    ...deleteChannel(deps.db, channel),
  ]);
}
