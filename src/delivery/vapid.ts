/** The signature that push services ask for (RFC 8292, VAPID): whose pushes these are, by a key that browsers were told. */
import { HOUR, SECOND } from "../platform/time.ts";

/** What the office signs with: a P-256 key as JWK members. The public half is what a browser subscribes under. */
interface PushKey {
  x: string;
  y: string;
  d: string;
}

/** A token may hold for a day (RFC 8292, 2); half of one leaves room for a clock that is wrong. */
const LIFETIME = 12 * HOUR;

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const encoder = new TextEncoder();
const part = (value: unknown): string => encoder.encode(JSON.stringify(value)).toBase64(BASE64URL);
const bytes = (text: string): Uint8Array => Uint8Array.fromBase64(text, { alphabet: "base64url" });

/** A new key for the office, as text to be sealed. */
export async function newPushKey(): Promise<string> {
  const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const { x, y, d } = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as JsonWebKey & PushKey;
  return JSON.stringify({ x, y, d } satisfies PushKey);
}

/** The public half of a key: an uncompressed point in base64url, `applicationServerKey` to a browser. */
export function publicHalf(key: string): string {
  const { x, y } = JSON.parse(key) as PushKey;
  return Uint8Array.of(4, ...bytes(x), ...bytes(y)).toBase64(BASE64URL);
}

/**
 * The `Authorization` of a push to this endpoint at the wall time `at` (ms). `subject` is where the push service's people
 * find the sender: an `https:` or `mailto:` address.
 */
export async function vapid(key: string, endpoint: string, subject: string, at: number): Promise<string> {
  const { x, y, d } = JSON.parse(key) as PushKey;
  const signer = await crypto.subtle.importKey(
    "jwk",
    { kty: "EC", crv: "P-256", x, y, d },
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((at + LIFETIME) / SECOND), sub: subject };
  const content = `${part({ typ: "JWT", alg: "ES256" })}.${part(claims)}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer, encoder.encode(content));
  return `vapid t=${content}.${new Uint8Array(signature).toBase64(BASE64URL)}, k=${publicHalf(key)}`;
}
