import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Outgoing, Reply } from "../../../src/channels/kind.ts";
import type { Fetch } from "../../../src/delivery/send.ts";
import { ANSWER_CAP, excerptOf, sendHttp } from "../../../src/delivery/send.ts";

const answer = (body: string, status = 500): Reply => ({ type: "response", status, headers: {}, body });
const HOOK = "https://hooks.example.com/services/T0PATHWAY/B0CHANNEL/s3cr3t-token?key=abcdefgh12&v=1";

describe("what the ledger keeps of an answer", () => {
  it.each<[string, string, Reply, string]>([
    ["the verdict and the body", "HTTP 500", answer("oops"), "HTTP 500: oops"],
    ["an empty body", "HTTP 204", answer(""), "HTTP 204"],
    ["no answer", "no answer within the deadline", { type: "timeout" }, "no answer within the deadline"],
    ["a fault", "connection refused", { type: "network", why: "connection refused" }, "connection refused"],
    ["newlines", "HTTP 500", answer("<html>\r\n\r\n<body>\tno"), "HTTP 500: <html> <body> no"],
    ["control characters", "HTTP 500", answer("a\u0000b\u001b[31mc\u007fd\u0085e"), "HTTP 500: a b [31mc d e"],
    ["half a surrogate pair", "HTTP 500", answer("a\ud83d"), "HTTP 500: a\ufffd"],
    ["Chinese", "HTTP 200", answer('{"errmsg":"无效的 key"}'), 'HTTP 200: {"errmsg":"无效的 key"}'],
  ])("%s", (_, why, reply, expected) => {
    expect(excerptOf(why, reply, [])).toBe(expected);
  });

  it("is at most 300 characters, none cut in half", () => {
    const excerpt = excerptOf("HTTP 500", answer("😀".repeat(1000)), []);
    expect([...excerpt]).toHaveLength(300);
    expect(excerpt.isWellFormed()).toBe(true);
    expect(excerpt.startsWith("HTTP 500: 😀")).toBe(true);
  });

  it.each([
    ["the secret itself", "token-12345", "bad token token-12345!", "bad token •••!"],
    ["every time", "token-12345", "token-12345 token-12345", "••• •••"],
    [
      "a text of signs that mean something in patterns",
      "a.*+?^${}()|[]\\b",
      "no a.*+?^${}()|[]\\b here",
      "no ••• here",
    ],
    ["an address", HOOK, `no route ${HOOK}`, "no route •••"],
    ["an address with escaped slashes", HOOK, JSON.stringify({ url: HOOK }).replaceAll("/", "\\/"), '{"url":"•••"}'],
    [
      "an address by its path, as most servers echo it",
      HOOK,
      "Cannot POST /services/T0PATHWAY/B0CHANNEL/s3cr3t-token",
      "Cannot POST •••",
    ],
    [
      "by path and query",
      HOOK,
      "404 /services/T0PATHWAY/B0CHANNEL/s3cr3t-token?key=abcdefgh12&v=1 not found",
      "404 ••• not found",
    ],
    ["by the token in its path", HOOK, "unknown token s3cr3t-token", "unknown token •••"],
    ["by the token in its query", HOOK, '{"errmsg":"invalid key abcdefgh12"}', '{"errmsg":"invalid key •••"}'],
    ["not by its host, which everyone sees", HOOK, "hooks.example.com is down", "hooks.example.com is down"],
    ["not by what is too short to be one", "abc", "abc abcd", "abc abcd"],
    ["nor by an empty one", "", "nothing", "nothing"],
    ["nor a site's root", "https://hooks.example.com/", "GET / and POST /", "GET / and POST /"],
  ])("hides %s", (_, secret, body, expected) => {
    expect(excerptOf("HTTP 404", answer(body, 404), [secret])).toBe(`HTTP 404: ${expected}`);
  });

  it("hides a secret that contains another whole, in whatever order they are named", () => {
    const [short, long] = ["secret", "my-secret-and-more"];
    for (const secrets of [
      [short, long],
      [long, short],
    ])
      expect(excerptOf("HTTP 401", answer(`${long} ${short}`), secrets)).toBe("HTTP 401: ••• •••");
  });

  it("hides secrets in the verdict's own words too", () => {
    const why = `fetch failed: ${HOOK}`;
    expect(excerptOf(why, { type: "network", why }, [HOOK])).toBe("fetch failed: •••");
  });

  it("is one printable line without the secret, whatever comes back", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom(HOOK, new URL(HOOK).pathname, "s3cr3t-token"), fc.string({ unit: "binary" })),
        ),
        (parts) => {
          const excerpt = excerptOf("HTTP 500", answer(parts.join("")), [HOOK]);
          expect(excerpt).not.toMatch(/\p{Cc}|s3cr3t|abcdefgh12/u);
          expect([...excerpt].length).toBeLessThanOrEqual(300);
          expect(excerpt.isWellFormed()).toBe(true);
        },
      ),
    ));
});

describe("one request", () => {
  const outgoing: Outgoing = {
    transport: "http",
    url: "https://hooks.example.com/x",
    headers: { "content-type": "application/json", "webhook-id": "a_1" },
    body: '{"a":1}',
  };
  /** A deadline that comes when the test says so. */
  function deadline() {
    const controller = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(controller.signal);
    return { timeout, pass: () => controller.abort(new DOMException("timed out", "TimeoutError")) };
  }
  afterEach(() => void vi.restoreAllMocks());

  it("goes as it was composed, is not redirected, and keeps to its deadline", async () => {
    const { timeout } = deadline();
    const fetcher = vi.fn<Fetch>(() => Promise.resolve(new Response("ok", { status: 202, headers: { "X-Id": "7" } })));
    const reply = await sendHttp(fetcher, outgoing, 15_000);
    expect(reply).toMatchObject({ type: "response", status: 202, headers: { "x-id": "7" }, body: "ok" });
    expect(timeout).toHaveBeenCalledWith(15_000);
    expect(fetcher).toHaveBeenCalledTimes(1);
    const [url, init] = fetcher.mock.calls[0]!;
    expect(url).toBe(outgoing.url);
    expect(init).toMatchObject({ method: "POST", body: outgoing.body, redirect: "manual" });
    expect(init.headers).toMatchObject({
      ...outgoing.headers,
      "user-agent": expect.stringMatching(/^Kanfa\//) as string,
    });
  });

  it.each([301, 302, 307, 400, 410, 503])("an answer is an answer: %i", async (status) => {
    deadline();
    const fetcher: Fetch = () =>
      Promise.resolve(new Response("no", { status, headers: { location: "http://10.0.0.1/" } }));
    expect(await sendHttp(fetcher, outgoing, 1)).toMatchObject({ type: "response", status, body: "no" });
  });

  it("an answer without a body", async () => {
    deadline();
    const fetcher: Fetch = () => Promise.resolve(new Response(null, { status: 204 }));
    expect(await sendHttp(fetcher, outgoing, 1)).toMatchObject({ type: "response", status: 204, body: "" });
  });

  it.each([
    [new TypeError("fetch failed"), "fetch failed"],
    ["no error at all", "the connection failed"],
  ])("a failed connection is a reply: %s", async (thrown, why) => {
    deadline();
    expect(await sendHttp(() => Promise.reject(thrown), outgoing, 1)).toEqual({ type: "network", why });
  });

  it("no answer by the deadline is a reply", async () => {
    const { pass } = deadline();
    const fetcher: Fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init.signal!.addEventListener("abort", () => reject(init.signal!.reason as Error));
      });
    const reply = sendHttp(fetcher, outgoing, 1);
    pass();
    expect(await reply).toEqual({ type: "timeout" });
  });

  it("a body that drips past the deadline is no answer, and is let go of", async () => {
    const { pass } = deadline();
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode("."));
        if (!cancelled) pass();
        return new Promise(() => {});
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const reply = await sendHttp(() => Promise.resolve(new Response(body)), outgoing, 1);
    expect(reply).toEqual({ type: "timeout" });
    expect(cancelled).toBe(true);
  });

  it("a body that breaks off is a failed connection", async () => {
    deadline();
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error("Network connection lost.")),
    });
    const reply = await sendHttp(() => Promise.resolve(new Response(body)), outgoing, 1);
    expect(reply).toEqual({ type: "network", why: "Network connection lost." });
  });

  it.each([
    ["in small pieces", 1000],
    ["at the cap", ANSWER_CAP],
    ["in one that is larger than the cap", ANSWER_CAP * 3 + 1],
  ])("an endless body is read up to the cap and then let go of, %s", async (_, size) => {
    deadline();
    let given = 0;
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => {
        given += size;
        controller.enqueue(new Uint8Array(size).fill(0x61));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const reply = await sendHttp(() => Promise.resolve(new Response(body)), outgoing, 1);
    expect(reply).toMatchObject({ type: "response", status: 200, body: "a".repeat(ANSWER_CAP) });
    expect(cancelled).toBe(true);
    expect(given).toBeLessThan(ANSWER_CAP + 3 * size);
  });

  it("characters that fall between two pieces stay whole", async () => {
    deadline();
    const bytes = new TextEncoder().encode('{"errmsg":"无效😀"}');
    const body = new ReadableStream({
      start: (controller) => {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const reply = await sendHttp(() => Promise.resolve(new Response(body)), outgoing, 1);
    expect(reply).toMatchObject({ body: '{"errmsg":"无效😀"}' });
  });

  it("bytes that are no text do no harm", async () => {
    deadline();
    const fetcher: Fetch = () => Promise.resolve(new Response(Uint8Array.of(0xff, 0xfe, 0x41)));
    expect(await sendHttp(fetcher, outgoing, 1)).toMatchObject({ type: "response", body: "\ufffd\ufffdA" });
  });
});
