/** Hashes, tokens and the sealing of secrets, on WebCrypto. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** SHA-256 of a text (UTF-8) or bytes, hex. */
export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function hmac(key: string | Uint8Array<ArrayBuffer>, message: string): Promise<Uint8Array> {
  const bytes = typeof key === "string" ? encoder.encode(key) : key;
  const handle = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", handle, encoder.encode(message)));
}

/** HMAC-SHA256, base64url. */
export async function keyedHash(key: string, message: string): Promise<string> {
  return (await hmac(key, message)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** HMAC-SHA256, base64. An empty key is refused by WebCrypto. */
export async function hmacBase64(key: string | Uint8Array<ArrayBuffer>, message: string): Promise<string> {
  return btoa(String.fromCharCode(...(await hmac(key, message))));
}

/** HMAC-SHA256, hex. An empty key is refused by WebCrypto. */
export async function hmacHex(key: string | Uint8Array<ArrayBuffer>, message: string): Promise<string> {
  return Array.from(await hmac(key, message), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Random bytes as base64url without padding. */
export function randomText(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Whether two texts are equal, in time that does not tell where they differ (both are hashed first). */
export async function sameText(a: string, b: string): Promise<boolean> {
  const [x, y] = await Promise.all([a, b].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))));
  let difference = 0;
  const left = new Uint8Array(x!);
  const right = new Uint8Array(y!);
  for (let i = 0; i < left.length; i++) difference |= left[i]! ^ right[i]!;
  return difference === 0;
}

/** The office's keys over secrets at rest: the current one seals, any of them opens. */
export interface SecretKeys {
  current: string;
  previous?: string | undefined;
}

interface SealingKey {
  id: string;
  key: CryptoKey;
}

// Derived once an isolate: a shard opens fifty channels' secrets.
const derived = new Map<string, Promise<SealingKey>>();

function keyOf(secret: string): Promise<SealingKey> {
  let found = derived.get(secret);
  if (!found) {
    found = derive(secret);
    derived.set(secret, found);
  }
  return found;
}

async function derive(secret: string): Promise<SealingKey> {
  const base = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encoder.encode("kanfa"), info: encoder.encode("secrets at rest") },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  return { id: (await sha256(`kanfa key ${secret}`)).slice(0, 8), key };
}

/**
 * `text` under AES-GCM with a random IV, as `<key id>.<base64url of IV and ciphertext>`. `place` (table:row:field) is
 * authenticated with it, so a sealed value moved to another row does not open there.
 */
export async function seal(text: string, place: string, keys: SecretKeys): Promise<string> {
  const { id, key } = await keyOf(keys.current);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: encoder.encode(place) },
      key,
      encoder.encode(text),
    ),
  );
  const joined = new Uint8Array(iv.length + sealed.length);
  joined.set(iv);
  joined.set(sealed, iv.length);
  return `${id}.${joined.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** What values begin with (before a dot) that are sealed under the current key: others are to be sealed anew before the previous key goes. */
export const keyId = async (keys: SecretKeys): Promise<string> => (await keyOf(keys.current)).id;

/** Undoes {@link seal}. Throws when no key fits or the value was made for another place. */
export async function open(sealed: string, place: string, keys: SecretKeys): Promise<string> {
  const [id, data] = sealed.split(".");
  for (const secret of [keys.current, keys.previous]) {
    if (secret === undefined) continue;
    const candidate = await keyOf(secret);
    if (candidate.id !== id || data === undefined) continue;
    const bytes = Uint8Array.fromBase64(data, { alphabet: "base64url" });
    const text = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: encoder.encode(place) },
      candidate.key,
      bytes.slice(12),
    );
    return decoder.decode(text);
  }
  throw new Error(`No key opens ${place}: KANFA_SECRET was changed without KANFA_SECRET_PREVIOUS.`);
}
