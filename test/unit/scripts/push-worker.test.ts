/** The readers' service worker, run as it is with a browser's side that is played. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

const SOURCE = readFileSync(join(import.meta.dirname, "../../../public/push-worker.js"), "utf8");

/** Runs the worker, hands it one event, and gives what it did. */
async function handed(type: string, event: object): Promise<unknown[][]> {
  const done: unknown[][] = [];
  const handlers: Record<string, (event: object) => void> = {};
  const note =
    (name: string) =>
    async (...args: unknown[]) =>
      void done.push([name, ...args]);
  const subscription = { toJSON: () => ({ endpoint: "new" }) };
  const self = {
    addEventListener: (name: string, handler: (event: object) => void) => void (handlers[name] = handler),
    location: { origin: "https://kanfa.test" },
    registration: { showNotification: note("show"), pushManager: { subscribe: async () => subscription } },
    clients: { openWindow: note("open") },
  };
  const fetch = async (url: string, init?: { method: string; body: string }) => {
    done.push([init?.method ?? "GET", url, ...(init ? [init.body] : [])]);
    return { json: async () => ({ key: "k" }) };
  };
  runInNewContext(SOURCE, { self, fetch, URL });
  const waits: Promise<unknown>[] = [];
  handlers[type]!({ ...event, waitUntil: (work: Promise<unknown>) => void waits.push(work) });
  await Promise.all(waits);
  return done;
}

const notice = { title: "标题", body: "摘要", url: "https://kanfa.test/posts/1", tag: "1" };

describe("a push", () => {
  it("is shown, by its tag in the place of the one before", async () => {
    const [[name, title, options]] = (await handed("push", { data: { json: () => notice } })) as [unknown[]];
    expect([name, title]).toEqual(["show", "标题"]);
    expect(options).toMatchObject({ body: "摘要", tag: "1", data: { url: notice.url } });
  });

  it.each([
    ["nothing", null],
    ["what is no JSON", { json: () => JSON.parse("{") as unknown }],
  ])("of %s still shows something, as browsers demand", async (_, data) => {
    expect(await handed("push", { data })).toMatchObject([["show", "刊发", { body: "" }]]);
  });
});

describe("a tap", () => {
  const tapped = (url: string | null) =>
    handed("notificationclick", { notification: { close: () => {}, data: { url } } });

  it("leads to the post, and nowhere but to the office", async () => {
    expect(await tapped(notice.url)).toEqual([["open", notice.url]]);
    expect(await tapped(null)).toEqual([["open", "https://kanfa.test/"]]);
    for (const url of ["https://evil.example/x", "javascript:alert(1)", "//evil.example"])
      expect(await tapped(url)).toEqual([["open", "/"]]);
  });
});

it("a browser that changed its address tells the office", async () => {
  expect(await handed("pushsubscriptionchange", { newSubscription: null })).toEqual([
    ["GET", "/push/key"],
    ["POST", "/push/subscriptions", '{"endpoint":"new"}'],
  ]);
});
