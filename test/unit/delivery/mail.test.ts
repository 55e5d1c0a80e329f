import { describe, expect, it } from "vitest";
import { email } from "../../../src/channels/email.ts";
import { bindingMailer, resendMailer, senderOf } from "../../../src/delivery/mail.ts";

const FROM = "刊发 <news@example.cn>";
const LETTER = {
  to: "zhang@example.cn",
  subject: "七号镇：“板凳课堂”",
  text: "words",
  html: "<p>words</p>",
  headers: { "List-Unsubscribe": "<https://kanfa.test/unsubscribe?token=x>" },
};

describe("the sender", () => {
  it.each([
    [FROM, "刊发", "news@example.cn"],
    ["news@example.cn", "", "news@example.cn"],
    ['"County \\"Desk\\"" <news@example.cn>', "County Desk", "news@example.cn"],
  ])("%s", (text, name, address) => expect(senderOf(text)).toEqual({ name, email: address }));

  it.each(["", "刊发", "刊发 <>", "a@b c@d", "刊发\r\nBcc: x@y <news@example.cn>"])("%j is refused", (text) =>
    expect(() => senderOf(text)).toThrow("KANFA_MAIL_FROM"),
  );
});

describe("Resend", () => {
  const sent: { url: string; init: RequestInit }[] = [];
  const mailer = resendMailer(
    async (url, init) => {
      sent.push({ url, init });
      return Response.json({ id: "1" });
    },
    { key: "re_x", from: FROM, base: "https://relay.example.cn/mail/" },
  );

  it("gets the letter as JSON under its id, at whatever base it is", async () => {
    expect(await mailer(LETTER, "channel_4")).toMatchObject({ type: "response", status: 200 });
    const [{ url, init }] = sent as [{ url: string; init: RequestInit }];
    expect(url).toBe("https://relay.example.cn/mail/emails");
    expect(init.headers).toMatchObject({ authorization: "Bearer re_x", "idempotency-key": "channel_4" });
    expect(JSON.parse(init.body as string)).toEqual({ ...LETTER, to: [LETTER.to], from: '"刊发" <news@example.cn>' });
  });

  it("never gets a header that would end and begin another", () => {
    for (const value of ["a\r\nBcc: x@y", "中文", "a\u0000"])
      expect(() => mailer({ ...LETTER, headers: { "X-A": value } }, "1")).toThrow("X-A");
  });
});

describe("Cloudflare's binding", () => {
  const failing = (error: unknown) => bindingMailer({ send: () => Promise.reject(error) }, FROM)(LETTER, "1");

  it("gets the letter by its parts", async () => {
    const sent: unknown[] = [];
    const mailer = bindingMailer(
      {
        send: async (letter: unknown) => {
          sent.push(letter);
          return { messageId: "1" };
        },
      },
      FROM,
    );
    expect(await mailer(LETTER, "1")).toMatchObject({ type: "response", status: 200 });
    expect(sent).toEqual([{ ...LETTER, from: { name: "刊发", email: "news@example.cn" } }]);
  });

  it.each([
    ["E_RECIPIENT_SUPPRESSED", "gone"],
    ["E_RATE_LIMIT_EXCEEDED", "retry"],
    ["E_DAILY_LIMIT_EXCEEDED", "retry"],
    ["E_SENDER_NOT_VERIFIED", "retry"],
    ["E_INTERNAL_SERVER_ERROR", "retry"],
    ["E_CONTENT_TOO_LARGE", "rejected"],
    ["E_HEADER_NOT_ALLOWED", "rejected"],
  ])("%s: %s", async (code, verdict) => {
    const reply = await failing(Object.assign(new Error("no"), { code }));
    expect(email.judge(reply)).toMatchObject({ type: verdict, why: expect.stringContaining(code) as string });
  });

  it("an error without a code leaves open what became of it", async () => {
    expect(email.judge(await failing(new Error("lost")))).toMatchObject({ type: "unknown" });
    expect(email.judge(await failing(null))).toMatchObject({ type: "unknown" });
  });
});
