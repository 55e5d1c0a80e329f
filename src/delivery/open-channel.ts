/** A stored channel with its config opened, as its managers need it. */
import type { AnyKind } from "../channels/kind.ts";
import { OFFERED_KINDS } from "../channels/index.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { conflict, invalid, notFound } from "../platform/problem.ts";
import type { ApiBases } from "./bases.ts";
import type { ChannelRow } from "./channel-store.ts";
import { findChannel } from "./channel-store.ts";
import type { Resolve } from "./resolve.ts";
import { maskConfig, openSigning, readConfig } from "./secrets.ts";
import { verifyingKey } from "./signing.ts";

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
