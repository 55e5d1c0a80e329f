import { describe, expect, it } from "vitest";
import { CONFIGS, type Named } from "../../worker/helpers/platforms.ts";
import { chat, NAMES, requestFor, settings, STYLED } from "./robots.ts";
import { items } from "./items.ts";

/** What is refused of each kind's config: a member, a value for it. */
const REFUSED: readonly [Named, string, unknown, string][] = [
  ["wecom", "key", "", "key="],
  ["wecom", "key", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc", "key="],
  ["wecom", "key", "a b", "key="],
  ["wecom", "key", "abc&debug=1", "key="],
  ["dingtalk", "access_token", "", "access_token="],
  ["dingtalk", "access_token", "abc&sign=x", "access_token="],
  ["dingtalk", "secret", "", "SEC"],
  ["dingtalk", "secret", "abc", "SEC"],
  ["dingtalk", "secret", "SEC", "SEC"],
  ["dingtalk", "secret", "SECabc\n", "SEC"],
  ["feishu", "token", "", "/hook/"],
  ["feishu", "token", "../v1/hook", "/hook/"],
  ["feishu", "secret", "", "签名校验"],
  ["feishu", "secret", "a b", "签名校验"],
  ["telegram", "bot_token", "", "token"],
  ["telegram", "bot_token", "ABC", "token"],
  ["telegram", "bot_token", "1:a/../../x", "token"],
  ["telegram", "chat_id", "", "chat"],
  ["telegram", "chat_id", "channel", "chat"],
  ["telegram", "chat_id", 1.5, "chat"],
  ["slack", "url", "", "URL"],
  ["slack", "url", "hooks.slack.com/services/x", "URL"],
  ["discord", "url", "javascript:alert(1)", "URL"],
  ["ntfy", "topic", "", "topic"],
  ["ntfy", "topic", "a/b", "topic"],
  ["ntfy", "server", "ntfy.sh", "URL"],
  ["ntfy", "token", "", "token"],
  ["ntfy", "token", "tk_a\r\nx: y", "token"],
];

describe("configs", () => {
  it.each(REFUSED)("%s refuses %s = %j, and names the member", (name, member, value, words) => {
    const result = chat(name).config.safeParse({ ...CONFIGS[name], [member]: value });
    const issues = result.error?.issues ?? [];
    expect(issues.map(({ path }) => path)).toEqual([[member]]);
    expect(issues[0]!.message).toContain(words);
  });

  it.each(NAMES)("%s needs its members and knows no others", (name) => {
    const { config } = chat(name);
    expect(config.safeParse({}).success).toBe(false);
    expect(config.safeParse({ ...CONFIGS[name], more: 1 }).success).toBe(false);
    expect(config.safeParse({ ...CONFIGS[name], style: "fat" }).success).toBe(false);
  });

  it("a chat's number is kept as text, which a move replaces", () => {
    expect(settings("telegram", { chat_id: -100123 })).toMatchObject({ chat_id: "-100123" });
    expect(settings("telegram", { chat_id: "@huade_news" })).toMatchObject({ chat_id: "@huade_news" });
  });

  it.each(STYLED)("%s sends several posts a message, unless it is to show their texts", (name) => {
    const kind = chat(name);
    const [digest, full] = [settings(name), settings(name, { style: "full" })];
    expect([kind.wants(digest), kind.wants(full)]).toEqual(["summary", "text"]);
    expect([kind.batch!(digest), kind.batch!(full)]).toEqual([kind.limits.batch, 1]);
    expect(kind.variant(digest)).not.toBe(kind.variant(full));
  });

  it.each(NAMES)("%s counts by robot, calls its own host only, and hides what opens it", async (name) => {
    const kind = chat(name);
    const { url } = await requestFor(name, { news: items(1) });
    const address = kind.address === null ? undefined : (settings(name) as Record<string, string>)[kind.address];
    expect(kind.hosts ?? [new URL(address!).host]).toContain(new URL(url).host);
    expect(kind.limits.pace?.credential).toBeGreaterThan(0);
    const credential = kind.credential!(settings(name));
    expect(kind.secrets.map((member) => (settings(name) as Record<string, string>)[member])).toContain(credential);
  });
});

// Vectors that were made with other tools.
describe("signatures", () => {
  it("DingTalk's is in the query, in milliseconds, keyed by the secret", async () => {
    const outgoing = await chat("dingtalk").request(
      "{}",
      { access_token: "t", secret: "SECabc" },
      { id: "", now: 0, wall: 1599360473000 },
    );
    expect(outgoing.url).toBe(
      `https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1599360473000&sign=${encodeURIComponent("3SJkK5Fm70JVVkwmvZFkgdPlr53Kn2utLHLz9DzuOSc=")}`,
    );
  });

  it("Feishu's is in the body, in seconds, with the roles reversed", async () => {
    const outgoing = await chat("feishu").request(
      { msg_type: "x" },
      { token: "t", secret: "secret" },
      { id: "", now: 0, wall: 1599360473999 },
    );
    expect(JSON.parse(outgoing.body as string)).toEqual({
      timestamp: "1599360473",
      sign: "q4jswNiMy51J5JuQV566yJat0/lQ/c+22kINzUgKsGU=",
      msg_type: "x",
    });
  });

  it("robots without a secret are not signed", async () => {
    const context = { id: "", now: 0, wall: 1599360473000 };
    const ding = await chat("dingtalk").request("{}", { access_token: "t" }, context);
    expect(ding.url).toBe("https://oapi.dingtalk.com/robot/send?access_token=t");
    const lark = await chat("feishu").request({ msg_type: "x" }, { token: "t" }, context);
    expect(JSON.parse(lark.body as string)).toEqual({ msg_type: "x" });
  });
});
