/** Whether a call is the platform's, against messages of another implementation. */
import { createCipheriv } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isCheck, openCall, sealAnswer } from "../../../src/wechat/callback/envelope.ts";
import { KEYS, NOW, PLAIN, plainQuery, sealed, sealedCall, text, timestamp, unsealed } from "./sender.ts";

const XML = text("今日要闻 😀");

/** Plain bytes under the account's key, padded by nobody. */
function encrypted(bytes: Uint8Array): string {
  const key = Buffer.from(`${KEYS.encoding_aes_key}=`, "base64");
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]).toString("base64");
}
/** 16 random bytes, a length, a message, an id and padding, each as one likes. */
function envelope(length: number, message: string, id: string, padding: (missing: number) => number[]): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeUInt32BE(length, 16);
  const bytes = Buffer.concat([head, Buffer.from(message + id)]);
  return Buffer.concat([bytes, Buffer.from(padding(32 - (bytes.length % 32)))]);
}
const usual = (missing: number) => Array.from({ length: missing }, () => missing);

describe("the check of the address", () => {
  it("takes what the platform signed, and nothing else", async () => {
    expect(await isCheck(PLAIN, plainQuery(), NOW)).toBe(true);
    expect(await isCheck(PLAIN, plainQuery(timestamp, "anotherToken"), NOW)).toBe(false);
    expect(await isCheck({ app_id: KEYS.app_id }, plainQuery(), NOW)).toBe(false);
    const query = plainQuery();
    for (const member of ["signature", "timestamp", "nonce"]) {
      expect(await isCheck(PLAIN, { ...query, [member]: undefined }, NOW), member).toBe(false);
      expect(await isCheck(PLAIN, { ...query, [member]: `${query[member]}0` }, NOW), member).toBe(false);
    }
  });

  it("does not take a signature of ten minutes ago, nor of ten minutes ahead", async () => {
    for (const [minutes, fits] of [
      [-10, false],
      [-4, true],
      [4, true],
      [10, false],
    ] as const)
      expect(await isCheck(PLAIN, plainQuery(), NOW + minutes * 60_000), `${minutes}`).toBe(fits);
  });
});

describe("a message", () => {
  it("in plain mode is what the body says", async () => {
    expect(await openCall(PLAIN, plainQuery(), XML, NOW)).toEqual({ type: "opened", xml: XML, sealed: false });
    expect(await openCall(PLAIN, plainQuery(timestamp, "no"), XML, NOW)).toMatchObject({ type: "refused" });
  });

  it("in safe mode is opened as the other implementation sealed it, and the answer the other way round", async () => {
    const { query, body } = sealed(XML);
    expect(await openCall(KEYS, query, body, NOW)).toEqual({ type: "opened", xml: XML, sealed: true });
    expect(unsealed(sealAnswer(KEYS, XML, NOW, "nonce"))).toBe(XML);
  });

  it("of 兼容模式 counts by its encrypted part only", async () => {
    const { query, body } = sealed(XML);
    const both = body.replace("<xml>", "<xml><Content><![CDATA[forged]]></Content>");
    expect(await openCall(KEYS, query, both, NOW)).toMatchObject({ type: "opened", xml: XML });
  });

  it("that is plain is refused by an account that has a key, and a sealed one by an account that has none", async () => {
    expect(await openCall(KEYS, plainQuery(), XML, NOW)).toMatchObject({ type: "refused" });
    const { query, body } = sealed(XML);
    expect(await openCall(PLAIN, query, body, NOW)).toMatchObject({ type: "refused" });
  });

  it("for another account in a rightly signed envelope is refused", async () => {
    for (const id of ["wxfedcba9876543210", "", `${KEYS.app_id}0`, KEYS.app_id.slice(1)]) {
      const { query, body } = sealed(XML, id || " ");
      expect(await openCall(KEYS, query, body, NOW), id).toEqual({ type: "refused", why: "meant for another AppID" });
    }
  });

  it("is refused when the ciphertext is not the signed one", async () => {
    const { query, body } = sealed(XML);
    for (const forged of [body.replace(/.]]><\/Encrypt>/, "]]></Encrypt>"), sealed(text("x")).body, "<xml></xml>", ""])
      expect(await openCall(KEYS, query, forged, NOW)).toEqual({ type: "refused", why: "wrong signature" });
  });

  const size = Buffer.byteLength(XML);
  it.each<[string, string]>([
    ["truncated base64", encrypted(envelope(size, XML, KEYS.app_id, usual)).slice(0, -3)],
    ["no whole block", encrypted(envelope(size, XML, KEYS.app_id, usual)).slice(0, -24)],
    ["less than its head", encrypted(Buffer.alloc(16))],
    ["padding beyond a block", encrypted(envelope(size, XML, KEYS.app_id, (n) => Array.from({ length: n }, () => 77)))],
    ["no padding", encrypted(envelope(size, XML, KEYS.app_id, (n) => Array.from({ length: n }, () => 0)))],
    ["a huge length", encrypted(envelope(0xffffffff, XML, KEYS.app_id, usual))],
    ["a length one short", encrypted(envelope(size - 1, XML, KEYS.app_id, usual))],
    ["a length of nothing", encrypted(envelope(0, XML, KEYS.app_id, usual))],
    ["not base64", "===="],
  ])("rightly signed with %s is refused", async (_, ciphertext) => {
    const { query, body } = sealedCall(ciphertext);
    expect(await openCall(KEYS, query, body, NOW)).toMatchObject({ type: "refused" });
  });
});
