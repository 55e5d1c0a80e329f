import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/channels/kind.ts";
import { intentOf, leaseOf, questionOf, readHubRequest } from "../../../src/delivery/hub-rules.ts";

const SITE = "https://kanfa.test";
const TOPIC = `${SITE}/columns/dangke/atom.xml`;
const CALLBACK = "https://reader.example.com/in";
const read = (fields: Record<string, string>) =>
  readHubRequest(
    new Map(
      Object.entries({ mode: "subscribe", topic: TOPIC, callback: CALLBACK, ...fields }).map(([name, value]) => [
        `hub.${name}`,
        value,
      ]),
    ),
    SITE,
  );
const answer = (status: number, body: string): Reply => ({ type: "response", status, headers: {}, body });

describe("a lease", () => {
  it("lies within an hour and thirty days, whatever number is asked for", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 40n }), (seconds) => {
        const lease = leaseOf(String(seconds))!;
        expect(lease).toBeGreaterThanOrEqual(3_600_000);
        expect(lease).toBeLessThanOrEqual(30 * 86_400_000);
      }),
    );
  });
  it.each(["0", "-1", "1e9", "1.5", " 60", "x", "１００"])("of %j seconds is none", (seconds) =>
    expect(leaseOf(seconds)).toBeNull(),
  );
});

describe("a request", () => {
  it("passes over what it does not know, and the lease of one who leaves", () => {
    expect(read({ verify: "sync", mode: "unsubscribe", lease_seconds: "soon" })).toMatchObject({
      type: "request",
      request: { mode: "unsubscribe", topic: TOPIC, callback: CALLBACK, secret: null },
    });
  });
  it("takes a secret of 199 bytes and none of 200", () => {
    expect(read({ secret: "x".repeat(199) }).type).toBe("request");
    expect(read({ secret: "x".repeat(200) }).type).toBe("wrong");
    expect(read({ secret: `${"密".repeat(66)}x` }).type).toBe("request");
    expect(read({ secret: `${"密".repeat(66)}xx` }).type).toBe("wrong");
  });
  it.each([
    "https://kanfa.test.example.com/feed.xml",
    "http://kanfa.test/feed.xml",
    "https://kanfa.test//feed.xml",
    "https://kanfa.test/feed.xml#a",
    "https://kanfa.test/units/a/feed.xml",
    "https://kanfa.test/columns/a/b/feed.xml",
    "https://kanfa.test/columns//feed.xml",
    "https://KANFA.test/feed.xml",
    "",
  ])("for %s is none of ours", (topic) => expect(read({ topic }).type).toBe("wrong"));
  it("of one callback is one, however its fragment is written", () => {
    expect(read({ callback: `${CALLBACK}#a` })).toEqual(read({ callback: CALLBACK }));
  });
});

describe("the question", () => {
  const callbacks = fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.constantFrom("https://a.cn/?", "https://a.cn/?b&", "https://a.cn/?b?", "https://a.cn/?b=%20+c"),
  );
  it("comes after the callback's own query, which stays as it was", () => {
    fc.assert(
      fc.property(callbacks, fc.string(), (url, challenge) => {
        const callback = new URL(url).href;
        const asked = questionOf(
          { mode: "subscribe", callback, topic: TOPIC, lease: 3_600_000 },
          challenge.toWellFormed(),
        );
        expect(asked.startsWith(callback)).toBe(true);
        const after = [...new URL(asked).searchParams].slice(-4);
        expect(after).toEqual([
          ["hub.mode", "subscribe"],
          ["hub.topic", TOPIC],
          ["hub.challenge", challenge.toWellFormed()],
          ["hub.lease_seconds", "3600"],
        ]);
        expect([...new URL(asked).searchParams].slice(0, -4)).toEqual([...new URL(callback).searchParams]);
      }),
    );
  });
});

describe("the answer", () => {
  it.each<[string, Reply, string]>([
    ["the challenge", answer(200, "abc"), "meant"],
    ["the challenge with 204's neighbour", answer(299, "abc"), "meant"],
    ["more than it", answer(200, "abc\n"), "denied"],
    ["it in other letters", answer(200, "ABC"), "denied"],
    ["nothing", answer(204, ""), "denied"],
    ["it from elsewhere", answer(302, "abc"), "denied"],
    ["it in an error", answer(404, "abc"), "denied"],
    ["a fault", answer(500, "abc"), "later"],
    ["too much", answer(429, "abc"), "later"],
    ["silence", { type: "timeout" }, "later"],
    ["a broken line", { type: "network", why: "reset" }, "later"],
    ["our own guard", { type: "refused", why: "private" }, "denied"],
  ])("%s", (_, reply, type) => expect(intentOf(reply, "abc").type).toBe(type));
});
