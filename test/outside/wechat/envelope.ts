/** How the platform signs, and in safe mode encrypts, what it sends (developers.weixin.qq.com, 消息加解密说明). */

const BLOCK = 32;
const encoder = new TextEncoder();

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** SHA-1, hex, of the parts in the order of their bytes. */
export async function signature(...parts: string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", encoder.encode(parts.sort().join("")));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function keyOf(
  aesKey: string,
  use: "encrypt" | "decrypt",
): Promise<{ key: CryptoKey; iv: Uint8Array<ArrayBuffer> }> {
  const raw = fromBase64(`${aesKey}=`);
  return { key: await crypto.subtle.importKey("raw", raw, "AES-CBC", false, [use]), iv: raw.slice(0, 16) };
}

/** 16 random bytes, the message's length, the message, the AppID; filled up to whole blocks of 32 bytes. */
export async function encrypt(aesKey: string, app_id: string, message: string): Promise<string> {
  const { key, iv } = await keyOf(aesKey, "encrypt");
  const body = encoder.encode(message);
  const id = encoder.encode(app_id);
  const length = 20 + body.length + id.length;
  const fill = BLOCK - (length % BLOCK);
  const whole = new Uint8Array(length + fill).fill(fill);
  crypto.getRandomValues(whole.subarray(0, 16));
  new DataView(whole.buffer).setUint32(16, body.length);
  whole.set(body, 20);
  whole.set(id, 20 + body.length);
  // WebCrypto appends a block of its own filling, which is not the platform's.
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, whole));
  return toBase64(sealed.subarray(0, whole.length));
}

/** The message in an encrypted one, and the AppID behind it. */
export async function decrypt(aesKey: string, sealed: string): Promise<{ message: string; app_id: string }> {
  const { key, iv } = await keyOf(aesKey, "encrypt");
  const cipher = fromBase64(sealed);
  // WebCrypto insists on a last block of 16 bytes of its own filling: it is made to fit what was received.
  const filling = new Uint8Array(16).fill(16);
  const mixed = filling.map((byte, at) => byte ^ cipher[cipher.length - 16 + at]!);
  const none = new Uint8Array(16);
  const last = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv: none }, key, mixed)).subarray(0, 16);
  const whole = new Uint8Array(cipher.length + 16);
  whole.set(cipher);
  whole.set(last, cipher.length);
  const opener = await keyOf(aesKey, "decrypt");
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, opener.key, whole));
  const fill = plain.at(-1)!;
  const length = new DataView(plain.buffer).getUint32(16);
  const decoder = new TextDecoder();
  return {
    message: decoder.decode(plain.subarray(20, 20 + length)),
    app_id: decoder.decode(plain.subarray(20 + length, plain.length - fill)),
  };
}
