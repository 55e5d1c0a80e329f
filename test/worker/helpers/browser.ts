/**
 * A browser and its push service, as RFC 8291, 8188 and 8292 describe their side, written from those documents alone: it
 * makes a subscription, opens what was sent to it, and says whose it is.
 */

const decode = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
const encode = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
const ascii = (text: string) => Uint8Array.from(text, (char) => char.codePointAt(0)!);

async function hmac(key: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", handle, data));
}

const concat = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** RFC 5869 by its two steps, one block long. */
async function hkdf(
  salt: Uint8Array<ArrayBuffer>,
  ikm: Uint8Array<ArrayBuffer>,
  info: string | Uint8Array,
  size: number,
) {
  const label = typeof info === "string" ? ascii(info) : info;
  return (await hmac(await hmac(salt, ikm), concat(label, Uint8Array.of(1)))).slice(0, size);
}

interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export class Browser {
  readonly subscription: Subscription;
  readonly #keys: CryptoKeyPair;

  private constructor(endpoint: string, keys: CryptoKeyPair, point: Uint8Array, auth: Uint8Array) {
    this.subscription = { endpoint, keys: { p256dh: encode(point), auth: encode(auth) } };
    this.#keys = keys;
  }

  static async at(endpoint: string): Promise<Browser> {
    const keys = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, [
      "deriveBits",
    ])) as CryptoKeyPair;
    const point = new Uint8Array((await crypto.subtle.exportKey("raw", keys.publicKey)) as ArrayBuffer);
    return new Browser(endpoint, keys, point, crypto.getRandomValues(new Uint8Array(16)));
  }

  /** The message (RFC 8291, 3.4, and RFC 8188, 2). Throws when it was not made for this browser. */
  async open(body: Uint8Array<ArrayBuffer>): Promise<string> {
    const salt = body.slice(0, 16);
    const size = new DataView(body.buffer, body.byteOffset).getUint32(16);
    const length = body[20]!;
    const theirs = body.slice(21, 21 + length);
    const record = body.slice(21 + length);
    if (record.length > size) throw new Error("more than one record");
    const { p256dh, auth } = this.subscription.keys;
    const point = await crypto.subtle.importKey("raw", theirs, { name: "ECDH", namedCurve: "P-256" }, false, []);
    const agreement = { name: "ECDH", public: point } as unknown as SubtleCryptoDeriveKeyAlgorithm;
    const shared = new Uint8Array(await crypto.subtle.deriveBits(agreement, this.#keys.privateKey, 256));
    const ikm = await hkdf(decode(auth), shared, concat(ascii("WebPush: info\0"), decode(p256dh), theirs), 32);
    const cek = await hkdf(salt, ikm, "Content-Encoding: aes128gcm\0", 16);
    const nonce = await hkdf(salt, ikm, "Content-Encoding: nonce\0", 12);
    const key = await crypto.subtle.importKey("raw", cek, "AES-GCM", false, ["decrypt"]);
    const padded = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, record));
    const end = padded.findLastIndex((byte) => byte !== 0);
    if (padded[end] !== 2) throw new Error("the record is not the last one");
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(padded.slice(0, end));
  }
}

/** What a push service finds out about the sender (RFC 8292): the claims, under the key that the browser was told. */
export async function senderOf(authorization: string): Promise<{ key: string; claims: Record<string, unknown> }> {
  const [, token = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const [header = "", claims = "", signature = ""] = token.split(".");
  const json = (part: string) => JSON.parse(new TextDecoder().decode(decode(part))) as Record<string, unknown>;
  if (json(header).alg !== "ES256") throw new Error("not ES256");
  const point = await crypto.subtle.importKey("raw", decode(key), { name: "ECDSA", namedCurve: "P-256" }, false, [
    "verify",
  ]);
  const signed = ascii(`${header}.${claims}`);
  if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, point, decode(signature), signed)))
    throw new Error("the signature is not the key's");
  return { key, claims: json(claims) };
}
