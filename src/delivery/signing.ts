/** Standard Webhooks 1.0.0 signatures, scheme v1 (HMAC-SHA256), made at the time of sending. */
import { hmacBase64 } from "../platform/crypto.ts";

/** A new signing secret: `whsec_` and 32 random bytes in base64 (the spec asks for 24 to 64). */
export function newSigningSecret(): string {
  return `whsec_${crypto.getRandomValues(new Uint8Array(32)).toBase64()}`;
}

/**
 * The three headers of a signed webhook. `id` stays the same over retries, `at` (epoch ms) is the attempt's own time:
 * receivers refuse a timestamp that is five minutes off.
 */
export async function signatureHeaders(
  secret: string,
  message: { id: string; at: number; body: string },
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(message.at / 1000));
  const key = Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${await hmacBase64(key, `${message.id}.${timestamp}.${message.body}`)}`,
  };
}
