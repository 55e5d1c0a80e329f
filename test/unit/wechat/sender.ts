/** The platform as it calls: by an implementation of its protocol that shares nothing with ours. */
import { createHash } from "node:crypto";
import WXBizMsgCrypt from "wechat-crypto";
import type { Query } from "../../../src/wechat/callback/envelope.ts";

export const KEYS = {
  app_id: "wx0123456789abcdef",
  token: "kanfaToken2026",
  encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
};
export const PLAIN = { app_id: KEYS.app_id, token: KEYS.token };

/** 23 November 2026, 08:30 in Beijing. */
export const NOW = Date.parse("2026-11-23T08:30:00+08:00");
export const timestamp = String(NOW / 1000);
const nonce = "1372623149";

const sha1 = (parts: readonly string[]) => createHash("sha1").update(parts.toSorted().join("")).digest("hex");

/** The query of a plain call. */
export function plainQuery(at = timestamp, token = KEYS.token): Query {
  return { timestamp: at, nonce, signature: sha1([token, at, nonce]), openid: "oReader" };
}

/** A call in safe mode with what is encrypted already. */
export function sealedCall(encrypted: string, at = timestamp): { query: Query; body: string } {
  const crypt = new WXBizMsgCrypt(KEYS.token, KEYS.encoding_aes_key, KEYS.app_id);
  const query = { ...plainQuery(at), encrypt_type: "aes", msg_signature: crypt.getSignature(at, nonce, encrypted) };
  return {
    query,
    body: `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
  };
}

/** A message in safe mode, to the account of `appId`. */
export function sealed(xml: string, appId = KEYS.app_id): { query: Query; body: string } {
  return sealedCall(new WXBizMsgCrypt(KEYS.token, KEYS.encoding_aes_key, appId).encrypt(xml));
}

/** What is in an encrypted answer, if its signature is right. Throws for one that is not the account's. */
export function unsealed(answer: string): string {
  const member = (name: string) =>
    new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`).exec(answer)![1]!;
  const crypt = new WXBizMsgCrypt(KEYS.token, KEYS.encoding_aes_key, KEYS.app_id);
  const encrypted = member("Encrypt");
  if (crypt.getSignature(member("TimeStamp"), member("Nonce"), encrypted) !== member("MsgSignature"))
    throw new Error("the answer is not signed");
  const { message, id } = crypt.decrypt(encrypted);
  if (id !== KEYS.app_id) throw new Error("the answer is another account's");
  return message;
}

/** A message as the platform writes it; members are CDATA where they are texts. */
export function message(type: string, members: string, created = timestamp): string {
  return (
    `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oReader]]></FromUserName>` +
    `<CreateTime>${created}</CreateTime><MsgType><![CDATA[${type}]]></MsgType>${members}</xml>`
  );
}
export const text = (content: string, id = "23456789012345678") =>
  message("text", `<Content><![CDATA[${content}]]></Content><MsgId>${id}</MsgId>`);
export const event = (name: string, members = "", created = timestamp) =>
  message("event", `<Event><![CDATA[${name}]]></Event>${members}`, created);
