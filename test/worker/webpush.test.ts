/** What a browser is sent, opened by a browser of the test's own. */
import { beforeAll, describe, expect, it } from "vitest";
import { encryptPush, isPublicKey, PLAINTEXT_LIMIT } from "../../src/channels/push-encryption.ts";
import { webpush } from "../../src/channels/webpush.ts";
import { newPushKey, publicHalf, vapid } from "../../src/delivery/vapid.ts";
import { item } from "../unit/channels/items.ts";
import { Browser, senderOf } from "./helpers/browser.ts";

const ENDPOINT = "https://push.example.net/send/abc";
let browser: Browser;
let config: { endpoint: string; p256dh: string; auth: string };

beforeAll(async () => {
  browser = await Browser.at(ENDPOINT);
  config = { endpoint: ENDPOINT, ...browser.subscription.keys };
});

// RFC 8291, Appendix A.
const RFC = {
  message: "When I grow up, I want to be a watermelon",
  publicKey: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
  privateKey: "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
  salt: "DGv6ra1nlYgDCS1FRnbzlw",
  body: "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
};

describe("the encryption", () => {
  it("is that of the standard's example, byte by byte", async () => {
    const point = Uint8Array.fromBase64(RFC.publicKey, { alphabet: "base64url" });
    const coordinate = (from: number) =>
      point.slice(from, from + 32).toBase64({ alphabet: "base64url", omitPadding: true });
    const jwk = { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) };
    const algorithm = { name: "ECDH", namedCurve: "P-256" };
    const keys = {
      publicKey: await crypto.subtle.importKey("jwk", jwk, algorithm, true, []),
      privateKey: await crypto.subtle.importKey("jwk", { ...jwk, d: RFC.privateKey }, algorithm, false, ["deriveBits"]),
    };
    const salt = Uint8Array.fromBase64(RFC.salt, { alphabet: "base64url" });
    const body = await encryptPush(RFC.message, RFC, { salt, keys });
    expect(body.toBase64({ alphabet: "base64url", omitPadding: true })).toBe(RFC.body);
  });

  it("a browser reads it, another does not, and no two are alike", async () => {
    const words = "七号镇：“板凳课堂” 👩‍🌾";
    const [one, two] = await Promise.all([encryptPush(words, config), encryptPush(words, config)]);
    expect(await browser.open(one)).toBe(words);
    expect(one.toHex()).not.toBe(two.toHex());
    const other = await Browser.at(ENDPOINT);
    await expect(other.open(one)).rejects.toThrow();
  });

  it("a message of the limit makes a body that push services take", async () => {
    const body = await encryptPush("x".repeat(PLAINTEXT_LIMIT), config);
    expect(body.length).toBe(4096);
  });

  it("takes only keys that lie on the curve", () => {
    expect(isPublicKey(config.p256dh)).toBe(true);
    expect(isPublicKey(RFC.p256dh)).toBe(true);
    const point = Uint8Array.fromBase64(config.p256dh, { alphabet: "base64url" });
    const text = (made: Uint8Array) => made.toBase64({ alphabet: "base64url", omitPadding: true });
    for (const at of [0, 1, 33, 64])
      expect(isPublicKey(text(point.map((byte, i) => (i === at ? byte ^ 1 : byte))))).toBe(false);
    for (const bad of [
      "",
      "AAAA",
      text(point.slice(1)),
      text(new Uint8Array(65)),
      text(new Uint8Array(65).fill(255)),
      "!",
    ])
      expect(isPublicKey(bad)).toBe(false);
  });
});

describe("the signature", () => {
  it("tells the push service whose it is, for half a day, and nobody else's key made it", async () => {
    const key = await newPushKey();
    const at = Date.parse("2026-11-23T08:30:00+08:00");
    const { key: shown, claims } = await senderOf(await vapid(key, ENDPOINT, "https://kanfa.test", at));
    expect(shown).toBe(publicHalf(key));
    expect(claims).toEqual({ aud: "https://push.example.net", exp: at / 1000 + 43_200, sub: "https://kanfa.test" });
    const other = publicHalf(await newPushKey());
    await expect(senderOf((await vapid(key, ENDPOINT, "x", at)).replace(shown, other))).rejects.toThrow("signature");
  });
});

describe("the request", () => {
  it("is one that push services know, and the browser reads", async () => {
    const payload = webpush.compose([item()], config);
    const outgoing = await webpush.request(payload, config, { id: "c_1", now: 0, wall: 0 });
    expect(outgoing).toMatchObject({
      transport: "http",
      url: ENDPOINT,
      headers: { "content-encoding": "aes128gcm", ttl: "86400", urgency: "normal", topic: payload.notice.tag },
      sign: "vapid",
    });
    expect(JSON.parse(await browser.open(outgoing.body as Uint8Array<ArrayBuffer>))).toEqual(payload.notice);
    expect(JSON.stringify(outgoing.headers)).not.toContain(config.auth);
  });
});

describe("the config", () => {
  it.each([
    ["endpoint", { endpoint: "ftp://x.example/" }],
    ["endpoint", { endpoint: `https://x.example/${"x".repeat(1024)}` }],
    ["p256dh", { p256dh: "AAAA" }],
    ["auth", { auth: "AAAA" }],
    ["auth", { auth: "A".repeat(500) }],
    ["more", { more: 1 }],
  ])("refuses a wrong %s", (member, change) => {
    const result = webpush.config.safeParse({ ...config, ...change });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toContain(`"${member}"`);
  });
});
