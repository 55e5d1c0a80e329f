/**
 * Standard Webhooks 1.0.0 signatures (standard-webhooks/spec), made at the time of sending: scheme v1 (HMAC-SHA256, one
 * secret for both sides) and v1a (Ed25519: the receiver holds only the public half).
 */
import { hmacBase64 } from "../platform/crypto.ts";

const SCHEMES = ["v1", "v1a"] as const;
type Scheme = (typeof SCHEMES)[number];

/** Where Ed25519's seed begins in the private key that WebCrypto exports (PKCS #8, RFC 8410, 10.3). */
const SEED = 16;
const KEY_BYTES = 32;

/**
 * A new signing secret: `whsec_` and 32 random bytes in base64 (the spec asks for 24 to 64), or `whsk_` and an Ed25519
 * key, seed and public half.
 */
export async function newSigningSecret(scheme: Scheme): Promise<string> {
  if (scheme === "v1") return `whsec_${crypto.getRandomValues(new Uint8Array(KEY_BYTES)).toBase64()}`;
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const exported = new Uint8Array((await crypto.subtle.exportKey("pkcs8", pair.privateKey)) as ArrayBuffer);
  const key = new Uint8Array(2 * KEY_BYTES);
  key.set(exported.slice(SEED, SEED + KEY_BYTES));
  key.set(new Uint8Array((await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer), KEY_BYTES);
  return `whsk_${key.toBase64()}`;
}

/** What a receiver verifies with: the secret itself, or `whpk_` and the public half of an Ed25519 key. */
export function verifyingKey(secret: string): string {
  if (!secret.startsWith("whsk_")) return secret;
  return `whpk_${bytesOf(secret).slice(KEY_BYTES).toBase64()}`;
}

/** The scheme that a secret is for. */
export const schemeOf = (secret: string): Scheme => (secret.startsWith("whsk_") ? "v1a" : "v1");

const bytesOf = (secret: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.fromBase64(secret.replace(/^wh(?:sec|sk)_/, ""));

async function signatureOf(secret: string, content: string): Promise<string> {
  if (schemeOf(secret) === "v1") return `v1,${await hmacBase64(bytesOf(secret), content)}`;
  const key = bytesOf(secret);
  const part = (from: number) =>
    key.slice(from, from + KEY_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
  const jwk = { kty: "OKP", crv: "Ed25519", d: part(0), x: part(KEY_BYTES) };
  const handle = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
  const signature = await crypto.subtle.sign("Ed25519", handle, new TextEncoder().encode(content));
  return `v1a,${new Uint8Array(signature).toBase64()}`;
}

/**
 * The three headers of a signed webhook, with a signature by each of `secrets`: two while a new one takes over. `id` stays
 * the same over retries, `at` (epoch ms) is the attempt's own time: receivers refuse a timestamp that is five minutes off.
 */
export async function signatureHeaders(
  secrets: readonly string[],
  message: { id: string; at: number; body: string },
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(message.at / 1000));
  const content = `${message.id}.${timestamp}.${message.body}`;
  const signatures = await Promise.all(secrets.map((secret) => signatureOf(secret, content)));
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
