import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newSigningSecret, schemeOf, signatureHeaders, verifyingKey } from "../../src/delivery/signing.ts";

const message = { id: "channel_12", at: 1_795_000_000_900, body: '{"标题":"通知"}' };
const content = `channel_12.1795000000.${message.body}`;

/** What a receiver does who holds only the public half. */
async function verifies(publicKey: string, signature: string): Promise<boolean> {
  const raw = Uint8Array.fromBase64(publicKey.replace("whpk_", ""));
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const bytes = Uint8Array.fromBase64(signature.replace("v1a,", ""));
  return crypto.subtle.verify("Ed25519", key, bytes, new TextEncoder().encode(content));
}

describe("v1", () => {
  it("is verified by the scheme's own library", async () => {
    const secret = await newSigningSecret("v1");
    const now = Date.now();
    const headers = await signatureHeaders([secret], { ...message, at: now });
    expect(new Webhook(secret).verify(message.body, headers)).toEqual({ 标题: "通知" });
  });
  it("is the same key on both sides", async () => {
    const secret = await newSigningSecret("v1");
    expect([schemeOf(secret), verifyingKey(secret)]).toEqual(["v1", secret]);
  });
});

describe("v1a", () => {
  it("is verified with the public key alone, and by no other", async () => {
    const [secret, other] = [await newSigningSecret("v1a"), await newSigningSecret("v1a")];
    const headers = await signatureHeaders([secret], message);
    const signature = headers["webhook-signature"] ?? "";
    expect(signature).toMatch(/^v1a,/);
    expect(verifyingKey(secret)).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(await verifies(verifyingKey(secret), signature)).toBe(true);
    expect(await verifies(verifyingKey(other), signature)).toBe(false);
  });
  it("keeps its private half to itself", async () => {
    const secret = await newSigningSecret("v1a");
    const seed = Uint8Array.fromBase64(secret.replace("whsk_", "")).slice(0, 32).toBase64();
    expect(verifyingKey(secret)).not.toContain(seed.slice(0, 20));
  });
});

it("while a secret changes over, either of the two verifies", async () => {
  const secrets = [await newSigningSecret("v1"), await newSigningSecret("v1")];
  const headers = await signatureHeaders(secrets, { ...message, at: Date.now() });
  for (const secret of secrets) expect(new Webhook(secret).verify(message.body, headers)).toBeTruthy();
  expect(() => new Webhook(`whsec_${btoa("another secret of 32 bytes......")}`).verify(message.body, headers)).toThrow(
    /signature/i,
  );
});
