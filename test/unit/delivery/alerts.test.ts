import { describe, expect, it } from "vitest";
import { inbox } from "../../../src/channels/inbox.ts";
import { webhook } from "../../../src/channels/webhook.ts";
import { followAlert } from "../../../src/delivery/logs.ts";
import { owed } from "../../../src/delivery/owed.ts";
import { wordsOf } from "../../../src/delivery/trouble.ts";

const alert = (seq: number, kind = "edition.short", at = 0) => ({
  seq,
  at,
  kind,
  title: `提醒 ${seq}`,
  body: "一\n二",
  subject: "edition:daily/2026-11-23",
});
const knows = () => false;

describe("alerts", () => {
  it("of any kind travel together, up to the batch", () => {
    const slice = [alert(1), alert(2, "delivery.gone"), alert(3)].map(followAlert);
    const channel = { cursor: 0, filter: {}, expiresAfter: 10, batch: 2, day: null, dayPosts: 0 };
    expect(owed(channel, slice, knows, 5)).toEqual({ type: "push", to: 2, entries: [1, 2] });
    expect(owed({ ...channel, cursor: 2 }, slice, knows, 5)).toEqual({ type: "push", to: 3, entries: [3] });
  });

  it("that are stale are missed, and the rest goes on", () => {
    const slice = [alert(1, "edition.short", 0), alert(2, "edition.short", 20)].map(followAlert);
    const channel = { cursor: 0, filter: {}, expiresAfter: 10, batch: 1, day: null, dayPosts: 0 };
    expect(owed(channel, slice, knows, 15)).toEqual({ type: "missed", to: 1, entries: [1] });
    expect(owed({ ...channel, cursor: 1 }, slice, knows, 15)).toEqual({ type: "push", to: 2, entries: [2] });
  });

  it("are an office.alert to a webhook and rows to the inbox", () => {
    const item = { ...alert(7), at: "2026-11-23T08:00:00Z" };
    expect(
      JSON.parse(webhook.composeAlerts([item], { url: "https://a.example.com", payload: "full", signature: "v1" })),
    ).toEqual({
      type: "office.alert",
      timestamp: "2026-11-23T08:00:00Z",
      data: { seq: 7, kind: "edition.short", title: "提醒 7", body: "一\n二", subject: "edition:daily/2026-11-23" },
    });
    expect(JSON.parse(inbox.composeAlerts([item], {}))).toEqual([item]);
  });

  it("name the channel in trouble and what there is to do", () => {
    expect(wordsOf({ channel: "c", name: "乡镇群", outcome: "gone", why: "HTTP 410" })).toEqual({
      title: "渠道“乡镇群”已永久关闭",
      body: "原因：HTTP 410。不再向它投递；如仍需要，请新建渠道。",
    });
  });
});
