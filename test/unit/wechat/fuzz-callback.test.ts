/** Whatever is sent: nothing throws, and nothing unsigned is opened. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { openCall, type Query } from "../../../src/wechat/callback/envelope.ts";
import { messageOf, readXml } from "../../../src/wechat/callback/message.ts";
import { replyXml, wishOf } from "../../../src/wechat/callback/replies.ts";
import { DEFAULT_SETTINGS } from "../../../src/wechat/callback/settings.ts";
import { runs } from "../runs.ts";
import { document } from "./documents.ts";
import { KEYS, NOW, PLAIN, plainQuery, sealed, sealedCall, timestamp } from "./sender.ts";

const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 });
const anything = fc.oneof(fc.string(), hex, fc.constant(timestamp), fc.constant("aes"));
const query: fc.Arbitrary<Query> = fc.dictionary(
  fc.constantFrom("signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "echostr"),
  anything,
);

it("nothing unsigned is opened", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(query, document, fc.boolean(), async (asked, body, safe) => {
      const keys = safe ? KEYS : PLAIN;
      const near = { ...plainQuery(timestamp, "wrongToken"), ...asked, timestamp };
      expect((await openCall(keys, asked, body, NOW)).type).toBe("refused");
      expect((await openCall(keys, near, body, NOW)).type).toBe("refused");
    }),
    runs(300, 10_000),
  );
});

it(
  "signed, any document is read or not, and never throws; what is answered can be read",
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(document, async (xml) => {
        const { query, body } = sealed(xml);
        const opened = await openCall(KEYS, query, body, NOW);
        expect(opened).toMatchObject({ type: "opened" });
        const message = messageOf(xml);
        if (!message) return;
        const wish = wishOf(message, DEFAULT_SETTINGS);
        const reply = wish.type === "text" ? wish : ({ type: "text", text: message.from } as const);
        expect(readXml(replyXml(reply, message, NOW)!)).not.toBeNull();
      }),
      runs(300, 10_000),
    );
  },
);

it("rightly signed rubbish is refused", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.base64String(), fc.string()), async (ciphertext) => {
      const { query, body } = sealedCall(ciphertext);
      expect((await openCall(KEYS, query, body, NOW)).type).toBe("refused");
    }),
    runs(300, 10_000),
  );
});
