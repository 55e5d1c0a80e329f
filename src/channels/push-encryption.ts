/**
 * Message encryption for Web Push (RFC 8291): one `aes128gcm` record (RFC 8188) under a key that only the browser can
 * derive. The push service that carries it sees its size and nothing else.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** Where a browser takes pushes, and what they are encrypted with: its public key (65 bytes) and a shared secret (16 bytes). */
interface BrowserKeys {
  p256dh: string;
  auth: string;
}

/** Push services take 4,096 bytes (RFC 8030, 7.2): header, one byte of padding and the tag are taken off. */
export const PLAINTEXT_LIMIT = 4096 - 86 - 1 - 16;

const RECORD_SIZE = 4096;
const POINT = 65;

const encoder = new TextEncoder();
const utf8 = (text: string): Bytes => Uint8Array.from(encoder.encode(text));

/** The bytes of base64url, or null where it is not that, or not `length` bytes. */
export function bytesOf(text: string, length: number): Bytes | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}

// P-256 (SEC 2, 2.4.2): y² = x³ - 3x + b over the integers modulo p.
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * Whether this is a public key that a browser can have made. One that lies on no curve makes WebCrypto throw at each
 * sending, so it is refused when it is given.
 */
export function isPublicKey(text: string): boolean {
  const bytes = bytesOf(text, POINT);
  if (bytes === null || bytes[0] !== 4) return false;
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((part) => BigInt(`0x${part.toHex()}`));
  return x! < P && y! < P && (y! * y! - x! * x! * x! + 3n * x! - B) % P === 0n;
}

/** What a record is made with beside the message; fresh for each one. */
interface Freshness {
  salt: Bytes;
  keys: CryptoKeyPair;
}

async function fresh(): Promise<Freshness> {
  const keys = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, [
    "deriveBits",
  ])) as CryptoKeyPair;
  return { salt: crypto.getRandomValues(new Uint8Array(16)), keys };
}

function joined(...parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function hkdf(secret: Bytes, salt: Bytes, info: Bytes, bytes: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, bytes * 8));
}

/**
 * The body of a push that only the browser with these keys can read. `message` has at most {@link PLAINTEXT_LIMIT}
 * bytes as UTF-8. Throws when the keys are none.
 */
export async function encryptPush(message: string, browser: BrowserKeys, freshness?: Freshness): Promise<Bytes> {
  const { salt, keys } = freshness ?? (await fresh());
  const theirs = bytesOf(browser.p256dh, POINT);
  const auth = bytesOf(browser.auth, 16);
  if (theirs === null || auth === null) throw new Error("The browser's keys are not those of a push subscription.");
  const ours = new Uint8Array((await crypto.subtle.exportKey("raw", keys.publicKey)) as ArrayBuffer);
  const point = await crypto.subtle.importKey("raw", theirs, { name: "ECDH", namedCurve: "P-256" }, false, []);
  // workerd's types call the member `$public`; the standard and workerd itself say `public`.
  const agreement = { name: "ECDH", public: point } as unknown as SubtleCryptoDeriveKeyAlgorithm;
  const shared = new Uint8Array(await crypto.subtle.deriveBits(agreement, keys.privateKey, 256));
  const secret = await hkdf(shared, auth, joined(utf8("WebPush: info\0"), theirs, ours), 32);
  const contentKey = await hkdf(secret, salt, utf8("Content-Encoding: aes128gcm\0"), 16);
  const nonce = await hkdf(secret, salt, utf8("Content-Encoding: nonce\0"), 12);
  const key = await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["encrypt"]);
  // The last (and only) record ends with a 2 (RFC 8188, 2).
  const record = joined(utf8(message), Uint8Array.of(2));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, record));
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, RECORD_SIZE);
  return joined(salt, size, Uint8Array.of(ours.length), ours, sealed);
}
