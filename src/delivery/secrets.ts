/** A channel's secrets: opened for sending, masked for showing. */
import type { Description, StepsKind } from "../channels/kind.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { open, seal } from "../platform/crypto.ts";

const configPlace = (uid: string, member: string): string => `channels:${uid}:config.${member}`;
const statePlace = (uid: string): string => `deliveries:${uid}:state`;
const signingPlace = (uid: string): string => `channels:${uid}:secret`;

/** A config as it is stored: JSON with its secret members sealed to the channel. */
export async function sealConfig(
  kind: Description,
  uid: string,
  config: Record<string, unknown>,
  keys: SecretKeys,
): Promise<string> {
  const sealed = { ...config };
  for (const member of kind.secrets)
    if (typeof sealed[member] === "string") sealed[member] = await seal(sealed[member], configPlace(uid, member), keys);
  return JSON.stringify(sealed);
}

/** A stored config, opened, and the texts in it that must never be shown. Throws when no key opens a member. */
export async function openConfig(
  kind: Description,
  channel: { uid: string; config: string },
  keys: SecretKeys,
): Promise<{ config: Record<string, unknown>; secrets: string[] }> {
  const { config, locked } = await readConfig(kind, channel, keys);
  if (locked.length > 0) throw new Error(`No key opens ${locked.join(", ")} of channel ${channel.uid}.`);
  return {
    config,
    secrets: kind.secrets.flatMap((member) => (typeof config[member] === "string" ? [config[member]] : [])),
  };
}

/** A stored config as far as it opens, for people: `locked` names the members that no key opens, which it then lacks. */
export async function readConfig(
  kind: Description,
  channel: { uid: string; config: string },
  keys: SecretKeys,
): Promise<{ config: Record<string, unknown>; locked: string[] }> {
  const config = JSON.parse(channel.config) as Record<string, unknown>;
  const locked: string[] = [];
  for (const member of kind.secrets) {
    const sealed = config[member];
    if (typeof sealed !== "string") continue;
    try {
      config[member] = await open(sealed, configPlace(channel.uid, member), keys);
    } catch {
      delete config[member];
      locked.push(member);
    }
  }
  return { config, locked };
}

/** A config as people may see it: an address by its origin, every other secret as dots. */
export function maskConfig(kind: Description, config: Record<string, unknown>): Record<string, unknown> {
  const masked = { ...config };
  for (const member of kind.secrets) {
    const value = masked[member];
    if (typeof value !== "string") continue;
    if (kind.mask) masked[member] = kind.mask(member, value);
    else masked[member] = member === kind.address && URL.canParse(value) ? `${new URL(value).origin}/•••` : "•••";
  }
  return masked;
}

/** A signing secret that another took the place of: it signs beside it until `until` (wall clock, ms). */
export interface OldSecret {
  secret: string;
  until: number;
}

/** What a channel signs with, as it is stored: sealed. */
export interface Signing {
  secret: string | null;
  oldSecrets: readonly OldSecret[];
}

/**
 * The secrets that a channel signs with at the wall time `at`, the newest first; none for a kind that does not sign. Throws
 * when no key opens the present one; an old one that none opens is left out.
 */
export async function openSigners(channel: { uid: string } & Signing, at: number, keys: SecretKeys): Promise<string[]> {
  if (channel.secret === null) return [];
  const old = channel.oldSecrets.filter(({ until }) => until > at);
  const [present, ...former] = await Promise.all([
    openSigning(channel.uid, channel.secret, keys),
    ...old.map(({ secret }) => openSigning(channel.uid, secret, keys).catch(() => null)),
  ]);
  return [present, ...former.filter((secret) => secret !== null)];
}

/** The signing secret as it is stored. */
export const sealSigning = (uid: string, secret: string, keys: SecretKeys): Promise<string> =>
  seal(secret, signingPlace(uid), keys);

/** A stored signing secret, opened. */
export const openSigning = (uid: string, sealed: string, keys: SecretKeys): Promise<string> =>
  open(sealed, signingPlace(uid), keys);

/** Where a push of several calls stands, as it is stored. */
export const sealState = async (kind: StepsKind, uid: string, state: unknown, keys: SecretKeys): Promise<string> =>
  kind.sealed ? seal(JSON.stringify(state), statePlace(uid), keys) : JSON.stringify(state);

/** A stored state, opened. */
export const openState = async (kind: StepsKind, uid: string, stored: string, keys: SecretKeys): Promise<unknown> =>
  JSON.parse(kind.sealed ? await open(stored, statePlace(uid), keys) : stored) as unknown;
