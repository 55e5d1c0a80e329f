/** Subscribers that misbehave, over real sockets: what becomes of a request is always a reply, in time and in bounds. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Outgoing, Reply } from "../../src/channels/kind.ts";
import { webhook } from "../../src/channels/webhook.ts";
import { ANSWER_CAP, sendHttp } from "../../src/delivery/send.ts";

const outgoing = (path: string): Outgoing => ({
  transport: "http",
  url: path.startsWith("http") ? path : env.OUTSIDE + path,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ 标题: "通知" }),
});
// Short where an answer never comes, long where it must.
const send = (path: string, deadline = 10_000): Promise<Reply> =>
  sendHttp((url, init) => fetch(url, init), outgoing(path), deadline);
const seen = async (mark: string): Promise<number> =>
  Number(await (await fetch(`${env.OUTSIDE}/seen?mark=${mark}`)).text());

describe("no answer in time", () => {
  it.each(["/hang", "/drip", "/short-drip"])("%s is a time-out, although %s may have begun to answer", async (path) => {
    expect(await send(path, 300)).toEqual({ type: "timeout" });
  });
});

describe("more than anybody reads", () => {
  it.each(["/endless", "/bomb"])("%s is cut off, and its status counts", async (path) => {
    const reply = await send(path);
    if (reply.type !== "response") expect.fail(JSON.stringify(reply));
    expect(reply.status).toBe(200);
    expect(reply.body).toHaveLength(ANSWER_CAP);
  });
});

describe("a broken connection", () => {
  it.each(["/reset", "/half", "/garbage"])("%s leaves it open what became of the request", async (path) => {
    const reply = await send(path);
    expect(reply).toEqual({ type: "network", why: expect.stringMatching(/./) });
    expect(webhook.judge(reply)).toMatchObject({ type: "unknown" });
  });
  it("nobody at the port", async () => {
    expect(await send("http://127.0.0.1:1/")).toMatchObject({ type: "network" });
  });
});

describe("redirects", () => {
  it.each([301, 302, 303, 307, 308])("%i is a failure, and its target is left in peace", async (status) => {
    const mark = `redirect-${status}`;
    const target = encodeURIComponent(`${env.OUTSIDE}/answer?mark=${mark}`);
    const reply = await send(`/answer?status=${status}&location=${target}`);
    expect(webhook.judge(reply)).toMatchObject({ type: "retry", why: expect.stringContaining("redirects") });
    expect(await seen(mark)).toBe(0);
  });
});

describe("429 and 503, in every form of Retry-After", () => {
  it.each([
    ["120", 120_000],
    ["120.6", 121_000],
    ["0", 0],
    ["-5", undefined],
    ["soon", undefined],
    ["Thu, 01 Jan 1970 00:00:00 GMT", undefined],
    [new Date(Date.now() + 3_600_000).toUTCString(), expect.closeTo(3_600_000, -4)],
  ])("%s", async (value, after) => {
    for (const status of [429, 503]) {
      const verdict = webhook.judge(await send(`/answer?status=${status}&retry-after=${encodeURIComponent(value)}`));
      expect(verdict).toMatchObject({ type: "retry", after });
    }
  });
});

it("every other status has a judgement", async () => {
  const judged = async (status: number) => webhook.judge(await send(`/answer?status=${status}`)).type;
  const types = {
    accepted: [200, 201, 202, 204],
    rejected: [400, 413, 422],
    gone: [410],
    retry: [401, 403, 404, 408, 500, 502, 504, 525, 530],
  };
  for (const [type, statuses] of Object.entries(types))
    for (const status of statuses) expect([status, await judged(status)]).toEqual([status, type]);
});
