import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Item, Reply, Verdict } from "../../../src/channels/kind.ts";
import { webhook } from "../../../src/channels/webhook.ts";
import { item } from "./items.ts";

const THIN = { url: "https://hooks.example.com/x", payload: "thin", signature: "v1" } as const;
const FULL = { ...THIN, payload: "full" } as const;
const composed = (entry: Item, config: typeof THIN | typeof FULL): unknown =>
  JSON.parse(webhook.compose([entry], config));
const unread = (): never => expect.unreachable("the text is rendered only when it is sent");

describe("the message", () => {
  it.each([
    ["published", "post.published"],
    ["corrected", "post.corrected"],
    ["recalled", "post.recalled"],
  ] as const)("%s is a %s, and thin tells only what identifies the post", (kind, type) => {
    const entry = item({ kind, text: unread });
    expect(composed(entry, THIN)).toEqual({ type, timestamp: entry.at, data: { seq: 12, post: entry.post } });
  });

  it.each(["published", "corrected"] as const)("full carries the text of what is %s", (kind) => {
    const entry = item({ kind });
    expect(composed(entry, FULL)).toMatchObject({
      data: { seq: 12, post: { ...entry.post, markdown: "# 正文", html: "<h2>正文</h2>" } },
    });
  });

  it("nobody is sent a recalled text once more", () => {
    const entry = item({ kind: "recalled", text: unread });
    expect(composed(entry, FULL)).toEqual({
      type: "post.recalled",
      timestamp: entry.at,
      data: { seq: 12, post: entry.post },
    });
  });

  it("what readers are told of a correction goes with it", () => {
    expect(composed(item({ kind: "corrected", note: "更正：应为218个" }), THIN)).toMatchObject({
      data: { note: "更正：应为218个" },
    });
  });

  it("is one entry, as the signature covers one body", () => expect(webhook.limits.batch).toBe(1));

  it("is posted as JSON, signed, to the address", () => {
    const body = webhook.compose([item()], THIN);
    expect(webhook.request(body, THIN, { id: "a_1", now: 0, wall: 0 })).toEqual({
      transport: "http",
      url: THIN.url,
      headers: { "content-type": "application/json; charset=utf-8" },
      body,
      sign: "standard-webhooks",
    });
  });

  it("is composed once for all channels that want the same", () => {
    const other = { url: "https://other.example.com/", payload: "thin", signature: "v1" } as const;
    expect(webhook.variant(THIN)).toBe(webhook.variant(other));
    expect(webhook.variant(THIN)).not.toBe(webhook.variant(FULL));
    expect([webhook.wants(THIN), webhook.wants(FULL)]).toEqual(["summary", "text"]);
  });
});

describe("the verdict", () => {
  const judged = (status: number, headers: Record<string, string> = {}, body = ""): Verdict =>
    webhook.judge({ type: "response", status, headers, body });
  const expected: Record<Verdict["type"], number[]> = {
    accepted: [200, 201, 202, 204, 206, 226, 299],
    rejected: [400, 402, 405, 406, 409, 411, 413, 415, 418, 421, 422, 423, 424, 426, 428, 431, 451, 499],
    retry: [300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 408, 425, 429, 500, 501, 502, 503, 504, 507, 520, 599],
    gone: [410],
    moved: [],
    unknown: [],
  };
  it.each(Object.entries(expected).flatMap(([type, codes]) => codes.map((code) => [code, type] as const)))(
    "HTTP %i is %s, and says so",
    (status, type) => {
      expect(judged(status)).toMatchObject({ type, why: expect.stringContaining(`HTTP ${status}`) as string });
    },
  );

  it("429 is a request for room, not a failure", () => {
    expect(judged(429)).toMatchObject({ type: "retry", throttled: true });
    expect(judged(503)).not.toHaveProperty("throttled");
  });

  it("the body decides nothing", () => {
    expect(judged(200, {}, '{"errcode":40001}')).toMatchObject({ type: "accepted" });
    expect(judged(500, {}, "ok")).toMatchObject({ type: "retry" });
  });

  it.each([200, 202, 204])("“webhook-delivery: disable” with %i closes the channel", (status) => {
    expect(judged(status, { "webhook-delivery": "disable" })).toMatchObject({ type: "gone" });
  });
  it.each([
    [200, { "webhook-delivery": "keep" }, "accepted"],
    [200, { "webhook-delivery": "" }, "accepted"],
    [500, { "webhook-delivery": "disable" }, "retry"],
    [302, { "webhook-delivery": "disable" }, "retry"],
  ])("but %i with %j is %s", (status, headers, type) => {
    expect(judged(status, headers)).toMatchObject({ type });
  });

  it.each([404, 408, 425, 429, 500, 503])("HTTP %i is heard when it asks to wait", (status) => {
    expect(judged(status, { "retry-after": "120" })).toMatchObject({ type: "retry", after: 120_000 });
    expect(judged(status)).not.toMatchObject({ after: expect.anything() as number });
  });
  it("a date is read against the answer's own clock", () => {
    const headers = { date: "Mon, 23 Nov 2026 00:30:00 GMT", "retry-after": "Mon, 23 Nov 2026 00:32:00 GMT" };
    expect(judged(503, headers)).toMatchObject({ type: "retry", after: 120_000 });
  });
  it.each(["-5", "soon", "", "Mon, 23 Nov 1998 00:00:00 GMT"])("Retry-After %j asks for nothing", (value) => {
    const verdict = judged(503, { date: "Mon, 23 Nov 2026 00:30:00 GMT", "retry-after": value });
    expect(verdict).toEqual({ type: "retry", why: "HTTP 503", after: undefined });
  });
  it("nothing makes a redirect or a refusal wait, or an accepted message come again", () => {
    for (const status of [200, 302, 400, 410])
      expect(judged(status, { "retry-after": "120" })).not.toMatchObject({ after: 120_000 });
  });

  it.each<[Exclude<Reply, { type: "response" }>, Verdict]>([
    // Whether it arrived cannot be known: the same id again, and the receiver sorts it out.
    [{ type: "timeout" }, { type: "unknown", why: "no answer within the deadline", after: 60_000 }],
    [
      { type: "network", why: "fetch failed" },
      { type: "unknown", why: "fetch failed" },
    ],
    [
      { type: "refused", why: "not sent: the address must start with https://" },
      { type: "retry", why: "not sent: the address must start with https://" },
    ],
  ])("%j", (reply, verdict) => {
    expect(webhook.judge(reply)).toEqual(verdict);
  });
});

describe("the config", () => {
  it("is thin unless told", () => {
    expect(webhook.config.parse({ url: THIN.url })).toEqual(THIN);
    expect(webhook.config.parse(FULL)).toEqual(FULL);
  });

  it.each<[string, unknown, string]>([
    ["no address", {}, "url"],
    ["no URL", { url: "hooks.example.com" }, "url"],
    ["another scheme", { url: "ftp://hooks.example.com/" }, "url"],
    ["a script", { url: "javascript:alert(1)" }, "url"],
    ["a number", { url: 7 }, "url"],
    ["too long", { url: `https://hooks.example.com/${"x".repeat(2048)}` }, "url"],
    ["another payload", { url: THIN.url, payload: "fat" }, "payload"],
    ["a member it does not know", { url: THIN.url, secret: "x" }, "secret"],
  ])("refuses %s", (_, config, member) => {
    const result = webhook.config.safeParse(config);
    expect(result.success).toBe(false);
    expect(JSON.stringify((result.error as z.ZodError).issues)).toContain(`"${member}"`);
  });

  it("keeps its address secret: it may carry a token", () => {
    expect(webhook.secrets).toContain("url");
    expect(webhook.address).toBe("url");
    expect([THIN, { ...THIN, signature: "v1a" as const }].map((each) => webhook.signs?.(each))).toEqual(["v1", "v1a"]);
  });
});
