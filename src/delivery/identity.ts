/** What a channel shares with others: the host that it calls, and what its platform counts by. */
import type { Description } from "../channels/kind.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { hmacBase64 } from "../platform/crypto.ts";

/** The host of the address in the config, or that of the kind's platform; null for a kind that calls nobody. */
export function hostOf(kind: Description, config: Readonly<Record<string, unknown>>): string | null {
  const address = kind.address === null ? undefined : config[kind.address];
  if (typeof address === "string" && URL.canParse(address)) return new URL(address).host;
  return kind.hosts?.[0] ?? null;
}

/** A keyed hash of what the platform counts by, which tells nobody the credential; null where channels share none. */
export async function credentialOf(
  kind: Description,
  config: Readonly<Record<string, unknown>>,
  keys: SecretKeys,
): Promise<string | null> {
  const credential = kind.credential?.(config);
  if (credential === undefined) return null;
  return hmacBase64(Uint8Array.from(new TextEncoder().encode(keys.current)), `credential:${kind.name}:${credential}`);
}
