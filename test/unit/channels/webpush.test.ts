import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item, Reply, Verdict } from "../../../src/channels/kind.ts";
import type { Notice } from "../../../src/channels/webpush.ts";
import { webpush } from "../../../src/channels/webpush.ts";
import { item } from "./items.ts";

// Its keys, and what is encrypted with them, are tested in workerd: test/worker/webpush.test.ts.
const CONFIG = { endpoint: "https://push.example.net/send/abc", p256dh: "", auth: "" };

const noticeOf = (items: readonly Item[]): Notice => webpush.compose(items, CONFIG).notice;
const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

describe("the notice", () => {
  const post = item().post;

  it("of one post is its title and digest, and leads to it", () => {
    const tag = post.id.replaceAll("-", "");
    expect(noticeOf([item()])).toEqual({ title: post.title, body: post.digest, url: post.url, tag });
    expect(tag).toMatch(/^[\w-]{1,32}$/);
  });

  it("a correction and a recall say so, and take the place of what they are about", () => {
    const corrected = noticeOf([item({ kind: "corrected", note: "应为218个" })]);
    expect(corrected).toMatchObject({ title: `【更正】${post.title}`, body: "应为218个", tag: noticeOf([item()]).tag });
    const recalled = noticeOf([item({ kind: "recalled", note: "" })]);
    expect(recalled).toMatchObject({
      title: `【撤回】${post.title}`,
      body: "这篇推文已撤回，请勿转发。",
      tag: noticeOf([item()]).tag,
    });
  });

  it("of several is one, which leads to the front page", () => {
    const items = [1, 2, 3].map((seq) => item({ seq, post: { ...post, id: `p${seq}`, title: `标题${seq}` } }));
    expect(noticeOf(items)).toEqual({
      title: "标题1 等3篇",
      body: "标题2\n标题3",
      url: "https://kanfa.test/",
      tag: "posts1",
    });
  });

  it("of an alert is urgent and leads nowhere", () => {
    const alert = { seq: 4, at: "", kind: "edition.short", title: "缺2篇", body: "……", subject: "edition:x" };
    expect(webpush.composeAlerts([alert], CONFIG)).toEqual({
      notice: { title: "缺2篇", body: "……", url: null, tag: "alert4" },
      urgency: "high",
    });
  });

  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 5000 }),
    fc.constantFrom(
      "字".repeat(4000),
      "👩‍👩‍👧‍👦".repeat(900),
      '"\\'.repeat(3000),
      "\u0000".repeat(3000),
      `e${"\u0301".repeat(9000)}`,
    ),
  );

  it("fits whatever its words are, and cuts no character in two", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile, fc.webUrl()), { minLength: 1, maxLength: 8 }), (posts) => {
        const items = posts.map(([title, digest, url], seq) => item({ seq, post: { ...post, title, digest, url } }));
        const notice = noticeOf(items);
        expect(bytes(notice)).toBeLessThanOrEqual(3000);
        expect(posts[0]![0].isWellFormed() && !notice.title.isWellFormed()).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the verdict", () => {
  const judged = (status: number, headers: Record<string, string> = {}): Verdict =>
    webpush.judge({ type: "response", status, headers, body: "" } satisfies Reply);
  it.each<[number, Verdict["type"]]>([
    [200, "accepted"],
    [201, "accepted"],
    [202, "accepted"],
    [404, "gone"],
    [410, "gone"],
    [400, "rejected"],
    [413, "rejected"],
    [302, "retry"],
    [401, "retry"],
    [403, "retry"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
  ])("HTTP %i is %s", (status, type) => expect(judged(status).type).toBe(type));

  it("asked for room, it waits and blames nobody; refused for its key, it waits for a person", () => {
    expect(judged(429, { "retry-after": "120" })).toMatchObject({ after: 120_000, throttled: true });
    expect(judged(403)).toMatchObject({ after: 21_600_000, why: expect.stringContaining("key") as string });
  });
});

it("hides where the browser is and what it shares", () => {
  expect(webpush.secrets).toEqual(["endpoint", "auth"]);
  expect(webpush.address).toBe("endpoint");
});
