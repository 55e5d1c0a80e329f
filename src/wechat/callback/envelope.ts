/**
 * Whether a call of our address is the platform's, and what it says: signature, age, encryption.
 * Source: developers.weixin.qq.com, 接入指南 and 消息加解密说明.
 */
import { decrypt, encrypt, getSignature } from "@wecom/crypto";
import type { AccountConfig } from "../../channels/wechat/account.ts";
import { cdata, element } from "../../formats/feeds/xml.ts";
import { sameText } from "../../platform/crypto.ts";
import { MINUTE, SECOND } from "../../platform/time.ts";

/** The query that the platform calls with. */
export type Query = Readonly<Partial<Record<string, string>>>;

/** What of an account's config the callback goes by. */
type Keys = Pick<AccountConfig, "app_id" | "token" | "encoding_aes_key">;

/** How far a call's timestamp may be from our clock: the platform's own repeats come within seconds. */
export const FRESHNESS = 5 * MINUTE;

/** What a call says; `why` is for the log and holds nothing of the call. */
type Opened = { type: "opened"; xml: string; sealed: boolean } | { type: "refused"; why: string };

const SIGNATURE = /^[0-9a-f]{40}$/;

/** Whether the query has the shape of a signed call and its timestamp (seconds) is near `wall` (ms). Costs nothing. */
export function isFresh({ signature, msg_signature: sealed, timestamp, nonce }: Query, wall: number): boolean {
  if (!SIGNATURE.test(sealed ?? signature ?? "") || nonce === undefined || !/^\d{1,12}$/.test(timestamp ?? ""))
    return false;
  return Math.abs(Number(timestamp) * SECOND - wall) <= FRESHNESS;
}

/** Whether the token's holder signed the query; with `text` the signature covers that too. In time that tells nothing. */
async function isSigned(
  token: string | undefined,
  signature: string | undefined,
  query: Query,
  text = "",
): Promise<boolean> {
  if (token === undefined || signature === undefined) return false;
  return sameText(signature, getSignature(token, query.timestamp ?? "", query.nonce ?? "", text));
}

/** The platform's look at the address: whether it is the platform. */
export async function isCheck({ token }: Keys, query: Query, wall: number): Promise<boolean> {
  return isFresh(query, wall) && isSigned(token, query.signature, query);
}

// By a pattern, not a parser: nobody has vouched for the document yet.
const ENCRYPTED = /<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*<\/Encrypt>/;

/**
 * The message in a call. An account with an EncodingAESKey takes encrypted ones only (安全模式, and of 兼容模式 the encrypted
 * part): a plain call's signature does not cover its body.
 */
export async function openCall(keys: Keys, query: Query, body: string, wall: number): Promise<Opened> {
  const refused = (why: string): Opened => ({ type: "refused", why });
  if (!isFresh(query, wall)) return refused("unsigned or stale");
  if (query.encrypt_type !== "aes") {
    if (keys.encoding_aes_key !== undefined) return refused("plain, and the account has an EncodingAESKey");
    return (await isSigned(keys.token, query.signature, query))
      ? { type: "opened", xml: body, sealed: false }
      : refused("wrong signature");
  }
  if (keys.encoding_aes_key === undefined) return refused("encrypted, and the account has no EncodingAESKey");
  const sealed = ENCRYPTED.exec(body)?.[1];
  if (sealed === undefined || !(await isSigned(keys.token, query.msg_signature, query, sealed)))
    return refused("wrong signature");
  let message: { message: string; id: string };
  try {
    message = decrypt(keys.encoding_aes_key, sealed);
  } catch {
    return refused("cannot be decrypted");
  }
  // The package gives the id and leaves it at that. A wrong length or padding shows here too: the id then is not what is left.
  if (!(await sameText(message.id, keys.app_id))) return refused("meant for another AppID");
  return { type: "opened", xml: message.message, sealed: true };
}

/** An answer as an account in safe mode gives it. `nonce` is any text of ours. */
export function sealAnswer(
  keys: { app_id: string; token: string; encoding_aes_key: string },
  xml: string,
  wall: number,
  nonce: string,
): string {
  const sealed = encrypt(keys.encoding_aes_key, xml, keys.app_id);
  const timestamp = String(Math.floor(wall / SECOND));
  return element(
    "xml",
    {},
    element("Encrypt", {}, cdata(sealed)),
    element("MsgSignature", {}, cdata(getSignature(keys.token, timestamp, nonce, sealed))),
    element("TimeStamp", {}, timestamp),
    element("Nonce", {}, cdata(nonce)),
  ).xml;
}
