/** A Telegram bot in a chat (core.telegram.org/bots/api): one message of several posts, with entities, never markup. */
import { z } from "zod";
import { telegramList, type TelegramMessage, telegramMessage, telegramText } from "../formats/index.ts";
import { alertText, messageOfAll, pieceOfItem, shownWhole, STYLES, summaryOf } from "./digest.ts";
import { isCutObject, judgeBy, type Meaning, objectOf, postJson, textIn, unlisted, verdictOf } from "./http.ts";
import type { Kind, Verdict } from "./kind.ts";

const CHAT = /^(-?\d{1,19}|@[A-Za-z]\w{2,63})$/;
const A_CHAT = "must be a chat's number or the @name of a public channel or group";
const config = z.strictObject({
  bot_token: z.string().regex(/^\d{1,20}:[\w-]{1,128}$/, "must be a bot's token, like 123456:ABC-DEF"),
  chat_id: z.union([z.int(), z.string().regex(CHAT, A_CHAT)], { error: A_CHAT }).transform(String),
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;
/** The body of `sendMessage`, without the chat. */
type Message = Omit<TelegramMessage, "link_preview_options"> & {
  readonly link_preview_options:
    | TelegramMessage["link_preview_options"]
    | { readonly url: string; readonly prefer_large_media: true };
};

const BATCH = 10;
/** What the descriptions of 400 and 403 say, the first that fits; Telegram has no finer codes. */
const SAID: readonly [RegExp, Meaning][] = [
  [
    /chat not found|chat was deleted|group chat was deactivated/i,
    { as: "gone", why: "会话不存在，或已被删除；请核对 chat_id" },
  ],
  [
    /not enough rights|have no rights|administrator rights|CHAT_WRITE_FORBIDDEN/i,
    { as: "retry", why: "机器人在会话里没有发言权限；请授予它" },
  ],
  [/upgraded to a supergroup/i, { as: "retry", why: "群已升级为超级群，新的 chat_id 未知；请更新 chat_id" }],
];
const CODES: Readonly<Record<number, Meaning>> = {
  400: { as: "rejected", why: "消息不被接受" },
  401: { as: "gone", why: "bot_token 已失效；请向 BotFather 取新的" },
  403: { as: "gone", why: "机器人被移出或被屏蔽；请重新把它加入会话" },
  404: { as: "gone", why: "bot_token 不对；请向 BotFather 核对" },
  413: { as: "rejected", why: "消息过大" },
};

function read(status: number, headers: Readonly<Record<string, string>>, body: string): Verdict | null {
  if (isCutObject(body)) return /^\{"ok":true\b/.test(body) && status === 200 ? { type: "accepted", why: "ok" } : null;
  const answer = objectOf(body);
  if (typeof answer?.["ok"] !== "boolean") return null;
  if (answer["ok"]) return status === 200 ? { type: "accepted", why: "ok" } : null;
  const code = typeof answer["error_code"] === "number" ? answer["error_code"] : status;
  const words = textIn(answer["description"]);
  const parameters = objectOf(JSON.stringify(answer["parameters"] ?? {})) ?? {};
  const { migrate_to_chat_id: chat, retry_after: seconds } = parameters;
  if (typeof chat === "number" || typeof chat === "string")
    return { type: "moved", why: `${code} 群已升级为超级群`, patch: { chat_id: String(chat) } };
  if (code === 429) {
    const after = typeof seconds === "number" && seconds > 0 ? Math.ceil(seconds) * 1000 : 0;
    return verdictOf(code, { as: "wait", after, why: "发送过快" }, headers);
  }
  const meaning =
    (code === 400 || code === 403 ? SAID.find(([said]) => said.test(words))?.[1] : undefined) ?? CODES[code];
  return meaning ? verdictOf(code, meaning) : unlisted(code, words);
}

export const telegram: Kind<Config, Message> = {
  name: "telegram",
  config,
  secrets: ["bot_token"],
  address: null,
  signs: null,
  hosts: ["api.telegram.org"],
  // Twenty messages a minute in a group, about thirty a second for a bot.
  limits: { batch: BATCH, deadline: 10_000, pace: { channel: 3_000, credential: 40 } },
  batch: ({ style }) => (style === "full" ? 1 : BATCH),
  credential: ({ bot_token }) => bot_token,
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const whole = shownWhole(items, style);
    if (whole) return telegramMessage(pieceOfItem(whole));
    const posts = items.map((item) => summaryOf(item));
    const message = messageOfAll(posts, telegramList);
    const [post] = posts;
    // A preview fails without a word when a picture cannot be had; a photo of ours would take the post down with it.
    if (posts.length === 1 && post && post.cover !== null)
      return { ...message, link_preview_options: { url: post.url, prefer_large_media: true } };
    return message;
  },
  composeAlerts: (items) => telegramText(alertText(items, 4_096, (text) => text.length)),
  request: (message, { bot_token, chat_id }) =>
    postJson(`https://api.telegram.org/bot${bot_token}/sendMessage`, JSON.stringify({ chat_id, ...message })),
  judge: (reply) => judgeBy(reply, ({ status, headers, body }) => read(status, headers, body)),
};
