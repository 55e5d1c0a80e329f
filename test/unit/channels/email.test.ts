import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { email, maskAddress, subjectOf } from "../../../src/channels/email.ts";
import type { Item, Mail, Outgoing, Verdict } from "../../../src/channels/kind.ts";
import { item } from "./items.ts";

const TO = { to: "zhang@example.cn", style: "digest" } as const;
const WHOLE = { ...TO, style: "full" } as const;
const letterOf = (items: readonly Item[], config: typeof TO | typeof WHOLE = TO): Mail => {
  const outgoing = email.request(email.compose(items, config), config, { id: "c_1", now: 0, wall: 0 }) as Outgoing;
  expect(outgoing.transport).toBe("mail");
  return JSON.parse(outgoing.body as string) as Mail;
};
const post = item().post;
const several = [1, 2, 3].map((seq) => item({ seq, post: { ...post, id: `p${seq}`, title: `标题${seq}` } }));

describe("the letter", () => {
  it("has a post's title as its subject, its digest and a way to it, and names the publication", () => {
    const letter = letterOf([item()]);
    expect(letter).toMatchObject({ to: TO.to, subject: post.title, leave: "https://kanfa.test/unsubscribe?token=" });
    for (const part of [letter.text, letter.html]) {
      expect(part).toContain(post.title);
      expect(part).toContain(post.url);
      expect(part).toContain("化德党建");
    }
    expect(letter.html!.lastIndexOf(letter.leave!)).toBeGreaterThan(0);
    expect(letter.text.endsWith(`${letter.leave}\n`)).toBe(true);
  });

  it("of several posts lists them all", () => {
    const letter = letterOf(several);
    expect(letter.subject).toBe("标题1 等3篇");
    for (const { post: each } of several) expect(letter.html).toContain(each.title);
    expect(letterOf(several, WHOLE).html).toBe(letter.html);
  });

  it("carries the text of one post if the channel asks for it", () => {
    expect(letterOf([item()], WHOLE).text).toContain("正文");
    expect(letterOf([item()]).text).not.toContain("正文");
    expect([email.wants(TO), email.wants(WHOLE)]).toEqual(["summary", "text"]);
    expect(email.variant(TO)).not.toBe(email.variant(WHOLE));
  });

  it("says what is corrected and what is taken back; a recalled text is not sent again", () => {
    const corrected = letterOf([item({ kind: "corrected", note: "应为218个" })]);
    expect(corrected.subject).toBe(`【更正】${post.title}`);
    expect(corrected.text).toContain("应为218个");
    const recalled = letterOf([item({ kind: "recalled", text: () => expect.unreachable() })], WHOLE);
    expect(recalled.subject).toBe(`【撤回】${post.title}`);
    expect(recalled.text).not.toContain(post.digest);
  });

  it("of alerts is words alone", () => {
    const alert = {
      seq: 4,
      at: "2026-11-23T16:00:00+08:00",
      kind: "edition.short",
      title: "缺2篇",
      body: "……",
      subject: "x",
    };
    expect(email.composeAlerts([alert], TO)).toEqual({ subject: "缺2篇", text: `缺2篇\n${alert.at}\n……\n` });
    expect(email.composeAlerts([alert, alert], TO).subject).toBe("缺2篇 等2项");
  });
});

describe("the subject", () => {
  it.each(["第一行\r\nBcc: all@example.cn", "a\nb", "a\u2028b", "a\u0000b", "\t x \u0085"])("%j is one line", (words) =>
    expect(subjectOf(words)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u),
  );

  it("whatever a title holds, the letter's subject is one line of at most a hundred and some characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 1, max: 4 }), (title, n) => {
        const items = Array.from({ length: n }, (_, seq) => item({ seq, post: { ...post, title } }));
        const { subject } = letterOf(items);
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(subject.isWellFormed()).toBe(true);
        expect([...new Intl.Segmenter("zh").segment(subject)].length).toBeLessThanOrEqual(110);
      }),
      { numRuns: 100 },
    );
  });
});

describe("the verdict", () => {
  const judged = (status: number, error: { name?: string; message?: string } = {}, headers = {}): Verdict =>
    email.judge({ type: "response", status, headers, body: JSON.stringify(error) });

  it.each<[number, { name?: string; message?: string }, Verdict["type"]]>([
    [200, {}, "accepted"],
    [409, { name: "invalid_idempotent_request" }, "accepted"],
    [409, { name: "concurrent_idempotent_requests" }, "retry"],
    [422, { name: "validation_error", message: "Invalid `to` field." }, "gone"],
    [422, { name: "missing_required_field", message: "Missing `html` or `text` field." }, "rejected"],
    [400, { name: "validation_error" }, "rejected"],
    [410, { name: "E_RECIPIENT_SUPPRESSED" }, "gone"],
    [413, {}, "rejected"],
    [401, { name: "missing_api_key" }, "retry"],
    [403, { name: "invalid_api_key" }, "retry"],
    [429, { name: "rate_limit_exceeded" }, "retry"],
    [500, {}, "retry"],
    [302, {}, "retry"],
  ])("HTTP %i %j is %s", (status, error, type) => {
    expect(judged(status, error)).toMatchObject({ type, why: expect.stringContaining(`HTTP ${status}`) as string });
  });

  it("waits as long as it is asked to, and for a used-up quota an hour", () => {
    expect(judged(429, {}, { "retry-after": "2" })).toMatchObject({ after: 2000, throttled: true });
    expect(judged(429, { name: "daily_quota_exceeded" })).toMatchObject({ after: 3_600_000, throttled: true });
    expect(judged(403)).toMatchObject({ after: 3_600_000 });
  });

  it("reads no answer that is none", () => {
    for (const body of ["", "<html>", "[]", "null", '{"message": 1}'])
      expect(email.judge({ type: "response", status: 422, headers: {}, body })).toMatchObject({ type: "rejected" });
  });
});

describe("the config", () => {
  it("takes an address as it is written by hand", () => {
    expect(email.config.parse({ to: " Zhang.San@Example.CN " })).toEqual({
      to: "zhang.san@example.cn",
      style: "digest",
    });
  });

  it.each([
    "",
    "zhang",
    "a@b",
    "a b@example.cn",
    "a@example.cn\nBcc: x@example.cn",
    "张<a@example.cn>",
    `${"x".repeat(250)}@example.cn`,
  ])("refuses %j", (to) => expect(email.config.safeParse({ to }).success).toBe(false));

  it("is shown by its first letter and its host", () => {
    expect(email.secrets).toEqual(["to"]);
    expect(email.mask!("to", TO.to)).toBe("z***@example.cn");
    expect(maskAddress("@x")).toBe("***@x");
  });
});
