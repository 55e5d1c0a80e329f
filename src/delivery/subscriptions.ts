/** Channels as people manage them: make, change, pause, resume, remove. */
import type { AnyKind } from "../channels/kind.ts";
import { takesSteps } from "../channels/kind.ts";
import { OFFERED_KINDS } from "../channels/index.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Actor } from "../newsroom/types.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { conflict, invalid, notFound, Problem, stale, unavailable } from "../platform/problem.ts";
import { HOUR } from "../platform/time.ts";
import type { Filter } from "./filter.ts";
import { credentialOf, hostOf } from "./identity.ts";
import type { Signing } from "./secrets.ts";
import { maskConfig, openSigning, readConfig, sealConfig, sealSigning } from "./secrets.ts";
import { newSigningSecret, schemeOf, verifyingKey } from "./signing.ts";
import type { ChannelRow } from "./channel-store.ts";
import {
  deleteChannel,
  differs,
  exists,
  findChannel,
  insertChannel,
  rotateSecret,
  setChannelStatus,
  unchanged,
  updateChannel,
} from "./channel-store.ts";
import { wakeShard } from "./store.ts";
import type { Origin, Purpose } from "./types.ts";
import type { ApiBases } from "./bases.ts";
import type { Resolve } from "./resolve.ts";
import { judgeTarget } from "./target.ts";

/** News is news for three days unless the channel says otherwise: as long as the retry schedule lasts. */
export const DEFAULT_EXPIRY = 72 * HOUR;

export interface SubscriptionDeps {
  db: D1Database;
  keys: SecretKeys;
  kindOf: (name: string) => AnyKind | undefined;
  siteUrl: string;
  allowPrivate: boolean;
  resolve: Resolve;
  apiBases: ApiBases;
}

/** A channel with its config opened, for showing (masked) or changing. */
export interface Channel extends Omit<ChannelRow, "config"> {
  config: Record<string, unknown>;
  /** Members of the config that no key opens: they have to be given anew. */
  locked: string[];
  /** The config as people may see it. */
  masked: Record<string, unknown>;
  /** What a receiver verifies with, where that is no secret (`whpk_…`). */
  publicKey: string | null;
}

/** The kind of this name. Throws a 422 problem that lists the kinds there are. */
export function requireKind(deps: Pick<SubscriptionDeps, "kindOf">, name: string): AnyKind {
  const kind = deps.kindOf(name);
  if (!kind) throw invalid("kind", `is not one of ${OFFERED_KINDS.join(", ")}`);
  return kind;
}

/** Throws 409 for a channel that its subscriber looks after, not a person. */
export function requireOurs(deps: Pick<SubscriptionDeps, "kindOf">, channel: Pick<Channel, "kind">): void {
  if (requireKind(deps, channel.kind).selfService)
    throw conflict(`The subscriber of a “${channel.kind}” channel looks after it; it can be paused or removed.`);
}

/** The channel with this public id. Throws a 404 problem. */
export async function requireChannel(deps: SubscriptionDeps, uid: string): Promise<Channel> {
  const found = await findChannel(deps.db, uid);
  if (!found) throw notFound("channel", uid);
  return openChannel(deps, found);
}

/** A stored channel with its config opened. */
export async function openChannel(deps: SubscriptionDeps, row: ChannelRow): Promise<Channel> {
  const kind = requireKind(deps, row.kind);
  const { config, locked } = await readConfig(kind, row, deps.keys);
  const publicKey = await publicKeyOf(row, config, deps.keys);
  return { ...row, config, locked, masked: maskConfig(kind, config), publicKey };
}

async function publicKeyOf(
  { uid, secret }: ChannelRow,
  { signature }: Record<string, unknown>,
  keys: SecretKeys,
): Promise<string | null> {
  if (secret === null || signature !== "v1a") return null;
  const opened = await openSigning(uid, secret, keys).catch(() => null);
  return opened === null ? null : verifyingKey(opened);
}

/** Throws a 422 problem for what alerts cannot have: a filter, since whoever is told of trouble is told of all of it, and a kind that only carries posts. */
function checkPurpose(purpose: Purpose, kind: AnyKind, filter: Filter): void {
  if (purpose === "alert" && takesSteps(kind)) throw invalid("kind", "carries news only");
  if (purpose === "alert" && Object.keys(filter).length > 0)
    throw invalid("filter", "is not for a channel of purpose “alert”, which gets every alert");
}

/**
 * Checks a config against its kind and the target guard. Throws a 422 problem naming each member, a 503 problem when the
 * address could not be looked up.
 */
export async function checkConfig(
  deps: SubscriptionDeps,
  kind: AnyKind,
  config: unknown,
): Promise<Record<string, unknown>> {
  const parsed = kind.config.safeParse(config);
  if (!parsed.success)
    throw new Problem(422, "Invalid request", "The channel's config does not fit its kind.", {
      errors: parsed.error.issues.flatMap((issue) => {
        const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
        return paths.map((path) => ({ field: ["config", ...path.map(String)].join("."), message: issue.message }));
      }),
    });
  const checked = parsed.data as Record<string, unknown>;
  const address = kind.address === null ? undefined : checked[kind.address];
  if (typeof address === "string") {
    const rules = { own: [new URL(deps.siteUrl).hostname], allowPrivate: deps.allowPrivate, hosts: kind.hosts };
    const target = await judgeTarget(address, rules, deps.resolve);
    if (target.type === "refused") throw invalid(`config.${kind.address}`, target.why);
    if (target.type === "unsure")
      throw unavailable(`The host of config.${kind.address} ${target.why}; try again shortly.`);
  }
  return checked;
}

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

/** What of a new signing secret goes out: all of a shared one, nothing of a private key, whose public half every view shows. */
const shownOnce = (secret: string): string | null => (schemeOf(secret) === "v1" ? secret : null);

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
async function resealed({ uid, secret, oldSecrets }: Channel, keys: SecretKeys): Promise<Signing> {
  const again = async (sealed: string): Promise<string> => {
    const opened = await openSigning(uid, sealed, keys).catch(() => null);
    return opened === null ? sealed : sealSigning(uid, opened, keys);
  };
  return {
    secret: secret === null ? null : await again(secret),
    oldSecrets: await Promise.all(oldSecrets.map(async (old) => ({ ...old, secret: await again(old.secret) }))),
  };
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
